import { type Overflow, OVERFLOWS } from '../core/bounded-queue.js';
import { BoundedStream, type QueueDropReason } from '../core/bounded-stream.js';
import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../core/check.js';

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
export class DataTrackStream extends BoundedStream<DataTrackFrame, DataTrackFrame> {
  readonly #dropped = { full: 0, closed: 0, late: 0 };

  private constructor(options: DataTrackStreamOptions, input: DataInput) {
    const { capacity = DEFAULT_CAPACITY, overflow = 'drop-oldest', signal } = options;
    super({ capacity, overflow, signal });
    this.start(({ end, fail }) =>
      input({
        push: (frame) => {
          this.received += 1;
          this.push(frame);
        },
        end: (error) => {
          if (error) fail(error);
          else end();
        },
      }),
    );
  }

  /** @internal */
  static create(options: DataTrackStreamOptions, input: DataInput): DataTrackStream {
    return new DataTrackStream(options, input);
  }

  /** What has been counted so far. */
  get stats(): DataTrackStreamStats {
    const { full, closed } = this.#dropped;
    return { received: this.received, delivered: this.delivered, dropped: { full, closed } };
  }

  /** @internal */
  protected override deliver(frame: DataTrackFrame): DataTrackFrame {
    return frame;
  }

  /** @internal */
  protected override drop(_frame: DataTrackFrame, reason: QueueDropReason): void {
    this.#dropped[reason] += 1;
  }

  /** @internal Frames of data have no age. */
  protected override tooLate(): boolean {
    return false;
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
