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
export {
  saveSnapshot,
  type SnapshotOptions,
  type VideoInput,
  type WrittenImage,
} from './snapshot.js';
