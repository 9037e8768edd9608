import { monotonicUs, wallClockUs } from '../core/clock.js';
import { RECENT_FRAMES, RecentLeast } from '../core/recent-least.js';

/** When a picture was taken. */
export interface PictureTime {
  /** By the monotonic clock. It only goes forwards. */
  readonly timestampUs: number;
  /** The time of day, since 1970. */
  readonly captureTimeUs: number;
}

/** Clocks that a {@link PictureClock} reads, in microseconds. */
export interface PictureClockReadings {
  readonly monotonicUs: () => number;
  readonly wallUs: () => number;
}

/** A device whose first time is within this of a clock of ours counts on that clock. */
const SAME_CLOCK_US = 10_000_000;

/** How far the time of day must have gone from the monotonic one to have been set. */
const SET_US = 2_000;

/**
 * Tells when pictures were taken, from the times that ffmpeg gives them.
 *
 * Some devices stamp with the time of day, some with the monotonic clock, and some count from zero: which one it
 * is shows in the first picture. For the last kind, the picture that came with the least delay of late counts as
 * taken when it came.
 */
export class PictureClock {
  readonly #readings: PictureClockReadings;
  #kind: 'wall' | 'monotonic' | 'own' | undefined;
  /** How far the time of day is ahead of the monotonic clock. */
  #aheadUs = NaN;
  #delays = new RecentLeast(RECENT_FRAMES);
  #lastUs = -1;

  constructor(readings: PictureClockReadings = { monotonicUs, wallUs: wallClockUs }) {
    this.#readings = readings;
  }

  /**
   * When a picture was taken, of which ffmpeg says `timeUs`. To be called once for each picture, in order.
   *
   * @param arrivedUs - When it was here, by the monotonic clock.
   */
  stamp(timeUs: number | undefined, arrivedUs: number): PictureTime {
    const aheadUs = this.#ahead();
    const takenUs = timeUs === undefined ? arrivedUs : this.#taken(timeUs, arrivedUs, aheadUs);
    // No picture is from later than it came: a clock was set meanwhile.
    const timestampUs = Math.max(this.#lastUs + 1, Math.round(Math.min(takenUs, arrivedUs)));
    this.#lastUs = timestampUs;
    return { timestampUs, captureTimeUs: Math.max(0, Math.round(timestampUs + aheadUs)) };
  }

  #taken(timeUs: number, arrivedUs: number, aheadUs: number): number {
    this.#kind ??= this.#kindOf(timeUs, arrivedUs, aheadUs);
    if (this.#kind === 'wall') return timeUs - aheadUs;
    if (this.#kind === 'monotonic') return timeUs;
    const delayUs = arrivedUs - timeUs;
    const least = this.#delays.value ?? delayUs;
    // The device counts anew.
    if (Math.abs(delayUs - least) > SAME_CLOCK_US) this.#delays = new RecentLeast(RECENT_FRAMES);
    this.#delays.add(delayUs);
    return timeUs + (this.#delays.value ?? delayUs);
  }

  #kindOf(timeUs: number, arrivedUs: number, aheadUs: number): 'wall' | 'monotonic' | 'own' {
    if (Math.abs(timeUs - aheadUs - arrivedUs) < SAME_CLOCK_US) return 'wall';
    return Math.abs(timeUs - arrivedUs) < SAME_CLOCK_US ? 'monotonic' : 'own';
  }

  /** The same from picture to picture until the time of day is set, so that the times of pictures are even. */
  #ahead(): number {
    const aheadUs = this.#readings.wallUs() - this.#readings.monotonicUs();
    if (!(Math.abs(aheadUs - this.#aheadUs) <= SET_US)) this.#aheadUs = aheadUs;
    return this.#aheadUs;
  }
}
