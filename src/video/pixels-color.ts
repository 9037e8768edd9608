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
    const luma = y * width;
    const chroma = (y >> shiftY) * to.chromaStride;
    const whole = width >> shiftX;
    // The last column of an odd width is a block of one column.
    const right = at + whole * 2 * from.bytes;
    const last = chroma + whole * to.chromaStep;
    if (shiftY === 0) {
      if (shiftX === 0) convertLine(source, target, at, luma, chroma, width, from, to);
      else convertPairs(source, target, at, luma, chroma, whole, from, to);
      if (whole < to.chromaWidth) {
        convertLine(source, target, right, luma + width - 1, last, 1, from, to);
      }
      continue;
    }
    lumaRow(source, target, at, luma, width, from);
    if (y % 2 === 1) continue;
    // The second row of the block, or the first again at the lower edge of an odd height.
    const second = Math.min(y + 1, height - 1);
    const below = (flipY ? height - 1 - second : second) * stride;
    chromaRow(source, target, at, below, 1, chroma, whole, from, to);
    if (whole < to.chromaWidth) {
      chromaRow(source, target, right, below + right - at, 0, last, 1, from, to);
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

/** A row with a chroma sample for each pixel. */
function convertLine(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  luma: number,
  chroma: number,
  count: number,
  { bytes, r, g, b }: PackedLayout,
  { u, v }: YuvLayout,
): void {
  const toU = u + chroma;
  const toV = v + chroma;
  for (let i = 0; i < count; i++, from += bytes) {
    const red = source[from + r]!;
    const green = source[from + g]!;
    const blue = source[from + b]!;
    target[luma + i] = (Y_R * red + Y_G * green + Y_B * blue + Y_BIAS) >> 16;
    target[toU + i] = (U_B * blue - U_R * red - U_G * green + LINE_BIAS) >> 16;
    target[toV + i] = (V_R * red - V_G * green - V_B * blue + LINE_BIAS) >> 16;
  }
}

/** A row with a chroma sample for each two pixels, `count` of them. */
function convertPairs(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  luma: number,
  chroma: number,
  count: number,
  { bytes, r, g, b }: PackedLayout,
  { u, v }: YuvLayout,
): void {
  const toU = u + chroma;
  const toV = v + chroma;
  for (let i = 0; i < count; i++, from += 2 * bytes, luma += 2) {
    const red = source[from + r]!;
    const green = source[from + g]!;
    const blue = source[from + b]!;
    const nextRed = source[from + bytes + r]!;
    const nextGreen = source[from + bytes + g]!;
    const nextBlue = source[from + bytes + b]!;
    target[luma] = (Y_R * red + Y_G * green + Y_B * blue + Y_BIAS) >> 16;
    target[luma + 1] = (Y_R * nextRed + Y_G * nextGreen + Y_B * nextBlue + Y_BIAS) >> 16;
    const reds = red + nextRed;
    const greens = green + nextGreen;
    const blues = blue + nextBlue;
    target[toU + i] = (U_B * blues - U_R * reds - U_G * greens + PAIR_BIAS) >> 17;
    target[toV + i] = (V_R * reds - V_G * greens - V_B * blues + PAIR_BIAS) >> 17;
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
