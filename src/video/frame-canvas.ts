import { checkInteger, checkOneOf, checkOptions, readOnce, shown } from '../core/check.js';
import { checkedMetadata, type FrameMetadata } from './frame-metadata.js';
import { PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';
import { ROTATIONS, type VideoRotation } from './rotation.js';

// These types are the web's as far as they're needed. Those of @napi-rs/canvas are wider, and don't compile
// with every setting of a user's.

/** What can be drawn on: the `2d` context of a canvas. */
export interface DrawingContext {
  /** Draws what is on a canvas, in the size asked for. */
  drawImage(image: object, x: number, y: number, width: number, height: number): void;
}

/** A canvas of `@napi-rs/canvas`, or another that has these members of the web's. */
export interface CanvasSource {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** The canvas's drawing context. */
  getContext(type: '2d'): {
    /** A copy of the pixels. */
    getImageData(
      x: number,
      y: number,
      width: number,
      height: number,
    ): { readonly data: Uint8ClampedArray };
  };
}

/** A canvas of `@napi-rs/canvas`; in TypeScript, `as Canvas` has all its members. */
export interface FrameCanvas extends CanvasSource {
  /** The canvas's drawing context. */
  getContext(type: '2d'): ReturnType<CanvasSource['getContext']> & DrawingContext;
}

/** What a frame that is made of a canvas or an image has besides its picture. */
export interface DrawnFrameOptions {
  /** The frame's format. Default `RGBA`. */
  readonly format?: PixelFormat;
  /** Presentation time in integer microseconds. Default 0. */
  readonly timestampUs?: number;
  /** Degrees that the picture must be turned clockwise to be upright. Default 0. */
  readonly rotation?: VideoRotation;
  readonly metadata?: FrameMetadata;
}

/** {@link DrawnFrameOptions}, checked, and none left out. */
export type DrawnDescription = Required<DrawnFrameOptions>;

/** @throws TypeError or RangeError if an option is wrong. */
export function checkedDescription(options: DrawnFrameOptions): DrawnDescription {
  const { format = 'RGBA', timestampUs = 0, rotation = 0, metadata } = options;
  checkOneOf(format, 'options.format', PIXEL_FORMATS);
  checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
  checkOneOf(rotation, 'options.rotation', ROTATIONS);
  return { format, timestampUs, rotation, metadata: checkedMetadata(metadata, 'options.metadata') };
}

/** Where a frame is drawn. */
export interface DrawOptions {
  /** The left edge. Default 0. */
  readonly x?: number;
  /** The upper edge. Default 0. */
  readonly y?: number;
  /** The width that the picture gets. Default: its own. */
  readonly width?: number;
  /** The height that the picture gets. Default: its own. */
  readonly height?: number;
}

/** Pixels in RGBA, and the size of the picture. */
export interface RgbaPicture {
  /** Not premultiplied. */
  readonly data: Uint8ClampedArray;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A copy of the pixels of a canvas. @throws TypeError if it's no canvas. */
export function pixelsOf(canvas: CanvasSource): RgbaPicture {
  checkOptions(canvas, 'canvas');
  if (typeof (canvas as CanvasSource | undefined)?.getContext !== 'function') {
    throw new TypeError(`canvas must be a canvas, got ${shown(canvas)}.`);
  }
  const { width, height } = canvas;
  if (!(width > 0 && height > 0)) {
    throw new RangeError(`canvas must have a width and a height, got ${width}x${height}.`);
  }
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  return { data, width, height };
}

/** A copy of the options. @throws TypeError or RangeError if there is nothing to draw on, or one is wrong. */
export function checkedDrawing(context: unknown, options: DrawOptions): DrawOptions {
  if (typeof (context as { drawImage?: unknown } | undefined)?.drawImage !== 'function') {
    throw new TypeError(`context must be a canvas's drawing context, got ${shown(context)}.`);
  }
  const read = readOnce(options, 'options', { x: true, y: true, width: true, height: true });
  for (const [name, value] of Object.entries(read) as [string, unknown][]) {
    if (typeof value !== 'number') {
      throw new TypeError(`options.${name} must be a finite number, got ${shown(value)}.`);
    }
    if (!Number.isFinite(value)) {
      throw new RangeError(`options.${name} must be a finite number, got ${shown(value)}.`);
    }
  }
  return read;
}
