import { type Overflow, OVERFLOWS } from '../core/bounded-queue.js';
import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import type { DropCounts } from '../core/frame-stream.js';
import { FpsThinner } from '../video/fps-thinner.js';
import { PIXEL_FORMATS, type PixelFormat } from '../video/pixel-format.js';
import type { VideoFrame } from '../video/video-frame.js';
import { VideoMeter, type VideoStreamStats } from '../video/video-stats.js';
import type { VideoStreamEvents } from '../video/video-stream.js';
import { checkFrameRate } from '../video/frame-rate.js';
import {
  type CaptureFeed,
  type CaptureOverflow,
  CapturedStream,
  type CapturedStreamSettings,
  checkCaptureOptions,
} from './captured-stream.js';

/** How captured video is given. */
export interface CapturedVideoOptions {
  /** Format of the frames. Default `I420`, which is what is published without conversion. */
  readonly format?: PixelFormat;
  /**
   * Most frames that wait for the reader. Default 1: the newest frame, whatever the reader's speed.
   * `Infinity` keeps all of them and has no bound on memory.
   */
  readonly capacity?: number;
  /** What a full queue does with one more frame. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Frames that are older than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
  /** Aborts the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The events of a {@link CapturedVideoStream}, each with its arguments. */
export interface CapturedVideoEvents extends VideoStreamEvents {
  /**
   * The camera or screen is gone, as the error says, and waited for. Without its option `reopen` the stream ends
   * with the error.
   */
  readonly deviceLost: readonly [error: Error];
  /** The camera or screen is back. */
  readonly deviceReopened: readonly [];
}

/** What is known of captured video before its first frame. */
export interface CapturedVideoShape {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly fps: number | undefined;
}

/** How a {@link CapturedVideoStream} is made. */
export interface CapturedVideoSettings extends CapturedStreamSettings, CapturedVideoShape {
  /** Thins the frames to at most this rate, by their time stamps. */
  readonly thinTo?: number | undefined;
}

/** The options with their defaults. */
export type ResolvedCapturedVideoOptions = CapturedStreamSettings & {
  readonly format: PixelFormat;
};

/**
 * @param overflows - Those that the source knows: live ones can't `wait`.
 * @throws TypeError or RangeError if an option is not as it must be.
 */
export function resolveCapturedVideoOptions(
  options: Omit<CapturedVideoOptions, 'overflow'> & { readonly overflow?: CaptureOverflow },
  overflows: readonly CaptureOverflow[] = OVERFLOWS,
  overflowOtherwise: CaptureOverflow = 'drop-oldest',
): ResolvedCapturedVideoOptions {
  checkOptions(options, 'options');
  const { format = 'I420', capacity = 1, overflow = overflowOtherwise, maxAgeMs, signal } = options;
  checkOneOf(format, 'options.format', PIXEL_FORMATS);
  if (capacity !== Infinity) checkInteger(capacity, 'options.capacity', { min: 1 });
  checkCaptureOptions({ overflow, maxAgeMs }, overflows);
  checkSignal(signal, 'options.signal');
  return { format, capacity, overflow, maxAgeMs, signal };
}

/**
 * The frames of a camera, a screen, a file or a generator, as an async iterator that never falls behind:
 * what the reader is too slow for is dropped and counted, or waits where the source can.
 *
 * Each frame is the reader's, to close. Leaving the loop closes the stream, and with it what it was
 * captured with. An open stream keeps the process alive. What is captured live has `frame.timestampUs` on the
 * machine's monotonic clock, and `frame.metadata.captureTimeUs` on the time of day, both of the moment at
 * which the picture was taken.
 *
 * @example
 * ```ts
 * await using camera = await openCamera({ width: 1280, height: 720 });
 * for await (using frame of camera) source.captureFrame(frame);
 * ```
 */
export class CapturedVideoStream extends CapturedStream<VideoFrame, CapturedVideoEvents> {
  /** Width of the frames in pixels. */
  readonly width: number;
  /** Height of the frames in pixels. */
  readonly height: number;
  /** Format of the frames. */
  readonly format: PixelFormat;
  /** Frames a second, as far as the source says. */
  readonly fps: number | undefined;
  readonly #meter = new VideoMeter(undefined);
  readonly #thinner: FpsThinner | undefined;

  /** Made by what captures. */
  protected constructor(feed: CaptureFeed<VideoFrame>, settings: CapturedVideoSettings) {
    super(settings);
    this.width = settings.width;
    this.height = settings.height;
    this.format = settings.format;
    this.fps = settings.fps;
    this.#thinner = settings.thinTo === undefined ? undefined : new FpsThinner(settings.thinTo);
    this.takeFrom(feed);
  }

  /** @internal A stream that `feed` begins to feed at once. */
  static open(feed: CaptureFeed<VideoFrame>, settings: CapturedVideoSettings): CapturedVideoStream {
    return new CapturedVideoStream(feed, settings);
  }

  /** What was counted so far. */
  get stats(): VideoStreamStats {
    const { received, delivered } = this;
    return this.#meter.read({ received, delivered, dropped: { ...this.dropped } });
  }

  /** @internal */
  protected override arrived(frame: VideoFrame): keyof DropCounts | undefined {
    const { timestampUs, metadata } = frame;
    this.#meter.arrived(
      { timestampUs, captureTimeUs: metadata.captureTimeUs, frameId: metadata.frameId },
      monotonicUs(),
    );
    return this.#thinner?.accept(timestampUs) === false ? 'rate' : undefined;
  }

  /** @internal */
  protected override handOut(frame: VideoFrame): VideoFrame {
    let delivered = frame;
    if (frame.format !== this.format) {
      using other = frame;
      delivered = other.convert(this.format);
    }
    const change = this.#meter.delivered(delivered);
    if (change) this.emit('resolutionChanged', change);
    return delivered;
  }
}

/** @throws TypeError or RangeError if they are no size and rate of video. */
export function checkVideoShape(
  {
    width,
    height,
    fps,
  }: { readonly width?: unknown; readonly height?: unknown; readonly fps?: unknown },
  maxDimension: number,
): void {
  if (width !== undefined) checkInteger(width, 'options.width', { min: 1, max: maxDimension });
  if (height !== undefined) checkInteger(height, 'options.height', { min: 1, max: maxDimension });
  if (fps !== undefined) checkFrameRate(fps);
}
