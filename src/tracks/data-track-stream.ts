import { listenForAbort } from '../core/abort.js';
import { BoundedQueue, type Overflow, OVERFLOWS } from '../core/bounded-queue.js';
import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../core/check.js';
import { FramewireError } from '../core/errors.js';

/** What comes over a data track. */
export interface DataTrackFrame {
  /** The bytes, in memory of their own. */
  readonly payload: Uint8Array;
  /** What the sender gave with it, if anything. SDKs other than Framewire count milliseconds, if they follow LiveKit's. */
  readonly timestampUs: number | undefined;
}

/** How a data track is read. */
export interface DataTrackStreamOptions {
  /** How many frames may wait for the reader. Default 64. */
  readonly capacity?: number;
  /** What happens to a frame that doesn't fit. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Ends the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a stream has counted since it was opened. */
export interface DataTrackStreamStats {
  /** Frames that came. What was lost on the way is not known. */
  readonly received: number;
  /** Frames that the reader got. */
  readonly delivered: number;
  /** Frames that the reader did not get. */
  readonly dropped: {
    /** The reader was slower than the frames came, and the queue was full. */
    readonly full: number;
    /** Still queued when the stream was closed. */
    readonly closed: number;
  };
}

const DEFAULT_CAPACITY = 64;
const MAX_CAPACITY = 65_536;

/** Begins to give frames to `push`, and tells of the end; returns how to stop. */
type DataInput = (outlet: {
  readonly push: (frame: DataTrackFrame) => void;
  readonly end: (error?: Error) => void;
}) => () => void;

/** The frames of a data track, as an async iterator. It ends when the track is unpublished or the room is left. */
export class DataTrackStream
  implements AsyncIterableIterator<DataTrackFrame, undefined, undefined>, AsyncDisposable
{
  readonly #queue: BoundedQueue<DataTrackFrame>;
  readonly #dropped = { full: 0, closed: 0 };
  readonly #stopInput: () => void;
  readonly #forgetSignal: () => void = () => undefined;
  #received = 0;
  #delivered = 0;
  #closed = false;

  private constructor(options: DataTrackStreamOptions, input: DataInput) {
    const { capacity = DEFAULT_CAPACITY, overflow = 'drop-oldest', signal } = options;
    this.#queue = new BoundedQueue({
      capacity,
      overflow,
      discard: (_frame, reason) => {
        this.#dropped[reason] += 1;
      },
      overflowError: () => {
        this.#stop();
        return new FramewireError(
          'overflow',
          `The reader fell ${capacity} frames behind and the stream has overflow 'error'.`,
        );
      },
    });
    this.#stopInput = input({
      push: (frame) => {
        this.#received += 1;
        this.#queue.push(frame);
      },
      end: (error) => {
        this.#forgetSignal();
        if (error) this.#queue.fail(error);
        else this.#queue.end();
      },
    });
    if (!signal) return;
    this.#forgetSignal = listenForAbort(signal, () => {
      this.#abort(signal.reason);
    });
    if (signal.aborted) this.#abort(signal.reason);
  }

  /** @internal */
  static create(options: DataTrackStreamOptions, input: DataInput): DataTrackStream {
    return new DataTrackStream(options, input);
  }

  /** What has been counted so far. */
  get stats(): DataTrackStreamStats {
    return {
      received: this.#received,
      delivered: this.#delivered,
      dropped: { ...this.#dropped },
    };
  }

  /** Whether the stream gives no more frames than those that are queued. */
  get ended(): boolean {
    return this.#queue.ended;
  }

  /**
   * The next frame, or the end.
   *
   * @throws The signal's reason if the stream was aborted.
   * @throws FramewireError `overflow` with that policy; what else ended it.
   */
  async next(): Promise<IteratorResult<DataTrackFrame, undefined>> {
    const result = await this.#queue.next();
    if (!result.done) this.#delivered += 1;
    return result;
  }

  /** Ends the stream, as leaving a `for await` loop does. */
  async return(): Promise<IteratorResult<DataTrackFrame, undefined>> {
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

  #abort(reason: unknown): void {
    this.#stop();
    this.#queue.abort(reason);
  }

  #stop(): void {
    this.#forgetSignal();
    this.#stopInput();
  }
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function checkDataTrackStreamOptions(options: DataTrackStreamOptions): void {
  checkOptions(options, 'options');
  const { capacity, overflow, signal } = options;
  if (capacity !== undefined) {
    checkInteger(capacity, 'options.capacity', { min: 1, max: MAX_CAPACITY });
  }
  if (overflow !== undefined) checkOneOf(overflow, 'options.overflow', OVERFLOWS);
  checkSignal(signal, 'options.signal');
}
