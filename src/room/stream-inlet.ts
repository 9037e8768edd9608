import { BoundedQueue } from '../core/bounded-queue.js';
import { FramewireError } from '../core/errors.js';
import type { IncomingStream } from '../native/incoming-streams.js';
import type { StreamInfo } from '../native/stream-info.js';

/** What a stream waits with, at most, if nobody reads it. */
export const DEFAULT_MAX_BUFFERED_BYTES: number = 64 * 1024 * 1024;

/** What comes of a stream, until it's read. */
export class StreamInlet<Chunk extends string | Uint8Array> {
  readonly #queue: BoundedQueue<Chunk>;
  readonly #stop: () => void;
  #bufferedBytes = 0;
  #receivedBytes = 0;
  #failure: FramewireError | undefined;

  constructor(stream: IncomingStream<StreamInfo, Chunk>, maxBufferedBytes: number) {
    const release = (chunk: Chunk): boolean => {
      this.#bufferedBytes -= byteLengthOf(chunk);
      return true;
    };
    this.#queue = new BoundedQueue<Chunk>({
      capacity: Infinity,
      overflow: 'error',
      discard: release,
      admit: release,
    });
    this.#stop = stream.start({
      chunk: (chunk) => {
        if (this.#queue.ended) return;
        const byteLength = byteLengthOf(chunk);
        // One alone always fits: what came compressed comes in large pieces.
        if (this.#bufferedBytes > 0 && this.#bufferedBytes + byteLength > maxBufferedBytes) {
          this.close(overflow(maxBufferedBytes));
          return;
        }
        this.#receivedBytes += byteLength;
        this.#bufferedBytes += byteLength;
        this.#queue.push(chunk);
      },
      end: () => {
        const { totalBytes } = stream.info;
        if (totalBytes === undefined || totalBytes === this.#receivedBytes) this.#queue.end();
        else this.#fail(incomplete(this.#receivedBytes, totalBytes));
      },
      fail: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Whether no more can come. */
  get ended(): boolean {
    return this.#queue.ended;
  }

  /** How much has come, in bytes, read or not. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** The next of it, or its end. @throws FramewireError at each call once it failed. */
  async next(): Promise<IteratorResult<Chunk, undefined>> {
    const result = await this.#queue.next();
    if (result.done && this.#failure) throw this.#failure;
    return result;
  }

  /** Lets go of what came and of what would come; who reads on gets `reason`. */
  close(reason: FramewireError): void {
    this.#stop();
    // One that was read to its end stays ended.
    if (this.#queue.ended && this.#queue.size === 0) return;
    this.#failure = reason;
    this.#queue.close();
  }

  /** Ends it before all has come. What came can still be read, and then `error`. */
  breakOff(error: FramewireError): void {
    this.#stop();
    this.#fail(error);
  }

  #fail(error: FramewireError): void {
    if (this.#queue.ended) return;
    this.#failure = error;
    this.#queue.end();
  }
}

function byteLengthOf(chunk: string | Uint8Array): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
}

function overflow(maxBufferedBytes: number): FramewireError {
  return new FramewireError(
    'overflow',
    `More than ${maxBufferedBytes} bytes waited to be read: read sooner, or register the handler with a larger maxBufferedBytes.`,
  );
}

function incomplete(receivedBytes: number, totalBytes: number): FramewireError {
  return new FramewireError(
    'incomplete',
    `Of the ${totalBytes} bytes that the sender announced ${receivedBytes} came.`,
  );
}
