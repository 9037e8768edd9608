export type { CanvasContext, CanvasGradientPaint, CanvasPaint } from './canvas-context.js';
export type { CaptureKinds, CaptureStream } from './capture-stream.js';
export { CapturedAudioStream, type CapturedAudioOptions } from './captured-audio-stream.js';
export { CAPTURE_OVERFLOWS, type CaptureOverflow } from './captured-stream.js';
export {
  drawVideo,
  type DrawMoment,
  type DrawPicture,
  type DrawVideoOptions,
} from './draw-video.js';
export {
  silence,
  tone,
  type CapturedSilenceOptions,
  type CapturedToneOptions,
} from './generated-sound.js';
export type { GeneratedVideoOptions, PictureMoment } from './generated-video.js';
export { readPictureNumber } from './picture-number.js';
export { publishCamera, type PublishCameraOptions } from './publish-camera.js';
export {
  publishCapture,
  type PublishCaptureOptions,
  type PublishVideoCaptureOptions,
} from './publish-capture.js';
export { publishScreen, type PublishScreenOptions } from './publish-screen.js';
export { CAPTURE_ENDS, PublishedCapture, type CaptureEnd } from './published-capture.js';
export { TEST_PATTERN_COLORS } from './test-pattern-painter.js';
export { testPattern, type TestPatternOptions } from './test-pattern.js';
export type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
export { AUDIO_BACKENDS, type AudioBackend, type ChosenBackend } from './audio-backend.js';
export type { AudioDeviceOptions } from './audio-device-options.js';
export { Microphone, type MicrophoneEvents, type MicrophoneStats } from './microphone.js';
export type { MicrophoneOptions } from './microphone-options.js';
export { openMicrophone } from './open-microphone.js';
export { openSpeaker, type SpeakerOptions } from './open-speaker.js';
export {
  type PlayOptions,
  Speaker,
  type SpeakerEvents,
  type SpeakerStats,
  type SpeakerWaitOptions,
} from './speaker.js';
export type {
  FileAudioOptions,
  FileVideoOptions,
  OpenFileOptions,
  SeekOptions,
} from './file-options.js';
export { CapturedFile, openFile } from './open-file.js';
export {
  type CameraFormat,
  type CameraInfo,
  type DeviceInfo,
  type DeviceList,
  type ScreenFormat,
  type ScreenInfo,
  type SoundDeviceInfo,
  type SoundFormat,
} from './device-info.js';
export { listDevices, type ListDevicesOptions } from './list-devices.js';
export {
  type CapturedVideoEvents,
  CapturedVideoStream,
  type CapturedVideoOptions,
} from './captured-video-stream.js';
export { type LiveVideoStats, LiveVideoStream } from './live-video-stream.js';
export {
  CAMERA_BACKENDS,
  type CameraBackend,
  type CameraOptions,
  openCamera,
} from './open-camera.js';
export { openScreen, type ScreenArea, type ScreenOptions } from './open-screen.js';
export { type Reader, READERS, type VideoDeviceOptions } from './video-device-options.js';
export {
  publishFile,
  PublishedFile,
  type PublishFileAudioOptions,
  type PublishFileOptions,
  type PublishFileVideoOptions,
} from './publish-file.js';
export { publishMicrophone, type PublishMicrophoneOptions } from './publish-microphone.js';
