import { checkPositive } from '../core/check.js';

/** No camera, screen or film has more. Of a much higher rate ffmpeg makes pictures until memory is out. */
const MAX_FPS = 1000;

/** @throws TypeError if `options.fps` is no number, RangeError unless it's a rate at which frames can be made. */
export function checkFrameRate(fps: unknown): asserts fps is number {
  checkPositive(fps, 'options.fps');
  if (fps > MAX_FPS) throw new RangeError(`options.fps must be at most ${MAX_FPS}, got ${fps}.`);
}
