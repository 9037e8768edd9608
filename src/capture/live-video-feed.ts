import { hasRoomFor } from '../core/frame-budget.js';
import { FrameMemory } from '../video/frame-memory.js';
import { byteLengthOf, type PixelFormat } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';
import type { CaptureSink } from './captured-stream.js';
import { FreshestPicture } from './freshest-picture.js';
import type { Closable } from './opening-device.js';
import { PictureClock } from './picture-clock.js';
import type { ReopenListener } from './reopen-listener.js';
import { retryUntilOpen } from './retry-until-open.js';
import type { PictureSize } from '../video/picture-size.js';
import type { VideoDeviceEvents } from './video-device.js';

/** What a {@link LiveVideoFeed} does. */
export interface LiveVideoFeedOptions {
  readonly format: PixelFormat;
  /** Opens the device; a size is given if its pictures must have that one. */
  readonly open: (
    events: VideoDeviceEvents,
    signal: AbortSignal,
    size: PictureSize | undefined,
  ) => Promise<Closable>;
  /** Whether the reader only wants the newest picture. */
  readonly freshest: boolean;
  readonly reopen: boolean;
}

/** Takes what a device sees to a stream, and opens the device again if that's wanted. */
export class LiveVideoFeed {
  /** How often the device came back. */
  reopened = 0;
  readonly #options: LiveVideoFeedOptions;
  readonly #closing = new AbortController();
  #device: Closable | undefined;
  #size: PictureSize | undefined;
  #clock = new PictureClock();
  /** Memory for the next picture, of one that was dropped. */
  #spare: FrameMemory | undefined;
  #to: { readonly sink: CaptureSink<VideoFrame>; readonly listener: ReopenListener } | undefined;
  #freshest: FreshestPicture | undefined;
  /** The last picture that came before anybody could take it. */
  #early: VideoFrame | undefined;
  #lostEarly: Error | undefined;
  #reopening: Promise<void> | undefined;

  private constructor(options: LiveVideoFeedOptions) {
    this.#options = options;
  }

  /** Opens the device. Throws as `open` does. */
  static async open(options: LiveVideoFeedOptions, signal: AbortSignal): Promise<LiveVideoFeed> {
    const feed = new LiveVideoFeed(options);
    try {
      feed.#device = await feed.#open(signal);
      return feed;
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  /** How large the pictures are. */
  get size(): PictureSize {
    return this.#size as PictureSize;
  }

  /** Begins to feed a stream. @returns How to stop, which resolves when the device is free. */
  start(sink: CaptureSink<VideoFrame>, listener: ReopenListener): () => Promise<void> {
    this.#to = { sink, listener };
    if (this.#options.freshest) this.#freshest = new FreshestPicture(sink);
    const early = this.#early;
    this.#early = undefined;
    if (early) this.#give(early, sink);
    const lost = this.#lostEarly;
    // Once the stream is there that tells of it.
    if (lost) queueMicrotask(() => this.#lost(lost));
    return () => this.close();
  }

  /** Frees the device. Resolves when it's free. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#freshest?.close();
    this.#early?.close();
    this.#early = undefined;
    await this.#reopening;
    await this.#device?.close();
    this.#spare?.release();
    this.#spare = undefined;
  }

  #open(signal: AbortSignal): Promise<Closable> {
    return this.#options.open(
      {
        opened: (width, height) => {
          this.#size = { width, height };
        },
        memory: () => this.#memory(),
        unused: (memory) => memory.release(),
        picture: (memory, timeUs, arrivedUs) => this.#take(memory, timeUs, arrivedUs),
        missed: (count) => {
          for (let i = 0; i < count; i++) this.#to?.sink.missed('full');
        },
        lost: (error) => this.#lost(error),
      },
      signal,
      this.#size,
    );
  }

  #memory(): FrameMemory {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? FrameMemory.pooled(this.#byteLength);
  }

  get #byteLength(): number {
    const { width, height } = this.size;
    return byteLengthOf(this.#options.format, width, height);
  }

  #take(memory: FrameMemory, timeUs: number | undefined, arrivedUs: number): void {
    if (this.#closing.signal.aborted) {
      memory.release();
      return;
    }
    const { timestampUs, captureTimeUs } = this.#clock.stamp(timeUs, arrivedUs);
    // The next picture needs memory too.
    if (!hasRoomFor(this.#byteLength) && !this.#spare) {
      this.#spare = memory;
      this.#to?.sink.missed('memory');
      return;
    }
    const { format } = this.#options;
    const metadata = { captureTimeUs };
    const frame = new VideoFrame(memory, { ...this.size, format, timestampUs, metadata });
    if (this.#to) {
      this.#give(frame, this.#to.sink);
    } else {
      this.#early?.close();
      this.#early = frame;
    }
  }

  #give(frame: VideoFrame, sink: CaptureSink<VideoFrame>): void {
    if (this.#freshest) this.#freshest.take(frame);
    else sink.push(frame, frame.timestampUs);
  }

  #lost(error: Error): void {
    this.#device = undefined;
    // It was about to be freed as it was closed.
    if (this.#closing.signal.aborted) return;
    if (!this.#to) {
      this.#lostEarly = error;
    } else if (this.#options.reopen) {
      this.#to.listener.lost(error);
      this.#reopening = this.#reopen();
    } else {
      this.#to.sink.fail(error);
      void this.close();
    }
  }

  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    try {
      // It may count from another zero.
      this.#clock = new PictureClock();
      this.#device = await retryUntilOpen(() => this.#open(signal), signal);
      if (signal.aborted) return;
      this.reopened += 1;
      this.#to?.listener.reopened();
    } catch (error) {
      // Nobody waits for one that was closed.
      if (!signal.aborted) this.#to?.sink.fail(error);
    }
  }
}
