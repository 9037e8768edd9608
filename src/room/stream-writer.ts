import { checkText } from '../core/check.js';
import { listenForAbort, untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import type { OutgoingStream } from '../native/outgoing-streams.js';
import type { StreamInfo } from '../native/stream-info.js';

const MAX_REASON_LENGTH = 1_000;

/**
 * A stream that is being sent. What is written goes out in the order of the calls; each resolves when there is
 * room for more, so who waits for each never has more than a piece under way.
 *
 * Only `close()` ends it well. One that is given up, by `abort()`, by the signal it was opened with, or at the end
 * of its scope by `await using`, fails at the receivers, so that nobody takes a part for the whole.
 */
export abstract class StreamWriter<Info extends StreamInfo, Chunk> implements AsyncDisposable {
  /** What the receivers are told of it. */
  readonly info: Info;
  readonly #stream: OutgoingStream<Info, Chunk>;
  readonly #forgetSignal: (() => void) | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** Rejects once it's given up. */
  readonly #over = new AbortController();
  #bytesWritten = 0;

  /** @internal */
  protected constructor(stream: OutgoingStream<Info, Chunk>, signal: AbortSignal | undefined) {
    this.info = stream.info;
    this.#stream = stream;
    this.#forgetSignal =
      signal && listenForAbort(signal, () => void this.#giveUp(signal.reason, 'aborted'));
  }

  /** What has been sent so far, in bytes. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /**
   * Ends it, when all that was written is on its way: whoever leaves the room at once may leave before it has
   * arrived. Safe to call twice.
   *
   * @throws FramewireError `incomplete` if it's less than the `totalBytes` announced, `aborted` if it was given
   * up, `disconnected` if the room is left. The reason of the signal it was opened with.
   */
  async close(): Promise<void> {
    if (this.#state === 'closed') {
      this.#over.signal.throwIfAborted();
      return;
    }
    if (this.#state === 'closing') {
      await this.#last;
      return;
    }
    this.#state = 'closing';
    await this.#enqueue(async () => {
      await this.flush();
      const { totalBytes } = this.info;
      if (totalBytes !== undefined && totalBytes !== this.#bytesWritten) {
        throw new FramewireError(
          'incomplete',
          `Of the ${totalBytes} bytes announced ${this.#bytesWritten} were written.`,
        );
      }
      await this.#stream.close();
      this.#closed();
    });
  }

  /**
   * Gives it up: at the receivers it fails, with the first 1,000 characters of `reason`. What still waits to be
   * sent fails with `aborted`. Safe to call at any time; after `close()` it does nothing.
   *
   * @throws TypeError if `reason` is not a string.
   */
  async abort(reason = 'aborted'): Promise<void> {
    checkText(reason, 'reason');
    // To receivers one that ends without a reason has ended well, and so does one whose reason is too long.
    const told = reason === '' ? 'aborted' : reason.slice(0, MAX_REASON_LENGTH);
    await this.#giveUp(new FramewireError('aborted', 'The stream was given up.'), told);
  }

  /** Gives it up, unless it was closed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort('the sender did not finish it');
  }

  /** @internal Sends pieces in turn. */
  protected async send(write: () => Promise<void>): Promise<void> {
    this.#over.signal.throwIfAborted();
    if (this.#state !== 'open') throw new FramewireError('closed', 'The stream was closed.');
    await this.#enqueue(write);
  }

  /** @internal Sends one piece, from within {@link StreamWriter.send}. */
  protected async piece(chunk: Chunk, byteLength: number): Promise<void> {
    this.#over.signal.throwIfAborted();
    await this.#stream.write(chunk);
    this.#bytesWritten += byteLength;
  }

  /** @internal What goes with it has failed, while it's sent or after. */
  protected failed(error: unknown): void {
    if (this.#state === 'closed') log('warn', 'a callback failed after its stream', { error });
    else void this.#giveUp(error, 'the sender failed');
  }

  /** @internal Sends what was held back. */
  protected abstract flush(): Promise<void>;

  /** Runs `work` after what was asked for before. What fails ends the stream. */
  async #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      this.#over.signal.throwIfAborted();
      try {
        await work();
      } catch (error) {
        await this.#giveUp(error, 'the sender failed');
        throw error;
      }
    });
    this.#last = done;
    done.catch(() => undefined);
    await untilAborted(done, this.#over.signal);
  }

  async #giveUp(error: unknown, reason: string): Promise<void> {
    if (this.#state === 'closed') return;
    this.#closed();
    this.#over.abort(error);
    try {
      await this.#stream.close(reason);
    } catch (cause) {
      // Who gave it up knows; that receivers can't be told is since the room was left.
      log('debug', 'a stream could not be given up', { error: cause });
    }
  }

  #closed(): void {
    this.#state = 'closed';
    this.#forgetSignal?.();
  }
}
