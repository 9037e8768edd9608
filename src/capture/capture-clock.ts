/** What a clock is looked at for: sound that came late over so long a time was lost before it came to us. */
const WINDOW_US = 1_000_000;

/** Sound that is this much later than the count of samples says has a gap before it. */
const GAP_US = 40_000;

/** The most that the clock goes forwards in a window without a gap: more than crystals differ. */
const DRIFT_US = 500;

/**
 * How fast the clock goes back, by what has passed, when sound comes earlier than it thought possible: nearly at
 * once, since no time of the future is true, but so that time stamps go on rising.
 */
const SHARE_BACK = 0.9;

/**
 * When sound was captured, from when it came to us.
 *
 * It counts samples, since a device's are even, and what wakes us isn't: what comes late was not captured
 * late. The least delay of the last second tells how far the count is behind, so that the clock follows the
 * device's crystal, and jumps where samples are missing.
 */
export class CaptureClock {
  readonly #sampleRate: number;
  /** When the counting began, were there no drift and no gap. */
  #startUs = NaN;
  #samples = 0;
  #windowUs = 0;
  /** The least that sound of this window came later than it was expected. */
  #leastUs = Infinity;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /**
   * Takes the next samples of a channel.
   *
   * @param endUs - When the last of them was captured at the latest, on the monotonic clock.
   * @returns When the first of them was captured, in integer microseconds.
   */
  take(samples: number, endUs: number): number {
    const durationUs = (samples * 1e6) / this.#sampleRate;
    if (Number.isNaN(this.#startUs)) {
      this.#startUs = endUs - durationUs;
      this.#windowUs = endUs;
    }
    // By the time at which it comes: a burst after a pause of ours is one moment, however long it sounds.
    if (endUs - this.#windowUs >= WINDOW_US) this.#closeWindow(endUs);
    const lateUs = endUs - this.#timeOf(this.#samples + samples);
    if (lateUs < 0) this.#startUs -= Math.min(-lateUs, durationUs * SHARE_BACK);
    this.#leastUs = Math.min(this.#leastUs, Math.max(0, lateUs));
    const timestampUs = Math.max(0, Math.round(this.#timeOf(this.#samples)));
    this.#samples += samples;
    return timestampUs;
  }

  #timeOf(sample: number): number {
    return this.#startUs + (sample * 1e6) / this.#sampleRate;
  }

  #closeWindow(nowUs: number): void {
    const leastUs = this.#leastUs;
    if (leastUs !== Infinity) {
      this.#startUs += leastUs >= GAP_US ? leastUs : Math.min(leastUs, DRIFT_US);
    }
    this.#windowUs = nowUs;
    this.#leastUs = Infinity;
  }
}
