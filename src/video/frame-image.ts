import { untilAborted } from '../core/abort.js';
import { checkInteger, checkOneOf, checkOptions, checkSignal } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { canvasLibrary, loadedImage } from './canvas-library.js';
import { type DrawnFrameOptions, pixelsOf, type RgbaPicture } from './frame-canvas.js';
import { broken, readImageHeader } from './image-header.js';
import { MAX_DIMENSION } from './pixel-format.js';

/** The kinds of image that a frame can become. */
export const IMAGE_TYPES = ['png', 'jpeg', 'webp'] as const;

/** One of {@link IMAGE_TYPES}. */
export type ImageType = (typeof IMAGE_TYPES)[number];

/** How a frame becomes an image. */
export interface ToImageOptions {
  /** From 1, small, to 100, for `jpeg` and `webp`. Default 90. `png` always has all that the frame has. */
  readonly quality?: number;
  /** Aborts the wait. */
  readonly signal?: AbortSignal;
}

/** How an image becomes a frame. */
export interface FromImageOptions extends DrawnFrameOptions {
  /** A wider image is refused before it's decoded. Default 8192. */
  readonly maxWidth?: number;
  /** A higher image is refused before it's decoded. Default 8192. */
  readonly maxHeight?: number;
  /** Aborts the wait. */
  readonly signal?: AbortSignal;
}

const DEFAULT_QUALITY = 90;
const DEFAULT_LIMIT = 8192;

/** {@link ToImageOptions}, checked. */
export interface Encoding {
  readonly type: ImageType;
  readonly quality: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError or RangeError if an argument is wrong, the signal's reason if it has aborted. */
export function checkedEncoding(type: ImageType, options: ToImageOptions): Encoding {
  checkOneOf(type, 'type', IMAGE_TYPES);
  checkOptions(options, 'options');
  const { quality = DEFAULT_QUALITY, signal } = options;
  checkInteger(quality, 'options.quality', { min: 1, max: 100 });
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  return { type, quality, signal };
}

/** The pixels of an image, decoded on another thread. */
export async function decodedImage(
  bytes: Uint8Array | ArrayBuffer | SharedArrayBuffer,
  options: FromImageOptions,
): Promise<RgbaPicture> {
  const { maxWidth = DEFAULT_LIMIT, maxHeight = DEFAULT_LIMIT, signal } = options;
  checkInteger(maxWidth, 'options.maxWidth', { min: 1, max: MAX_DIMENSION });
  checkInteger(maxHeight, 'options.maxHeight', { min: 1, max: MAX_DIMENSION });
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  // The caller may change or transfer theirs while the other thread reads.
  const own = new Uint8Array(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  const { type, width, height } = readImageHeader(own);
  if (width > maxWidth || height > maxHeight) {
    throw new FramewireError(
      'too-large',
      `The ${type} image is ${width}x${height}; ${maxWidth}x${maxHeight} is allowed.`,
    );
  }
  const image = await untilAborted(loadedImage(own, type), signal);
  // A JPEG of a camera held upright is turned by what its EXIF data say.
  const asSaid = image.width === width && image.height === height;
  const turned = image.width === height && image.height === width;
  if (!asSaid && !turned) throw broken(type);
  const { createCanvas } = canvasLibrary();
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return pixelsOf(canvas);
}
