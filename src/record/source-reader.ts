import { shown } from '../core/check.js';

/** How a {@link SourceReader} reads. */
export interface SourceReaderOptions<Frame> {
  /** Takes a frame, which is then its own. Reading goes on when what it returns has resolved. */
  readonly take: (frame: Frame) => Promise<void>;
  /** @throws TypeError if a value is no such frame. */
  readonly check: (value: unknown) => asserts value is Frame;
}

/** Reads a source of frames until it ends, or is stopped, and then closes it. */
export class SourceReader<Frame> {
  /** Resolves when it's over, and rejects with what the source failed with. */
  readonly done: Promise<void>;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #options: SourceReaderOptions<Frame>;
  #stopped = false;
  #onStop: () => void = () => undefined;

  constructor(source: AsyncIterable<unknown>, options: SourceReaderOptions<Frame>) {
    this.#options = options;
    this.#iterator = source[Symbol.asyncIterator]();
    const stopped = new Promise<void>((resolve) => {
      this.#onStop = resolve;
    });
    this.done = Promise.race([this.#read(), stopped]);
  }

  /** Reads no more, and closes the source. Safe to call twice. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    // A stream's `next()` ends by this; a generator gets to it when what it waits for has come.
    void this.#return();
    this.#onStop();
  }

  async #read(): Promise<void> {
    try {
      while (!this.#stopped) {
        const result = await this.#iterator.next();
        if (result.done) return;
        await this.#take(result.value);
      }
    } finally {
      this.#stopped = true;
    }
  }

  async #take(value: unknown): Promise<void> {
    if (this.#stopped) {
      // What came while it was stopped belongs to nobody.
      close(value);
      return;
    }
    try {
      const check: SourceReaderOptions<Frame>['check'] = this.#options.check;
      check(value);
      await this.#options.take(value);
    } catch (error) {
      await this.#return();
      throw error;
    }
  }

  async #return(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      // It's over for us: what it failed with before was told.
    }
  }
}

function close(value: unknown): void {
  if (typeof (value as Partial<Disposable> | null)?.[Symbol.dispose] === 'function') {
    (value as Disposable)[Symbol.dispose]();
  }
}

/** @throws TypeError if `source` can't be read by `for await`. */
export function checkSource(source: unknown, name: string): void {
  const { [Symbol.asyncIterator]: iterate } = (source ?? {}) as Partial<AsyncIterable<unknown>>;
  if (typeof iterate === 'function') return;
  throw new TypeError(`${name} must be an async iterable of frames, got ${shown(source)}.`);
}
