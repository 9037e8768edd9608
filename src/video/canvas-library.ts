import type * as NapiCanvas from '@napi-rs/canvas';
import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import type { Encoding } from './frame-image.js';
import { broken, type ImageHeader } from './image-header.js';

let library: typeof NapiCanvas | undefined;

/**
 * The library, loaded when it's first needed: 35 MB, 50 ms.
 *
 * @throws FramewireError `unsupported` if there is none for this machine.
 */
export function canvasLibrary(): typeof NapiCanvas {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    library ??= require('@napi-rs/canvas') as typeof NapiCanvas;
    return library;
  } catch (cause) {
    throw new FramewireError('unsupported', '@napi-rs/canvas could not be loaded.', { cause });
  }
}

/** A canvas with a picture on it. `rgba` is read before this returns. */
export function canvasOf(rgba: Uint8Array, width: number, height: number): NapiCanvas.Canvas {
  const { createCanvas, ImageData } = canvasLibrary();
  const clamped = new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  try {
    const canvas = createCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(clamped, width, height), 0, 0);
    return canvas;
  } catch (cause) {
    throw new FramewireError('native', `A canvas of ${width}x${height} could not be made.`, {
      cause,
    });
  }
}

/** An image of what is on a canvas, made on another thread. */
export async function encodedImage(
  canvas: NapiCanvas.Canvas,
  { type, quality, signal }: Encoding,
): Promise<Buffer> {
  const encoding = type === 'png' ? canvas.encode('png') : canvas.encode(type, quality);
  return await untilAborted(
    encoding.catch((cause: unknown) => {
      throw new FramewireError('native', `The ${type} image could not be made.`, { cause });
    }),
    signal,
  );
}

/** An image, decoded on another thread. @throws FramewireError `incomplete` if it can't be. */
export async function loadedImage(
  bytes: Uint8Array,
  type: ImageHeader['type'],
): Promise<NapiCanvas.Image> {
  try {
    return await canvasLibrary().loadImage(bytes);
  } catch (cause) {
    if (cause instanceof FramewireError) throw cause;
    throw broken(type, cause);
  }
}
