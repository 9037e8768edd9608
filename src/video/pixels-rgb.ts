// Packed RGB formats: where the channels lie in a pixel, and moving them around.

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length the caller of this file has checked. */

import type { PixelFormat } from './pixel-format.js';

/** The formats whose pixels lie one after another. */
export type PackedFormat = Extract<PixelFormat, 'RGBA' | 'BGRA' | 'ARGB' | 'ABGR' | 'RGB24'>;

/** Where the channels of a packed pixel lie. */
export interface PackedLayout {
  /** Bytes of a pixel: 4 or 3. */
  readonly bytes: number;
  /** Offset of red in the pixel, in bytes. */
  readonly r: number;
  /** Offset of green. */
  readonly g: number;
  /** Offset of blue. */
  readonly b: number;
  /**
   * Offset of alpha. Without alpha it is red's: a loop that writes alpha before red is then right
   * for all formats, without a branch.
   */
  readonly a: number;
  /** Whether there is alpha. */
  readonly hasAlpha: boolean;
}

/** The layout of each packed format. */
export const PACKED_LAYOUTS: { readonly [F in PackedFormat]: PackedLayout } = {
  RGBA: { bytes: 4, r: 0, g: 1, b: 2, a: 3, hasAlpha: true },
  BGRA: { bytes: 4, r: 2, g: 1, b: 0, a: 3, hasAlpha: true },
  ARGB: { bytes: 4, r: 1, g: 2, b: 3, a: 0, hasAlpha: true },
  ABGR: { bytes: 4, r: 3, g: 2, b: 1, a: 0, hasAlpha: true },
  RGB24: { bytes: 3, r: 0, g: 1, b: 2, a: 0, hasAlpha: false },
};

/** Whether the format is a packed one. */
export function isPackedFormat(format: PixelFormat): format is PackedFormat {
  return format in PACKED_LAYOUTS;
}

/** The size of a picture, and whether it is turned upside down on the way. */
export interface PixelArea {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether the first row of the source becomes the last of the target. */
  readonly flipY: boolean;
}

/**
 * Puts the channels of packed pixels into another order. Alpha is 255 where the source has none.
 *
 * @param source - pixels in the layout `from`; borrowed.
 * @param target - room for as many pixels in the layout `to`.
 */
export function shufflePixels(
  source: Uint8Array,
  target: Uint8Array,
  from: PackedLayout,
  to: PackedLayout,
  area: PixelArea,
): void {
  const { width, height, flipY } = area;
  const fromWords = from.bytes === 4 && areWords(source) ? wordsOf(source) : undefined;
  const toWords = to.bytes === 4 && areWords(target) ? wordsOf(target) : undefined;
  if (fromWords !== undefined && toWords !== undefined) {
    shuffleAligned(fromWords, toWords, from, to, area);
    return;
  }
  // Not upside down, all is one row.
  const [count, rows] = flipY ? [width, height] : [width * height, 1];
  for (let y = 0; y < rows; y++) {
    const row = (flipY ? height - 1 - y : 0) * width;
    if (fromWords !== undefined && !to.hasAlpha) {
      dropAlphaRow(fromWords, target, row, y * width, count, from);
    } else if (toWords !== undefined && !from.hasAlpha) {
      addAlphaRow(source, toWords, row, y * width, count, to);
    } else {
      shuffleRow(source, target, row * from.bytes, y * width * to.bytes, count, from, to);
    }
  }
}

/** Whether the memory can be seen as 32-bit words: typed arrays demand an aligned start. */
export function areWords(bytes: Uint8Array): boolean {
  return bytes.byteOffset % 4 === 0;
}

/** The memory as 32-bit words; needs {@link areWords}. Bytes over at the end are left out. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/**
 * Among the four formats of four bytes every change of order moves the two even bytes of the target
 * by one and the same distance, and its two odd bytes by another: RGBA to BGRA leaves the odd ones
 * where they are and turns the even ones by two. So a pixel is two rotations of a word and a mask,
 * and there are no single bytes to take apart.
 */
function shuffleAligned(
  source: Uint32Array,
  target: Uint32Array,
  from: PackedLayout,
  to: PackedLayout,
  { width, height, flipY }: PixelArea,
): void {
  // Red and green are neighbours, so one of them is at an even byte and the other at an odd one.
  const red = 8 * ((to.r - from.r + 4) % 4);
  const green = 8 * ((to.g - from.g + 4) % 4);
  const even = to.r % 2 === 0 ? red : green;
  const odd = to.r % 2 === 0 ? green : red;
  for (let y = 0; y < height; y++) {
    const at = (flipY ? height - 1 - y : y) * width;
    shuffleWordRow(source, target, at, y * width, width, even, odd);
  }
}

// Loops over pixels are functions of one row that take plain integers: V8 compiles such a function
// well before the first picture is done, which halves the time of that one (measured).

function shuffleWordRow(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  to: number,
  width: number,
  even: number,
  odd: number,
): void {
  // Four at a time, because the loop itself costs as much as a pixel does.
  const whole = width & ~3;
  let x = 0;
  for (; x < whole; x += 4) {
    target[to + x] = reorder(source[from + x]!, even, odd);
    target[to + x + 1] = reorder(source[from + x + 1]!, even, odd);
    target[to + x + 2] = reorder(source[from + x + 2]!, even, odd);
    target[to + x + 3] = reorder(source[from + x + 3]!, even, odd);
  }
  for (; x < width; x++) target[to + x] = reorder(source[from + x]!, even, odd);
}

/** Bytes lie in a word lowest first on every platform that there is a native binding for. */
function reorder(pixel: number, even: number, odd: number): number {
  return (
    (((pixel << even) | (pixel >>> (32 - even))) & 0x00ff00ff) |
    (((pixel << odd) | (pixel >>> (32 - odd))) & 0xff00ff00)
  );
}

/**
 * Four bytes a pixel to RGB24.
 *
 * @param from - the first pixel, in words.
 * @param to - the first pixel, in pixels.
 */
function dropAlphaRow(
  source: Uint32Array,
  target: Uint8Array,
  from: number,
  to: number,
  width: number,
  { r, g, b }: PackedLayout,
): void {
  // Four pixels are three words, if they begin at a word.
  const whole = areWords(target) && (to * 3) % 4 === 0 ? width & ~3 : 0;
  if (whole > 0) packWords(source, wordsOf(target), from, (to * 3) / 4, whole, r * 8, g * 8, b * 8);
  for (let x = whole, at = (to + whole) * 3; x < width; x++, at += 3) {
    const pixel = source[from + x]!;
    target[at] = pixel >>> (r * 8);
    target[at + 1] = pixel >>> (g * 8);
    target[at + 2] = pixel >>> (b * 8);
  }
}

function packWords(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  to: number,
  width: number,
  r: number,
  g: number,
  b: number,
): void {
  for (let x = 0; x < width; x += 4, to += 3) {
    const first = source[from + x]!;
    const second = source[from + x + 1]!;
    const third = source[from + x + 2]!;
    const fourth = source[from + x + 3]!;
    target[to] =
      ((first >>> r) & 255) |
      (((first >>> g) & 255) << 8) |
      (((first >>> b) & 255) << 16) |
      ((second >>> r) << 24);
    target[to + 1] =
      ((second >>> g) & 255) |
      (((second >>> b) & 255) << 8) |
      (((third >>> r) & 255) << 16) |
      ((third >>> g) << 24);
    target[to + 2] =
      ((third >>> b) & 255) |
      (((fourth >>> r) & 255) << 8) |
      (((fourth >>> g) & 255) << 16) |
      ((fourth >>> b) << 24);
  }
}

/**
 * RGB24 to four bytes a pixel, opaque.
 *
 * @param from - the first pixel, in pixels.
 * @param to - the first pixel, in words.
 */
function addAlphaRow(
  source: Uint8Array,
  target: Uint32Array,
  from: number,
  to: number,
  width: number,
  layout: PackedLayout,
): void {
  const r = layout.r * 8;
  const g = layout.g * 8;
  const b = layout.b * 8;
  const opaque = 255 << (layout.a * 8);
  const whole = areWords(source) && (from * 3) % 4 === 0 ? width & ~3 : 0;
  if (whole > 0) unpackWords(wordsOf(source), target, (from * 3) / 4, to, whole, r, g, b, opaque);
  for (let x = whole, at = (from + whole) * 3; x < width; x++, at += 3) {
    target[to + x] = (source[at]! << r) | (source[at + 1]! << g) | (source[at + 2]! << b) | opaque;
  }
}

function unpackWords(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  to: number,
  width: number,
  r: number,
  g: number,
  b: number,
  opaque: number,
): void {
  for (let x = 0; x < width; x += 4, from += 3) {
    const first = source[from]!;
    const second = source[from + 1]!;
    const third = source[from + 2]!;
    target[to + x] =
      ((first & 255) << r) | (((first >>> 8) & 255) << g) | (((first >>> 16) & 255) << b) | opaque;
    target[to + x + 1] =
      ((first >>> 24) << r) | ((second & 255) << g) | (((second >>> 8) & 255) << b) | opaque;
    target[to + x + 2] =
      (((second >>> 16) & 255) << r) | ((second >>> 24) << g) | ((third & 255) << b) | opaque;
    target[to + x + 3] =
      (((third >>> 8) & 255) << r) | (((third >>> 16) & 255) << g) | ((third >>> 24) << b) | opaque;
  }
}

/** Any order to any other, where the memory isn't aligned. */
function shuffleRow(
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  width: number,
  { bytes, r, g, b, a, hasAlpha }: PackedLayout,
  { bytes: toBytes, r: toR, g: toG, b: toB, a: toA }: PackedLayout,
): void {
  for (let x = 0; x < width; x++, from += bytes, to += toBytes) {
    target[to + toA] = hasAlpha ? source[from + a]! : 255;
    target[to + toR] = source[from + r]!;
    target[to + toG] = source[from + g]!;
    target[to + toB] = source[from + b]!;
  }
}
