import { RECENT_FRAMES, RecentLeast } from '../core/recent-least.js';

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
  #delays = new RecentLeast(RECENT_FRAMES);
  #lastTimestampUs = -Infinity;

  /** Takes note of a frame that has come, and returns by what to tell its age: see {@link ageUs}. */
  arrived(timestampUs: number, nowUs: number): RecentLeast {
    const delayUs = nowUs - timestampUs;
    const leastUs = this.#delays.value ?? delayUs;
    const anew =
      timestampUs < this.#lastTimestampUs - MOST_JITTER_US ||
      Math.abs(delayUs - leastUs) > MOST_PLAUSIBLE_CHANGE_US;
    // Frames from before keep theirs.
    if (anew) this.#delays = new RecentLeast(RECENT_FRAMES);
    this.#lastTimestampUs = timestampUs;
    this.#delays.add(delayUs);
    return this.#delays;
  }
}

/** How old a frame is now. Asked late, since the frames of a burst that come last have waited least. */
export function ageUs(timestampUs: number, delays: RecentLeast, nowUs: number): number {
  const delayUs = nowUs - timestampUs;
  return delayUs - (delays.value ?? delayUs);
}
