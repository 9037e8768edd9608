import { deadline, untilAborted, whenRejected } from '../core/abort.js';
import {
  checkFunction,
  checkInteger,
  checkSignal,
  type OptionNames,
  readOnce,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { StreamInfo } from '../native/stream-info.js';
import type { RemoteParticipant } from './remote-participant.js';
import type { StreamInlet } from './stream-inlet.js';

/** How far a transfer is. */
export interface StreamProgress {
  /** What has been sent or received. */
  readonly bytes: number;
  /** What it will be in the end; `undefined` if the sender didn't say. */
  readonly totalBytes: number | undefined;
}

/** How a stream is read to its end. */
export interface ReadOptions {
  /** The most that is taken: more fails with `overflow`. Default: `dataStream.maxPayloadBytes` of `connect()`. */
  readonly maxBytes?: number;
  /** Called after each piece. What it throws ends the reading, and is thrown to the caller. */
  readonly onProgress?: (progress: StreamProgress) => void;
  /** Ends the reading: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a reader is made of. */
export interface StreamReaderInit<Info, Chunk extends string | Uint8Array> {
  readonly info: Info;
  readonly inlet: StreamInlet<Chunk>;
  readonly senderIdentity: string;
  readonly participant: () => RemoteParticipant | undefined;
}

// The native side holds an inlet until the stream ends, whoever has forgotten the reader.
const forgotten = new FinalizationRegistry<{ readonly close: (reason: FramewireError) => void }>(
  (inlet) => {
    inlet.close(closed());
  },
);

/**
 * A stream that somebody sends, to be read once: by iterating over it, or whole.
 *
 * It comes at the pace of the sender. What nobody has read waits, up to the `maxBufferedBytes` of its
 * handler; beyond that the stream fails with `overflow`, and what waited is let go.
 *
 * Reading ends only when all has come. Otherwise it throws a {@link FramewireError}: `participant-left` if the
 * sender left, `aborted` if it gave up, `disconnected` if we left, `incomplete` if something is missing or
 * broken, `overflow` if it was too much, `closed` after `close()`.
 */
export abstract class StreamReader<Info extends StreamInfo, Chunk extends string | Uint8Array>
  implements AsyncIterable<Chunk, undefined>, AsyncDisposable
{
  /** What the sender said of it. */
  readonly info: Info;
  /** Who sends it. */
  readonly senderIdentity: string;
  readonly #participant: () => RemoteParticipant | undefined;
  readonly #inlet: StreamInlet<Chunk>;
  #claimed = false;

  /** @internal */
  protected constructor(init: StreamReaderInit<Info, Chunk>) {
    this.info = init.info;
    this.senderIdentity = init.senderIdentity;
    this.#participant = init.participant;
    this.#inlet = init.inlet;
    forgotten.register(this, init.inlet);
  }

  /**
   * Who sends it; `undefined` once it left, or while the server has not told of it: of one who publishes no
   * track it tells up to 3 seconds late.
   */
  get participant(): RemoteParticipant | undefined {
    return this.#participant();
  }

  /** How much has come so far; some of it may wait to be read. */
  get bytesReceived(): number {
    return this.#inlet.receivedBytes;
  }

  /** How much of it has come, from 0 to 1; `undefined` if the sender didn't say how much there will be. */
  get progress(): number | undefined {
    const { totalBytes } = this.info;
    if (totalBytes === undefined) return undefined;
    return totalBytes === 0 ? 1 : Math.min(this.bytesReceived / totalBytes, 1);
  }

  /**
   * The pieces as they come, in order. Leaving the loop early closes the stream.
   *
   * @throws FramewireError `invalid-state` if it's read already.
   */
  [Symbol.asyncIterator](): AsyncIterator<Chunk, undefined> {
    if (this.#claimed) {
      throw new FramewireError('invalid-state', 'A stream can be read once only.');
    }
    this.#claimed = true;
    return {
      next: () => this.#inlet.next(),
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  /** Lets go of it, whatever comes of it yet. Who reads it gets `closed`. Safe to call twice. */
  close(): Promise<void> {
    this.#claimed = true;
    this.#inlet.close(closed());
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * @internal Gives every piece to `take`, of which it waits for each. Closes the stream if anything fails.
   *
   * @param byteLengthOf - The bytes of a piece.
   */
  protected async readPieces(
    options: ReadOptions,
    byteLengthOf: (chunk: Chunk) => number,
    take: (chunk: Chunk) => unknown,
  ): Promise<void> {
    const { maxBytes = Infinity, onProgress, signal } = options;
    const { totalBytes } = this.info;
    signal?.throwIfAborted();
    using over = deadline({ signal, timeoutMs: undefined, onTimeout: closed });
    const pieces = this[Symbol.asyncIterator]();
    try {
      if (totalBytes !== undefined && totalBytes > maxBytes) throw tooLarge(maxBytes);
      let bytes = 0;
      for (;;) {
        const { done, value } = await untilAborted(pieces.next(), over.signal);
        if (done) return;
        bytes += byteLengthOf(value);
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        await take(value);
        over.signal.throwIfAborted();
        const told = onProgress?.({ bytes, totalBytes });
        whenRejected(told, (error) => over.abort(error));
      }
    } finally {
      await this.close();
    }
  }
}

const READ_OPTIONS: OptionNames<ReadOptions> = { maxBytes: true, onProgress: true, signal: true };

/** A copy. @throws TypeError or RangeError if an option is not as it must be. */
export function checkedReadOptions(given: ReadOptions): ReadOptions {
  const options = readOnce(given, 'options', READ_OPTIONS);
  const { maxBytes, onProgress, signal } = options;
  if (maxBytes !== undefined && maxBytes !== Infinity) {
    checkInteger(maxBytes, 'options.maxBytes', { min: 0 });
  }
  if (onProgress !== undefined) checkFunction(onProgress, 'options.onProgress');
  checkSignal(signal, 'options.signal');
  return options;
}

function closed(): FramewireError {
  return new FramewireError('closed', 'The stream was closed.');
}

function tooLarge(maxBytes: number): FramewireError {
  return new FramewireError('overflow', `The stream is larger than maxBytes, ${maxBytes}.`);
}
