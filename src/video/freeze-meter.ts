/** The average is that of so many intervals at most. */
const WINDOW = 30;

/** Below so many there is no average worth the name: those who join a call get their first frames unevenly. */
const LEAST_INTERVALS = 5;

/** A freeze is longer than usual by this at least, and by this many times. */
const LEAST_INCREASE_US = 150_000;
const LEAST_RATIO = 3;

/** What takes longer is a pause: nobody sent anything. */
const LONGEST_FREEZE_US = 5_000_000;

/** How often a picture stood still. */
export interface Freezes {
  readonly count: number;
  /** For how long altogether, each from the last frame before to the first one after. */
  readonly totalMs: number;
}

/**
 * Counts freezes as the W3C's statistics define `freezeCount` and `totalFreezesDuration`: an interval of at
 * least max(3 * average, average + 150 ms), where the average is that of the last 30; one of more than 5
 * seconds is what they call a pause, and not counted.
 */
export class FreezeMeter {
  // A ring: what `add` does for every frame must not allocate.
  readonly #intervalsUs = new Float64Array(WINDOW);
  #intervals = 0;
  #next = 0;
  #sumUs = 0;
  #lastUs = NaN;
  #count = 0;
  #totalUs = 0;

  /** Adds a frame, with the time at which it came. */
  add(arrivedUs: number): void {
    const intervalUs = arrivedUs - this.#lastUs;
    this.#lastUs = arrivedUs;
    if (!(intervalUs <= LONGEST_FREEZE_US)) return;
    if (this.#isFreeze(intervalUs)) {
      this.#count += 1;
      this.#totalUs += intervalUs;
    }
    this.#sumUs += intervalUs - (this.#intervalsUs[this.#next] ?? 0);
    this.#intervalsUs[this.#next] = intervalUs;
    this.#next = (this.#next + 1) % WINDOW;
    this.#intervals = Math.min(this.#intervals + 1, WINDOW);
  }

  /** The time until the next frame counts neither as a freeze nor for the average. */
  interrupt(): void {
    this.#lastUs = NaN;
  }

  get freezes(): Freezes {
    return { count: this.#count, totalMs: this.#totalUs / 1000 };
  }

  #isFreeze(intervalUs: number): boolean {
    if (this.#intervals < LEAST_INTERVALS) return false;
    const averageUs = this.#sumUs / this.#intervals;
    return intervalUs >= Math.max(LEAST_RATIO * averageUs, averageUs + LEAST_INCREASE_US);
  }
}
