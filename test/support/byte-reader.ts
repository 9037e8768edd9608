import type { Readable } from 'node:stream';

/** Reads a stream in pieces of a size that the reader says. It flows only while somebody waits. */
export class ByteReader {
  readonly #stream: Readable;
  #bytes = Buffer.alloc(0);
  #wanted = 0;
  #waiter: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #ended = false;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.pause();
    stream.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      if (this.#bytes.length < this.#wanted) return;
      stream.pause();
      this.#waiter?.resolve();
    });
    const end = (): void => {
      this.#ended = true;
      this.#waiter?.reject(new Error('The stream has ended.'));
    };
    stream.once('end', end);
    stream.once('close', end);
    stream.once('error', end);
  }

  /** The next `count` bytes, in memory of their own. Fails if the stream ends before. */
  async read(count: number): Promise<Buffer> {
    if (this.#bytes.length < count) {
      if (this.#ended) throw new Error('The stream has ended.');
      this.#wanted = count;
      await new Promise<void>((resolve, reject) => {
        this.#waiter = { resolve, reject };
        this.#stream.resume();
      });
      this.#waiter = undefined;
    }
    const bytes = Buffer.alloc(count);
    this.#bytes.copy(bytes);
    this.#bytes = this.#bytes.subarray(count);
    return bytes;
  }
}
