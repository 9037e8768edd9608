import { shown } from '../core/check.js';
import { byteLengthOf, checkFormatAndSize, type PixelFormat } from './pixel-format.js';

/** What is in a piece of pixel memory. */
export interface PixelDescription {
  /** How the pixels lie in memory, tightly packed. */
  readonly format: PixelFormat;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Checks that `pixels` is memory with room for the frame described.
 *
 * @param pixels - the memory, possibly longer than the frame.
 * @param name - what the memory is called in the error's message.
 * @param description - the frame that the memory must hold.
 * @throws TypeError or RangeError if the format or a size is wrong, if `pixels` is not a
 * `Uint8Array`, or if it is too short.
 */
export function checkPixels(
  pixels: unknown,
  name: string,
  description: PixelDescription,
): asserts pixels is Uint8Array {
  const { format, width, height } = description;
  checkFormatAndSize(format, width, height, 'options');
  if (!(pixels instanceof Uint8Array)) {
    throw new TypeError(`${name} must be a Uint8Array, got ${shown(pixels)}.`);
  }
  const needed = byteLengthOf(format, width, height);
  if (pixels.length < needed) {
    throw new RangeError(
      `${name} must have at least ${needed} bytes (${format}, ${width}x${height}), ` +
        `got ${pixels.length}.`,
    );
  }
}
