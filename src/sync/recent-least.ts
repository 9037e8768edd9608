/**
 * The least of the values of the last while: at least `spanUs` of them, at most twice as much, in the
 * memory of two numbers. What a network adds to a delay, it adds to some; the least is what all had.
 */
export class RecentLeast {
  readonly #spanUs: number;
  #sinceUs = -Infinity;
  #before = Infinity;
  #current = Infinity;

  constructor(spanUs: number) {
    this.#spanUs = spanUs;
  }

  /** `undefined` before there are any. */
  get value(): number | undefined {
    const least = Math.min(this.#before, this.#current);
    return least === Infinity ? undefined : least;
  }

  add(value: number, nowUs: number): void {
    if (nowUs - this.#sinceUs >= this.#spanUs) {
      // After a long pause both are old.
      this.#before = nowUs - this.#sinceUs < 2 * this.#spanUs ? this.#current : Infinity;
      this.#current = Infinity;
      this.#sinceUs = nowUs;
    }
    this.#current = Math.min(this.#current, value);
  }
}
