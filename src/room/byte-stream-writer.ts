import { untilAborted, whenRejected } from '../core/abort.js';
import { plainBytes } from '../core/own-bytes.js';
import {
  type ByteOptions,
  openByteStream,
  type OutgoingStream,
} from '../native/outgoing-streams.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ByteStreamInfo } from '../native/stream-info.js';
import type { StreamProgress } from './stream-reader.js';
import { StreamWriter } from './stream-writer.js';

/** Four of LiveKit's packets. More at once is no faster (measured), and takes memory. */
const PIECE_BYTES = 60_000;

/**
 * Bytes that are being sent, as they come about.
 *
 * @example
 * ```ts
 * const writer = await room.localParticipant.streamBytes({ topic: 'log', name: 'today.log' });
 * for await (const chunk of createReadStream('today.log')) await writer.write(chunk);
 * await writer.close();
 * ```
 */
export class ByteStreamWriter extends StreamWriter<ByteStreamInfo, Uint8Array> {
  /** With what waits. */
  #bytesAsked = 0;

  private constructor(
    stream: OutgoingStream<ByteStreamInfo, Uint8Array>,
    signal: AbortSignal | undefined,
  ) {
    super(stream, signal);
  }

  /** @internal */
  static async open(
    session: RtcSession,
    options: ByteOptions,
    signal: AbortSignal | undefined,
  ): Promise<ByteStreamWriter> {
    signal?.throwIfAborted();
    const stream = await untilAborted(openByteStream(session, options), signal, (late) => {
      void late.close('aborted').catch(() => undefined);
    });
    return new ByteStreamWriter(stream, signal);
  }

  /**
   * Sends more of the bytes. They are borrowed: don't change them until it's done.
   *
   * @returns When there is room for more.
   * @throws TypeError if it's not a Uint8Array; RangeError if it's more than the `totalBytes` announced.
   * FramewireError `closed` after `close()`, `aborted` once it was given up, `disconnected` if the room is left, also
   * if it had to be joined anew. The reason of the signal it was opened with.
   */
  async write(bytes: Uint8Array): Promise<void> {
    await this.writeAll(bytes);
  }

  /** @internal */
  async writeAll(
    bytes: Uint8Array,
    onProgress?: (progress: StreamProgress) => void,
  ): Promise<void> {
    const { byteLength } = plainBytes(bytes, 'bytes');
    const { totalBytes } = this.info;
    if (totalBytes !== undefined && this.#bytesAsked + byteLength > totalBytes) {
      throw new RangeError(
        `bytes must be at most ${totalBytes - this.#bytesAsked} more, got ${byteLength}.`,
      );
    }
    this.#bytesAsked += byteLength;
    await this.send(async () => {
      for (let start = 0; start < byteLength; start += PIECE_BYTES) {
        // The memory may be gone by now.
        const piece = plainBytes(bytes, 'bytes').subarray(start, start + PIECE_BYTES);
        await this.piece(piece, piece.byteLength);
        const told = onProgress?.({ bytes: this.bytesWritten, totalBytes });
        whenRejected(told, (error) => this.failed(error));
      }
    });
  }

  /** @internal */
  protected override flush(): Promise<void> {
    return Promise.resolve();
  }
}
