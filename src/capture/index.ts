export type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
