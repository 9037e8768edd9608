// Between RGB and YUV: BT.601, limited range (Y from 16 to 235, U and V from 16 to 240), in integers.

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length the caller of this file has checked. */

import { areWords, wordsOf, type PackedLayout } from './pixels-rgb.js';
import { copySamples, type YuvLayout } from './pixels-yuv.js';

// Coefficients are 16.16 fixed point. Towards YUV they are BT.601's times 65536 / 255; those of U and
// of V add up to 0, so that grey is exactly 128. They are positive because in JavaScript a negative
// number times 0 is -0, which is no integer to V8.
const Y_R = 16829;
const Y_G = 33039;
const Y_B = 6416;
const Y_BIAS = (16 << 16) + (1 << 15);
const U_R = 9714;
const U_G = 19070;
const U_B = 28784;
const V_R = 28784;
const V_G = 24103;
const V_B = 4681;
// Chroma is taken from the sum of four pixels, hence two bits more.
const CHROMA_BIAS = (128 << 18) + (1 << 17);
// Where it's taken from one or two.
const LINE_BIAS = (128 << 16) + (1 << 15);
const PAIR_BIAS = (128 << 17) + (1 << 16);

// Towards RGB, 65536 * 255 / 219 for luma, and so on.
const RGB_Y = 76309;
const RGB_BIAS = 16 * RGB_Y - (1 << 15);
const R_V = 104597;
const G_U = 25675;
const G_V = 53279;
const B_U = 132201;

/**
 * Makes YUV of packed RGB. A chroma sample is the average of the pixels that it stands for.
 *
 * @param source - pixels in the layout `from`; borrowed.
 * @param target - room for a picture of the layout `to`.
 */
export function rgbToYuv(
  source: Uint8Array,
  target: Uint8Array,
  from: PackedLayout,
  to: YuvLayout,
  flipY: boolean,
): void {
  const { width, height, shiftX, shiftY } = to;
  const stride = width * from.bytes;
  for (let y = 0; y < height; y++) {
    const at = (flipY ? height - 1 - y : y) * stride;
    lumaRow(source, target, at, y * width, width, from);
    if ((y & shiftY) !== 0) continue;
    const chroma = (y >> shiftY) * to.chromaStride;
    const whole = width >> shiftX;
    // The last column of an odd width is a block of one column.
    const right = whole * 2 * from.bytes;
    const last = chroma + whole * to.chromaStep;
    if (shiftY === 0) {
      if (shiftX === 0) chromaLine(source, target, at, chroma, width, from, to);
      else chromaPairs(source, target, at, chroma, whole, from, to);
      if (whole < to.chromaWidth) chromaLine(source, target, at + right, last, 1, from, to);
      continue;
    }
    // The second row of the block, or the first again at the lower edge of an odd height.
    const second = Math.min(y + 1, height - 1);
    const below = (flipY ? height - 1 - second : second) * stride;
    chromaRow(source, target, at, below, 1, chroma, whole, from, to);
    if (whole < to.chromaWidth) {
      chromaRow(source, target, at + right, below + right, 0, last, 1, from, to);
    }
  }
  if (to.alpha < 0) return;
  if (!from.hasAlpha) {
    target.fill(255, to.alpha, to.alpha + width * height);
    return;
  }
  for (let y = 0; y < height; y++) {
    const at = (flipY ? height - 1 - y : y) * stride + from.a;
    copySamples(source, target, at, from.bytes, to.alpha + y * width, 1, width, 0);
  }
}

/**
 * Makes packed RGB of YUV. A chroma sample counts for each pixel that it stands for.
 *
 * @param source - a picture of the layout `from`; borrowed.
 * @param target - room for as many pixels in the layout `to`.
 */
export function yuvToRgb(
  source: Uint8Array,
  target: Uint8Array,
  from: YuvLayout,
  to: PackedLayout,
  flipY: boolean,
): void {
  const { width, height, shiftY, chromaStride } = from;
  const words = to.bytes === 4 && areWords(target) ? wordsOf(target) : undefined;
  // Clamps what is stored, in the processor.
  const clamped = new Uint8ClampedArray(target.buffer, target.byteOffset, target.length);
  for (let y = 0; y < height; y++) {
    const row = flipY ? height - 1 - y : y;
    const chroma = (row >> shiftY) * chromaStride;
    if (words === undefined) {
      rgbRow(source, clamped, row * width, chroma, y * width * to.bytes, from, to);
    } else {
      rgbWordRow(source, words, row * width, chroma, y * width, from, to);
    }
    if (from.alpha < 0 || !to.hasAlpha) continue;
    const alpha = y * width * to.bytes + to.a;
    copySamples(source, target, from.alpha + row * width, 1, alpha, to.bytes, width, 0);
  }
}

// Loops over pixels are functions of one row that take plain integers: see pixels-rgb.ts.

function lumaRow(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  width: number,
  { bytes, r, g, b }: PackedLayout,
): void {
  for (let x = 0; x < width; x++, from += bytes) {
    target[to + x] =
      (Y_R * source[from + r]! + Y_G * source[from + g]! + Y_B * source[from + b]! + Y_BIAS) >> 16;
  }
}

/**
 * Fills a row of chroma from two rows of pixels. Blocks are always summed as 2 by 2: where there is
 * one column or one row, it counts twice, which is what an average does anyway.
 */
function chromaRow(
  source: Uint8Array,
  target: Uint8Array,
  upper: number,
  lower: number,
  shiftX: number,
  chroma: number,
  count: number,
  { bytes, r, g, b }: PackedLayout,
  { u, v, chromaStep }: YuvLayout,
): void {
  const right = shiftX * bytes;
  const advance = bytes << shiftX;
  for (let i = 0; i < count; i++, upper += advance, lower += advance, chroma += chromaStep) {
    const upperRight = upper + right;
    const lowerRight = lower + right;
    const red =
      source[upper + r]! + source[upperRight + r]! + source[lower + r]! + source[lowerRight + r]!;
    const green =
      source[upper + g]! + source[upperRight + g]! + source[lower + g]! + source[lowerRight + g]!;
    const blue =
      source[upper + b]! + source[upperRight + b]! + source[lower + b]! + source[lowerRight + b]!;
    target[chroma + u] = (U_B * blue - U_R * red - U_G * green + CHROMA_BIAS) >> 18;
    target[chroma + v] = (V_R * red - V_G * green - V_B * blue + CHROMA_BIAS) >> 18;
  }
}

/** A chroma sample for each pixel. */
function chromaLine(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  chroma: number,
  count: number,
  { bytes, r, g, b }: PackedLayout,
  { u, v }: YuvLayout,
): void {
  for (let i = 0; i < count; i++, from += bytes, chroma++) {
    const red = source[from + r]!;
    const green = source[from + g]!;
    const blue = source[from + b]!;
    target[chroma + u] = (U_B * blue - U_R * red - U_G * green + LINE_BIAS) >> 16;
    target[chroma + v] = (V_R * red - V_G * green - V_B * blue + LINE_BIAS) >> 16;
  }
}

/** A chroma sample for each two pixels of a row. */
function chromaPairs(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  chroma: number,
  count: number,
  { bytes, r, g, b }: PackedLayout,
  { u, v }: YuvLayout,
): void {
  const advance = 2 * bytes;
  for (let i = 0; i < count; i++, from += advance, chroma++) {
    const red = source[from + r]! + source[from + bytes + r]!;
    const green = source[from + g]! + source[from + bytes + g]!;
    const blue = source[from + b]! + source[from + bytes + b]!;
    target[chroma + u] = (U_B * blue - U_R * red - U_G * green + PAIR_BIAS) >> 17;
    target[chroma + v] = (V_R * red - V_G * green - V_B * blue + PAIR_BIAS) >> 17;
  }
}

function rgbRow(
  source: Uint8Array,
  target: Uint8ClampedArray,
  luma: number,
  chroma: number,
  to: number,
  { width, shiftX, chromaStep, u: firstU, v: firstV }: YuvLayout,
  { bytes, r, g, b, a }: PackedLayout,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let x = 0; x < width; x++, to += bytes) {
    if ((x & shiftX) === 0) {
      const u = source[firstU + chroma]! - 128;
      const v = source[firstV + chroma]! - 128;
      red = R_V * v - RGB_BIAS;
      green = -RGB_BIAS - G_U * u - G_V * v;
      blue = B_U * u - RGB_BIAS;
      chroma += chromaStep;
    }
    const y = source[luma + x]! * RGB_Y;
    // Alpha first: without alpha, red is written over it.
    target[to + a] = 255;
    target[to + r] = (y + red) >> 16;
    target[to + g] = (y + green) >> 16;
    target[to + b] = (y + blue) >> 16;
  }
}

/** As {@link rgbRow}, a quarter faster because a pixel is stored at once. */
function rgbWordRow(
  source: Uint8Array,
  target: Uint32Array,
  luma: number,
  chroma: number,
  to: number,
  { width, shiftX, chromaStep, u: firstU, v: firstV }: YuvLayout,
  layout: PackedLayout,
): void {
  const r = layout.r * 8;
  const g = layout.g * 8;
  const b = layout.b * 8;
  const opaque = 255 << (layout.a * 8);
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let x = 0; x < width; x++) {
    if ((x & shiftX) === 0) {
      const u = source[firstU + chroma]! - 128;
      const v = source[firstV + chroma]! - 128;
      red = R_V * v - RGB_BIAS;
      green = -RGB_BIAS - G_U * u - G_V * v;
      blue = B_U * u - RGB_BIAS;
      chroma += chromaStep;
    }
    const y = source[luma + x]! * RGB_Y;
    target[to + x] =
      (clampByte((y + red) >> 16) << r) |
      (clampByte((y + green) >> 16) << g) |
      (clampByte((y + blue) >> 16) << b) |
      opaque;
  }
}

function clampByte(value: number): number {
  return (value & ~255) === 0 ? value : value < 0 ? 0 : 255;
}
