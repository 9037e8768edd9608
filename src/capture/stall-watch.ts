/** How often is looked in the time that is allowed. */
const LOOKS = 8;

/**
 * Tells when something that is to go on no longer does: some drivers fall silent where they should fail.
 *
 * It counts looks, each in another turn of the event loop, instead of reading a clock: what came while this
 * program itself was busy is heard of before the next look.
 */
export class StallWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  /**
   * @param allowedMs - How long it may pause.
   * @param stalled - Called once, after which nothing is watched.
   * @param busy - Whether it's to go on at all, now. Default: always.
   */
  constructor(allowedMs: number, stalled: () => void, busy: () => boolean = () => true) {
    this.#timer = setInterval(() => {
      this.#looks = busy() ? this.#looks + 1 : 0;
      if (this.#looks <= LOOKS) return;
      this[Symbol.dispose]();
      stalled();
    }, allowedMs / LOOKS);
    // What is watched keeps the program alive, not the watching.
    this.#timer.unref();
  }

  /** It goes on. */
  touch(): void {
    this.#looks = 0;
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
