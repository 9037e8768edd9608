import type { CaptureSink } from './captured-stream.js';
import type { FileClock } from './file-clock.js';

/** What {@link FileLane} carries. */
interface Timed {
  readonly timestampUs: number;
  close(): void;
}

/** How a {@link FileLane} is made. */
export interface FileLaneOptions {
  /** Frames that wait here as long as the other medium's reader has all it wants. */
  readonly few: number;
  /** Frames that may wait here where it doesn't: then ffmpeg must go on, for the other's sake. */
  readonly many: number;
  /** By which frames are handed on in time; `undefined` to do so as soon as there is room. */
  readonly clock: FileClock | undefined;
  /** Called whenever something was taken out, or is waited for. */
  readonly onChange: () => void;
  /** Called once, when the reader has closed the stream. */
  readonly onClosed: () => void | Promise<void>;
}

/**
 * The way of one medium from ffmpeg to its reader: a short queue, out of which frames are handed on at their
 * time, or when the reader has room.
 */
export class FileLane<Frame extends Timed> {
  readonly #options: FileLaneOptions;
  readonly #frames: Frame[] = [];
  #sink: CaptureSink<Frame> | undefined;
  #over: { readonly error?: unknown } | undefined;
  #ended = false;
  #closed = false;
  /** Counts how often everything was dropped: what was in hand then is of no use any more. */
  #generation = 0;
  /** When what is in hand was taken out of the queue. */
  #inHandSince = 0;
  #wake: (() => void) | undefined;

  constructor(options: FileLaneOptions) {
    this.#options = options;
    options.clock?.join(this);
  }

  /** Whether nobody reads it any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the reader has got all, or got the error, or closed the stream. */
  get ended(): boolean {
    return this.#ended || this.#closed;
  }

  /** Whether there is enough for the reader. */
  get full(): boolean {
    return this.#frames.length >= this.#options.few;
  }

  /** Whether the reader would take a frame and there is none. */
  get starving(): boolean {
    return this.#wake !== undefined && this.#frames.length === 0 && !this.#over && !this.#closed;
  }

  /** Begins to hand on. A {@link CaptureFeed}: returns how to stop. */
  readonly feed = (sink: CaptureSink<Frame>): (() => void | Promise<void>) => {
    this.#sink = sink;
    void this.#work(sink);
    return () => {
      this.#closed = true;
      this.clear();
      this.#options.clock?.leave(this);
      return this.#options.onClosed();
    };
  };

  /** Takes ownership of a frame. One that is too many pushes out the oldest, which is counted. */
  put(frame: Frame): void {
    if (this.#closed || this.#over) {
      frame.close();
      return;
    }
    if (this.#frames.length >= this.#options.many) {
      this.#frames.shift()?.close();
      this.#sink?.missed('full');
    }
    this.#frames.push(frame);
    this.#awake();
  }

  /** Nothing comes any more, with an error or without. */
  finish(end: { readonly error?: unknown } = {}): void {
    this.#over ??= end;
    this.#awake();
  }

  /** Drops what is queued. Something else comes: unless the reader has heard of it, there was no end. */
  clear(): void {
    this.#generation += 1;
    if (!this.#ended) this.#over = undefined;
    for (const frame of this.#frames.splice(0)) frame.close();
    this.#sink?.clear();
    this.#awake();
  }

  async #work(sink: CaptureSink<Frame>): Promise<void> {
    const { clock } = this.#options;
    if (clock) {
      void sink.asked.then(() => {
        // Closed, it asks for nothing.
        if (!this.#closed) clock.start();
      });
      await clock.started;
    }
    for (;;) {
      await sink.ready();
      const frame = await this.#take();
      if (!frame) {
        if (this.#over || this.#closed) break;
        continue;
      }
      if (clock) await clock.until(this, frame.timestampUs);
      if (this.#generation === this.#inHandSince && !this.#closed) sink.push(frame);
      else frame.close();
    }
    this.#ended = true;
    clock?.leave(this);
    if (this.#over && 'error' in this.#over) sink.fail(this.#over.error);
    else sink.end();
  }

  /** Waits for a frame, or for whatever else makes it look again. */
  async #take(): Promise<Frame | undefined> {
    if (this.#frames.length === 0 && !this.#over && !this.#closed) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#options.onChange();
      await woken;
    }
    const frame = this.#frames.shift();
    this.#inHandSince = this.#generation;
    this.#options.onChange();
    return frame;
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
