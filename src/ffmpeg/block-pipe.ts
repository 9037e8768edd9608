import type { Duplex, Readable } from 'node:stream';
import { canPassSockets, openSocketPair, type SocketPair } from './socket-pair.js';

/** Memory that a {@link BlockPipe} fills. */
export interface Block {
  /** All of it. */
  bytes(): Uint8Array;
}

/** Where a {@link BlockPipe} takes memory from, and where it brings it. */
export interface BlockOutlet<Memory extends Block> {
  /** The memory for the next block, of the size of all. */
  readonly memory: () => Memory;
  /** A block is full, and the outlet's again. */
  readonly filled: (block: Memory) => void;
  /** A block that isn't full is the outlet's again: nothing comes any more. */
  readonly unused: (block: Memory) => void;
}

/** What comes before it's known how large blocks are. */
const HEAD_BYTES = 64 * 1024;

/**
 * What a child process writes, cut into blocks of one size.
 *
 * Where the system allows it, the bytes are read straight into the blocks' memory: out of the pipes of
 * `node:child_process` each byte has to be copied once more, which costs as much again.
 */
export class BlockPipe<Memory extends Block> {
  /** Resolves when all that the child has written was read, or the pipe was closed. Never rejects. */
  readonly ended: Promise<void>;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headLength = 0;
  #pair: SocketPair | undefined;
  #stream: Readable | undefined;
  #outlet: BlockOutlet<Memory> | undefined;
  #block: { readonly memory: Memory; readonly bytes: Uint8Array } | undefined;
  #filled = 0;
  #held = false;
  #end!: () => void;

  private constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** @throws FramewireError `file` if the system doesn't let us. */
  static async open<Memory extends Block>(): Promise<BlockPipe<Memory>> {
    const pipe = new BlockPipe<Memory>();
    if (!canPassSockets) return pipe;
    pipe.#pair = await openSocketPair({
      buffer: () => pipe.#room(),
      callback: (length, into) => pipe.#read(length, into),
    });
    pipe.#follow(pipe.#pair.ours);
    return pipe;
  }

  /** What the child's descriptor is to be. */
  get stdio(): 'pipe' | Duplex {
    return this.#pair?.theirs ?? 'pipe';
  }

  /** Whether something came before {@link BlockPipe.begin}; more than that isn't read. */
  get waiting(): boolean {
    return this.#headLength > 0;
  }

  /** The child runs. @param stream - Our end of its descriptor, if that is a pipe of Node's. */
  connect(stream: Readable | Duplex | null | undefined): void {
    if (this.#pair) {
      // The child has its own; as long as we had one too, its end would never be seen.
      this.#pair.theirs.destroy();
      this.#pair.ours.resume();
    } else if (stream) {
      this.#follow(stream);
      stream.on('data', (bytes: Uint8Array) => this.#take(bytes));
    }
  }

  /** The size of blocks is known: that of the memory which `outlet` gives. */
  begin(outlet: BlockOutlet<Memory>): void {
    this.#outlet = outlet;
    const length = this.#headLength;
    this.#headLength = 0;
    this.#copy(this.#head.subarray(0, length));
    if (length > 0) this.#stream?.resume();
  }

  /** Whether reading stops for now, after {@link BlockPipe.begin}: then the child waits with what it writes. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held) this.#stream?.pause();
    else this.#stream?.resume();
  }

  /** Reads no more. Safe to call twice. */
  close(): void {
    this.#pair?.theirs.destroy();
    if (this.#stream) this.#stream.destroy();
    else this.#finish();
  }

  #follow(stream: Readable): void {
    this.#stream = stream;
    // What is there is all that there will be: a child that was killed.
    stream.on('error', () => undefined);
    stream.once('close', () => this.#finish());
  }

  #finish(): void {
    const block = this.#block;
    this.#block = undefined;
    if (block) this.#outlet?.unused(block.memory);
    this.#outlet = undefined;
    this.#end();
  }

  /** Memory for the next read. */
  #room(): Uint8Array {
    if (!this.#outlet) return this.#head;
    return this.#next().subarray(this.#filled);
  }

  /** The block that is being filled. */
  #next(): Uint8Array {
    if (this.#block) return this.#block.bytes;
    const memory = (this.#outlet as BlockOutlet<Memory>).memory();
    const bytes = memory.bytes();
    this.#block = { memory, bytes };
    this.#filled = 0;
    return bytes;
  }

  /** So much has come into memory of {@link BlockPipe.#room}. @returns whether to go on. */
  #read(length: number, into: Uint8Array): boolean {
    // It was given out before it was known where to read to.
    if (into === this.#head) return this.#take(into.subarray(0, length));
    this.#add(length);
    return true;
  }

  #take(bytes: Uint8Array): boolean {
    if (this.#outlet) {
      this.#copy(bytes);
      return true;
    }
    this.#stream?.pause();
    if (bytes.length > HEAD_BYTES) {
      this.#stream?.unshift(bytes.subarray(HEAD_BYTES));
    }
    this.#headLength = Math.min(bytes.length, HEAD_BYTES);
    if (bytes.buffer !== this.#head.buffer) this.#head.set(bytes.subarray(0, HEAD_BYTES));
    return false;
  }

  #copy(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length && this.#outlet;) {
      const room = this.#next();
      const part = bytes.subarray(from, from + room.length - this.#filled);
      room.set(part, this.#filled);
      from += part.length;
      this.#add(part.length);
    }
  }

  #add(length: number): void {
    const block = this.#block;
    if (!block) return;
    this.#filled += length;
    if (this.#filled < block.bytes.length) return;
    this.#block = undefined;
    this.#outlet?.filled(block.memory);
  }
}
