// 8-bit YUV formats: where their samples lie, and changing between them.

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length the caller of this file has checked. */

import { planesOf, type PixelFormat } from './pixel-format.js';
import type { PackedFormat, PixelArea } from './pixels-rgb.js';

/** The YUV formats with 8 bits a sample. */
export type YuvFormat = Exclude<PixelFormat, PackedFormat | 'I010'>;

/** Where the samples of a YUV picture lie. Offsets and distances are in bytes. */
export interface YuvLayout {
  /** Pixels in a row, which is also the distance between rows of luma and of alpha. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1 if a chroma sample stands for two columns, else 0. */
  readonly shiftX: number;
  /** 1 if a chroma sample stands for two rows, else 0. */
  readonly shiftY: number;
  /** The first U; the first Y is at 0. */
  readonly u: number;
  /** The first V. */
  readonly v: number;
  /** Distance between neighbours in a row of U or V: 2 where they are interleaved. */
  readonly chromaStep: number;
  /** Distance between rows of U or V. */
  readonly chromaStride: number;
  /** Samples in a row of U or V. */
  readonly chromaWidth: number;
  /** Rows of U or V. */
  readonly chromaHeight: number;
  /** The first alpha, -1 without. */
  readonly alpha: number;
}

/** The layout of a YUV picture without padding. */
export function yuvLayoutOf(format: YuvFormat, width: number, height: number): YuvLayout {
  const [, chroma, second, alpha] = planesOf(format, width, height);
  if (chroma === undefined) throw new TypeError(`${format} has no chroma.`);
  return {
    width,
    height,
    shiftX: format === 'I444' ? 0 : 1,
    shiftY: format === 'I444' || format === 'I422' ? 0 : 1,
    u: chroma.offset,
    v: second?.offset ?? chroma.offset + 1,
    chromaStep: chroma.sampleBytes,
    chromaStride: chroma.stride,
    chromaWidth: chroma.width,
    chromaHeight: chroma.height,
    alpha: alpha?.offset ?? -1,
  };
}

/**
 * Changes the layout of a YUV picture. Chroma is averaged where the target has fewer samples and
 * repeated where it has more, so that there and back changes nothing. Alpha is 255 where the source
 * has none.
 *
 * @param source - a picture of the layout `from`; borrowed.
 * @param target - room for one of the layout `to`, of the same size.
 */
export function resampleYuv(
  source: Uint8Array,
  target: Uint8Array,
  from: YuvLayout,
  to: YuvLayout,
  flipY: boolean,
): void {
  const area = { width: to.width, height: to.height, flipY };
  copyRows(source, target, 0, area);
  if (to.alpha >= 0) target.fill(255, to.alpha, to.alpha + to.width * to.height);
  if (!flipY && sameChroma(from, to)) {
    const bytes = to.chromaStride * to.chromaHeight;
    target.set(source.subarray(from.u, from.u + bytes), to.u);
    target.set(source.subarray(from.v, from.v + bytes), to.v);
    return;
  }
  for (let row = 0; row < to.chromaHeight; row++) resampleRow(source, target, from, to, row, flipY);
}

/** Whether both have their chroma in planes of the same size. */
function sameChroma(from: YuvLayout, to: YuvLayout): boolean {
  const planes = from.chromaStep === 1 && to.chromaStep === 1;
  return planes && from.shiftX === to.shiftX && from.shiftY === to.shiftY;
}

/**
 * Copies a block of rows to the same place in the target, in order or upside down.
 *
 * @param offset - where the rows begin, in bytes, in both.
 * @param area - the rows; `width` is in bytes.
 */
export function copyRows(
  source: Uint8Array,
  target: Uint8Array,
  offset: number,
  area: PixelArea,
): void {
  const { width, height, flipY } = area;
  if (!flipY) {
    target.set(source.subarray(offset, offset + width * height), offset);
    return;
  }
  for (let y = 0; y < height; y++) {
    const from = offset + (height - 1 - y) * width;
    target.set(source.subarray(from, from + width), offset + y * width);
  }
}

/** Fills one row of the target's chroma. */
function resampleRow(
  source: Uint8Array,
  target: Uint8Array,
  from: YuvLayout,
  to: YuvLayout,
  row: number,
  flipY: boolean,
): void {
  const { upper, lower } = sourceRows(from, to, row, flipY);
  const rowU = row * to.chromaStride + to.u;
  const rowV = row * to.chromaStride + to.v;
  const upperAt = upper * from.chromaStride;
  const lowerAt = lower * from.chromaStride;
  const { u, v, chromaStep: step } = from;
  const { chromaStep: toStep, chromaWidth: count } = to;
  if (upper === lower && from.shiftX >= to.shiftX) {
    const repeat = from.shiftX - to.shiftX;
    if (toStep === 2 && step === 1) {
      interleaveRow(source, target, upperAt + u, upperAt + v, rowU, count);
      return;
    }
    if (repeat === 1 && row > 0 && step === 1 && toStep === 1) {
      const before = sourceRows(from, to, row - 1, flipY);
      if (before.upper === upper && before.lower === lower) {
        // The same row twice: already there.
        target.copyWithin(rowU, rowU - to.chromaStride, rowU - to.chromaStride + count);
        target.copyWithin(rowV, rowV - to.chromaStride, rowV - to.chromaStride + count);
        return;
      }
    }
    copySamples(source, target, upperAt + u, step, rowU, toStep, count, repeat);
    copySamples(source, target, upperAt + v, step, rowV, toStep, count, repeat);
    return;
  }
  const last = from.chromaWidth - 1;
  const shift = to.shiftX - from.shiftX;
  if (upper === lower && step === 1) {
    averagePairs(source, target, upperAt + u, rowU, toStep, count, last);
    averagePairs(source, target, upperAt + v, rowV, toStep, count, last);
    return;
  }
  averageSamples(source, target, upperAt + u, lowerAt + u, step, rowU, toStep, count, last, shift);
  averageSamples(source, target, upperAt + v, lowerAt + v, step, rowV, toStep, count, last, shift);
}

/** The two rows of the source's chroma, or twice the same, that make up a row of the target's. */
function sourceRows(
  from: YuvLayout,
  to: YuvLayout,
  row: number,
  flipY: boolean,
): { readonly upper: number; readonly lower: number } {
  if (from.shiftY === to.shiftY) {
    // Not by way of pixels: with an odd height a flipped plane would be resampled by half a row,
    // and flipping twice would no longer be the same picture.
    const same = flipY ? to.chromaHeight - 1 - row : row;
    return { upper: same, lower: same };
  }
  const first = row << to.shiftY;
  const second = Math.min(first + to.shiftY, to.height - 1);
  return {
    upper: (flipY ? to.height - 1 - first : first) >> from.shiftY,
    lower: (flipY ? to.height - 1 - second : second) >> from.shiftY,
  };
}

// Loops over samples are functions of one row that take plain integers: see pixels-rgb.ts.

/**
 * Copies samples that lie `step` bytes apart to places `toStep` bytes apart, each of them twice if
 * `repeat` is 1 rather than 0.
 */
export function copySamples(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  step: number,
  to: number,
  toStep: number,
  count: number,
  repeat: number,
): void {
  if (repeat === 1 && toStep === 1) {
    doubleSamples(source, target, from, step, to, count);
  } else if (step === 1 && toStep === 1) {
    target.set(source.subarray(from, from + count), to);
  } else {
    for (let i = 0; i < count; i++, to += toStep) target[to] = source[from + (i >> repeat) * step]!;
  }
}

/** Each sample twice, side by side. */
function doubleSamples(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  step: number,
  to: number,
  count: number,
): void {
  const pairs = count >> 1;
  for (let i = 0; i < pairs; i++, from += step, to += 2) {
    const sample = source[from]!;
    target[to] = sample;
    target[to + 1] = sample;
  }
  if (count % 2 === 1) target[to] = source[from]!;
}

/** A row of U and one of V, to U-V pairs. */
function interleaveRow(
  source: Uint8Array,
  target: Uint8Array,
  u: number,
  v: number,
  to: number,
  count: number,
): void {
  for (let i = 0; i < count; i++, to += 2) {
    target[to] = source[u + i]!;
    target[to + 1] = source[v + i]!;
  }
}

/** Makes a row of chroma from one of twice as many columns, the last of which is `last`. */
function averagePairs(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  toStep: number,
  count: number,
  last: number,
): void {
  const end = from + last;
  for (let i = 0; i < count; i++, from += 2, to += toStep) {
    target[to] = (source[from]! + source[Math.min(from + 1, end)]! + 1) >> 1;
  }
}

/**
 * Makes a row of chroma from two, of half as many columns if `shift` is 1 rather than 0; `last` is
 * the last column of the source.
 */
function averageSamples(
  source: Uint8Array,
  target: Uint8Array,
  upper: number,
  lower: number,
  step: number,
  to: number,
  toStep: number,
  count: number,
  last: number,
  shift: number,
): void {
  for (let i = 0; i < count; i++, to += toStep) {
    const left = (i << shift) * step;
    const right = Math.min((i << shift) + shift, last) * step;
    target[to] =
      (source[upper + left]! +
        source[upper + right]! +
        source[lower + left]! +
        source[lower + right]! +
        2) >>
      2;
  }
}
