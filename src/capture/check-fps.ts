import { checkPositive } from '../core/check.js';

/** No camera, screen or film has more. Of a much higher rate ffmpeg makes pictures until memory is out. */
const MOST_FPS = 1000;

/** @throws TypeError if it's no number, RangeError unless it's a rate of pictures. */
export function checkFps(fps: unknown): asserts fps is number {
  checkPositive(fps, 'options.fps');
  if (fps > MOST_FPS) {
    throw new RangeError(`options.fps must be at most ${MOST_FPS}, got ${fps}.`);
  }
}
