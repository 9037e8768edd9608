export { AudioFrame } from './audio/audio-frame.js';
export type {
  AudioFrameCreateOptions,
  AudioFrameOptions,
  AudioLayout,
} from './audio/audio-frame.js';
export {
  type AddStreamOptions,
  AudioMixer,
  type AudioMixerEvents,
  type AudioMixerOptions,
  type AudioMixerStats,
  type MixedStreamStats,
  MIXER_PACES,
  type MixerPace,
} from './audio/audio-mixer.js';
export {
  AudioProcessingModule,
  type AudioProcessingOptions,
} from './audio/audio-processing-module.js';
export {
  AudioResampler,
  type AudioResamplerOptions,
  RESAMPLER_QUALITIES,
  type ResamplerQuality,
} from './audio/audio-resampler.js';
export {
  AUDIO_PACES,
  type AudioPace,
  type GeneratedAudio,
  silence,
  type SilenceOptions,
  sineWave,
  type SineWaveOptions,
} from './audio/generated-audio.js';
export { SAMPLE_RATES } from './audio/audio-format.js';
export { AudioSource, type AudioSourceOptions } from './audio/audio-source.js';
export type { AudioGaps, AudioStreamStats } from './audio/audio-stats.js';
export {
  AudioStream,
  type AudioStreamOptions,
  type ParticipantAudioStreamOptions,
} from './audio/audio-stream.js';
export { LevelMeter, type LevelMeterOptions } from './audio/level-meter.js';
export {
  type VoiceActivityEvents,
  VoiceActivityDetector,
  type VoiceActivityDetectorOptions,
} from './audio/voice-activity-detector.js';
export { type AudioDevice, PlatformAudio } from './audio/platform-audio.js';
export {
  type PlatformAudioSource,
  type PlatformAudioSourceOptions,
} from './audio/platform-audio-source.js';
export { OVERFLOWS, type Overflow } from './core/bounded-queue.js';
export { FRAMEWIRE_ERROR_CODES, FramewireError, type FramewireErrorCode } from './core/errors.js';
export {
  configureMemory,
  type MemoryOptions,
  type MemoryUsage,
  memoryUsage,
} from './core/frame-budget.js';
export type { DropCounts } from './core/frame-stream.js';
export type { Percentiles } from './core/histogram.js';
export {
  configureLog,
  LOG_LEVELS,
  type LogLevel,
  type LogOptions,
  type LogSink,
} from './core/log.js';
export {
  type ParticipantHandle,
  TRACK_SOURCES,
  type TrackHandle,
  type TrackKind,
  type TrackSource,
} from './core/track-handle.js';
export type { ErrorEvent, Listener } from './core/typed-emitter.js';
export { type Capabilities, capabilities } from './native/capabilities.js';
export {
  ENCRYPTION_TYPES,
  type EncryptionType,
  KEY_DERIVATIONS,
  type KeyDerivation,
} from './native/e2ee.js';
export {
  DEGRADATION_PREFERENCES,
  type DegradationPreference,
  VIDEO_CODECS,
  VIDEO_ENCODERS,
  type VideoCodec,
  type VideoEncoder,
} from './native/publish-options.js';
export {
  DATA_FRAME_ENCODINGS,
  DATA_SCHEMA_ENCODINGS,
  type DataFrameEncoding,
  type DataSchema,
  type DataSchemaEncoding,
} from './native/data-tracks.js';
export type { RtcNodeRoom } from './native/rtc-session.js';
export {
  CONNECTION_QUALITIES,
  type ConnectionQuality,
  PARTICIPANT_KIND_DETAILS,
  PARTICIPANT_KINDS,
  PARTICIPANT_STATES,
  type ParticipantKind,
  type ParticipantKindDetail,
  type ParticipantPermissions,
  type ParticipantState,
} from './native/participant-view.js';
export { DISCONNECT_REASONS, type DisconnectReason } from './native/rtc-state.js';
export type { IceServer } from './native/session-options.js';
export { SCALABILITY_MODES, type ScalabilityMode } from './native/scalability-mode.js';
export { SIMULATE_SCENARIOS, type SimulateScenario } from './native/simulate-scenario.js';
export { VIDEO_QUALITIES, type VideoQuality } from './native/subscription-requests.js';
export type { RtcAudioPlayoutStats, RtcMediaSourceStats } from './native/stats/media-stats.js';
export type { RoomStats, RtcStats, RtcStatsType } from './native/stats/rtc-stats.js';
export type {
  RtcCodecStats,
  RtcInboundRtpStreamStats,
  RtcOutboundRtpStreamStats,
  RtcQualityLimitationDurations,
  RtcReceivedRtpStreamStats,
  RtcRemoteInboundRtpStreamStats,
  RtcRemoteOutboundRtpStreamStats,
  RtcRtpStreamStats,
  RtcSentRtpStreamStats,
} from './native/stats/rtp-stats.js';
export type { RtcMediaKind, RtcStatsEntry } from './native/stats/stats-entry.js';
export type {
  RtcCertificateStats,
  RtcDataChannelStats,
  RtcIceCandidatePairStats,
  RtcIceCandidateStats,
  RtcLocalIceCandidateStats,
  RtcPeerConnectionStats,
  RtcRemoteIceCandidateStats,
  RtcTransportStats,
} from './native/stats/transport-stats.js';
export {
  AccessToken,
  type AccessTokenOptions,
  type RoomGrant,
  type TokenRoomConfig,
} from './room/access-token.js';
export type { ChatOptions } from './room/chat.js';
export {
  answerClockRequests,
  CLOCK_RPC_METHOD,
  type MeasureClockOffsetOptions,
  type MeasuredClockOffset,
  measureClockOffset,
} from './room/clock-offset.js';
export type { ChatMessage } from './room/chat-message.js';
export type { ByteStreamInfo, StreamInfo, TextStreamInfo } from './native/stream-info.js';
export { ByteStreamReader } from './room/byte-stream-reader.js';
export { ByteStreamWriter } from './room/byte-stream-writer.js';
export type { ConnectOptions, DataStreamOptions } from './room/connect-options.js';
export { DataPacket } from './room/data-packet.js';
export { E2EE_STATES, type E2eeState } from './room/e2ee-states.js';
export type { PublishDataTrackOptions, SchemaOptions } from './room/data-tracks.js';
export { type Dtmf, DTMF_DIGITS, type DtmfDigit, type PublishDtmfOptions } from './room/dtmf.js';
export type { DataOptions } from './room/data-options.js';
export type { PublishDataOptions } from './room/data-sender.js';
export { E2ee, type FrameCryptor, type KeyOptions } from './room/e2ee.js';
export type { EncryptionOptions } from './room/encryption-options.js';
export { LocalParticipant } from './room/local-participant.js';
export type { SetOptions } from './room/own-details.js';
export { Participant, type ParticipantEvents } from './room/participant.js';
export type { PublishOptions } from './room/publish-options.js';
export { RemoteParticipant } from './room/remote-participant.js';
export { Room } from './room/room.js';
export type { ConnectionState, RoomEvents } from './room/room-events.js';
export type { WaitOptions } from './room/room-waits.js';
export type { PerformRpcOptions } from './room/rpc-caller.js';
export {
  MAX_RPC_PAYLOAD_BYTES,
  RPC_ERROR_CODES,
  RpcError,
  type RpcErrorReason,
} from './room/rpc-error.js';
export type { RpcHandler, RpcInvocation } from './room/rpc-methods.js';
export type { SaveOptions } from './room/partial-file.js';
export type { StreamHandler, StreamHandlerOptions, StreamSender } from './room/stream-handlers.js';
export type {
  SendBytesOptions,
  SendFileOptions,
  SendOptions,
  SendTextOptions,
  StreamBytesOptions,
  StreamTextOptions,
} from './room/stream-options.js';
export { type ReadOptions, StreamReader, type StreamProgress } from './room/stream-reader.js';
export { StreamWriter } from './room/stream-writer.js';
export type { RemoteTrackOf, SubscribedTrack, TrackFilter } from './room/subscribed-track.js';
export { TextStreamReader } from './room/text-stream-reader.js';
export { TextStreamWriter } from './room/text-stream-writer.js';
export type {
  ParticipantTrackPermission,
  TrackSubscriptionPermissions,
} from './room/subscription-permissions.js';
export type { TrackIterator } from './room/track-iterator.js';
export type { PublishTranscriptionOptions, TranscriptionSegment } from './room/transcription.js';
export {
  AVSynchronizer,
  type AVSynchronizerOptions,
  type AVSynchronizerStats,
  type PushOptions,
} from './sync/av-synchronizer.js';
export {
  type AudioTiming,
  type BufferDelays,
  CLOCK_QUALITIES,
  type ClockQuality,
  MediaClock,
  type MediaClockOptions,
  type VideoTiming,
} from './sync/media-clock.js';
export type { FollowOptions, ReportingTrack, TrackFollower } from './sync/track-follower.js';
export type {
  DataTrackFrame,
  DataTrackStream,
  DataTrackStreamOptions,
  DataTrackStreamStats,
} from './tracks/data-track-stream.js';
export {
  LocalDataTrack,
  type LocalDataTrackStats,
  MAX_DATA_FRAME_BYTES,
  type PushDataOptions,
} from './tracks/local-data-track.js';
export { LocalAudioTrack, LocalTrack, LocalVideoTrack } from './tracks/local-track.js';
export { LocalTrackPublication } from './tracks/local-track-publication.js';
export { RemoteAudioTrack, RemoteTrack, RemoteVideoTrack } from './tracks/remote-track.js';
export { RemoteDataTrack } from './tracks/remote-data-track.js';
export { RemoteTrackPublication } from './tracks/remote-track-publication.js';
export type { VideoDimensions } from './tracks/subscription-settings.js';
export { type StatsOptions, Track, type TrackEvents } from './tracks/track.js';
export { TrackPublication } from './tracks/track-publication.js';
export { FpsThinner, type ThinnableFrame, thinFps } from './video/fps-thinner.js';
export { FpsTracker, type FpsTrackerOptions } from './video/fps-tracker.js';
export type { Freezes } from './video/freeze-meter.js';
export {
  FramePacer,
  type FramePacerOptions,
  type PacerClock,
  type PacerTick,
} from './video/frame-pacer.js';
export type { CropArea } from './video/crop-pixels.js';
export type {
  CanvasSource,
  DrawingContext,
  DrawnFrameOptions,
  DrawOptions,
  FrameCanvas,
} from './video/frame-canvas.js';
export {
  type FromImageOptions,
  IMAGE_TYPES,
  type ImageType,
  type ToImageOptions,
} from './video/frame-image.js';
export type { ClockOffset, ClockOffsetOption } from './video/latency-meter.js';
export { PIXEL_FORMATS, type PixelFormat } from './video/pixel-format.js';
export { SCALE_FITS, type ScaleFit, type ScaleOptions } from './video/scale-fit.js';
export {
  type Float32Options,
  type FrameMetadata,
  type PixelSource,
  ROTATIONS,
  VideoFrame,
  type VideoFrameOptions,
  type VideoPlane,
  type VideoRotation,
} from './video/video-frame.js';
export {
  type CaptureFrameOptions,
  MIN_VIDEO_DIMENSION,
  RESIZES,
  type ResizePolicy,
  VideoSource,
  type VideoSourceOptions,
} from './video/video-source.js';
export type { ResolutionChange, VideoStreamStats } from './video/video-stats.js';
export { VideoStream, type VideoStreamEvents } from './video/video-stream.js';
export type {
  ParticipantVideoStreamOptions,
  VideoStreamOptions,
} from './video/video-stream-options.js';
