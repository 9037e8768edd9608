export {
  IMAGE_OVERFLOWS,
  type ImageOverflow,
  ImageRecording,
  type ImageRecordingEnd,
  type ImageRecordingEvents,
  type ImageRecordingStats,
  type ImageRecordingSummary,
  type NumberedImage,
} from './image-recording.js';
export { recordImages, type RecordImagesOptions } from './record-images.js';
export { recordRoom } from './record-room.js';
export {
  type RecordedEnd,
  type RecordedError,
  type RecordedFile,
  type RecordedParticipant,
  type RecordedSource,
  type RecordedTrack,
  type RefusedTrack,
  ROOM_LAYOUTS,
  type RoomLayout,
  type RoomManifest,
} from './room-manifest.js';
export {
  RoomRecording,
  type RoomRecordingEvents,
  type RoomRecordingSummary,
} from './room-recording.js';
export {
  type RecordRoomOptions,
  ROOM_VIDEO_CONTAINERS,
  type RoomGridOptions,
} from './room-recording-options.js';
export type { TrackChoice } from './room-tracks.js';
export {
  saveSnapshot,
  type SnapshotOptions,
  type VideoInput,
  type WrittenImage,
} from './snapshot.js';
export {
  MediaRecorder,
  type MediaRecorderEvents,
  type MediaRecorderState,
  type MediaRecorderStats,
} from './media-recorder.js';
export type { RecordSources } from './recorded-sources.js';
export {
  RECORDING_AUDIO_CODECS,
  RECORDING_CONTAINERS,
  RECORDING_VIDEO_CODECS,
  type RecordingAudioCodec,
  type RecordingContainer,
  type RecordingVideoCodec,
} from './output-format.js';
export {
  type MediaRecorderOptions,
  RECORDING_OVERFLOWS,
  RECORDING_RESIZES,
  type RecordingAudioOptions,
  type RecordingOverflow,
  type RecordingResize,
  type RecordingVideoOptions,
} from './recorder-options.js';
export { RECORDING_QUALITIES, type RecordingQuality } from './recording-arguments.js';
export type { RecordedPart } from './recording-part.js';
export type { Recording } from './recording.js';
export type { RecordingDrops } from './assembler.js';
export type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
