/** What a full queue does with one more item. */
export const OVERFLOWS = ['drop-oldest', 'drop-newest', 'error'] as const;

/** One of {@link OVERFLOWS}: `error` fails the queue, which its reader sees. */
export type Overflow = (typeof OVERFLOWS)[number];

/** How a {@link BoundedQueue} is made. */
export interface BoundedQueueOptions<T, Value = T> {
  /** Most items held at once; `Infinity` must be meant. */
  readonly capacity: number;
  readonly overflow: Overflow;
  /** Takes back an item that nobody will read. */
  readonly discard: (item: T, reason: 'full' | 'closed') => void;
  /** Makes the error that the reader gets when the queue overflows under `error`. */
  readonly overflowError?: () => Error;
  /** Asked for an item just before it's handed out; `false` keeps the item from the reader. */
  readonly admit?: (item: T) => boolean;
  /**
   * Makes what the reader gets of an item, and takes ownership of the item; what it throws, the reader gets.
   * Default: the item itself.
   */
  readonly hand?: (item: T) => Value;
}

interface Reader<Value> {
  readonly resolve: (result: IteratorResult<Value, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A queue from a producer that can't wait (a native callback) to a reader that can.
 *
 * It owns every item pushed until a reader takes it; items that are dropped go to `discard`.
 */
export class BoundedQueue<T, Value = T> {
  readonly #options: BoundedQueueOptions<T, Value>;
  readonly #items: T[] = [];
  readonly #readers: Reader<Value>[] = [];
  #ended = false;
  #failure: { readonly reason: unknown } | undefined;
  #scheduled = false;

  constructor(options: BoundedQueueOptions<T, Value>) {
    this.#options = options;
  }

  /** Items waiting to be read. */
  get size(): number {
    return this.#items.length;
  }

  /** Whether nothing can be pushed any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes ownership of `item`. Never waits; an item that doesn't fit is handled by `overflow`. */
  push(item: T): void {
    const { capacity, overflow, discard, overflowError } = this.#options;
    if (this.#ended) {
      discard(item, 'closed');
      return;
    }
    if (this.#items.length >= capacity) {
      if (overflow === 'drop-oldest') {
        discard(this.#items.shift() as T, 'full');
      } else {
        discard(item, 'full');
        if (overflow === 'error') this.fail(overflowError?.() ?? new Error('The queue is full.'));
        return;
      }
    }
    this.#items.push(item);
    this.#schedule();
  }

  /** No more items come; readers still get those that are here. Safe to call twice. */
  end(): void {
    this.#ended = true;
    this.#schedule();
  }

  /** As {@link BoundedQueue.end}; after the items that are here, one read rejects with `reason`. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    this.#failure = { reason };
    this.end();
  }

  /** Discards what is in the queue, which goes on with what comes then. */
  clear(): void {
    for (const item of this.#items.splice(0)) this.#options.discard(item, 'closed');
  }

  /** Ends the queue and discards what is in it. Readers that wait get the end. */
  close(): void {
    this.#failure = undefined;
    this.clear();
    this.end();
  }

  /** Ends the queue, discards what is in it and rejects the next read with `reason`. */
  abort(reason: unknown): void {
    if (this.#ended && this.#items.length === 0) return;
    this.close();
    this.#failure = { reason };
  }

  /** The next item, or what is made of it, or the end. */
  next(): Promise<IteratorResult<Value, undefined>> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#schedule();
    });
  }

  // Readers are woken in a later macrotask, never where the item was pushed: resolving inside the
  // native callback runs the reader's loop body before the other callbacks that wait, so that with
  // a slow body the backlog forms where no queue of ours can see and drop it (measured: frames
  // 6.5 s old instead of 33 ms).
  #schedule(): void {
    if (this.#scheduled || this.#readers.length === 0) return;
    if (this.#items.length === 0 && !this.#ended) return;
    this.#scheduled = true;
    setImmediate(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#scheduled = false;
    while (this.#readers.length > 0 && this.#items.length > 0) {
      const item = this.#items.shift() as T;
      if (this.#options.admit?.(item) === false) continue;
      this.#handTo(this.#readers.shift() as Reader<Value>, item);
    }
    if (!this.#ended || this.#items.length > 0) return;
    for (const reader of this.#readers.splice(0)) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure) reader.reject(failure.reason);
      else reader.resolve({ done: true, value: undefined });
    }
  };

  #handTo(reader: Reader<Value>, item: T): void {
    const { hand } = this.#options;
    try {
      reader.resolve({ done: false, value: hand ? hand(item) : (item as unknown as Value) });
    } catch (error) {
      reader.reject(error);
    }
  }
}
