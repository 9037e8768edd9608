import { type Overflow, OVERFLOWS } from '../core/bounded-queue.js';
import {
  checkBoolean,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkPositive,
  shown,
} from '../core/check.js';
import type { ClockOffsetOption } from './latency-meter.js';
import { MAX_DIMENSION, PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';

/** How a `VideoStream` gives its frames. */
export interface VideoStreamOptions {
  /**
   * Format of the frames. Default: as they come, which is mostly `I420`. `RGBA` and `I420` are made
   * as the frames come, off the event loop; the others when a frame is read.
   */
  readonly format?: PixelFormat;
  /**
   * Most frames that wait for the reader. Default 1: the newest frame, whatever the reader's speed.
   * `Infinity` keeps all of them and has no bound on memory.
   */
  readonly capacity?: number;
  /** What a full queue does with one more frame. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Thins the frames to at most this rate, by their time stamps. Default: all. */
  readonly fps?: number;
  /** Frames that waited longer than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
  /** Turns each frame upright, so that its rotation is 0. Default `false`. */
  readonly upright?: boolean;
  /**
   * Wider frames are dropped as they come, whatever their publisher meant by it. From 1 to 16,384 pixels.
   * Default 8192.
   */
  readonly maxWidth?: number;
  /** Higher frames are dropped as they come. From 1 to 16,384 pixels. Default 8192. */
  readonly maxHeight?: number;
  /**
   * By how many microseconds the publisher's clock is ahead of ours, for `stats.latencyMs` to be right
   * between machines whose clocks differ; negative if it's behind. `'estimate'` takes the fastest of the
   * last few hundred frames to have needed no time: the latencies are then how much longer than that one
   * the others took, and begin anew when a frame is faster by a millisecond. Default: 0 is assumed, until
   * that proves wrong.
   */
  readonly clockOffsetUs?: ClockOffsetOption;
  /** Aborts the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How `VideoStream.fromParticipant()` waits, besides what a stream does. */
export interface ParticipantVideoStreamOptions extends VideoStreamOptions {
  /** Fails with `timeout` if no track appears within this time. Default: waits. */
  readonly timeoutMs?: number;
  /**
   * How long the participant may be away before the stream ends; 0 ends it at once. To others, a full
   * reconnect of theirs is one who leaves and comes back. Default: 3 seconds after it left by itself, 10
   * after its connection was lost; at once if somebody removed it. The time while our own connection is
   * made again doesn't count.
   */
  readonly rejoinMs?: number;
}

/** The most that a frame may have in either direction, unless told otherwise. */
const DEFAULT_MAX_DIMENSION = 8192;

/** The options with their defaults. */
export interface ResolvedVideoStreamOptions {
  readonly format: PixelFormat | undefined;
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly fps: number | undefined;
  readonly maxAgeUs: number;
  readonly upright: boolean;
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly clockOffsetUs: ClockOffsetOption | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function resolveVideoStreamOptions(options: VideoStreamOptions): ResolvedVideoStreamOptions {
  checkOptions(options, 'options');
  const { format, capacity = 1, overflow = 'drop-oldest', fps, maxAgeMs, signal } = options;
  const { maxWidth = DEFAULT_MAX_DIMENSION, maxHeight = DEFAULT_MAX_DIMENSION } = options;
  const { upright = false, clockOffsetUs } = options;
  if (format !== undefined) checkOneOf(format, 'options.format', PIXEL_FORMATS);
  if (capacity !== Infinity) checkInteger(capacity, 'options.capacity', { min: 1 });
  checkOneOf(overflow, 'options.overflow', OVERFLOWS);
  if (fps !== undefined) checkPositive(fps, 'options.fps');
  if (maxAgeMs !== undefined) checkPositive(maxAgeMs, 'options.maxAgeMs');
  checkBoolean(upright, 'options.upright');
  checkInteger(maxWidth, 'options.maxWidth', { min: 1, max: MAX_DIMENSION });
  checkInteger(maxHeight, 'options.maxHeight', { min: 1, max: MAX_DIMENSION });
  checkClockOffset(clockOffsetUs);
  const maxAgeUs = maxAgeMs === undefined ? Infinity : maxAgeMs * 1000;
  const size = { maxWidth, maxHeight };
  return { format, capacity, overflow, fps, maxAgeUs, upright, ...size, clockOffsetUs, signal };
}

/** @throws TypeError or RangeError if it's neither a number of microseconds nor how to get one. */
function checkClockOffset(offset: ClockOffsetOption | undefined): void {
  if (offset === undefined || offset === 'estimate') return;
  if (typeof (offset as unknown) !== 'number') {
    throw new TypeError(
      `options.clockOffsetUs must be a number or 'estimate', got ${shown(offset)}.`,
    );
  }
  if (!Number.isFinite(offset)) {
    throw new RangeError(`options.clockOffsetUs must be finite, got ${shown(offset)}.`);
  }
}
