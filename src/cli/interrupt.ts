const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm hands on to its script what the terminal has sent there already: two signals, one keystroke. */
const SAME_KEYSTROKE_MS = 400;

/** Ctrl-C and its kind, as a signal that aborts. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #force: () => void;
  #firstMs: number | undefined;

  /** @param force - Called at a second Ctrl-C, by somebody who doesn't want to wait. */
  constructor(force: () => void) {
    this.#force = force;
    for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  /** Aborts at the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ctrl-C ends the process again, as it does by default. */
  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    const nowMs = performance.now();
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs;
      this.#controller.abort();
    } else if (nowMs - this.#firstMs > SAME_KEYSTROKE_MS) {
      this.#force();
    }
  };
}
