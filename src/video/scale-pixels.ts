/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length scalePixels has checked. */

import { checkInteger, checkOptions } from '../core/check.js';
import { checkPixels } from './check-pixels.js';
import { checkedCropArea, type CropArea } from './crop-pixels.js';
import { MAX_DIMENSION, planesOf, type PixelFormat, type PlaneLayout } from './pixel-format.js';
import { MAX_BYTE_TAPS, scaleBytes } from './scale-bytes.js';
import { scaleFilter, WEIGHT_BITS, type ScaleFilter } from './scale-filter.js';

/** What {@link scalePixels} does. */
export interface ScalePixelsOptions {
  /** The format of both. */
  readonly format: PixelFormat;
  /** Pixels in a row of the source. */
  readonly width: number;
  /** Rows of the source. */
  readonly height: number;
  /** Pixels in a row of the target. */
  readonly toWidth: number;
  /** Rows of the target. */
  readonly toHeight: number;
  /** The part of the source that is scaled: all of it. Its edges must be where chroma has samples. */
  readonly fromArea?: CropArea;
  /** The part of the target that it's scaled to: all of it. The rest is left as it is. */
  readonly toArea?: CropArea;
}

/**
 * Scales pixels to another size: the average of the area covered where an axis gets shorter,
 * bilinear where it gets longer. Channels are scaled each for itself, alpha like the others.
 *
 * @param source - the pixels, without padding; borrowed, not changed.
 * @param target - where the scaled pixels are written; must not overlap `source`.
 * @throws TypeError or RangeError if an option is wrong or a memory is too short; nothing has been
 * written then.
 */
export function scalePixels(
  source: Uint8Array,
  target: Uint8Array,
  options: ScalePixelsOptions,
): void {
  checkOptions(options, 'options');
  const { format, width, height, toWidth, toHeight } = options;
  checkInteger(toWidth, 'options.toWidth', { min: 1, max: MAX_DIMENSION });
  checkInteger(toHeight, 'options.toHeight', { min: 1, max: MAX_DIMENSION });
  checkPixels(source, 'source', { format, width, height });
  checkPixels(target, 'target', { format, width: toWidth, height: toHeight });
  const planes = planesOf(format, toWidth, toHeight);
  const { fromArea, toArea } = options;
  if (fromArea) checkedCropArea(fromArea, 'options.fromArea', { width, height });
  if (toArea) checkedCropArea(toArea, 'options.toArea', { width: toWidth, height: toHeight });
  for (const [i, plane] of planesOf(format, width, height).entries()) {
    const from = fromArea ? partOf(plane, fromArea) : plane;
    const to = toArea ? partOf(planes[i]!, toArea) : planes[i]!;
    scalePlane(source, target, from, to, format === 'I010');
  }
}

/** What an area covers of a plane. */
function partOf(plane: PlaneLayout, { x, y, width, height }: CropArea): PlaneLayout {
  const { offset, stride, sampleBytes, subsampleX, subsampleY } = plane;
  if (x % subsampleX !== 0 || y % subsampleY !== 0) {
    throw new RangeError(`The area must begin at a sample of chroma, got ${x}, ${y}.`);
  }
  return {
    ...plane,
    offset: offset + (y / subsampleY) * stride + (x / subsampleX) * sampleBytes,
    width: Math.ceil(width / subsampleX),
    height: Math.ceil(height / subsampleY),
  };
}

// The two axes one after the other: a row of the source is scaled to the target's width, in 16 bits
// a value, and rows of that are summed by their weights. Nothing exceeds 16 + WEIGHT_BITS bits.
const ROW_BITS = 16;

/**
 * Scales one plane.
 *
 * @param wide - whether a sample is one 16-bit word, rather than one or more bytes.
 */
function scalePlane(
  source: Uint8Array,
  target: Uint8Array,
  from: PlaneLayout,
  to: PlaneLayout,
  wide: boolean,
): void {
  const channels = wide ? 1 : to.sampleBytes;
  const values = to.width * channels;
  const columns = scaleFilter(from.width, to.width);
  const rows = scaleFilter(from.height, to.height);
  if (!wide && columns.taps <= MAX_BYTE_TAPS && rows.taps <= MAX_BYTE_TAPS) {
    scaleBytes(source, target, from, to, columns, rows);
    return;
  }
  // The last two rows, by their parity: neighbours in the target share rows of the source.
  const scaled = [new Int32Array(values), new Int32Array(values)] as const;
  const held = [-1, -1];
  const scaledRow = (row: number): Int32Array => {
    const slot = (row & 1) as 0 | 1;
    if (held[slot] !== row) {
      const at = from.offset + row * from.stride;
      if (wide) scaleWordRow(source, scaled[slot], at, columns);
      else scaleByteRow(source, scaled[slot], at, channels, columns);
      held[slot] = row;
    }
    return scaled[slot];
  };
  const sum = new Int32Array(values);
  for (let y = 0; y < to.height; y++) {
    const first = rows.starts[y]!;
    const weights = rows.weights.subarray(y * rows.taps, (y + 1) * rows.taps);
    const at = to.offset + y * to.stride;
    sum.fill(0);
    for (let tap = 0; tap < rows.taps; tap++) {
      addRow(scaledRow(first + tap), sum, weights[tap]!, values);
    }
    if (wide) storeWords(sum, target, at, values);
    else storeBytes(sum, target, at, values);
  }
}

function scaleByteRow(
  source: Uint8Array,
  row: Int32Array,
  at: number,
  channels: number,
  filter: ScaleFilter,
): void {
  for (let channel = 0; channel < channels; channel++) {
    scaleChannel(source, row, at + channel, channel, channels, filter);
  }
}

// Loops over samples are functions of one row that take plain integers: see pixels-rgb.ts.

function scaleChannel(
  source: Uint8Array,
  row: Int32Array,
  from: number,
  to: number,
  step: number,
  { taps, starts, weights }: ScaleFilter,
): void {
  const count = starts.length;
  const shift = 8 + WEIGHT_BITS - ROW_BITS;
  const half = 1 << (shift - 1);
  for (let x = 0, weight = 0; x < count; x++, to += step) {
    let at = from + starts[x]! * step;
    let sum = half;
    for (let tap = 0; tap < taps; tap++, at += step) sum += weights[weight++]! * source[at]!;
    row[to] = sum >> shift;
  }
}

function scaleWordRow(
  source: Uint8Array,
  row: Int32Array,
  from: number,
  { taps, starts, weights }: ScaleFilter,
): void {
  const count = starts.length;
  const half = 1 << (WEIGHT_BITS - 1);
  for (let x = 0, weight = 0; x < count; x++) {
    let at = from + starts[x]! * 2;
    let sum = half;
    for (let tap = 0; tap < taps; tap++, at += 2) {
      sum += weights[weight++]! * (source[at]! | (source[at + 1]! << 8));
    }
    row[x] = sum >> WEIGHT_BITS;
  }
}

function addRow(row: Int32Array, sum: Int32Array, weight: number, count: number): void {
  for (let i = 0; i < count; i++) sum[i] = sum[i]! + weight * row[i]!;
}

function storeBytes(sum: Int32Array, target: Uint8Array, at: number, count: number): void {
  const shift = ROW_BITS + WEIGHT_BITS - 8;
  const half = 1 << (shift - 1);
  for (let i = 0; i < count; i++) target[at + i] = (sum[i]! + half) >> shift;
}

function storeWords(sum: Int32Array, target: Uint8Array, at: number, count: number): void {
  const half = 1 << (WEIGHT_BITS - 1);
  for (let i = 0; i < count; i++, at += 2) {
    const word = (sum[i]! + half) >> WEIGHT_BITS;
    target[at] = word;
    target[at + 1] = word >> 8;
  }
}
