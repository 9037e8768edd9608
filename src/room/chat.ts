import { checkInteger, checkString, shown } from '../core/check.js';
import { editChat, sendChat } from '../native/chat.js';
import { MAX_PACKET_BYTES } from '../native/data-packets.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ChatMessage } from './chat-message.js';
import { checkedDataOptions, type DataOptions } from './data-options.js';

/** To whom a chat message goes. */
export type ChatOptions = Pick<DataOptions, 'destinationIdentities' | 'signal'>;

/** Sends chat messages during one stay in a room. */
export class ChatSender {
  readonly #session: RtcSession;
  readonly #checkAllowed: () => void;

  /** @param checkAllowed - Throws if we may not send data. */
  constructor(session: RtcSession, checkAllowed: () => void) {
    this.#session = session;
    this.#checkAllowed = checkAllowed;
  }

  /** See {@link LocalParticipant.sendChatMessage}. */
  async send(text: string, options: ChatOptions = {}): Promise<ChatMessage> {
    checkText(text);
    const to = checkedDataOptions(options);
    this.#checkAllowed();
    return sendChat(this.#session, text, to);
  }

  /** See {@link LocalParticipant.editChatMessage}. */
  async edit(message: ChatMessage, text: string, options: ChatOptions = {}): Promise<ChatMessage> {
    const original = checkedOriginal(message);
    checkText(text);
    const to = checkedDataOptions(options);
    this.#checkAllowed();
    return editChat(this.#session, original, text, to);
  }
}

function checkText(text: unknown): asserts text is string {
  if (typeof text !== 'string') throw new TypeError(`text must be a string, got ${shown(text)}.`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PACKET_BYTES) return;
  throw new RangeError(
    `text must be at most ${MAX_PACKET_BYTES} bytes of UTF-8, got ${bytes}; send more with sendText().`,
  );
}

function checkedOriginal(message: unknown): Pick<ChatMessage, 'id' | 'message' | 'timestampMs'> {
  if (typeof message !== 'object' || message === null) {
    throw new TypeError(`message must be a chat message, got ${shown(message)}.`);
  }
  const { id, message: text, timestampMs } = message as Partial<ChatMessage>;
  checkString(id, 'message.id');
  if (typeof text !== 'string') {
    throw new TypeError(`message.message must be a string, got ${shown(text)}.`);
  }
  checkInteger(timestampMs, 'message.timestampMs', { min: 0 });
  return { id, message: text, timestampMs };
}
