/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length cropPixels has checked. */

import { checkInteger, checkObject, checkOptions } from '../core/check.js';
import { checkPixels, type PixelDescription } from './check-pixels.js';
import { planesOf, type PixelFormat, type PlaneLayout } from './pixel-format.js';

/** A rectangle within a picture, in pixels. */
export interface CropArea {
  /** Columns to the left of it. */
  readonly x: number;
  /** Rows above it. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** What {@link cropPixels} does. */
export interface CropPixelsOptions {
  /** The format of both. */
  readonly format: PixelFormat;
  /** Pixels in a row of the source. */
  readonly width: number;
  /** Rows of the source. */
  readonly height: number;
  /** The part of the source that becomes the target. */
  readonly area: CropArea;
}

/** A copy, each side read once. @throws TypeError or RangeError unless it lies within the picture. */
export function checkedCropArea(
  area: unknown,
  name: string,
  picture: { readonly width: number; readonly height: number },
): CropArea {
  checkObject(area, name);
  const { x, y, width, height } = area as CropArea;
  checkInteger(x, `${name}.x`, { min: 0, max: picture.width - 1 });
  checkInteger(y, `${name}.y`, { min: 0, max: picture.height - 1 });
  checkInteger(width, `${name}.width`, { min: 1, max: picture.width - x });
  checkInteger(height, `${name}.height`, { min: 1, max: picture.height - y });
  return { x, y, width, height };
}

/**
 * Cuts a rectangle out of a picture. It may begin and end anywhere: luma, alpha and packed pixels are
 * moved as they are, and so is chroma, but for one case. Where chroma is subsampled and the rectangle
 * begins at an odd pixel, a sample of the target lies over two of the source, and is their average.
 *
 * @param source - the pixels, without padding; borrowed, not changed.
 * @param target - where the rectangle is written; must not overlap `source`.
 * @throws TypeError or RangeError if an option is wrong or a memory is too short; nothing has been
 * written then.
 */
export function cropPixels(
  source: Uint8Array,
  target: Uint8Array,
  options: CropPixelsOptions,
): void {
  checkOptions(options, 'options');
  const { format, width, height, area } = options;
  checkPixels(source, 'source', { format, width, height });
  checkedCropArea(area, 'options.area', { width, height });
  const wanted: PixelDescription = { format, width: area.width, height: area.height };
  checkPixels(target, 'target', wanted);
  const planes = planesOf(format, area.width, area.height);
  for (const [i, plane] of planesOf(format, width, height).entries()) {
    const between = area.x % plane.subsampleX !== 0 || area.y % plane.subsampleY !== 0;
    if (between) averagePlane(source, target, plane, planes[i]!, area, format === 'I010');
    else copyPlane(source, target, plane, planes[i]!, area);
  }
}

function copyPlane(
  source: Uint8Array,
  target: Uint8Array,
  from: PlaneLayout,
  to: PlaneLayout,
  area: CropArea,
): void {
  const first =
    from.offset +
    (area.y / from.subsampleY) * from.stride +
    (area.x / from.subsampleX) * from.sampleBytes;
  for (let y = 0; y < to.height; y++) {
    const at = first + y * from.stride;
    target.set(source.subarray(at, at + to.stride), to.offset + y * to.stride);
  }
}

/**
 * Crops a plane of chroma at an offset between its samples.
 *
 * @param wide - whether a sample is one 16-bit word, rather than one or more bytes.
 */
function averagePlane(
  source: Uint8Array,
  target: Uint8Array,
  from: PlaneLayout,
  to: PlaneLayout,
  area: CropArea,
  wide: boolean,
): void {
  const { subsampleX, subsampleY, stride, sampleBytes } = from;
  const average = wide ? averageWords : averageBytes;
  // The last pixels of the area, which no sample may look beyond.
  const bottom = area.y + area.height - 1;
  const right = Math.floor((area.x + area.width - 1) / subsampleX);
  const left = Math.floor(area.x / subsampleX);
  const step = area.x % subsampleX === 0 ? 0 : 1;
  for (let y = 0; y < to.height; y++) {
    const row = area.y + y * subsampleY;
    const upper = Math.floor(row / subsampleY);
    const lower = Math.floor(Math.min(row + subsampleY - 1, bottom) / subsampleY);
    average(
      source,
      target,
      from.offset + upper * stride + left * sampleBytes,
      from.offset + lower * stride + left * sampleBytes,
      to.offset + y * to.stride,
      to.width,
      step,
      right - left,
      sampleBytes,
    );
  }
}

// Loops over samples are functions of one row that take plain integers: see pixels-rgb.ts.

/** Each sample is the average of two rows, and of two columns `step` apart; `last` is the last column. */
function averageBytes(
  source: Uint8Array,
  target: Uint8Array,
  upper: number,
  lower: number,
  to: number,
  count: number,
  step: number,
  last: number,
  channels: number,
): void {
  for (let x = 0; x < count; x++) {
    const left = x * channels;
    const right = Math.min(x + step, last) * channels;
    for (let channel = 0; channel < channels; channel++, to++) {
      target[to] =
        (source[upper + left + channel]! +
          source[upper + right + channel]! +
          source[lower + left + channel]! +
          source[lower + right + channel]! +
          2) >>
        2;
    }
  }
}

/** As {@link averageBytes}, of little-endian 16-bit words. */
function averageWords(
  source: Uint8Array,
  target: Uint8Array,
  upper: number,
  lower: number,
  to: number,
  count: number,
  step: number,
  last: number,
): void {
  for (let x = 0; x < count; x++, to += 2) {
    const left = x * 2;
    const right = Math.min(x + step, last) * 2;
    const high =
      source[upper + left + 1]! +
      source[upper + right + 1]! +
      source[lower + left + 1]! +
      source[lower + right + 1]!;
    const low =
      source[upper + left]! +
      source[upper + right]! +
      source[lower + left]! +
      source[lower + right]!;
    const word = ((high << 8) + low + 2) >> 2;
    target[to] = word;
    target[to + 1] = word >> 8;
  }
}
