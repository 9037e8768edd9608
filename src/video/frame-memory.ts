import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import { ffi } from '../native/ffi-client.js';
import type { NativePicture, NativePlane } from '../native/media-events.js';
import {
  canDetachViews,
  copyNative,
  pointerTo,
  returnToPool,
  takeFromPool,
  withNativeView,
} from '../native/memory.js';
import { byteLengthOf, type PixelFormat, planesOf } from './pixel-format.js';

/** Where the pixels are, and whose memory it is. */
type Place =
  /** LiveKit's memory, ours while we hold the handle. */
  | { readonly kind: 'native'; readonly handle: number; readonly pointer: number }
  /** JavaScript memory of the SDK's pool. */
  | { readonly kind: 'pooled'; readonly bytes: Uint8Array }
  /** The caller's own memory. */
  | { readonly kind: 'callers'; readonly bytes: Uint8Array };

/**
 * The pixels that one or more frames refer to: counted, and freed with the last of them.
 */
export class FrameMemory {
  readonly byteLength: number;
  readonly #place: Place;
  #references = 1;

  private constructor(place: Place, byteLength: number) {
    this.#place = place;
    this.byteLength = byteLength;
  }

  /**
   * A native picture, of whose handle this takes ownership: where it lies if its planes are tight,
   * else in a tight copy.
   */
  static ofPicture(picture: NativePicture, format: PixelFormat): FrameMemory {
    const { width, height, handle } = picture;
    const byteLength = byteLengthOf(format, width, height);
    const wanted = planesOf(format, width, height);
    const planes: readonly Pick<NativePlane, 'pointer' | 'stride'>[] =
      picture.planes.length > 0 ? picture.planes : [picture];
    const pointer = planes[0]?.pointer ?? 0;
    const tight = wanted.every(({ offset, stride }, i) => {
      const plane = planes[i];
      // A stride of 0 is none given: a packed format without padding.
      return plane?.pointer === pointer + offset && (plane.stride === stride || plane.stride === 0);
    });
    if (tight) return new FrameMemory({ kind: 'native', handle, pointer }, byteLength);
    const copy = FrameMemory.pooled(byteLength);
    for (const [i, { offset, stride, height: rows }] of wanted.entries()) {
      const plane = planes[i];
      for (let y = 0; plane !== undefined && y < rows; y++) {
        const from = offset + y * stride;
        copyNative(plane.pointer + y * plane.stride, copy.bytes().subarray(from, from + stride));
      }
    }
    ffi().drop(handle);
    return copy;
  }

  /** Memory of the pool, with any content. */
  static pooled(byteLength: number): FrameMemory {
    return new FrameMemory({ kind: 'pooled', bytes: takeFromPool(byteLength) }, byteLength);
  }

  /** The caller's memory, as it is. */
  static of(bytes: Uint8Array): FrameMemory {
    return new FrameMemory({ kind: 'callers', bytes }, bytes.byteLength);
  }

  /** Whether more than one frame refers to this. */
  get shared(): boolean {
    return this.#references > 1;
  }

  get native(): boolean {
    return this.#place.kind === 'native';
  }

  retain(): this {
    this.#references += 1;
    return this;
  }

  release(): void {
    this.#references -= 1;
    if (this.#references > 0) return;
    if (this.#place.kind === 'native') ffi().drop(this.#place.handle);
    else if (this.#place.kind === 'pooled') returnToPool(this.#place.bytes);
  }

  /**
   * The pixels as JavaScript memory; not of native memory.
   *
   * @throws FramewireError `invalid-state` if the memory was detached or shrunk behind our back.
   */
  bytes(): Uint8Array {
    if (this.#place.kind === 'native') {
      throw new FramewireError('invalid-state', 'Native pixels have no JavaScript memory.');
    }
    const { bytes } = this.#place;
    if (bytes.byteLength !== this.byteLength) {
      throw new FramewireError(
        'invalid-state',
        `The frame's memory was detached or resized: ${bytes.byteLength} of ${this.byteLength} bytes are left.`,
      );
    }
    return bytes;
  }

  /** Calls `use` with where native code finds the pixels, which holds until it returns. */
  withPointer<T>(use: (pointer: bigint) => T): T {
    const pointer =
      this.#place.kind === 'native' ? BigInt(this.#place.pointer) : pointerTo(this.bytes());
    this.retain();
    try {
      return use(pointer);
    } finally {
      this.release();
    }
  }

  /** Calls `read` with the pixels where they are, or with a copy where that isn't safe. */
  borrow<T>(read: (view: Uint8Array) => T): T {
    this.retain();
    try {
      if (this.#place.kind !== 'native') return read(this.bytes());
      if (canDetachViews) return withNativeView(this.#place.pointer, this.byteLength, read);
      const copy = takeFromPool(this.byteLength);
      try {
        copyNative(this.#place.pointer, copy);
        return read(copy);
      } finally {
        returnToPool(copy);
      }
    } finally {
      this.release();
    }
  }

  /** The same pixels in pooled memory of their own. */
  copy(): FrameMemory {
    const copy = FrameMemory.pooled(this.byteLength);
    if (this.#place.kind === 'native') copyNative(this.#place.pointer, copy.bytes());
    else copy.bytes().set(this.bytes());
    return copy;
  }
}

// Frames that were forgotten hold native memory that the garbage collector doesn't see.
const forgotten = new FinalizationRegistry<FrameMemory>((memory) => {
  memory.release();
  if (warned || process.env['NODE_ENV'] === 'production') return;
  warned = true;
  log('warn', 'a video frame was collected without being closed; close() every frame you take');
});
let warned = false;

/** Frees `memory` if `owner` is collected before {@link unwatch}. Only native memory needs it. */
export function watch(owner: object, memory: FrameMemory): void {
  if (memory.native) forgotten.register(owner, memory, owner);
}

/** Takes {@link watch} back. */
export function unwatch(owner: object): void {
  forgotten.unregister(owner);
}
