import { checkText } from '../core/check.js';
import { untilAborted } from '../core/abort.js';
import {
  type OutgoingStream,
  openTextStream,
  type TextOptions,
} from '../native/outgoing-streams.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { TextStreamInfo } from '../native/stream-info.js';
import { StreamWriter } from './stream-writer.js';

/** Characters that are sent at once. */
const PIECE_LENGTH = 15_000;

/**
 * A text that is being sent, as it comes about.
 *
 * @example
 * ```ts
 * const writer = await room.localParticipant.streamText({ topic: 'story' });
 * for await (const word of words) await writer.write(word);
 * await writer.close();
 * ```
 */
export class TextStreamWriter extends StreamWriter<TextStreamInfo, string> {
  /** The first half of a surrogate pair, whose second comes with the next text. */
  #half = '';

  private constructor(
    stream: OutgoingStream<TextStreamInfo, string>,
    signal: AbortSignal | undefined,
  ) {
    super(stream, signal);
  }

  /** @internal */
  static async open(
    session: RtcSession,
    options: TextOptions,
    signal: AbortSignal | undefined,
  ): Promise<TextStreamWriter> {
    signal?.throwIfAborted();
    const stream = await untilAborted(openTextStream(session, options), signal, (late) => {
      void late.close('aborted').catch(() => undefined);
    });
    return new TextStreamWriter(stream, signal);
  }

  /**
   * Sends more of the text. Characters may be cut in two between calls; half of one that stays alone becomes
   * `\uFFFD`.
   *
   * @returns When there is room for more.
   * @throws TypeError if it's not a string. FramewireError `closed` after `close()`, `aborted` once it was given up,
   * `disconnected` if the room is left, also if it had to be joined anew. The reason of the signal it was opened
   * with.
   */
  async write(text: string): Promise<void> {
    checkText(text, 'text');
    await this.send(async () => {
      const whole = this.#half + text;
      const end = endsInHalf(whole) ? whole.length - 1 : whole.length;
      this.#half = whole.slice(end);
      for (let start = 0; start < end;) {
        let next = Math.min(start + PIECE_LENGTH, end);
        if (next < end && endsInHalf(whole.slice(start, next))) next += 1;
        await this.#piece(whole.slice(start, next));
        start = next;
      }
    });
  }

  /** @internal */
  protected override async flush(): Promise<void> {
    if (this.#half !== '') await this.#piece(this.#half);
  }

  async #piece(text: string): Promise<void> {
    await this.piece(text, Buffer.byteLength(text));
  }
}

/** Whether its last unit is the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
