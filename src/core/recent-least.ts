/** Over so many frames, some seconds of them, one at least comes without a delay. */
export const RECENT_FRAMES = 256;

/**
 * The least of the values of the last while, in the memory of two numbers: of `span` at least, of twice as
 * much at most. What a network adds to a delay, it adds to some; the least is what all had.
 */
export class RecentLeast {
  readonly #span: number;
  #since = -Infinity;
  #before = Infinity;
  #current = Infinity;
  #added = 0;

  constructor(span: number) {
    this.#span = span;
  }

  /** `undefined` before there are any. */
  get value(): number | undefined {
    const least = Math.min(this.#before, this.#current);
    return least === Infinity ? undefined : least;
  }

  /** @param at - Its time, if the span is one of time. Default: the span counts values. */
  add(value: number, at: number = this.#added++): void {
    if (at - this.#since >= this.#span) {
      // After a long pause both are old.
      this.#before = at - this.#since < 2 * this.#span ? this.#current : Infinity;
      this.#current = Infinity;
      this.#since = at;
    }
    this.#current = Math.min(this.#current, value);
  }
}
