// What WebRTC tells of codecs, and of media that is on its way in either direction.

import type { RtcMediaKind, RtcStatsEntry } from './stats-entry.js';

/** A codec that a stream of the report is sent or received with. */
export interface RtcCodecStats extends RtcStatsEntry {
  readonly type: 'codec';
  /** Its number in the packets. */
  readonly payloadType: number;
  /** The `transport` entry that it was agreed on for. */
  readonly transportId?: string;
  /** Such as `video/VP8` or `audio/opus`. */
  readonly mimeType: string;
  /** Ticks a second of the packets' time stamps. */
  readonly clockRate: number;
  /** Channels of sound; 0 for video. */
  readonly channels: number;
  /** What was agreed on besides; LiveKit writes there which kind of encoder works. */
  readonly sdpFmtpLine?: string;
}

/** What is told of each stream of packets. */
export interface RtcRtpStreamStats extends RtcStatsEntry {
  /** The number that its packets carry. */
  readonly ssrc: number;
  /** Sound or pictures. */
  readonly kind: RtcMediaKind;
  /** The `transport` entry that carries it. */
  readonly transportId?: string;
  /** The `codec` entry of its codec. */
  readonly codecId?: string;
}

/** What is told of a stream where it's received. */
export interface RtcReceivedRtpStreamStats extends RtcRtpStreamStats {
  /** Packets that came. */
  readonly packetsReceived: number;
  /** Packets that never came; less than 0 if some came twice. */
  readonly packetsLost: number;
  /** How unevenly packets come, in seconds. */
  readonly jitter: number;
}

/** What is told of a stream where it's sent. */
export interface RtcSentRtpStreamStats extends RtcRtpStreamStats {
  /** Packets that were sent. */
  readonly packetsSent: number;
  /** Bytes of media that were sent, without headers. */
  readonly bytesSent: number;
}

/** A stream that we receive. */
export interface RtcInboundRtpStreamStats extends RtcReceivedRtpStreamStats {
  readonly type: 'inbound-rtp';
  /** WebRTC's id of the track. */
  readonly trackIdentifier: string;
  /** The part of the session description that it belongs to. */
  readonly mid?: string;
  /** The `remote-outbound-rtp` entry: the same stream, as its sender tells of it. */
  readonly remoteId?: string;
  /** When the last packet came: milliseconds since 1970. */
  readonly lastPacketReceivedTimestamp: number;
  /** Bytes of headers and padding that came. */
  readonly headerBytesReceived: number;
  /** Packets that came too late or too early to be used. */
  readonly packetsDiscarded: number;
  /** Bytes of error correction that came, a part of `bytesReceived`. */
  readonly fecBytesReceived: number;
  /** Packets of error correction that came. */
  readonly fecPacketsReceived: number;
  /** Packets of error correction that were of no use. */
  readonly fecPacketsDiscarded: number;
  /** Bytes of media that came, without headers. */
  readonly bytesReceived: number;
  /** How often we asked for a packet again. */
  readonly nackCount: number;
  /** Seconds from receiving to decoding, summed over all that was decoded. */
  readonly totalProcessingDelay: number;
  /** When what plays now is to be played, in milliseconds since 1970. */
  readonly estimatedPlayoutTimestamp?: number;
  /** Seconds in the jitter buffer, summed over `jitterBufferEmittedCount`. */
  readonly jitterBufferDelay: number;
  /** Seconds that the jitter buffer aims at, summed over `jitterBufferEmittedCount`. */
  readonly jitterBufferTargetDelay: number;
  /** Frames of video, or samples of a channel of audio, that left the jitter buffer. */
  readonly jitterBufferEmittedCount: number;
  /** Seconds that the network alone would need, summed over `jitterBufferEmittedCount`. */
  readonly jitterBufferMinimumDelay: number;
  /** Packets that came on request, since they were lost. */
  readonly retransmittedPacketsReceived: number;
  /** Bytes of those packets. */
  readonly retransmittedBytesReceived: number;
  /** The `ssrc` of packets sent again, if they have their own. */
  readonly rtxSsrc?: number;
  /** The `ssrc` of error correction, if it has its own. */
  readonly fecSsrc?: number;

  /** Video only: whole frames that came. */
  readonly framesReceived?: number;
  /** Video only: frames that were decoded. */
  readonly framesDecoded?: number;
  /** Video only: frames decoded that need no other. */
  readonly keyFramesDecoded?: number;
  /** Video only: frames that WebRTC drew itself; Framewire's streams are not counted. */
  readonly framesRendered?: number;
  /** Video only: frames that were dropped before they were decoded or given on. */
  readonly framesDropped?: number;
  /** Video only: width of the last frame, in pixels. */
  readonly frameWidth?: number;
  /** Video only: height of the last frame, in pixels. */
  readonly frameHeight?: number;
  /** Video only: frames decoded in the last second. */
  readonly framesPerSecond?: number;
  /** Video only: quantization, summed over `framesDecoded`: more is coarser. Its scale is the codec's. */
  readonly qpSum?: number;
  /** Video only: seconds spent on decoding. */
  readonly totalDecodeTime?: number;
  /** Video only: seconds between frames, summed. */
  readonly totalInterFrameDelay?: number;
  /** Video only: the same, squared, for the variance. */
  readonly totalSquaredInterFrameDelay?: number;
  /** Video only: how often no frame came for more than 5 seconds. */
  readonly pauseCount?: number;
  /**
   * Video only: how often a frame came much later than usual. LiveKit doesn't tell for how long: see
   * `freezes` of a stream's statistics.
   */
  readonly freezeCount?: number;
  /** Video only: how often we asked for a whole picture. */
  readonly firCount?: number;
  /** Video only: how often we told of a picture lost. */
  readonly pliCount?: number;
  /** Video only: the decoder's name. */
  readonly decoderImplementation?: string;
  /** Video only: whether the decoder is one that saves power, mostly hardware. */
  readonly powerEfficientDecoder?: boolean;
  /** Video only: frames that came in more than one packet. */
  readonly framesAssembledFromMultiplePackets?: number;
  /** Video only: seconds from first to last packet of those frames, summed. */
  readonly totalAssemblyTime?: number;

  /** Audio only: samples of a channel that came, those made up included. */
  readonly totalSamplesReceived?: number;
  /** Audio only: samples made up in place of lost ones. */
  readonly concealedSamples?: number;
  /** Audio only: those of them that are silent. */
  readonly silentConcealedSamples?: number;
  /** Audio only: how often samples had to be made up. */
  readonly concealmentEvents?: number;
  /** Audio only: samples put in to play slower. */
  readonly insertedSamplesForDeceleration?: number;
  /** Audio only: samples left out to play faster. */
  readonly removedSamplesForAcceleration?: number;
  /** Audio only: how loud it is now, from 0 to 1. */
  readonly audioLevel?: number;
  /** Audio only: the square of the level, summed over `totalSamplesDuration`. */
  readonly totalAudioEnergy?: number;
  /** Audio only: seconds of sound. */
  readonly totalSamplesDuration?: number;
  /** Audio only: the `media-playout` entry that plays it. */
  readonly playoutId?: string;
}

/** Seconds that an encoder spent limited by each reason. */
export interface RtcQualityLimitationDurations {
  /** Not limited. */
  readonly none?: number;
  /** Too little time to compute. */
  readonly cpu?: number;
  /** Too little room in the network, or `maxBitrateBps`. */
  readonly bandwidth?: number;
  /** Something else. */
  readonly other?: number;
}

/** A stream that we send: one for each layer of simulcast. */
export interface RtcOutboundRtpStreamStats extends RtcSentRtpStreamStats {
  readonly type: 'outbound-rtp';
  /** The part of the session description that it belongs to. */
  readonly mid?: string;
  /** The `media-source` entry of what is sent. */
  readonly mediaSourceId?: string;
  /** The `remote-inbound-rtp` entry: the same stream, as its receiver tells of it. */
  readonly remoteId?: string;
  /** The layer of simulcast: `q`, `h`, `f` from the smallest. None without simulcast. */
  readonly rid?: string;
  /** Bytes of headers and padding that were sent. */
  readonly headerBytesSent: number;
  /** Packets that were sent again on request. */
  readonly retransmittedPacketsSent: number;
  /** Bytes of those packets. */
  readonly retransmittedBytesSent: number;
  /** The `ssrc` of packets sent again, if they have their own. */
  readonly rtxSsrc?: number;
  /** Bits a second that the encoder aims at now. */
  readonly targetBitrate: number;
  /** Bytes that the encoder aimed at, summed over all frames. */
  readonly totalEncodedBytesTarget: number;
  /** Seconds that packets waited to be sent, summed. */
  readonly totalPacketSendDelay: number;
  /** How often a packet was asked for again. */
  readonly nackCount: number;
  /** Whether it's being sent: not, for a layer that nobody watches with dynacast. */
  readonly active: boolean;

  /** Video only: width of the last frame, in pixels. */
  readonly frameWidth?: number;
  /** Video only: height of the last frame, in pixels. */
  readonly frameHeight?: number;
  /** Video only: frames encoded in the last second. */
  readonly framesPerSecond?: number;
  /** Video only: frames that were sent. */
  readonly framesSent?: number;
  /** Video only: frames of more than 2.5 times the mean size. */
  readonly hugeFramesSent?: number;
  /** Video only: frames that were encoded. */
  readonly framesEncoded?: number;
  /** Video only: frames encoded that need no other. */
  readonly keyFramesEncoded?: number;
  /** Video only: quantization, summed over `framesEncoded`: more is coarser. Its scale is the codec's. */
  readonly qpSum?: number;
  /** Video only: seconds spent on encoding. */
  readonly totalEncodeTime?: number;
  /** Video only: why size or rate are less than those captured. */
  readonly qualityLimitationReason?: 'none' | 'cpu' | 'bandwidth' | 'other';
  /** Video only: for how long, by reason. */
  readonly qualityLimitationDurations?: RtcQualityLimitationDurations;
  /** Video only: how often the size was changed for that. */
  readonly qualityLimitationResolutionChanges?: number;
  /** Video only: how often a whole picture was asked for. */
  readonly firCount?: number;
  /** Video only: how often a picture was told lost. */
  readonly pliCount?: number;
  /** Video only: the encoder's name. */
  readonly encoderImplementation?: string;
  /** Video only: whether the encoder is one that saves power, mostly hardware. */
  readonly powerEfficientEncoder?: boolean;
  /** Video only: layers within the one stream, where LiveKit tells. */
  readonly scalabilityMode?: string;
}

/** A stream that we send, as its receiver tells of it: to LiveKit that is the server. */
export interface RtcRemoteInboundRtpStreamStats extends RtcReceivedRtpStreamStats {
  readonly type: 'remote-inbound-rtp';
  /** The `outbound-rtp` entry: the same stream, as we know it. */
  readonly localId?: string;
  /** Seconds there and back, the last time measured. */
  readonly roundTripTime: number;
  /** Seconds there and back, summed over `roundTripTimeMeasurements`. */
  readonly totalRoundTripTime: number;
  /** The part of the packets that was lost since the report before, from 0 to 1. */
  readonly fractionLost: number;
  /** How often it was measured. */
  readonly roundTripTimeMeasurements: number;
}

/** A stream that we receive, as its sender tells of it: to LiveKit that is the server. */
export interface RtcRemoteOutboundRtpStreamStats extends RtcSentRtpStreamStats {
  readonly type: 'remote-outbound-rtp';
  /** The `inbound-rtp` entry: the same stream, as we know it. */
  readonly localId?: string;
  /** When the sender told of it, by its clock: milliseconds since 1970. */
  readonly remoteTimestamp: number;
  /** How often it told. */
  readonly reportsSent: number;
  /** Seconds there and back, the last time measured; 0 if never. */
  readonly roundTripTime: number;
  /** Seconds there and back, summed over `roundTripTimeMeasurements`. */
  readonly totalRoundTripTime: number;
  /** How often it was measured. */
  readonly roundTripTimeMeasurements: number;
}
