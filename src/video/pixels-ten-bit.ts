// Between the 10-bit samples of I010 and 8-bit ones, which are I420.

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length the caller of this file has checked. */

import { areWords, wordsOf } from './pixels-rgb.js';

/**
 * Makes 8-bit samples of 10-bit ones, rounded. What is beyond 10 bits is 255.
 *
 * @param source - little-endian 16-bit words at any alignment, as many as `count`.
 */
export function narrowSamples(source: Uint8Array, target: Uint8Array, count: number): void {
  const whole = areWords(source) && areWords(target) ? count & ~3 : 0;
  if (whole > 0) narrowWords(wordsOf(source), wordsOf(target), whole >> 2);
  for (let i = whole, from = 2 * whole; i < count; i++, from += 2) {
    target[i] = narrow(source[from]! + (source[from + 1]! << 8));
  }
}

/** Makes 10-bit samples of 8-bit ones, as little-endian 16-bit words. */
export function widenSamples(source: Uint8Array, target: Uint8Array, count: number): void {
  const whole = areWords(source) && areWords(target) ? count & ~3 : 0;
  if (whole > 0) widenWords(wordsOf(source), wordsOf(target), whole >> 2);
  for (let i = whole, to = 2 * whole; i < count; i++, to += 2) {
    const sample = source[i]!;
    target[to] = sample << 2;
    target[to + 1] = sample >> 6;
  }
}

/** 1022 and 1023 round up to 256. */
function narrow(sample: number): number {
  return Math.min((sample + 2) >> 2, 255);
}

/** Four samples at a time: two in each of two words, to the four bytes of one. */
function narrowWords(source: Uint32Array, target: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const first = source[2 * i]!;
    const second = source[2 * i + 1]!;
    if (((first | second) & 0xfc00fc00) !== 0) {
      target[i] =
        narrow(first & 0xffff) |
        (narrow(first >>> 16) << 8) |
        (narrow(second & 0xffff) << 16) |
        (narrow(second >>> 16) << 24);
      continue;
    }
    const low = narrowPair(first);
    const high = narrowPair(second);
    target[i] =
      (low & 255) | ((low >>> 8) & 0xff00) | ((high & 255) << 16) | ((high << 8) & 0xff000000);
  }
}

/** Both halves of a word from 10 bits to 8, without looking at each. */
function narrowPair(pair: number): number {
  const rounded = ((pair + 0x00020002) >>> 2) & 0x01ff01ff;
  // 256 has a bit of its own: it becomes 255.
  return rounded - ((rounded >>> 8) & 0x00010001);
}

function widenWords(source: Uint32Array, target: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const four = source[i]!;
    target[2 * i] = ((four & 0xff) << 2) | ((four & 0xff00) << 10);
    target[2 * i + 1] = ((four >>> 14) & 0x3fc) | ((four >>> 24) << 18);
  }
}
