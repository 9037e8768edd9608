import { untilAborted } from '../core/abort.js';
import { sendWholeText, type TextOptions } from './outgoing-streams.js';
import type { RtcSession } from './rtc-session.js';
import type { TextStreamInfo } from './stream-info.js';

/** Sends texts one after the other: two that the native side has at the same time may change places. */
export class TextSender {
  readonly #session: RtcSession;
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: RtcSession) {
    this.#session = session;
  }

  /** @throws FramewireError `disconnected`, `native`; the signal's reason. */
  async send(text: string, options: TextOptions, signal?: AbortSignal): Promise<TextStreamInfo> {
    signal?.throwIfAborted();
    const sent = this.#last.then(() => {
      signal?.throwIfAborted();
      return sendWholeText(this.#session, text, options);
    });
    this.#last = sent.catch(() => undefined);
    return untilAborted(sent, signal);
  }
}
