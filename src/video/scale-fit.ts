import { checkInteger, checkOneOf, shown } from '../core/check.js';
import type { CropArea } from './crop-pixels.js';
import { MAX_DIMENSION, type PixelFormat, planesOf } from './pixel-format.js';

/** What becomes of a picture that has another shape than the size it's scaled to. */
export const SCALE_FITS = ['fill', 'contain', 'cover'] as const;

/** One of {@link SCALE_FITS}. */
export type ScaleFit = (typeof SCALE_FITS)[number];

/** How a frame is scaled: to which size, and how it fits. One of the two sides may be left out. */
export interface ScaleOptions {
  /** The new width. Default: what keeps the picture's shape. */
  readonly width?: number;
  /** The new height. Default: what keeps the picture's shape. */
  readonly height?: number;
  /**
   * `fill` stretches the picture; `contain` shows all of it between black bars; `cover` fills the size
   * and cuts off what is over at both ends. Default `fill`.
   */
  readonly fit?: ScaleFit;
}

/** What has to be done: which part of the picture is scaled to what, in a picture of what size. */
export interface ScalePlan {
  /** The size of the result. */
  readonly width: number;
  /** The size of the result. */
  readonly height: number;
  /** The part of the source that is shown. */
  readonly from: CropArea;
  /** Where in the result it is shown; the rest is black. */
  readonly to: CropArea;
}

/** @throws TypeError or RangeError if an option is wrong. */
export function planScale(
  picture: { readonly format: PixelFormat; readonly width: number; readonly height: number },
  options: ScaleOptions,
): ScalePlan {
  const { fit = 'fill' } = options;
  const { width, height } = sizeOf(picture, options);
  checkOneOf(fit, 'options.fit', SCALE_FITS);
  // Where a rectangle is smaller than what it lies in, its edges are where chroma has samples.
  const subsampled = planesOf(picture.format, 1, 1).some(({ subsampleX }) => subsampleX > 1);
  const align = subsampled ? 2 : 1;
  const all = { x: 0, y: 0, width: picture.width, height: picture.height };
  const whole = { x: 0, y: 0, width, height };
  switch (fit) {
    case 'fill':
      return { width, height, from: all, to: whole };
    case 'contain':
      return { width, height, from: all, to: centred(whole, picture, align) };
    case 'cover':
      return { width, height, from: centred(all, whole, align), to: whole };
  }
}

function sizeOf(
  picture: { readonly width: number; readonly height: number },
  { width, height }: ScaleOptions,
): { readonly width: number; readonly height: number } {
  const bounds = { min: 1, max: MAX_DIMENSION };
  if (width !== undefined) checkInteger(width, 'options.width', bounds);
  if (height !== undefined) checkInteger(height, 'options.height', bounds);
  if (width !== undefined && height !== undefined) return { width, height };
  // A side that follows from the other is limited like one that is given.
  const limited = (side: number): number => Math.min(Math.max(1, Math.round(side)), MAX_DIMENSION);
  if (width !== undefined) {
    return { width, height: limited((width * picture.height) / picture.width) };
  }
  if (height !== undefined) {
    return { width: limited((height * picture.width) / picture.height), height };
  }
  throw new TypeError(`options must have a width or a height, got ${shown({ width, height })}.`);
}

/** The largest rectangle of the shape of `shape` in the middle of `area`, its edges at multiples of `align`. */
function centred(
  area: CropArea,
  shape: { readonly width: number; readonly height: number },
  align: number,
): CropArea {
  const ratio = shape.width / shape.height;
  const width = fitting(area.height * ratio, area.width, align);
  const height = fitting(area.width / ratio, area.height, align);
  const middle = (side: number): number => Math.floor(side / 2 / align) * align;
  return { x: middle(area.width - width), y: middle(area.height - height), width, height };
}

function fitting(side: number, longest: number, align: number): number {
  if (Math.round(side) >= longest) return longest;
  return Math.min(Math.max(Math.round(side / align) * align, align), longest);
}
