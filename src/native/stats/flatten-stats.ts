import type { RtcStats as NativeStats } from '@livekit/rtc-ffi-bindings';
import type { RtcStats, RtcStatsType } from './rtc-stats.js';

/** The W3C's names of LiveKit's entries. Two more are gone from the standard, and from WebRTC. */
const TYPES: Readonly<Record<string, RtcStatsType>> = {
  codec: 'codec',
  inboundRtp: 'inbound-rtp',
  outboundRtp: 'outbound-rtp',
  remoteInboundRtp: 'remote-inbound-rtp',
  remoteOutboundRtp: 'remote-outbound-rtp',
  mediaSource: 'media-source',
  mediaPlayout: 'media-playout',
  peerConnection: 'peer-connection',
  dataChannel: 'data-channel',
  transport: 'transport',
  candidatePair: 'candidate-pair',
  localCandidate: 'local-candidate',
  remoteCandidate: 'remote-candidate',
  certificate: 'certificate',
};

/** The W3C's words for LiveKit's numbers, by the type of the entry and the name of the member. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'outbound-rtp.qualityLimitationReason': ['none', 'cpu', 'bandwidth', 'other'],
  'data-channel.state': ['connecting', 'open', 'closing', 'closed'],
  'transport.iceRole': ['unknown', 'controlling', 'controlled'],
  'transport.dtlsState': ['new', 'connecting', 'connected', 'closed', 'failed'],
  'transport.iceState': [
    'new',
    'checking',
    'connected',
    'completed',
    'disconnected',
    'failed',
    'closed',
  ],
  'transport.dtlsRole': ['client', 'server', 'unknown'],
  'candidate-pair.state': ['frozen', 'waiting', 'in-progress', 'failed', 'succeeded'],
  'local-candidate.candidateType': ['host', 'srflx', 'prflx', 'relay'],
  'remote-candidate.candidateType': ['host', 'srflx', 'prflx', 'relay'],
  'local-candidate.relayProtocol': ['udp', 'tcp', 'tls'],
  'remote-candidate.relayProtocol': ['udp', 'tcp', 'tls'],
  'local-candidate.tcpType': ['active', 'passive', 'so'],
  'remote-candidate.tcpType': ['active', 'passive', 'so'],
};

/** What LiveKit tells of audio too, but has a meaning for video alone. */
const VIDEO_ONLY: ReadonlySet<string> = new Set([
  'framesReceived',
  'framesDecoded',
  'keyFramesDecoded',
  'framesRendered',
  'framesDropped',
  'frameWidth',
  'frameHeight',
  'framesPerSecond',
  'qpSum',
  'totalDecodeTime',
  'totalInterFrameDelay',
  'totalSquaredInterFrameDelay',
  'pauseCount',
  'freezeCount',
  'firCount',
  'pliCount',
  'decoderImplementation',
  'powerEfficientDecoder',
  'framesAssembledFromMultiplePackets',
  'totalAssemblyTime',
  'framesSent',
  'hugeFramesSent',
  'framesEncoded',
  'keyFramesEncoded',
  'totalEncodeTime',
  'qualityLimitationReason',
  'qualityLimitationDurations',
  'qualityLimitationResolutionChanges',
  'encoderImplementation',
  'powerEfficientEncoder',
  'scalabilityMode',
]);

/** What LiveKit tells of video too, but has a meaning for audio alone. */
const AUDIO_ONLY: ReadonlySet<string> = new Set([
  'totalSamplesReceived',
  'concealedSamples',
  'silentConcealedSamples',
  'concealmentEvents',
  'insertedSamplesForDeceleration',
  'removedSamplesForAcceleration',
  'audioLevel',
  'totalAudioEnergy',
  'totalSamplesDuration',
  'playoutId',
]);

/** What the binding looks for under names that WebRTC doesn't use, so that they're 0 whatever happened. */
const NEVER_TOLD: ReadonlySet<string> = new Set(['totalPauseDuration', 'totalFreezeDuration']);

/** What is never 0, so that 0 means that there is none. */
const NEVER_ZERO: ReadonlySet<string> = new Set([
  'rtxSsrc',
  'fecSsrc',
  'estimatedPlayoutTimestamp',
]);

/**
 * @internal LiveKit's entries in the W3C's shape: LiveKit keeps each dictionary that an entry inherits
 * from in a message of its own.
 */
export function flattenStats(entries: readonly NativeStats[]): RtcStats[] {
  const flat: RtcStats[] = [];
  for (const { stats } of entries) {
    const type = stats.case === undefined ? undefined : TYPES[stats.case];
    if (type !== undefined) flat.push(flattened(type, stats.value as unknown as Nested));
  }
  return flat;
}

/** The messages that make up an entry, by LiveKit's names of them. */
type Nested = Readonly<Record<string, object | undefined>>;

function flattened(type: RtcStatsType, { rtc, ...dictionaries }: Nested): RtcStats {
  const { id, timestamp } = rtc as { readonly id: string; readonly timestamp: bigint };
  // LiveKit has microseconds.
  const entry: Record<string, unknown> = { type, id, timestamp: Number(timestamp) / 1000 };
  const { kind } = { ...dictionaries['stream'], ...dictionaries['source'] } as { kind?: string };
  const skipped = kind === 'audio' ? VIDEO_ONLY : kind === 'video' ? AUDIO_ONLY : undefined;
  for (const [dictionary, members] of Object.entries(dictionaries)) {
    // A source's figures for the other kind of media come as a dictionary of zeros.
    if (dictionary !== kind && (dictionary === 'audio' || dictionary === 'video')) continue;
    for (const [name, value] of Object.entries(members ?? {})) {
      if (skipped?.has(name) || NEVER_TOLD.has(name)) continue;
      const shaped = shape(`${type}.${name}`, value);
      if (shaped === undefined || shaped === '') continue;
      if (shaped === 0 && NEVER_ZERO.has(name)) continue;
      entry[name] = shaped;
    }
  }
  return entry as unknown as RtcStats;
}

function shape(path: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  const words = WORDS[path];
  return words ? words[value as number] : value;
}
