/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below lies within the memory whose length toFloat32Pixels has checked. */

import { checkOneOf, checkOptions, shown } from '../core/check.js';
import { checkPixels } from './check-pixels.js';

/**
 * The order of the values: `CHW` is all of red, then all of green, then all of blue; `HWC` is red,
 * green and blue of each pixel.
 */
export const FLOAT_LAYOUTS = ['CHW', 'HWC'] as const;

/** One of {@link FLOAT_LAYOUTS}. */
export type FloatLayout = (typeof FLOAT_LAYOUTS)[number];

/** How pixels become numbers for a model. */
export interface TensorOptions {
  /** The order of the values. */
  readonly layout: FloatLayout;
  /** What a value from 0 to 255 is multiplied by first: 1 / 255 for values from 0 to 1. */
  readonly scale: number;
  /** What is then subtracted: of red, green and blue. */
  readonly mean: readonly [number, number, number];
  /** What is then divided by: of red, green and blue; not 0. */
  readonly std: readonly [number, number, number];
}

/** How {@link toFloat32Pixels} makes numbers of pixels. */
export interface FloatPixelsOptions extends TensorOptions {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function checkTensorOptions(options: TensorOptions, name: string): void {
  const { layout, scale, mean, std } = options;
  checkOneOf(layout, `${name}.layout`, FLOAT_LAYOUTS);
  checkFinite(scale, `${name}.scale`);
  checkChannels(mean, `${name}.mean`);
  checkChannels(std, `${name}.std`);
  if (std.includes(0)) throw new RangeError(`${name}.std must not contain 0, got ${shown(std)}.`);
}

/**
 * Makes a tensor for a vision model: `(value * scale - mean) / std` of red, green and blue.
 *
 * @param rgba - pixels in the format RGBA, without padding; borrowed. Alpha is left out.
 * @returns a new array of `3 * width * height` values.
 * @throws TypeError or RangeError if an option is wrong or the memory is too short.
 */
export function toFloat32Pixels(rgba: Uint8Array, options: FloatPixelsOptions): Float32Array {
  checkOptions(options, 'options');
  checkTensorOptions(options, 'options');
  const { width, height, layout, scale, mean, std } = options;
  checkPixels(rgba, 'rgba', { format: 'RGBA', width, height });

  const pixels = width * height;
  const floats = new Float32Array(3 * pixels);
  const step = layout === 'CHW' ? 1 : 3;
  const channelStep = layout === 'CHW' ? pixels : 1;
  for (let channel = 0; channel < 3; channel++) {
    // A byte has 256 values: looking the result up is faster than working it out.
    const table = Float32Array.from(
      { length: 256 },
      (_, value) => (value * scale - mean[channel]!) / std[channel]!,
    );
    const first = channel * channelStep;
    for (let y = 0; y < height; y++) {
      const at = y * width;
      lookUpRow(rgba, floats, table, at * 4 + channel, first + at * step, step, width);
    }
  }
  return floats;
}

function lookUpRow(
  source: Uint8Array,
  target: Float32Array,
  table: Float32Array,
  from: number,
  to: number,
  step: number,
  count: number,
): void {
  for (let i = 0; i < count; i++, from += 4, to += step) target[to] = table[source[from]!]!;
}

function checkChannels(value: unknown, name: string): void {
  if (!Array.isArray(value) || value.length !== 3) {
    throw new TypeError(`${name} must be an array of three numbers, got ${shown(value)}.`);
  }
  for (const [i, one] of value.entries()) checkFinite(one, `${name}[${i}]`);
}

function checkFinite(value: unknown, name: string): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a finite number, got ${shown(value)}.`);
  }
  if (!Number.isFinite(value)) {
    throw new RangeError(`${name} must be a finite number, got ${shown(value)}.`);
  }
}
