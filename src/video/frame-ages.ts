/** How old a frame is at a time, in microseconds. */
export type FrameAge = (nowUs: number) => number;

/** So many frames at least, and at most twice as many, say what the least delay is. */
const WINDOW_FRAMES = 256;

/** A delay further from the least than this is none: the time stamps have begun anew. */
const MOST_PLAUSIBLE_CHANGE_US = 10_000_000;

/** Time stamps that go back further than this have begun anew; those of a jittery network may a little. */
const MOST_JITTER_US = 100_000;

/**
 * Tells how old frames are by their time stamps, which say when the native side had them. While the
 * event loop was busy that was long before we hear of them.
 *
 * The clock of the time stamps need not be ours. On every stream some frames come without a delay:
 * the smallest difference between the clocks that was seen lately is the age of 0.
 */
export class FrameAges {
  #delays = new LeastDelay();
  #lastTimestampUs = -Infinity;

  /** Takes note of a frame that has come, and returns how to ask for its age. */
  arrived(timestampUs: number, nowUs: number): FrameAge {
    const delayUs = nowUs - timestampUs;
    const { leastUs } = this.#delays;
    const anew =
      timestampUs < this.#lastTimestampUs - MOST_JITTER_US ||
      Math.abs(delayUs - (leastUs ?? delayUs)) > MOST_PLAUSIBLE_CHANGE_US;
    // Frames from before keep theirs.
    if (anew) this.#delays = new LeastDelay();
    this.#lastTimestampUs = timestampUs;
    const delays = this.#delays;
    delays.add(delayUs);
    // Asked for late, since the frames of a burst that come last have waited least.
    return (laterUs) => laterUs - timestampUs - (delays.leastUs ?? delayUs);
  }
}

/** The smallest of the last few hundred delays. */
class LeastDelay {
  #before = Infinity;
  #current = Infinity;
  #frames = 0;

  add(delayUs: number): void {
    if (this.#frames === WINDOW_FRAMES) {
      this.#before = this.#current;
      this.#current = Infinity;
      this.#frames = 0;
    }
    this.#current = Math.min(this.#current, delayUs);
    this.#frames += 1;
  }

  get leastUs(): number | undefined {
    const least = Math.min(this.#before, this.#current);
    return least === Infinity ? undefined : least;
  }
}
