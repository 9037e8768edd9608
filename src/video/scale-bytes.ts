// Scaling planes of 8-bit samples by a little: first rows, four bytes at a time whatever they are, then
// columns. Weights have 8 bits here, so that a byte times a weight fits half a word: two at once.

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length the caller of this file has checked. */

import type { PlaneLayout } from './pixel-format.js';
import { areWords, wordsOf } from './pixels-rgb.js';
import { type ScaleFilter, WEIGHT_BITS } from './scale-filter.js';

/** With more taps than this, 8 bits are too few for a weight. */
export const MAX_BYTE_TAPS = 8;

const BYTE_WEIGHT_BITS = 8;
/** The bytes 0 and 2 of a word, which have room above them. */
const EVEN = 0x00ff00ff;
const ODD = 0xff00ff00;
/** Half of one, twice. */
const HALF = 0x00800080;

/**
 * Scales one plane of bytes, by filters of at most {@link MAX_BYTE_TAPS}.
 *
 * @param columns - how the columns of the target are made.
 * @param rows - how its rows are.
 */
export function scaleBytes(
  source: Uint8Array,
  target: Uint8Array,
  from: PlaneLayout,
  to: PlaneLayout,
  columns: ScaleFilter,
  rows: ScaleFilter,
): void {
  const channels = from.sampleBytes;
  const across = coarse(columns);
  const { taps, starts, weights } = coarse(rows);
  const lines = new Lines(source, from, taps);
  const { words } = lines;
  const line = new Uint32Array(words);
  const bytes = new Uint8Array(line.buffer);
  const result = new Uint32Array(channels === 4 ? to.width : 0);
  const even = new Int32Array(words);
  const odd = new Int32Array(words);
  for (let y = 0; y < to.height; y++) {
    const { data, at, step } = lines.from(starts[y]!);
    const weight = y * taps;
    if (taps === 2) {
      blendTwo(data, line, at, at + step, words, weights[weight + 1]!);
    } else {
      startLine(data, even, odd, at, words, weights[weight]!);
      for (let tap = 1; tap < taps; tap++) {
        addLine(data, even, odd, at + tap * step, words, weights[weight + tap]!);
      }
      finishLine(line, even, odd, words);
    }
    const toAt = to.offset + y * to.stride;
    if (channels === 4) {
      scaleWords(line, result, across);
      target.set(new Uint8Array(result.buffer), toAt);
      continue;
    }
    const scale = across.taps === 2 ? blendColumns : scaleColumns;
    for (let channel = 0; channel < channels; channel++) {
      scale(bytes, target, channel, toAt + channel, channels, across);
    }
  }
}

/** The filter with weights of 8 bits. Rounds what is given so far, not each: so they add up. */
function coarse({ taps, starts, weights }: ScaleFilter): ScaleFilter {
  const rounded = new Int32Array(weights.length);
  for (let x = 0; x < starts.length; x++) {
    let sum = 0;
    let given = 0;
    for (let tap = 0; tap < taps; tap++) {
      sum += weights[x * taps + tap]!;
      const due =
        (sum + (1 << (WEIGHT_BITS - BYTE_WEIGHT_BITS - 1))) >> (WEIGHT_BITS - BYTE_WEIGHT_BITS);
      rounded[x * taps + tap] = due - given;
      given = due;
    }
  }
  return { taps, starts, weights: rounded };
}

/** The rows of a plane as words: where they lie if they begin and end at words, else a copy of some. */
class Lines {
  readonly words: number;
  readonly #source: Uint8Array;
  readonly #plane: PlaneLayout;
  readonly #bytes: number;
  readonly #data: Uint32Array;
  /** Room for the rows that are needed at once, if they can't be read where they lie. */
  readonly #copies: Uint8Array | undefined;
  readonly #taps: number;

  constructor(source: Uint8Array, plane: PlaneLayout, taps: number) {
    this.#source = source;
    this.#plane = plane;
    this.#taps = taps;
    this.#bytes = plane.width * plane.sampleBytes;
    this.words = Math.ceil(this.#bytes / 4);
    const whole = (plane.offset | plane.stride | this.#bytes) % 4 === 0;
    if (whole && areWords(source)) {
      this.#data = wordsOf(source);
    } else {
      this.#copies = new Uint8Array(this.words * 4 * taps);
      this.#data = wordsOf(this.#copies);
    }
  }

  /** Where row `first` lies in `data`, and how far it is to the next, in words. */
  from(first: number): { readonly data: Uint32Array; readonly at: number; readonly step: number } {
    const { offset, stride } = this.#plane;
    const start = offset + first * stride;
    if (!this.#copies) return { data: this.#data, at: start >> 2, step: stride >> 2 };
    for (let tap = 0; tap < this.#taps; tap++) {
      const at = start + tap * stride;
      this.#copies.set(this.#source.subarray(at, at + this.#bytes), tap * this.words * 4);
    }
    return { data: this.#data, at: 0, step: this.words };
  }
}

// Loops over samples are functions of one row that take plain integers: see pixels-rgb.ts.

/** Two rows at once, the second by its weight and the first by what is left. */
function blendTwo(
  data: Uint32Array,
  line: Uint32Array,
  upper: number,
  lower: number,
  count: number,
  weight: number,
): void {
  const rest = (1 << BYTE_WEIGHT_BITS) - weight;
  for (let i = 0; i < count; i++) {
    const first = data[upper + i]!;
    const second = data[lower + i]!;
    const even = Math.imul(first & EVEN, rest) + Math.imul(second & EVEN, weight);
    const odd = Math.imul((first >>> 8) & EVEN, rest) + Math.imul((second >>> 8) & EVEN, weight);
    line[i] = (((even + HALF) >>> 8) & EVEN) | ((odd + HALF) & ODD);
  }
}

function startLine(
  data: Uint32Array,
  even: Int32Array,
  odd: Int32Array,
  at: number,
  count: number,
  weight: number,
): void {
  for (let i = 0; i < count; i++) {
    const four = data[at + i]!;
    even[i] = Math.imul(four & EVEN, weight) + HALF;
    odd[i] = Math.imul((four >>> 8) & EVEN, weight) + HALF;
  }
}

function addLine(
  data: Uint32Array,
  even: Int32Array,
  odd: Int32Array,
  at: number,
  count: number,
  weight: number,
): void {
  if (weight === 0) return;
  for (let i = 0; i < count; i++) {
    const four = data[at + i]!;
    even[i] = even[i]! + Math.imul(four & EVEN, weight);
    odd[i] = odd[i]! + Math.imul((four >>> 8) & EVEN, weight);
  }
}

function finishLine(line: Uint32Array, even: Int32Array, odd: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) line[i] = ((even[i]! >>> 8) & EVEN) | (odd[i]! & ODD);
}

/** Columns of four bytes each. */
function scaleWords(
  line: Uint32Array,
  result: Uint32Array,
  { taps, starts, weights }: ScaleFilter,
): void {
  const count = starts.length;
  for (let x = 0, weight = 0; x < count; x++) {
    let at = starts[x]!;
    let even = HALF;
    let odd = HALF;
    for (let tap = 0; tap < taps; tap++, at++, weight++) {
      const four = line[at]!;
      even = (even + Math.imul(four & EVEN, weights[weight]!)) | 0;
      odd = (odd + Math.imul((four >>> 8) & EVEN, weights[weight]!)) | 0;
    }
    result[x] = ((even >>> 8) & EVEN) | (odd & ODD);
  }
}

function scaleColumns(
  line: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  step: number,
  { taps, starts, weights }: ScaleFilter,
): void {
  const count = starts.length;
  for (let x = 0, weight = 0; x < count; x++, to += step) {
    let at = from + starts[x]! * step;
    let sum = 1 << (BYTE_WEIGHT_BITS - 1);
    for (let tap = 0; tap < taps; tap++, at += step) sum += weights[weight++]! * line[at]!;
    target[to] = sum >> BYTE_WEIGHT_BITS;
  }
}

/** As {@link scaleColumns}, for two taps and so without a loop in the loop. */
function blendColumns(
  line: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  step: number,
  { starts, weights }: ScaleFilter,
): void {
  const count = starts.length;
  for (let x = 0; x < count; x++, to += step) {
    const at = from + starts[x]! * step;
    const first = line[at]! << BYTE_WEIGHT_BITS;
    const difference = (line[at + step]! - line[at]!) * weights[2 * x + 1]!;
    target[to] = (first + difference + (1 << (BYTE_WEIGHT_BITS - 1))) >> BYTE_WEIGHT_BITS;
  }
}
