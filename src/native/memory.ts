import type Koffi from 'koffi';
import { lendOut } from '../core/handed-view.js';
import { binding } from './binding.js';

type Resizable = ArrayBuffer & { transfer?: (length?: number) => ArrayBuffer };

let koffi: typeof Koffi | undefined;

const transfer = (ArrayBuffer.prototype as Resizable).transfer;

/**
 * Whether a view of native memory can be taken back before the memory is freed. Without
 * that (Node 20 has no `ArrayBuffer.prototype.transfer`) readers get a copy.
 */
export const canDetachViews: boolean = transfer !== undefined;

/**
 * Calls `read`, code of the user's, with a view of native memory, which is dead when this returns.
 *
 * Only where {@link canDetachViews}.
 *
 * @param onStolen - Called if `read` has moved the memory into a buffer of its own all the same: then it
 * must never be freed.
 */
export function withNativeView<T>(
  pointer: number,
  byteLength: number,
  read: (view: Uint8Array) => T,
  onStolen: () => void,
): T {
  const memory = nativeView(pointer, byteLength);
  try {
    return read(lendOut(memory));
  } finally {
    if (memory.byteLength > 0) transfer?.call(memory, 0);
    else onStolen();
  }
}

/** Calls `read`, code of the SDK's own that keeps nothing, with a view of native memory. */
export function readNative<T>(
  pointer: number,
  byteLength: number,
  read: (view: Uint8Array) => T,
): T {
  if (!canDetachViews) return read(new Uint8Array(lastingView(pointer, byteLength), 0, byteLength));
  const memory = nativeView(pointer, byteLength);
  try {
    return read(new Uint8Array(memory));
  } finally {
    transfer?.call(memory, 0);
  }
}

/** Copies native memory into `target`, which it fills. */
export function copyNative(pointer: number, target: Uint8Array): void {
  readNative(pointer, target.byteLength, (view) => {
    target.set(view);
  });
}

/** Views that can't be detached, by pointer, the least recently used first. */
const lastingViews = new Map<number, ArrayBuffer>();

/** Decoders use the same few buffers again and again. */
const MOST_LASTING_VIEWS = 32;

/**
 * A view of at least `byteLength` bytes, made once for a pointer: each counts as external memory until
 * it's collected, and making one for every frame costs more in collections than in copies (measured).
 *
 * It outlives the memory behind it. Nothing outside this file sees it, it's only read when a native
 * frame lies there again, and the garbage collector does not touch the memory.
 */
function lastingView(pointer: number, byteLength: number): ArrayBuffer {
  let view = lastingViews.get(pointer);
  lastingViews.delete(pointer);
  if (!view || view.byteLength < byteLength) view = nativeView(pointer, byteLength);
  lastingViews.set(pointer, view);
  const [oldest] = lastingViews.keys();
  if (lastingViews.size > MOST_LASTING_VIEWS && oldest !== undefined) lastingViews.delete(oldest);
  return view;
}

function nativeView(pointer: number, byteLength: number): ArrayBuffer {
  // koffi aborts the process at a null pointer.
  if (pointer === 0 || byteLength === 0) throw new RangeError('There is no native memory to view.');
  // It refuses to be in a transfer list. Its `transfer()` would give somebody an alias of memory that is
  // about to be freed, but nobody outside of the SDK gets to see the buffer itself.
  return loadKoffi().view(BigInt(pointer), byteLength);
}

/** Loaded when the first frame needs it. */
function loadKoffi(): typeof Koffi {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  koffi ??= require('koffi') as typeof Koffi;
  return koffi;
}

/** The largest block that glibc learns from is of 32 MiB. */
const LARGE_BLOCK_BYTES = 31 * 2 ** 20;

let keepsFreed = false;

/**
 * Has native code keep the memory of the pictures that it frees for those that it makes next.
 *
 * glibc gives freed memory back to the system if it's more than twice the largest block that was freed so far,
 * and the system then makes and clears each page anew: to convert and capture a 1080p frame takes 6 ms with
 * that and 2.4 ms without (measured). So it's shown one larger block, which nothing is ever written to.
 */
export function keepFreedMemory(): void {
  if (keepsFreed) return;
  keepsFreed = true;
  const { alloc, free } = loadKoffi();
  free(alloc('uint8', LARGE_BLOCK_BYTES));
}

/**
 * Where `bytes` lie, for native code that is called before this thread does anything else.
 *
 * The binding ignores a view's offset, so it's asked for the buffer's start.
 */
export function pointerTo(bytes: Uint8Array): bigint {
  return binding().livekitRetrievePtr(new Uint8Array(bytes.buffer)) + BigInt(bytes.byteOffset);
}
