import { BoundedStream, type EventsOfStream, type QueueDropReason } from './bounded-stream.js';

/** How many frames a stream dropped, by reason. */
export interface DropCounts {
  /** The reader was slower than the frames came, and the queue was full. */
  readonly full: number;
  /** Left out to come down to the `fps` asked for. */
  readonly rate: number;
  /** Older than `maxAgeMs` when the reader came. */
  readonly late: number;
  /** Wider than `maxWidth` or higher than `maxHeight`; video only. */
  readonly size: number;
  /** Came while the program's frames held as much memory as they may; video only. */
  readonly memory: number;
  /** Still queued when the stream was closed, or its file went on elsewhere. */
  readonly closed: number;
}

/** What the streams of video and audio have in common: frames, and counted drops. */
export abstract class FrameStream<
  Item,
  Frame,
  Events extends EventsOfStream<Events> = object,
> extends BoundedStream<Item, Frame, Events> {
  /** @internal */
  protected readonly dropped: { -readonly [Reason in keyof DropCounts]: number } = {
    full: 0,
    rate: 0,
    late: 0,
    size: 0,
    memory: 0,
    closed: 0,
  };

  /** @internal */
  protected override drop(item: Item, reason: QueueDropReason): void {
    this.dropped[reason] += 1;
    this.discard(item);
  }

  /** @internal Frees an item that nobody will read. */
  protected abstract discard(item: Item): void;
}
