import { hasRoomFor } from '../core/frame-budget.js';
import { FrameMemory } from '../video/frame-memory.js';
import { byteLengthOf, type PixelFormat } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';
import type { CaptureSink } from './captured-stream.js';
import { FreshestPicture } from './freshest-picture.js';
import { LiveDevice, type ReopenListener } from './live-device.js';
import type { Closable } from './opening-device.js';
import { PictureClock } from './picture-clock.js';
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
  readonly #options: LiveVideoFeedOptions;
  readonly #device: LiveDevice;
  #size: PictureSize | undefined;
  #clock = new PictureClock();
  /** Memory for the next picture, of one that was dropped. */
  #spare: FrameMemory | undefined;
  #sink: CaptureSink<VideoFrame> | undefined;
  #freshest: FreshestPicture | undefined;
  /** The last picture that came before anybody could take it. */
  #early: VideoFrame | undefined;

  private constructor(options: LiveVideoFeedOptions) {
    this.#options = options;
    this.#device = new LiveDevice((lost, signal) => this.#open(lost, signal), options);
  }

  /** Opens the device. Throws as `open` does. */
  static async open(options: LiveVideoFeedOptions, signal: AbortSignal): Promise<LiveVideoFeed> {
    const feed = new LiveVideoFeed(options);
    try {
      await feed.#device.open(signal);
      return feed;
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  /** How often the device came back. */
  get reopened(): number {
    return this.#device.reopened;
  }

  /** How large the pictures are. */
  get size(): PictureSize {
    return this.#size as PictureSize;
  }

  /** Begins to feed a stream. @returns How to stop, which resolves when the device is free. */
  start(sink: CaptureSink<VideoFrame>, listener: ReopenListener): () => Promise<void> {
    this.#sink = sink;
    if (this.#options.freshest) this.#freshest = new FreshestPicture(sink);
    const early = this.#early;
    this.#early = undefined;
    if (early) this.#give(early, sink);
    this.#device.tell({
      ...listener,
      failed: (error) => {
        sink.fail(error);
        void this.close();
      },
    });
    return () => this.close();
  }

  /** Frees the device. Resolves when it's free. Safe to call twice. */
  async close(): Promise<void> {
    const free = this.#device.close();
    this.#freshest?.close();
    this.#early?.close();
    this.#early = undefined;
    await free;
    this.#spare?.release();
    this.#spare = undefined;
  }

  #open(lost: (error: Error) => void, signal: AbortSignal): Promise<Closable> {
    // Anew each time: the device may count from another zero.
    this.#clock = new PictureClock();
    return this.#options.open(
      {
        opened: (width, height) => {
          this.#size = { width, height };
        },
        memory: () => this.#memory(),
        unused: (memory) => memory.release(),
        picture: (memory, timeUs, arrivedUs) => this.#take(memory, timeUs, arrivedUs),
        missed: (count) => {
          for (let i = 0; i < count; i++) this.#sink?.missed('full');
        },
        lost,
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
    if (this.#device.closed) {
      memory.release();
      return;
    }
    const { timestampUs, captureTimeUs } = this.#clock.stamp(timeUs, arrivedUs);
    // The next picture needs memory too.
    if (!hasRoomFor(this.#byteLength) && !this.#spare) {
      this.#spare = memory;
      this.#sink?.missed('memory');
      return;
    }
    const { format } = this.#options;
    const metadata = { captureTimeUs };
    const frame = new VideoFrame(memory, { ...this.size, format, timestampUs, metadata });
    if (this.#sink) {
      this.#give(frame, this.#sink);
    } else {
      this.#early?.close();
      this.#early = frame;
    }
  }

  #give(frame: VideoFrame, sink: CaptureSink<VideoFrame>): void {
    if (this.#freshest) this.#freshest.take(frame);
    else sink.push(frame, frame.timestampUs);
  }
}
