import { checkBoolean, checkInteger, checkOneOf, checkPath } from '../core/check.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import { MAX_DIMENSION } from '../video/pixel-format.js';
import {
  type CapturedVideoOptions,
  resolveCapturedVideoOptions,
  type ResolvedCapturedVideoOptions,
} from './captured-video-stream.js';
import { checkFrameRate } from '../video/frame-rate.js';
import type { PictureSize } from '../video/picture-size.js';

/** Which thread reads the pictures of a camera or a screen. */
export const READERS = ['main', 'worker'] as const;

/** One of {@link READERS}. */
export type Reader = (typeof READERS)[number];

/** What `openCamera` and `openScreen` have in common. */
export interface VideoDeviceOptions extends CapturedVideoOptions, FfmpegOptions {
  /** The device: the `id` that `listDevices` gives. Default: the system's default one. */
  readonly device?: string;
  /** Width of the frames in pixels, together with `height`. */
  readonly width?: number;
  /** Height of the frames in pixels, together with `width`. */
  readonly height?: number;
  /** Frames a second; a device that gives more is thinned to it. */
  readonly fps?: number;
  /**
   * How long the device may stand still before it counts as lost, 100 to 60,000 ms. Default 5,000.
   */
  readonly stallMs?: number;
  /**
   * Waits for a device that was lost to come back, instead of failing. Default `false`. One that isn't there at
   * the beginning is an error all the same.
   */
  readonly reopen?: boolean;
  /**
   * The thread that reads. With `worker`, what is captured while the main thread is busy is dropped and counted
   * as it comes, and the newest picture is there as soon as that is free; it costs a copy of each picture.
   * Default `main`.
   */
  readonly readIn?: Reader;
}

/** The options with their defaults. */
export interface ResolvedVideoDeviceOptions extends ResolvedCapturedVideoOptions {
  readonly device: string | undefined;
  readonly size: PictureSize | undefined;
  readonly fps: number | undefined;
  readonly stallMs: number;
  readonly reopen: boolean;
  readonly readIn: Reader;
  readonly ffmpegPath: string | undefined;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function resolveVideoDeviceOptions(options: VideoDeviceOptions): ResolvedVideoDeviceOptions {
  const captured = resolveCapturedVideoOptions(options);
  const { device, width, height, fps, ffmpegPath } = options;
  const { stallMs = 5_000, reopen = false, readIn = 'main' } = options;
  if (device !== undefined) checkPath(device, 'options.device');
  const size = checkedSize({ width, height }, 'options');
  if (fps !== undefined) checkFrameRate(fps);
  checkInteger(stallMs, 'options.stallMs', { min: 100, max: 60_000 });
  checkBoolean(reopen, 'options.reopen');
  checkOneOf(readIn, 'options.readIn', READERS);
  if (ffmpegPath !== undefined) checkPath(ffmpegPath, 'options.ffmpegPath');
  return { ...captured, device, size, fps, stallMs, reopen, readIn, ffmpegPath };
}

/**
 * A size of which both numbers are given, or neither.
 *
 * @throws TypeError or RangeError if it's none, or half of one.
 */
export function checkedSize(
  { width, height }: { readonly width: number | undefined; readonly height: number | undefined },
  name: string,
): PictureSize | undefined {
  if (width === undefined && height === undefined) return undefined;
  checkInteger(width, `${name}.width`, { min: 1, max: MAX_DIMENSION });
  checkInteger(height, `${name}.height`, { min: 1, max: MAX_DIMENSION });
  return { width, height };
}
