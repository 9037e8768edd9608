/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length rotatePixels has checked. */

import { checkOneOf, checkOptions } from '../core/check.js';
import { checkPixels } from './check-pixels.js';
import { convertPixels } from './convert-pixels.js';
import { byteLengthOf, planesOf, type PixelFormat, type PlaneLayout } from './pixel-format.js';
import { areWords, wordsOf } from './pixels-rgb.js';

/** How far pixels can be rotated, clockwise. */
export const ROTATE_DEGREES = [90, 180, 270] as const;

/** One of {@link ROTATE_DEGREES}. */
export type RotateDegrees = (typeof ROTATE_DEGREES)[number];

/** What {@link rotatePixels} does. */
export interface RotatePixelsOptions {
  /** The format of both. */
  readonly format: PixelFormat;
  /** Pixels in a row of the source: by 90 and 270, the rows of the target. */
  readonly width: number;
  /** Rows of the source. */
  readonly height: number;
  /** How far, clockwise. */
  readonly degrees: RotateDegrees;
}

/**
 * Rotates pixels clockwise. By 90 and 270 degrees the target has the source's height as its width.
 *
 * Samples are moved as they are, in every format but one: I422 by 90 or 270 degrees, whose chroma is
 * halved along the other axis afterwards and is resampled.
 *
 * @param source - the pixels, without padding; borrowed, not changed.
 * @param target - where the rotated pixels are written; must not overlap `source`.
 * @throws TypeError or RangeError if an option is wrong or a memory is too short; nothing has been
 * written then.
 */
export function rotatePixels(
  source: Uint8Array,
  target: Uint8Array,
  options: RotatePixelsOptions,
): void {
  checkOptions(options, 'options');
  const { format, width, height, degrees } = options;
  checkOneOf(degrees, 'options.degrees', ROTATE_DEGREES);
  checkPixels(source, 'source', { format, width, height });
  const turned =
    degrees === 180 ? { format, width, height } : { format, width: height, height: width };
  checkPixels(target, 'target', turned);
  if (format === 'I422' && degrees !== 180) {
    // I444 has the chroma of either way of halving it.
    const full = new Uint8Array(byteLengthOf('I444', width, height));
    const rotated = new Uint8Array(full.length);
    convertPixels(source, full, { from: 'I422', to: 'I444', width, height });
    rotatePixels(full, rotated, { ...options, format: 'I444' });
    convertPixels(rotated, target, { ...turned, from: 'I444', to: 'I422' });
    return;
  }
  const planes = planesOf(format, turned.width, turned.height);
  for (const [i, plane] of planesOf(format, width, height).entries()) {
    rotatePlane(source, target, plane, planes[i]!.offset, degrees);
  }
}

/** The side of the squares that a plane is rotated in, so that both ends stay in the cache. */
const TILE = 32;

function rotatePlane(
  source: Uint8Array,
  target: Uint8Array,
  { offset, width, height, sampleBytes }: PlaneLayout,
  targetOffset: number,
  degrees: RotateDegrees,
): void {
  const { origin, stepX, stepY } = stepsOf(degrees, width, height);
  const asWords = sampleBytes === 4 && areWords(source) && areWords(target);
  const sourceWords = asWords ? wordsOf(source) : undefined;
  const targetWords = asWords ? wordsOf(target) : undefined;
  for (let tileY = 0; tileY < height; tileY += TILE) {
    const endY = Math.min(tileY + TILE, height);
    for (let tileX = 0; tileX < width; tileX += TILE) {
      const count = Math.min(TILE, width - tileX);
      for (let y = tileY; y < endY; y++) {
        const from = y * width + tileX;
        const to = origin + tileX * stepX + y * stepY;
        if (sourceWords !== undefined && targetWords !== undefined) {
          // Only packed formats have samples of four bytes, and a single plane, at 0.
          moveWords(sourceWords, targetWords, from, to, stepX, count);
          continue;
        }
        const at = offset + from * sampleBytes;
        const toAt = targetOffset + to * sampleBytes;
        const step = stepX * sampleBytes;
        for (let i = 0; i < sampleBytes; i++) {
          moveBytes(source, target, at + i, sampleBytes, toAt + i, step, count);
        }
      }
    }
  }
}

/**
 * Where the samples of a plane go: the index in the target of the first one, and by how much it
 * changes from one column and from one row of the source to the next.
 */
function stepsOf(
  degrees: RotateDegrees,
  width: number,
  height: number,
): { readonly origin: number; readonly stepX: number; readonly stepY: number } {
  switch (degrees) {
    case 90:
      return { origin: height - 1, stepX: height, stepY: -1 };
    case 180:
      return { origin: width * height - 1, stepX: -1, stepY: -width };
    case 270:
      return { origin: (width - 1) * height, stepX: -height, stepY: 1 };
  }
}

// The same loop twice, because V8 makes slower code of one that sees arrays of both kinds.

function moveBytes(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  fromStep: number,
  to: number,
  toStep: number,
  count: number,
): void {
  for (let i = 0; i < count; i++, from += fromStep, to += toStep) target[to] = source[from]!;
}

function moveWords(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  to: number,
  toStep: number,
  count: number,
): void {
  for (let i = 0; i < count; i++, to += toStep) target[to] = source[from + i]!;
}
