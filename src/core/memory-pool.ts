type Transferable = ArrayBuffer & { transfer?: (length?: number) => ArrayBuffer };

const { transfer } = ArrayBuffer.prototype as Transferable;

/** The most memory that waits to be used again. Seven 1080p frames in RGBA. */
const POOL_BYTES = 64 * 1024 * 1024;

/** The memory itself, through all the buffers that it has been and been detached from. */
interface Slab {
  buffer: ArrayBuffer;
}

/** Slabs that wait to be used again, by size, the least recently used size first. */
const pool = new Map<number, Slab[]>();
let pooledBytes = 0;

// Native code that still reads a view which was detached (a deflate, a write to a file) keeps that view's
// buffer alive, but reads the memory. It must not be unmapped under it, whatever becomes of the slab:
// the registry holds the slab until the buffer is collected.
const readers = new FinalizationRegistry<Slab>(() => undefined);

/**
 * Memory in a JavaScript buffer of its own that is used again and again.
 */
export class PooledMemory {
  /** All of it, until it's given back. */
  readonly bytes: Uint8Array;
  readonly #slab: Slab;

  private constructor(slab: Slab) {
    this.#slab = slab;
    this.bytes = new Uint8Array(slab.buffer);
  }

  /**
   * Memory of exactly `byteLength` bytes, with any content. Give it back, or leave it to the garbage
   * collector.
   */
  static take(byteLength: number): PooledMemory {
    const slabs = pool.get(byteLength);
    const slab = slabs?.pop();
    if (slabs && slab) {
      pooledBytes -= byteLength;
      pool.delete(byteLength);
      if (slabs.length > 0) pool.set(byteLength, slabs);
    }
    return new PooledMemory(slab ?? { buffer: new ArrayBuffer(byteLength) });
  }

  /**
   * Gives the memory back, once.
   *
   * @param options - `seen`: whether code of the user's may hold a view, which is then dead: it reads
   * length 0. Asynchronous native readers of such a view must be done, or they read what comes next.
   */
  giveBack(options: { readonly seen: boolean }): void {
    const slab = this.#slab;
    const { buffer } = slab;
    const { byteLength } = buffer;
    // The holder of a view has transferred it: it's theirs.
    if (byteLength === 0) return;
    if (options.seen) {
      try {
        slab.buffer = detach(buffer);
      } catch {
        // Somebody has pinned it, as WebAssembly does. It's theirs too.
        return;
      }
      readers.register(buffer, slab);
    }
    if (byteLength > POOL_BYTES) return;
    for (const [size, slabs] of pool) {
      if (pooledBytes + byteLength <= POOL_BYTES) break;
      if (size === byteLength) continue;
      pool.delete(size);
      pooledBytes -= size * slabs.length;
    }
    if (pooledBytes + byteLength > POOL_BYTES) return;
    pooledBytes += byteLength;
    const slabs = pool.get(byteLength) ?? [];
    slabs.push(slab);
    pool.delete(byteLength);
    pool.set(byteLength, slabs);
  }
}

/** The memory of a buffer in a new one; the old one has length 0. */
function detach(buffer: Transferable): ArrayBuffer {
  return transfer ? transfer.call(buffer) : structuredClone(buffer, { transfer: [buffer] });
}
