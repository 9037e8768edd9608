// WebRTC's reports as the W3C names them: https://www.w3.org/TR/webrtc-stats/

import type { RtcAudioPlayoutStats, RtcMediaSourceStats } from './media-stats.js';
import type {
  RtcCodecStats,
  RtcInboundRtpStreamStats,
  RtcOutboundRtpStreamStats,
  RtcRemoteInboundRtpStreamStats,
  RtcRemoteOutboundRtpStreamStats,
} from './rtp-stats.js';
import type {
  RtcCertificateStats,
  RtcDataChannelStats,
  RtcIceCandidatePairStats,
  RtcLocalIceCandidateStats,
  RtcPeerConnectionStats,
  RtcRemoteIceCandidateStats,
  RtcTransportStats,
} from './transport-stats.js';

/**
 * One entry of a report of WebRTC's; `type` tells which.
 *
 * Types and members have the names, units and meaning of the W3C's
 * {@link https://www.w3.org/TR/webrtc-stats/ | Identifiers for WebRTC's Statistics API}: times are
 * seconds, time stamps milliseconds since 1970, rates a second. All counters count from the time that
 * the stream began. LiveKit tells a figure that WebRTC doesn't have as 0; texts that it doesn't have are
 * left out, as are the figures of video for audio and the other way round.
 */
export type RtcStats =
  | RtcCodecStats
  | RtcInboundRtpStreamStats
  | RtcOutboundRtpStreamStats
  | RtcRemoteInboundRtpStreamStats
  | RtcRemoteOutboundRtpStreamStats
  | RtcMediaSourceStats
  | RtcAudioPlayoutStats
  | RtcPeerConnectionStats
  | RtcDataChannelStats
  | RtcTransportStats
  | RtcIceCandidatePairStats
  | RtcLocalIceCandidateStats
  | RtcRemoteIceCandidateStats
  | RtcCertificateStats;

/** What kind of entry it is: the W3C's names. */
export type RtcStatsType = RtcStats['type'];

/**
 * The reports of a room's connections to the server. Newer servers need one connection for both ways: its
 * report is `publisher`, and `subscriber` is empty.
 */
export interface RoomStats {
  /** Of the connection that we publish by: what we send, and data. */
  readonly publisher: readonly RtcStats[];
  /** Of the connection that we subscribe by: what we receive. */
  readonly subscriber: readonly RtcStats[];
}
