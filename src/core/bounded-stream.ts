import { listenForAbort } from './abort.js';
import { BoundedQueue, type Overflow } from './bounded-queue.js';
import { checkSignal } from './check.js';
import { FramewireError } from './errors.js';
import { TypedEmitter } from './typed-emitter.js';

/** What every stream needs to know. */
export interface BoundedStreamOptions {
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly signal: AbortSignal | undefined;
}

/** Why the reader never got an item: see `DropCounts` of each stream's statistics. */
export type QueueDropReason = 'full' | 'late' | 'closed';

/** What becomes of a stream that is fed. */
export interface StreamEnd {
  /** Nothing comes any more. */
  readonly end: () => void;
  /** Nothing comes any more, and that is an error. */
  readonly fail: (error: unknown) => void;
}

/** The events of a stream, each with its arguments. */
export type EventsOfStream<Events> = { [K in keyof Events]: readonly unknown[] };

/**
 * What all streams have in common: an async iterator over a bounded queue of items that come by
 * themselves, and an end. What a listener of its events throws doesn't end it.
 */
export abstract class BoundedStream<Item, Value, Events extends EventsOfStream<Events> = object>
  extends TypedEmitter<Events>
  implements AsyncIterableIterator<Value, undefined, undefined>, AsyncDisposable
{
  /** @internal */
  protected received = 0;
  /** @internal */
  protected delivered = 0;
  readonly #queue: BoundedQueue<Item, Value>;
  readonly #signal: AbortSignal | undefined;
  #stopInput: (() => void) | undefined;
  #forgetSignal: () => void = () => undefined;
  #closed = false;

  /** @internal */
  protected constructor({ capacity, overflow, signal }: BoundedStreamOptions) {
    checkSignal(signal, 'options.signal');
    super();
    this.#signal = signal;
    this.#queue = new BoundedQueue<Item, Value>({
      capacity,
      overflow,
      discard: (item, reason) => {
        this.drop(item, reason);
      },
      admit: (item) => {
        if (!this.tooLate(item)) return true;
        this.drop(item, 'late');
        return false;
      },
      hand: (item) => this.#hand(item),
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
   * @throws FramewireError `overflow` with that policy, and what else ended the stream.
   */
  next(): Promise<IteratorResult<Value, undefined>> {
    return this.#queue.next();
  }

  /** Ends the stream, as leaving a `for await` loop does. */
  async return(): Promise<IteratorResult<Value, undefined>> {
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

  /**
   * @internal Begins to take items. The last thing that a constructor does.
   *
   * @param feed - Begins to push, and returns how to stop.
   */
  protected start(feed: (end: StreamEnd) => () => void): void {
    const signal = this.#signal;
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    const stop = feed({
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

  /** @internal Drops what waits for the reader. */
  protected clear(): void {
    this.#queue.clear();
  }

  /** @internal Ends the stream with an error. */
  protected fail(error: unknown): void {
    this.#stop();
    this.#queue.fail(error);
  }

  /** @internal Makes what the reader gets. Takes ownership of the item, also when it throws. */
  protected abstract deliver(item: Item): Value;

  /** @internal Counts and frees an item that nobody will read. */
  protected abstract drop(item: Item, reason: QueueDropReason): void;

  /** @internal Whether an item is too old to be delivered. */
  protected abstract tooLate(item: Item): boolean;

  #hand(item: Item): Value {
    try {
      const value = this.deliver(item);
      this.delivered += 1;
      return value;
    } catch (error) {
      // The loop of a reader whose `next()` rejects doesn't call `return()`.
      void this.close();
      throw error;
    }
  }

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
