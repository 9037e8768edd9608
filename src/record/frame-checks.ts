import { AudioFrame } from '../audio/audio-frame.js';
import { shown } from '../core/check.js';
import { VideoFrame } from '../video/video-frame.js';
import { canResample } from './sample-track.js';
import type { Medium } from './timeline.js';

/** @throws TypeError if it's no frame, RangeError if its sound can't be resampled. */
export function mediumOf(frame: VideoFrame | AudioFrame): Medium {
  if (frame instanceof VideoFrame) return 'video';
  checkAudio(frame, 'frame must be a VideoFrame or an AudioFrame');
  return 'audio';
}

/** @throws TypeError if it's no picture. */
export function checkVideo(value: unknown): asserts value is VideoFrame {
  if (value instanceof VideoFrame) return;
  throw new TypeError(`sources.video must give VideoFrames, got ${shown(value)}.`);
}

/** @throws TypeError if it's no sound, RangeError if it can't be resampled. */
export function checkAudio(
  value: unknown,
  rule = 'sources.audio must give AudioFrames',
): asserts value is AudioFrame {
  if (!(value instanceof AudioFrame)) throw new TypeError(`${rule}, got ${shown(value)}.`);
  if (canResample(value.sampleRate)) return;
  throw new RangeError(`frame.sampleRate must be at least 4000, got ${value.sampleRate}.`);
}
