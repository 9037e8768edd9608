import type { Overflow } from '../core/bounded-queue.js';
import type { EventsOfStream } from '../core/bounded-stream.js';
import { checkOneOf, checkPositive } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { type DropCounts, FrameStream } from '../core/frame-stream.js';

/** What a full queue does with one more frame, where frames can be made to wait: files and generators can. */
export const CAPTURE_OVERFLOWS = ['drop-oldest', 'drop-newest', 'error', 'wait'] as const;

/** One of {@link CAPTURE_OVERFLOWS}: with `wait` nothing is dropped, the source goes as fast as its reader. */
export type CaptureOverflow = (typeof CAPTURE_OVERFLOWS)[number];

/** What a source does with the stream that it feeds. None of it throws. */
export interface CaptureSink<Frame> {
  /**
   * Hands a frame to the reader's queue, which takes ownership of it.
   *
   * @param agingSinceUs - Since when it gets old, by the monotonic clock. Default: now.
   */
  readonly push: (frame: Frame, agingSinceUs?: number) => void;
  /** Counts a frame that came and that the reader won't get. */
  readonly missed: (reason: keyof DropCounts) => void;
  /** Nothing comes any more; the reader still gets what is queued. */
  readonly end: () => void;
  /** The same, and that is an error. */
  readonly fail: (error: unknown) => void;
  /**
   * Resolves when the queue has room for one more frame, or at once where the stream doesn't wait, or is
   * over. For sources that can wait.
   */
  readonly ready: () => Promise<void>;
  /** Resolves when the reader asks for the first time, or the stream is over. For sources that begin then. */
  readonly asked: Promise<void>;
  /** Drops what is queued, which is counted as `closed`: the source goes on from another place. */
  readonly clear: () => void;
}

/** Begins to feed a sink. Returns how to stop: that is called once, when the stream was closed or aborted. */
export type CaptureFeed<Frame> = (sink: CaptureSink<Frame>) => () => void | Promise<void>;

/** What every captured stream needs to know. */
export interface CapturedStreamSettings {
  /** In frames. */
  readonly capacity: number;
  readonly overflow: CaptureOverflow;
  readonly maxAgeMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A frame in the queue. */
interface Queued<Frame> {
  readonly frame: Frame;
  readonly agingSinceUs: number;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function checkCaptureOptions(
  { overflow, maxAgeMs }: { readonly overflow?: unknown; readonly maxAgeMs?: unknown },
  overflows: readonly CaptureOverflow[],
): void {
  if (overflow !== undefined)
    checkOneOf(overflow as CaptureOverflow, 'options.overflow', overflows);
  if (maxAgeMs !== undefined) checkPositive(maxAgeMs, 'options.maxAgeMs');
}

/** What the streams of captured video and audio have in common: a source that feeds them, and is freed with them. */
export abstract class CapturedStream<
  Frame extends { close(): void; readonly timestampUs: number },
  Events extends EventsOfStream<Events> = object,
> extends FrameStream<Queued<Frame>, Frame, Events> {
  readonly #capacity: number;
  readonly #waits: boolean;
  readonly #maxAgeUs: number;
  #queued = 0;
  #waiting: (() => void)[] = [];
  #stopped: void | Promise<void> = undefined;
  #ask: () => void = () => undefined;
  readonly #asked: Promise<void>;

  /** @internal */
  protected constructor({ capacity, overflow, maxAgeMs, signal }: CapturedStreamSettings) {
    // A source that waits never overflows; one that doesn't, against its word, loses the oldest.
    const ownOverflow: Overflow = overflow === 'wait' ? 'drop-oldest' : overflow;
    super({ capacity, overflow: ownOverflow, signal });
    this.#capacity = capacity;
    this.#waits = overflow === 'wait';
    this.#maxAgeUs = maxAgeMs === undefined ? Infinity : maxAgeMs * 1000;
    this.#asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
  }

  override next(): Promise<IteratorResult<Frame, undefined>> {
    this.#ask();
    return super.next();
  }

  /**
   * Ends the stream and drops what is queued. A `next()` that waits gets the end. Safe to call twice.
   *
   * Resolves when what it was captured with is free again: a camera can then be opened anew.
   */
  override async close(): Promise<void> {
    await super.close();
    await this.#stopped;
  }

  /** @internal Begins to take frames. The last thing that a constructor does. */
  protected takeFrom(feed: CaptureFeed<Frame>): void {
    this.start(({ end, fail }) => {
      const stop = feed({
        push: (frame, agingSinceUs = monotonicUs()) => {
          this.#push({ frame, agingSinceUs });
        },
        missed: (reason) => {
          this.received += 1;
          this.dropped[reason] += 1;
        },
        end,
        fail,
        ready: () => this.#ready(),
        asked: this.#asked,
        clear: () => {
          this.clear();
        },
      });
      return () => {
        this.#ask();
        this.#stopped = stop();
      };
    });
  }

  /** @internal Whether the reader may have a frame that has come, or why not. Counts it. */
  protected abstract arrived(frame: Frame): keyof DropCounts | undefined;

  /** @internal What the reader gets. Takes ownership of the frame, also when it throws. */
  protected abstract handOut(frame: Frame): Frame;

  /** @internal */
  protected override deliver({ frame }: Queued<Frame>): Frame {
    this.#left();
    return this.handOut(frame);
  }

  /** @internal */
  protected override discard({ frame }: Queued<Frame>): void {
    this.#left();
    frame.close();
  }

  /** @internal */
  protected override tooLate({ agingSinceUs }: Queued<Frame>): boolean {
    return monotonicUs() - agingSinceUs > this.#maxAgeUs;
  }

  #push(item: Queued<Frame>): void {
    this.received += 1;
    const refusal = this.arrived(item.frame);
    if (refusal !== undefined) {
      this.dropped[refusal] += 1;
      item.frame.close();
      return;
    }
    this.#queued += 1;
    this.push(item);
  }

  #ready(): Promise<void> {
    if (!this.#waits || this.ended || this.#queued < this.#capacity) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A frame has left the queue, whichever way. */
  #left(): void {
    this.#queued -= 1;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
