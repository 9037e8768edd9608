import { handOut, wasTaken } from './handed-view.js';

type Transferable = ArrayBuffer & { transfer?: (length?: number) => ArrayBuffer };

const { transfer } = ArrayBuffer.prototype as Transferable;

/** The memory itself, through all the buffers that it has been and been detached from. */
interface Slab {
  buffer: ArrayBuffer;
}

/** Slabs that wait to be used again, by size, the least recently used size first. */
const idle = new Map<number, Slab[]>();

/** Seven 1080p frames in RGBA. */
let maxIdleBytes = 64 * 1024 * 1024;
let idleBytes = 0;
let usedBytes = 0;

// Native code that still reads a view which was detached (a write to a file) keeps that view's buffer
// alive, but reads the memory. It must not be unmapped under it, whatever becomes of the slab: the registry
// holds the slab until the buffer is collected.
const readers = new FinalizationRegistry<Slab>(() => undefined);

// Memory that was forgotten without being given back.
const forgotten = new FinalizationRegistry<number>((byteLength) => {
  usedBytes -= byteLength;
});

/**
 * Memory in a JavaScript buffer of its own that is used again and again.
 */
export class PooledMemory {
  /** All of it, until it's given back. Code of the user's gets {@link PooledMemory.show} instead. */
  readonly bytes: Uint8Array;
  readonly #byteLength: number;
  readonly #slab: Slab;
  #shown: Uint8Array | undefined;

  private constructor(slab: Slab) {
    this.#slab = slab;
    this.#byteLength = slab.buffer.byteLength;
    this.bytes = new Uint8Array(slab.buffer);
    usedBytes += this.#byteLength;
    forgotten.register(slab.buffer, this.#byteLength, this);
  }

  /**
   * Memory of exactly `byteLength` bytes, with any content. Give it back, or leave it to the garbage
   * collector.
   */
  static take(byteLength: number): PooledMemory {
    const slabs = idle.get(byteLength);
    const slab = slabs?.pop();
    if (slabs && slab) {
      idleBytes -= byteLength;
      idle.delete(byteLength);
      if (slabs.length > 0) idle.set(byteLength, slabs);
    }
    return new PooledMemory(slab ?? { buffer: unfilled(byteLength) });
  }

  /** All of it for code of the user's, which may keep the view: it ends when the memory is given back. */
  show(): Uint8Array {
    this.#shown ??= handOut(this.#slab.buffer);
    return this.#shown;
  }

  /**
   * Gives the memory back, once. Views that were shown are then dead: they have length 0. If somebody has
   * looked at their buffer, the memory is left to them, since taking it away might end the process.
   */
  giveBack(): void {
    const slab = this.#slab;
    const { buffer } = slab;
    usedBytes -= this.#byteLength;
    forgotten.unregister(this);
    // Of length 0, it was transferred to somebody else.
    if (buffer.byteLength === 0 || wasTaken(buffer)) return;
    if (this.#shown) {
      try {
        slab.buffer = detach(buffer);
      } catch {
        // Somebody has pinned it, as WebAssembly does. It's theirs, too.
        return;
      }
      readers.register(buffer, slab);
    }
    keep(slab);
  }
}

/** Bytes of pooled memory that is in use: as {@link poolUsage} tells, without an object for each frame. */
export function pooledBytesInUse(): number {
  return usedBytes;
}

/** Bytes of pooled memory. */
export function poolUsage(): {
  readonly usedBytes: number;
  readonly idleBytes: number;
  readonly maxIdleBytes: number;
} {
  return { usedBytes, idleBytes, maxIdleBytes };
}

/** Sets how much memory may wait to be used again, and lets go of what is too much. */
export function limitIdleBytes(limit: number): void {
  maxIdleBytes = limit;
  makeRoom(0);
}

function keep(slab: Slab): void {
  const { byteLength } = slab.buffer;
  if (byteLength > maxIdleBytes) return;
  makeRoom(byteLength);
  idleBytes += byteLength;
  const slabs = idle.get(byteLength) ?? [];
  slabs.push(slab);
  idle.delete(byteLength);
  idle.set(byteLength, slabs);
}

/** Lets go of slabs until `byteLength` more bytes may wait. */
function makeRoom(byteLength: number): void {
  for (const [size, slabs] of idle) {
    while (idleBytes + byteLength > maxIdleBytes && slabs.pop()) idleBytes -= size;
    if (slabs.length > 0) return;
    idle.delete(size);
  }
}

/** Memory that isn't set to zero: whoever takes it from the pool fills it. */
function unfilled(byteLength: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(byteLength).buffer;
}

/** The memory of a buffer in a new one; the old one has length 0. */
function detach(buffer: Transferable): ArrayBuffer {
  return transfer ? transfer.call(buffer) : structuredClone(buffer, { transfer: [buffer] });
}
