import { listenForAbort } from './abort.js';
import { BoundedQueue, type Overflow } from './bounded-queue.js';
import { checkSignal } from './check.js';
import { FramewireError } from './errors.js';
import type { StreamInput } from './stream-input.js';
import type { TrackHandle } from './track-handle.js';

/** How many frames a stream dropped, by reason. */
export interface DropCounts {
  /** The reader was slower than the frames came, and the queue was full. */
  readonly full: number;
  /** Left out to come down to the `fps` asked for. */
  readonly rate: number;
  /** Older than `maxAgeMs` when the reader came. */
  readonly late: number;
  /** Still queued when the stream was closed. */
  readonly closed: number;
}

/** What every stream needs to know. */
export interface FrameStreamOptions {
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly signal: AbortSignal | undefined;
}

/**
 * What the streams of video and audio have in common: an async iterator over a bounded queue of
 * frames that come from a track, counted drops, and an end.
 */
export abstract class FrameStream<Item, Frame>
  implements AsyncIterableIterator<Frame, undefined, undefined>, AsyncDisposable
{
  /** @internal */
  protected received = 0;
  /** @internal */
  protected delivered = 0;
  /** @internal */
  protected readonly dropped: { full: number; rate: number; late: number; closed: number } = {
    full: 0,
    rate: 0,
    late: 0,
    closed: 0,
  };
  readonly #queue: BoundedQueue<Item>;
  readonly #signal: AbortSignal | undefined;
  #stopInput: (() => void) | undefined;
  #forgetSignal: () => void = () => undefined;
  #closed = false;

  /** @internal */
  protected constructor({ capacity, overflow, signal }: FrameStreamOptions) {
    checkSignal(signal, 'options.signal');
    this.#signal = signal;
    this.#queue = new BoundedQueue<Item>({
      capacity,
      overflow,
      discard: (item, reason) => {
        this.dropped[reason] += 1;
        this.discard(item);
      },
      admit: (item) => {
        if (!this.tooLate(item)) return true;
        this.dropped.late += 1;
        this.discard(item);
        return false;
      },
      overflowError: () => {
        this.#stop();
        return new FramewireError(
          'overflow',
          `The reader fell ${capacity} frames behind and the stream has overflow 'error'.`,
        );
      },
    });
  }

  /** Whether the stream gives no more frames than those that are queued. */
  get ended(): boolean {
    return this.#queue.ended;
  }

  /**
   * The next frame, which is then the caller's, or the end.
   *
   * @throws The signal's reason if the stream was aborted.
   * @throws FramewireError `overflow` with that policy, and what the stream's constructor names.
   */
  async next(): Promise<IteratorResult<Frame, undefined>> {
    const result = await this.#queue.next();
    if (result.done) return result;
    try {
      const value = this.deliver(result.value);
      this.delivered += 1;
      return { done: false, value };
    } catch (error) {
      // The loop of a reader whose `next()` rejects doesn't call `return()`.
      await this.close();
      throw error;
    }
  }

  /** Ends the stream, as leaving a `for await` loop does. */
  async return(): Promise<IteratorResult<Frame, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Ends the stream and drops what is queued. A `next()` that waits gets the end. Safe to call twice. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#stop();
      this.#queue.close();
    }
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Begins to take frames. The last thing that a constructor does. */
  protected start(input: StreamInput): void {
    const signal = this.#signal;
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    const stop = input.feed({
      open: (track, onEnded) => this.open(track, onEnded),
      end: () => {
        this.#forgetSignal();
        this.#queue.end();
      },
      fail: (error) => {
        this.#forgetSignal();
        this.#queue.fail(error);
      },
    });
    if (this.#queue.ended) {
      stop();
      return;
    }
    this.#stopInput = stop;
    if (signal) this.#forgetSignal = listenForAbort(signal, this.#onAbort);
  }

  /** @internal Hands an item to the reader's queue. */
  protected push(item: Item): void {
    this.#queue.push(item);
  }

  /** @internal Ends the stream with an error. */
  protected fail(error: unknown): void {
    this.#stop();
    this.#queue.fail(error);
  }

  /** @internal Begins to take frames from a track; returns how to stop. */
  protected abstract open(track: TrackHandle, onEnded: () => void): () => void;

  /** @internal Makes what the reader gets. Takes ownership of the item, also when it throws. */
  protected abstract deliver(item: Item): Frame;

  /** @internal Frees an item that nobody will read. */
  protected abstract discard(item: Item): void;

  /** @internal Whether an item is too old to be delivered. */
  protected abstract tooLate(item: Item): boolean;

  readonly #onAbort = (): void => {
    this.#stop();
    this.#queue.abort(this.#signal?.reason);
  };

  #stop(): void {
    this.#forgetSignal();
    const stop = this.#stopInput;
    this.#stopInput = undefined;
    stop?.();
  }
}
