import { monotonicUs } from '../core/clock.js';
import { RECENT_FRAMES, RecentLeast } from '../core/recent-least.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { CaptureSink } from './captured-stream.js';

/** A picture that is so many intervals older than others were when they came is stale. */
const STALE = 1.5;

/** Pictures whose times are further apart than they came, by this factor, lead to newer ones. */
const CATCHES_UP = 0.5;

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
  readonly #clock: () => number;
  readonly #ages = new RecentLeast(RECENT_FRAMES);
  readonly #intervals = new RecentLeast(RECENT_FRAMES);
  #lastUs: number | undefined;
  #lastArrivedUs = 0;
  #held: VideoFrame | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: CaptureSink<VideoFrame>, clock: () => number = monotonicUs) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Takes ownership of a picture that has just come. */
  take(frame: VideoFrame): void {
    const { timestampUs } = frame;
    const arrivedUs = this.#clock();
    const sinceUs = timestampUs - (this.#lastUs ?? timestampUs);
    const catchesUp = arrivedUs - this.#lastArrivedUs < CATCHES_UP * sinceUs;
    this.#lastUs = timestampUs;
    this.#lastArrivedUs = arrivedUs;
    if (sinceUs > 0) this.#intervals.add(sinceUs);
    const ageUs = arrivedUs - timestampUs;
    this.#ages.add(ageUs);
    const mostUs = STALE * (this.#intervals.value ?? INTERVAL_US);
    const stale = ageUs - (this.#ages.value ?? ageUs) > mostUs;
    this.#dropHeld();
    if (stale) this.#hold(frame, mostUs, catchesUp);
    else this.#push(frame);
  }

  /** Drops what waits. */
  close(): void {
    this.#stopWaiting();
    this.#dropHeld();
  }

  #hold(frame: VideoFrame, mostUs: number, catchesUp: boolean): void {
    this.#held = frame;
    // Anew only while that leads to newer ones: where all come late, for want of time, they must come through.
    if (catchesUp) this.#stopWaiting();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const held = this.#held;
      this.#held = undefined;
      if (held) this.#push(held);
    }, mostUs / 1000);
  }

  #push(frame: VideoFrame): void {
    this.#stopWaiting();
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
