/** So many frames at least, and at most twice as many, say what the least delay is. */
const WINDOW_FRAMES = 256;

/** The smallest of the last few hundred delays. */
export class LeastDelay {
  #before = Infinity;
  #current = Infinity;
  #frames = 0;

  /** Takes note of a delay, which may be negative where two clocks are compared. */
  add(delayUs: number): void {
    if (this.#frames === WINDOW_FRAMES) {
      this.#before = this.#current;
      this.#current = Infinity;
      this.#frames = 0;
    }
    this.#current = Math.min(this.#current, delayUs);
    this.#frames += 1;
  }

  /** `Infinity` before there was one. */
  get leastUs(): number {
    return Math.min(this.#before, this.#current);
  }
}
