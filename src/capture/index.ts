export { CapturedAudioStream, type CapturedAudioOptions } from './captured-audio-stream.js';
export { CAPTURE_OVERFLOWS, type CaptureOverflow } from './captured-stream.js';
export { CapturedVideoStream, type CapturedVideoOptions } from './captured-video-stream.js';
export type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
