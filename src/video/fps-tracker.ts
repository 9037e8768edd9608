import { checkInteger, checkOptions } from '../core/check.js';

/** How an {@link FpsTracker} is made. */
export interface FpsTrackerOptions {
  /** Over how many of the last time stamps to measure, from 2 to 10,000. Default 30. */
  readonly window?: number;
}

/**
 * Measures how many frames come per second, from their time stamps.
 *
 * It has no clock: when frames stop coming, `fps` stays what it was at the last one.
 *
 * @example
 * ```ts
 * const tracker = new FpsTracker();
 * for await (using frame of stream) {
 *   tracker.add(frame.timestampUs);
 *   console.log(tracker.fps.toFixed(1));
 * }
 * ```
 */
export class FpsTracker {
  // A ring: what `add` does for every frame must not allocate.
  readonly #timestampsUs: Float64Array;
  #next = 0;
  #count = 0;

  /** @throws TypeError or RangeError if `window` is not an integer within its bounds. */
  constructor(options: FpsTrackerOptions = {}) {
    checkOptions(options, 'options');
    const { window = 30 } = options;
    checkInteger(window, 'options.window', { min: 2, max: 10_000 });
    this.#timestampsUs = new Float64Array(window);
  }

  /**
   * Counts a frame. A time stamp before the last one starts the window anew: the publisher started
   * again, or its clock was set.
   *
   * @param timestampUs - the frame's time, in integer microseconds from any origin.
   * @throws TypeError or RangeError if it's not a safe integer.
   */
  add(timestampUs: number): void {
    checkInteger(timestampUs, 'timestampUs');
    if (this.#count > 0 && timestampUs < this.#last(1)) this.reset();
    this.#timestampsUs[this.#next] = timestampUs;
    this.#next = (this.#next + 1) % this.#timestampsUs.length;
    if (this.#count < this.#timestampsUs.length) this.#count++;
  }

  /** Frames per second within the window; 0 until two frames with different times are there. */
  get fps(): number {
    if (this.#count < 2) return 0;
    const spanUs = this.#last(1) - this.#last(this.#count);
    return spanUs > 0 ? ((this.#count - 1) * 1_000_000) / spanUs : 0;
  }

  /** How many time stamps are in the window now. */
  get count(): number {
    return this.#count;
  }

  /** Forgets all time stamps. */
  reset(): void {
    this.#next = 0;
    this.#count = 0;
  }

  /** The time stamp that was added `n`th to last, from 1. */
  #last(n: number): number {
    const { length } = this.#timestampsUs;
    return this.#timestampsUs[(this.#next - n + length) % length] ?? 0;
  }
}
