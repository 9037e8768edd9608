import { shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { holdNative, releaseNative, weightOf } from '../core/frame-budget.js';
import { bufferOf } from '../core/handed-view.js';
import { log } from '../core/log.js';
import { PooledMemory } from '../core/memory-pool.js';
import { ffi } from '../native/ffi-client.js';
import type { NativePicture, NativePlane } from '../native/media-events.js';
import {
  canDetachViews,
  copyNative,
  pointerTo,
  readNative,
  withNativeView,
} from '../native/memory.js';
import type { PixelsForNative } from '../native/video-requests.js';
import {
  byteLengthOf,
  PIXEL_FORMATS,
  type PixelFormat,
  type PlaneLayout,
  planesOf,
} from './pixel-format.js';

/** How the bytes are a picture. */
export interface Picture {
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
}

/** Where the pixels are, and whose memory it is. */
type Place =
  /** LiveKit's memory, ours while we hold the handle. */
  | { readonly kind: 'native'; readonly handle: number; readonly pointer: number }
  /** JavaScript memory of the SDK's pool. */
  | { readonly kind: 'pooled'; readonly memory: PooledMemory }
  /** The caller's own memory. */
  | { readonly kind: 'callers'; readonly bytes: Uint8Array };

/**
 * The pixels that one or more frames refer to: counted, and freed with the last of them.
 */
export class FrameMemory {
  readonly byteLength: number;
  readonly #place: Place;
  /** Frames that refer to this. */
  #owners = 1;
  /** Calls that are reading this. */
  #pins = 0;

  private constructor(place: Place, byteLength: number) {
    this.#place = place;
    this.byteLength = byteLength;
    if (place.kind === 'native') holdNative(byteLength);
  }

  /**
   * A native picture, of whose handle this takes ownership: where it lies if its planes are tight,
   * else in a tight copy.
   *
   * @throws FramewireError `native` if it lacks a plane. Its handle is dropped all the same.
   */
  static ofPicture(picture: NativePicture, format: PixelFormat): FrameMemory {
    const { width, height, handle } = picture;
    const byteLength = byteLengthOf(format, width, height);
    const wanted = planesOf(format, width, height);
    const planes: readonly Pick<NativePlane, 'pointer' | 'stride'>[] =
      picture.planes.length > 0 ? picture.planes : [picture];
    const pointer = planes[0]?.pointer ?? 0;
    // A loop: a function called for each plane costs more than what it does, once a frame (measured).
    let tight = true;
    for (let i = 0; i < wanted.length && tight; i++) {
      const { offset, stride } = wanted[i] as PlaneLayout;
      const plane = planes[i];
      // A stride of 0 is none given: a packed format without padding.
      tight =
        plane?.pointer === pointer + offset && (plane.stride === stride || plane.stride === 0);
    }
    if (tight) return new FrameMemory({ kind: 'native', handle, pointer }, byteLength);
    try {
      const copy = FrameMemory.pooled(byteLength);
      for (const [i, { offset, stride, height: rows }] of wanted.entries()) {
        const plane = planes[i];
        if (!plane) throw new FramewireError('native', `A ${format} picture lacks plane ${i}.`);
        for (let y = 0; y < rows; y++) {
          const from = offset + y * stride;
          copyNative(plane.pointer + y * plane.stride, copy.bytes().subarray(from, from + stride));
        }
      }
      return copy;
    } finally {
      ffi().drop(handle);
    }
  }

  /** Memory of the pool, with any content. */
  static pooled(byteLength: number): FrameMemory {
    return new FrameMemory({ kind: 'pooled', memory: PooledMemory.take(byteLength) }, byteLength);
  }

  /** The caller's memory, as it is. */
  static of(bytes: Uint8Array): FrameMemory {
    return new FrameMemory({ kind: 'callers', bytes }, bytes.byteLength);
  }

  /** Whether more than one frame refers to this. */
  get shared(): boolean {
    return this.#owners > 1;
  }

  get native(): boolean {
    return this.#place.kind === 'native';
  }

  /** Whether it's the caller's own memory. */
  get callers(): boolean {
    return this.#place.kind === 'callers';
  }

  /** One more frame refers to this. */
  retain(): this {
    this.#owners += 1;
    return this;
  }

  /** One frame less. */
  release(): void {
    this.#owners -= 1;
    this.#freeIfUnused();
  }

  /** The pixels for code of the user's, which may keep the view: it ends with the memory. */
  show(): Uint8Array {
    const bytes = this.bytes();
    return this.#place.kind === 'pooled' ? this.#place.memory.show() : bytes;
  }

  /** Whether `bytes` are all of this. */
  is(bytes: Uint8Array): boolean {
    const own = this.#bytes;
    return (
      own !== undefined &&
      bufferOf(bytes) === bufferOf(own) &&
      bytes.byteOffset === own.byteOffset &&
      bytes.byteLength === this.byteLength
    );
  }

  /**
   * The pixels as JavaScript memory, for the SDK's own code; not of native memory.
   *
   * @throws FramewireError `invalid-state` if the memory was detached or shrunk behind our back.
   */
  bytes(): Uint8Array {
    const bytes = this.#bytes;
    if (!bytes) {
      throw new FramewireError('invalid-state', 'Native pixels have no JavaScript memory.');
    }
    if (bytes.byteLength !== this.byteLength) {
      throw new FramewireError(
        'invalid-state',
        `The frame's memory was detached or resized: ${bytes.byteLength} of ${this.byteLength} bytes are left.`,
      );
    }
    return bytes;
  }

  /**
   * Calls `use` with what native code needs to know of the pixels, as the picture that they are. It holds
   * until `use` returns.
   */
  withNativePixels<T>({ format, width, height }: Picture, use: (pixels: PixelsForNative) => T): T {
    const pointer =
      this.#place.kind === 'native' ? BigInt(this.#place.pointer) : pointerTo(this.bytes());
    // A frame's members can be written to, if not in TypeScript, and native code reads what it's told.
    if (!(byteLengthOf(format, width, height) <= this.byteLength)) {
      throw new RangeError(
        `The frame must have its own format and size, got ${shown(format)} of ${shown(width)}x${shown(height)}.`,
      );
    }
    const planes = planesOf(format, width, height);
    const type = PIXEL_FORMATS.indexOf(format);
    return this.#pinned(() => use({ type, width, height, pointer, planes }));
  }

  /**
   * Calls `read`, code of the SDK's own that keeps nothing, with the pixels where they are: on every
   * runtime without a copy.
   */
  read<T>(read: (view: Uint8Array) => T): T {
    return this.#pinned(() =>
      this.#place.kind === 'native'
        ? readNative(this.#place.pointer, this.byteLength, read)
        : read(this.bytes()),
    );
  }

  /** Calls `read`, code of the user's, with the pixels where they are, or with a copy where that isn't safe. */
  borrow<T>(read: (view: Uint8Array) => T): T {
    return this.#pinned(() => {
      if (this.#place.kind !== 'native') return read(this.show());
      if (canDetachViews) {
        return withNativeView(this.#place.pointer, this.byteLength, read, () => {
          // Never freed: the thief has a buffer of it for as long as the process lives.
          this.#owners = Infinity;
          throw new TypeError('read must not transfer the memory that it borrows.');
        });
      }
      const copy = PooledMemory.take(this.byteLength);
      try {
        copyNative(this.#place.pointer, copy.bytes);
        return read(copy.show());
      } finally {
        copy.giveBack();
      }
    });
  }

  /** The same pixels in pooled memory of their own. */
  copy(): FrameMemory {
    const copy = FrameMemory.pooled(this.byteLength);
    if (this.#place.kind === 'native') copyNative(this.#place.pointer, copy.bytes());
    else copy.bytes().set(this.bytes());
    return copy;
  }

  get #bytes(): Uint8Array | undefined {
    if (this.#place.kind === 'native') return undefined;
    return this.#place.kind === 'pooled' ? this.#place.memory.bytes : this.#place.bytes;
  }

  /** Calls `use` with the memory kept, even if every frame is closed meanwhile. */
  #pinned<T>(use: () => T): T {
    this.#pins += 1;
    try {
      return use();
    } finally {
      this.#pins -= 1;
      this.#freeIfUnused();
    }
  }

  #freeIfUnused(): void {
    if (this.#owners > 0 || this.#pins > 0) return;
    if (this.#place.kind === 'native') {
      releaseNative(this.byteLength);
      ffi().drop(this.#place.handle);
    } else if (this.#place.kind === 'pooled') this.#place.memory.giveBack();
  }
}

/** Memory that is never touched, and so never there, but counts: collected with the frame. */
const weights = new WeakMap<object, ArrayBuffer>();

// Frames that were forgotten hold native memory that the garbage collector doesn't see.
const forgotten = new FinalizationRegistry<FrameMemory>((memory) => {
  memory.release();
  if (warned || process.env['NODE_ENV'] === 'production') return;
  warned = true;
  log('warn', 'a video frame was collected without being closed; close() every frame you take');
});
let warned = false;

/**
 * Frees `memory` if `owner` is collected before {@link unwatch}, and has the garbage collector look in time
 * for it. Memory of the pool frees itself.
 */
export function watch(owner: object, memory: FrameMemory): void {
  if (memory.native) forgotten.register(owner, memory, owner);
  const weight = memory.callers ? 0 : weightOf(memory.byteLength);
  if (weight > 0) weights.set(owner, new ArrayBuffer(weight));
}

/** Takes {@link watch} back. */
export function unwatch(owner: object): void {
  forgotten.unregister(owner);
  weights.delete(owner);
}
