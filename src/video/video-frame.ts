import { types } from 'node:util';
import { checkBoolean, checkInteger, checkOneOf, checkOptions, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { PixelsForNative } from '../native/video-requests.js';
import { canvasOf, encodedImage } from './canvas-library.js';
import { convertMemory } from './convert-memory.js';
import { checkedCropArea, type CropArea } from './crop-pixels.js';
import { checkTensorOptions, type TensorOptions, toFloat32Pixels } from './float-pixels.js';
import {
  type CanvasSource,
  checkedDrawing,
  checkedDescription,
  type DrawingContext,
  type DrawnDescription,
  type DrawnFrameOptions,
  type DrawOptions,
  type FrameCanvas,
  pixelsOf,
  type RgbaPicture,
} from './frame-canvas.js';
import {
  checkedEncoding,
  decodedImage,
  type FromImageOptions,
  type ImageType,
  type ToImageOptions,
} from './frame-image.js';
import { FrameMemory, unwatch, watch } from './frame-memory.js';
import type { FrameMetadata } from './frame-metadata.js';
import {
  byteLengthOf,
  checkFormatAndSize,
  PIXEL_FORMATS,
  type PixelFormat,
  planesOf,
} from './pixel-format.js';
import { ROTATIONS, type VideoRotation } from './rotation.js';
import { planScale, type ScaleOptions } from './scale-fit.js';
import { cropMemory, rotateMemory, scaleMemory, turned } from './transform-memory.js';
import { checkedFrameOptions, type VideoFrameOptions } from './video-frame-options.js';

export { type FrameMetadata, ROTATIONS, type VideoFrameOptions, type VideoRotation };

/** Bytes that a frame can be made of: any view, or a whole buffer. */
export type PixelSource = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** One plane of a frame: `RGBA` and its kind have one, `I420` three, `NV12` two. */
export interface VideoPlane {
  /** The plane's part of the frame's memory. */
  readonly data: Uint8Array;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Samples in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** What {@link VideoFrame.toFloat32} makes: values from 0 to 1 in the order asked for, unless told more. */
export type Float32Options = Pick<TensorOptions, 'layout'> & Partial<TensorOptions>;

/**
 * One picture: pixels of a format, a size and a time.
 *
 * Whoever holds a frame owns it, and closes it or gives it away. A received frame refers to native
 * memory, which is only copied when {@link VideoFrame.data} or {@link VideoFrame.plane} is first
 * used; {@link VideoFrame.borrow} reads it where it is.
 *
 * @example
 * ```ts
 * using frame = new VideoFrame(bytes, { width: 1280, height: 720, format: 'RGBA' });
 * using small = frame.convert('I420');
 * source.captureFrame(small);
 * ```
 */
export class VideoFrame implements Disposable {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Presentation time in integer microseconds, on the clock of the stream that gave the frame. */
  readonly timestampUs: number;
  /** Degrees that the picture must be turned clockwise to be upright. */
  readonly rotation: VideoRotation;
  /** What the publisher said of the frame; empty if it said nothing. */
  readonly metadata: FrameMetadata;
  #memory: FrameMemory | undefined;
  // Whether `data` was handed out: then its holder may write at any time.
  #touched = false;

  /**
   * Makes a frame of the caller's pixels. They are not copied: don't change them while the frame or
   * a clone of it is in use elsewhere. Closing the frame leaves them alone.
   *
   * @param data - The planes without padding, in exactly as many bytes as format and size call for.
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range or `data` has another length.
   */
  constructor(data: PixelSource, options: VideoFrameOptions);
  /** @internal Takes ownership of `memory`. */
  constructor(memory: FrameMemory, options: VideoFrameOptions);
  /** @internal Takes ownership of `memory`, and of what is known to be right. */
  constructor(memory: FrameMemory, right: Required<VideoFrameOptions>, isRight: true);
  constructor(data: PixelSource | FrameMemory, options: VideoFrameOptions, isRight?: true) {
    // Nobody else has a FrameMemory, so nobody else's word is taken for it.
    const { width, height, format, timestampUs, rotation, metadata } =
      isRight && data instanceof FrameMemory
        ? (options as Required<VideoFrameOptions>)
        : checkedFrameOptions(options);
    this.metadata = metadata;
    const memory = data instanceof FrameMemory ? data : FrameMemory.of(bytesOf(data));
    const expected = byteLengthOf(format, width, height);
    if (memory.byteLength !== expected) {
      throw new RangeError(
        `data must have ${expected} bytes for ${format} of ${width}x${height}, got ${memory.byteLength}.`,
      );
    }
    this.width = width;
    this.height = height;
    this.format = format;
    this.timestampUs = timestampUs;
    this.rotation = rotation;
    this.#memory = memory;
    watch(this, memory);
  }

  /** A frame of zero bytes: transparent black for `RGBA`, green for `I420`. */
  static create(options: VideoFrameOptions): VideoFrame {
    checkOptions(options, 'options');
    const { width, height, format, ...rest } = given(options);
    checkFormatAndSize(format, width, height, 'options');
    const memory = FrameMemory.pooled(byteLengthOf(format, width, height));
    memory.bytes().fill(0);
    return new VideoFrame(memory, { width, height, format, ...rest });
  }

  /** Whether {@link VideoFrame.close} was called. */
  get closed(): boolean {
    return this.#memory === undefined;
  }

  /** The size of the pixels in bytes. */
  get byteLength(): number {
    return byteLengthOf(this.format, this.width, this.height);
  }

  /**
   * The pixels, to read and to write, plane after plane without padding.
   *
   * The first use of a received frame's copies them out of native memory, into memory that the SDK uses
   * again and again. `close()` ends it: its views then have length 0. But where somebody looked at their
   * `buffer`, as streams, sockets and zlib do, and you do to see the pixels as a `Uint32Array`, the memory
   * is left to them: what they began goes on to read this picture. That costs new memory for each frame.
   *
   * @throws FramewireError `closed` once the frame is closed.
   */
  get data(): Uint8Array {
    const memory = this.#open();
    if (memory.native || memory.shared) this.#replaceMemory(memory.copy());
    this.#touched = true;
    return this.#open().show();
  }

  /**
   * One plane of {@link VideoFrame.data}, with its layout.
   *
   * @throws RangeError if the format has no such plane.
   * @throws FramewireError `closed` once the frame is closed.
   */
  plane(index: number): VideoPlane {
    const planes = planesOf(this.format, this.width, this.height);
    checkInteger(index, 'index', { min: 0, max: planes.length - 1 });
    const { data } = this;
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion
    const { offset, stride, width, height } = planes[index]!;
    return { data: data.subarray(offset, offset + stride * height), stride, width, height };
  }

  /**
   * Calls `read` with the pixels where they lie, without a copy, and returns what it returns.
   *
   * The view is for reading, and only until `read` returns: of native memory it then has length 0. Its
   * `buffer` is a copy, made if somebody looks at it, as a stream or zlib does that gets the view. Where the
   * runtime can't take a view back (Node 20), `read` gets a copy that ends the same way.
   *
   * @throws TypeError if `read` is not a function, or is asynchronous.
   * @throws FramewireError `closed` once the frame is closed.
   */
  borrow<T>(read: (view: Uint8Array) => T): T {
    if (typeof read !== 'function') {
      throw new TypeError(`read must be a function, got ${shown(read)}.`);
    }
    const result = this.#open().borrow(read);
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
      // It would go on with a dead view; what it makes of that is told here, once.
      void Promise.resolve(result).catch(() => undefined);
      throw new TypeError('read must be synchronous, got a function that returns a promise.');
    }
    return result;
  }

  /**
   * A new frame of the same picture in another format.
   *
   * @param options - `flipY` turns the picture upside down.
   * @throws FramewireError `closed` once the frame is closed.
   */
  convert(format: PixelFormat, options: { readonly flipY?: boolean } = {}): VideoFrame {
    checkOneOf(format, 'format', PIXEL_FORMATS);
    checkOptions(options, 'options');
    const { flipY = false } = options;
    checkBoolean(flipY, 'options.flipY');
    const memory = convertMemory(this.#open(), this, { format, flipY });
    return new VideoFrame(memory, { ...this.#description(), format });
  }

  /** A new frame with the picture turned by its {@link VideoFrame.rotation}, which becomes 0. */
  upright(): VideoFrame {
    return this.#turned(this.rotation, 0);
  }

  /**
   * A new frame with the pixels turned clockwise, whose {@link VideoFrame.rotation} stays: what is seen is
   * turned by so much. By 90 and by 270 degrees its width and height change places; 0 is a clone.
   *
   * @throws FramewireError `closed` once the frame is closed.
   */
  rotate(degrees: VideoRotation): VideoFrame {
    checkOneOf(degrees, 'degrees', ROTATIONS);
    return this.#turned(degrees, this.rotation);
  }

  /**
   * A new frame of a part of the picture, in pixels as they lie in memory (before
   * {@link VideoFrame.rotation}). The part may begin anywhere, and is as large as asked for: where chroma is
   * subsampled and `x` or `y` is odd, its samples are averaged, since they lie between the frame's.
   *
   * @throws TypeError or RangeError unless the area lies within the frame.
   * @throws FramewireError `closed` once the frame is closed.
   */
  crop(area: CropArea): VideoFrame {
    const own = checkedCropArea(area, 'area', this);
    const { width, height } = own;
    const memory = cropMemory(this.#open(), this, own);
    return new VideoFrame(memory, { ...this.#description(), width, height });
  }

  /**
   * A new frame of another size, in the same format: each pixel the average of what it covers where the
   * picture shrinks, bilinear where it grows.
   *
   * @throws TypeError or RangeError if an option is wrong.
   * @throws FramewireError `closed` once the frame is closed.
   */
  scale(options: ScaleOptions): VideoFrame {
    checkOptions(options, 'options');
    const plan = planScale(this, given(options));
    const { width, height } = plan;
    if (width === this.width && height === this.height) return this.clone();
    const memory = scaleMemory(this.#open(), this, plan);
    return new VideoFrame(memory, { ...this.#description(), width, height });
  }

  /**
   * The picture's red, green and blue as floating-point numbers, for models.
   *
   * @returns `3 * width * height` values of the caller's own.
   * @throws FramewireError `closed` once the frame is closed.
   */
  toFloat32(options: Float32Options): Float32Array {
    checkOptions(options, 'options');
    const { layout, scale = 1 / 255, mean = [0, 0, 0], std = [1, 1, 1] } = given(options);
    const tensor = { layout, scale, mean, std };
    checkTensorOptions(tensor, 'options');
    const { width, height } = this;
    const filled = (view: Uint8Array): Float32Array =>
      toFloat32Pixels(view, { width, height, ...tensor });
    if (this.format === 'RGBA') return this.#open().read(filled);
    using rgba = this.convert('RGBA');
    return rgba.#open().read(filled);
  }

  /**
   * The picture as an image, upright. It is encoded on another thread; the frame may be closed meanwhile.
   *
   * What is transparent is black in a `jpeg`.
   *
   * @returns the bytes of a file, in the caller's own memory.
   * @throws TypeError or RangeError if an argument is wrong, the signal's reason once it aborts.
   * @throws FramewireError `closed` once the frame is closed, `unsupported` without `@napi-rs/canvas`.
   */
  async toImage(type: ImageType, options: ToImageOptions = {}): Promise<Buffer> {
    const encoding = checkedEncoding(type, options);
    return await encodedImage(this.#canvas(), encoding);
  }

  /**
   * A frame of an image: PNG, JPEG, WebP, GIF (its first picture) or BMP, decoded on another thread. What a
   * JPEG's EXIF data say of its orientation is applied.
   *
   * @throws TypeError or RangeError if an argument is wrong, the signal's reason once it aborts.
   * @throws FramewireError `too-large` above the limits, `incomplete` if the image is broken,
   * `unsupported` if it's none of these.
   */
  static async fromImage(bytes: PixelSource, options: FromImageOptions = {}): Promise<VideoFrame> {
    checkOptions(options, 'options');
    const description = checkedDescription(given(options));
    return VideoFrame.#drawn(
      await decodedImage(bytesOf(bytes, 'bytes'), given(options)),
      description,
    );
  }

  /** A new canvas of `@napi-rs/canvas` with the picture, upright. */
  toCanvas(): FrameCanvas {
    return this.#canvas();
  }

  /**
   * Draws the picture, upright, on a canvas of `@napi-rs/canvas`, as `drawImage()` does.
   *
   * @throws TypeError or RangeError if an argument is wrong.
   * @throws FramewireError `closed` once the frame is closed.
   */
  drawTo(context: DrawingContext, options: DrawOptions = {}): void {
    const checked = checkedDrawing(context, options);
    const canvas = this.#canvas();
    const { x = 0, y = 0, width = canvas.width, height = canvas.height } = checked;
    context.drawImage(canvas, x, y, width, height);
  }

  /**
   * A frame of what is on a canvas.
   *
   * In a loop that never comes back to the event loop, such a frame's memory isn't freed: the canvas library
   * keeps it until then. `await` something real, such as the next tick of a FramePacer.
   *
   * @throws TypeError or RangeError if an argument is wrong.
   */
  static fromCanvas(canvas: CanvasSource, options: DrawnFrameOptions = {}): VideoFrame {
    checkOptions(options, 'options');
    const description = checkedDescription(given(options));
    return VideoFrame.#drawn(pixelsOf(canvas), description);
  }

  /**
   * A frame of other pixels with this one's time, rotation and metadata, as processing needs it.
   * This frame stays open. The pixels are not copied, as in the constructor.
   *
   * @param options - What differs from this frame.
   * @throws TypeError or RangeError as the constructor.
   * @throws FramewireError `closed` once the frame is closed.
   */
  replace(
    data: PixelSource,
    options: {
      readonly width?: number;
      readonly height?: number;
      readonly format?: PixelFormat;
    } = {},
  ): VideoFrame {
    checkOptions(options, 'options');
    const memory = this.#open();
    const { width = this.width, height = this.height, format = this.format } = options;
    const description = { ...this.#description(), width, height, format };
    // Our own memory stays, whichever of the two frames is closed first.
    if (types.isUint8Array(data) && memory.is(data)) {
      const replaced = new VideoFrame(memory, description);
      replaced.#touched = true;
      memory.retain();
      return replaced;
    }
    return new VideoFrame(data, description);
  }

  /**
   * A second frame of the same picture, to be closed on its own. They share the pixels until
   * `data` or `plane()` of one of them is used; only then are they copied.
   *
   * @throws FramewireError `closed` once the frame is closed.
   */
  clone(): VideoFrame {
    const memory = this.#open();
    return new VideoFrame(this.#touched ? memory.copy() : memory.retain(), this.#description());
  }

  /**
   * Gives up the pixels. Safe to call twice.
   *
   * Wait for `fs.write()` and its kind, which read {@link VideoFrame.data} where it lies: from here on
   * they find another picture there, or nothing. Streams, sockets, pipes and zlib may go on.
   */
  close(): void {
    const memory = this.#memory;
    if (!memory) return;
    this.#memory = undefined;
    unwatch(this);
    memory.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Calls `use` with what native code needs to know of the pixels, or of the part that is `format`. */
  withNativePixels<T>(use: (pixels: PixelsForNative) => T, format: PixelFormat = this.format): T {
    const { width, height } = this;
    return this.#open().withNativePixels({ format, width, height }, use);
  }

  /** @internal The pixels as JavaScript memory that stays until `release`, copied if they are native. */
  lend(): { readonly bytes: Uint8Array; readonly release: () => void } {
    const memory = this.#open();
    const lent = memory.native ? memory.copy() : memory.retain();
    return { bytes: lent.bytes(), release: () => lent.release() };
  }

  /**
   * @internal Another frame that owns the pixels from now on: this one is closed. Those in the caller's own
   * memory are copied, since nobody knows when that is used again.
   */
  handOver(): VideoFrame {
    const memory = this.#open();
    const own = memory.callers ? memory.copy() : memory.retain();
    const frame = new VideoFrame(own, this.#description());
    this.close();
    return frame;
  }

  #canvas(): ReturnType<typeof canvasOf> {
    using rgba = this.format === 'RGBA' ? this.clone() : this.convert('RGBA');
    using upright = rgba.upright();
    const { width, height } = upright;
    return upright.#open().read((view) => canvasOf(view, width, height));
  }

  static #drawn(picture: RgbaPicture, { format, ...rest }: DrawnDescription): VideoFrame {
    const { data, width, height } = picture;
    const frame = new VideoFrame(data, { width, height, ...rest, format: 'RGBA' });
    return format === 'RGBA' ? frame : frame.convert(format);
  }

  #turned(degrees: VideoRotation, rotation: VideoRotation): VideoFrame {
    const memory = this.#open();
    if (degrees === 0) return this.clone();
    const [width, height] = turned(this.width, this.height, degrees);
    const pixels = rotateMemory(memory, this, degrees);
    return new VideoFrame(pixels, { ...this.#description(), width, height, rotation });
  }

  #open(): FrameMemory {
    if (!this.#memory) throw new FramewireError('closed', 'The video frame is closed.');
    return this.#memory;
  }

  #replaceMemory(memory: FrameMemory): void {
    const old = this.#open();
    unwatch(this);
    this.#memory = memory;
    watch(this, memory);
    old.release();
  }

  #description(): VideoFrameOptions {
    const { width, height, format, timestampUs, rotation, metadata } = this;
    return { width, height, format, timestampUs, rotation, metadata };
  }
}

function given<T extends object>(options: T | undefined): T {
  return options ?? ({} as T);
}

/** The bytes of what a caller gave as pixels. */
function bytesOf(data: unknown, name = 'data'): Uint8Array {
  try {
    if (ArrayBuffer.isView(data)) {
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
    // Of the size that it has now: memory that grows goes on to be the frame's where it was.
    if (types.isAnyArrayBuffer(data)) return new Uint8Array(data, 0, data.byteLength);
  } catch (cause) {
    // Only memory that was transferred or resized refuses to be looked at.
    throw new TypeError(`${name} must not be detached, got detached memory.`, { cause });
  }
  throw new TypeError(`${name} must be bytes in a typed array or buffer, got ${shown(data)}.`);
}
