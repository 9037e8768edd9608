import type { Writable } from 'node:stream';

/** Bytes that are written once, or again and again. */
export interface PipeItem {
  readonly bytes: Uint8Array;
  /** How many times they are still to be written. */
  times: number;
  /** Called when they aren't read any more. */
  readonly release: () => void;
}

/** What becomes of a {@link PipeWriter}. */
export interface PipeWriterOptions {
  /** Called whenever an item was written for the last time. */
  readonly onProgress: () => void;
}

/**
 * Writes to a pipe in order, one item at a time, so that nothing but the items themselves waits in memory.
 * What is written last stays, to be written again.
 *
 * Errors of the pipe end it without a word: why it broke is known by how the process at its other end ended.
 */
export class PipeWriter {
  readonly #queue: PipeItem[] = [];
  readonly #onProgress: () => void;
  #current: PipeItem | undefined;
  #pipe: Writable | undefined;
  #writing = false;
  #ending = false;
  #closed = false;
  #waitingBytes = 0;

  constructor({ onProgress }: PipeWriterOptions) {
    this.#onProgress = onProgress;
  }

  /** Items that wait behind the one that is written. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** The bytes of those. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Whether there is nothing left to write. */
  get idle(): boolean {
    return this.#queue.length === 0 && !this.#writing && (this.#current?.times ?? 0) === 0;
  }

  /** Begins to write what there is. */
  attach(pipe: Writable): void {
    pipe.on('error', () => this.close());
    this.#pipe = pipe;
    if (this.#closed) pipe.destroy();
    else this.#next();
  }

  /** Writes bytes after all others. Takes ownership. */
  push(item: PipeItem): void {
    if (this.#closed) {
      item.release();
      return;
    }
    this.#queue.push(item);
    this.#waitingBytes += item.bytes.byteLength;
    this.#next();
  }

  /** Writes what was pushed last so many times more. @returns whether there is such. */
  repeat(times: number): boolean {
    if (this.#closed) return true;
    const last = this.#queue.at(-1) ?? this.#current;
    if (!last) return false;
    last.times += times;
    this.#next();
    return true;
  }

  /** The end, once all is written. */
  end(): void {
    this.#ending = true;
    this.#next();
  }

  /** Ends at once, and lets go of what waits. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pipe?.destroy();
    // What the system still reads is let go of when it says that it's done.
    if (!this.#writing) this.#releaseCurrent();
    for (const item of this.#queue.splice(0)) item.release();
    this.#waitingBytes = 0;
    this.#onProgress();
  }

  #next(): void {
    const pipe = this.#pipe;
    if (!pipe || this.#writing || this.#closed) return;
    if ((this.#current?.times ?? 0) === 0 && this.#queue.length > 0) {
      this.#releaseCurrent();
      this.#current = this.#queue.shift();
      this.#waitingBytes -= this.#current?.bytes.byteLength ?? 0;
    }
    const item = this.#current;
    if (!item || item.times === 0) {
      if (this.#ending) {
        this.#releaseCurrent();
        pipe.end();
      }
      return;
    }
    item.times -= 1;
    this.#writing = true;
    pipe.write(item.bytes, this.#written);
  }

  readonly #written = (error?: Error | null): void => {
    this.#writing = false;
    if (this.#closed) {
      this.#releaseCurrent();
      return;
    }
    if (error) {
      this.close();
      return;
    }
    this.#next();
    this.#onProgress();
  };

  #releaseCurrent(): void {
    const item = this.#current;
    this.#current = undefined;
    item?.release();
  }
}
