import { checkInteger, checkOneOf, checkOptions } from '../core/check.js';
import { checkedMetadata, type FrameMetadata } from './frame-metadata.js';
import { checkFormatAndSize, type PixelFormat } from './pixel-format.js';
import { ROTATIONS, type VideoRotation } from './rotation.js';

/** How a `VideoFrame` is made. */
export interface VideoFrameOptions {
  /** Width in pixels; odd ones work. */
  readonly width: number;
  /** Height in pixels; odd ones work. */
  readonly height: number;
  readonly format: PixelFormat;
  /** Presentation time in integer microseconds. Default 0. */
  readonly timestampUs?: number;
  /** Degrees that the picture must be turned clockwise to be upright. Default 0. */
  readonly rotation?: VideoRotation;
  readonly metadata?: FrameMetadata;
}

/** What a frame is made with, checked, in an object of our own. @throws TypeError or RangeError if it's wrong. */
export function checkedFrameOptions(
  options: VideoFrameOptions = {} as VideoFrameOptions,
): Required<VideoFrameOptions> {
  checkOptions(options, 'options');
  const { width, height, format, timestampUs = 0, rotation = 0, metadata } = options;
  checkFormatAndSize(format, width, height, 'options');
  checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
  checkOneOf(rotation, 'options.rotation', ROTATIONS);
  const own = checkedMetadata(metadata, 'options.metadata');
  return { width, height, format, timestampUs, rotation, metadata: own };
}
