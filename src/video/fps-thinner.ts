import { checkInteger, checkPositive, shown } from '../core/check.js';

/** What {@link thinFps} needs of a frame. */
export interface ThinnableFrame {
  /** The frame's time, in integer microseconds. */
  readonly timestampUs: number;
  /** Gives the frame's memory back. */
  close(): void;
}

// A frame is taken if it lies this much of the source's interval before its time, or later. A half
// would mean "if it's nearer than the next one", but then rates in proportions of 2:3 and 2:5 are
// ties that jitter decides anew for each frame. Below a half they are all decided the same way.
const EARLY = 0.4;

// How far a new interval between the source's frames moves the estimate of it.
const SMOOTHING = 1 / 16;

/**
 * Chooses which frames of a faster source to keep, by their time stamps, so that `fps` of them are
 * left for each second.
 *
 * The frames kept are those nearest to the times of an even grid, which makes the rate exact in the
 * mean: 30 to 20 keeps 20, not every second frame. Jitter of the time stamps by a fifth of the
 * source's interval to either side changes which frames are kept, not how many. A
 * source that is slower than `fps` passes whole.
 */
export class FpsThinner {
  /** Frames per second to keep. */
  readonly fps: number;
  readonly #intervalUs: number;
  #dueUs = 0;
  #lastUs: number | undefined;
  // Smoothed time between the source's frames, kept or not; 0 until two have come.
  #sourceIntervalUs = 0;

  /** @throws TypeError or RangeError if `fps` is not a positive number. */
  constructor(fps: number) {
    checkPositive(fps, 'fps');
    this.fps = fps;
    this.#intervalUs = 1_000_000 / fps;
  }

  /**
   * Whether to keep the frame with this time stamp; to be called once for each frame, in order.
   *
   * After a gap the next frame is kept, and none are kept to make up for those missing. A time
   * stamp before the last one by more than an interval of `fps` starts anew with that frame, which is
   * kept; by less it's jitter.
   *
   * @param timestampUs - the frame's time, in integer microseconds from any origin.
   * @throws TypeError or RangeError if it's not a safe integer.
   */
  accept(timestampUs: number): boolean {
    checkInteger(timestampUs, 'timestampUs');
    const lastUs = this.#lastUs;
    if (lastUs !== undefined && timestampUs < lastUs && timestampUs >= lastUs - this.#intervalUs) {
      return false;
    }
    this.#lastUs = timestampUs;
    if (lastUs === undefined || timestampUs < lastUs) {
      this.#dueUs = timestampUs + this.#intervalUs;
      return true;
    }
    this.#learn(timestampUs - lastUs);
    const lateUs = timestampUs - this.#dueUs;
    if (lateUs < -EARLY * this.#sourceIntervalUs) return false;
    // Later than the grid and jitter explain: frames were missing, or the source is the slower one.
    // What is left of the lateness lets a slow source's early frames pass, and is too little to let
    // two frames pass where one is due.
    if (lateUs > this.#sourceIntervalUs) this.#dueUs = timestampUs - this.#sourceIntervalUs / 2;
    this.#dueUs += this.#intervalUs;
    return true;
  }

  /** Forgets the time stamps seen; the next frame is kept. */
  reset(): void {
    this.#lastUs = undefined;
    this.#sourceIntervalUs = 0;
  }

  #learn(deltaUs: number): void {
    // Two frames at one time say nothing about the rate.
    if (deltaUs === 0) return;
    const known = this.#sourceIntervalUs;
    // A gap must not look like a slow source: one delta moves the estimate by a 32nd at most.
    const estimate =
      known === 0 ? deltaUs : known + (Math.min(deltaUs, 1.5 * known) - known) * SMOOTHING;
    // How much slower than `fps` a source is makes no difference, and so not with a first delta
    // that was a gap either.
    this.#sourceIntervalUs = Math.min(estimate, this.#intervalUs);
  }
}

/**
 * The frames of `frames`, thinned to `fps` by an {@link FpsThinner}.
 *
 * Takes ownership of the frames: closes those it leaves out, and gives the others to its reader.
 * Ends with its source; leaving it early ends the source too.
 *
 * @throws TypeError or RangeError, at once, if `frames` is not an async iterable or `fps` not a
 * positive number.
 */
export function thinFps<T extends ThinnableFrame>(
  frames: AsyncIterable<T>,
  fps: number,
): AsyncGenerator<T, void, undefined> {
  if (typeof (frames as Partial<AsyncIterable<T>> | null)?.[Symbol.asyncIterator] !== 'function') {
    throw new TypeError(`frames must be an async iterable, got ${shown(frames)}.`);
  }
  return thin(frames, new FpsThinner(fps));
}

async function* thin<T extends ThinnableFrame>(
  frames: AsyncIterable<T>,
  thinner: FpsThinner,
): AsyncGenerator<T, void, undefined> {
  for await (const frame of frames) {
    let kept = false;
    try {
      kept = thinner.accept(frame.timestampUs);
    } finally {
      // Not the reader's, be it left out or its time stamp wrong.
      if (!kept) frame.close();
    }
    if (kept) yield frame;
  }
}
