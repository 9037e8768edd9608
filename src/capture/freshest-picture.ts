import { monotonicUs } from '../core/clock.js';
import { RECENT_FRAMES, RecentLeast } from '../core/recent-least.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { CaptureSink } from './captured-stream.js';

/** A picture that is so many intervals older than others were when they came is stale. */
const STALE = 1.5;

/** Until two pictures have come. */
const INTERVAL_US = 33_333;

/**
 * Keeps stale pictures from a reader that wants the newest.
 *
 * While the event loop stands still, the picture that was under way gets old in the pipe, and so do those that the
 * device has kept. Newer ones follow at its heels: so a stale one waits for them, for a moment.
 */
export class FreshestPicture {
  readonly #sink: CaptureSink<VideoFrame>;
  readonly #ages = new RecentLeast(RECENT_FRAMES);
  readonly #intervals = new RecentLeast(RECENT_FRAMES);
  #lastUs: number | undefined;
  #held: VideoFrame | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: CaptureSink<VideoFrame>) {
    this.#sink = sink;
  }

  /** Takes ownership of a picture. */
  take(frame: VideoFrame): void {
    const { timestampUs } = frame;
    if (this.#lastUs !== undefined) this.#intervals.add(timestampUs - this.#lastUs);
    this.#lastUs = timestampUs;
    const ageUs = monotonicUs() - timestampUs;
    this.#ages.add(ageUs);
    const mostUs = STALE * (this.#intervals.value ?? INTERVAL_US);
    const stale = ageUs - (this.#ages.value ?? ageUs) > mostUs;
    this.#dropHeld();
    if (!stale) {
      this.#stopWaiting();
      this.#push(frame);
      return;
    }
    this.#held = frame;
    // Not anew for each: where all are stale, some must come through.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const held = this.#held;
      this.#held = undefined;
      if (held) this.#push(held);
    }, mostUs / 1000);
  }

  /** Drops what waits. */
  close(): void {
    this.#stopWaiting();
    this.#dropHeld();
  }

  #push(frame: VideoFrame): void {
    this.#sink.push(frame, frame.timestampUs);
  }

  #dropHeld(): void {
    if (!this.#held) return;
    this.#held.close();
    this.#held = undefined;
    this.#sink.missed('full');
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
