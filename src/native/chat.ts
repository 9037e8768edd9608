// Chat messages, as the native side has them.

import { FramewireError } from '../core/errors.js';
import type { AnswerCase, EventValue } from './ffi-messages.js';
import type { RtcSession } from './rtc-session.js';

/** A message, with the names that our own have. */
export interface NativeChatMessage {
  readonly id: string;
  readonly message: string;
  readonly timestampMs: number;
  readonly editTimestampMs: number | undefined;
  readonly deleted: boolean;
  readonly generated: boolean;
}

type Answer = EventValue<AnswerCase<'sendChatMessage'>>;
type ProtoMessage = Extract<Answer['message'], { case: 'chatMessage' }>['value'];

/** @internal @throws FramewireError `disconnected`, or `native` if it's refused. The signal's reason. */
export async function sendChat(
  session: RtcSession,
  message: string,
  to: { readonly destinationIdentities: string[]; readonly signal: AbortSignal | undefined },
): Promise<NativeChatMessage> {
  const { localParticipantHandle } = session;
  const { destinationIdentities, signal } = to;
  const request = { localParticipantHandle, message, destinationIdentities };
  return sent(await session.request('sendChatMessage', request, signal));
}

/** @internal As {@link sendChat}, for a message that was sent before. */
export async function editChat(
  session: RtcSession,
  original: Pick<NativeChatMessage, 'id' | 'message' | 'timestampMs'>,
  editText: string,
  to: { readonly destinationIdentities: string[]; readonly signal: AbortSignal | undefined },
): Promise<NativeChatMessage> {
  const { localParticipantHandle } = session;
  const { destinationIdentities, signal } = to;
  const { id, message, timestampMs } = original;
  const originalMessage = { id, message, timestamp: BigInt(timestampMs) };
  const request = { localParticipantHandle, editText, originalMessage, destinationIdentities };
  return sent(await session.request('editChatMessage', request, signal));
}

/** @internal Gives the messages of others to `receive`, with their senders' identities. */
export function receiveChat(
  session: RtcSession,
  receive: (message: NativeChatMessage, identity: string) => void,
): void {
  session.tap.after('chatMessage', ({ message, participantIdentity = '' }) => {
    if (message) receive(messageOf(message), participantIdentity);
  });
}

function sent({ message }: Answer): NativeChatMessage {
  if (message.case === 'chatMessage') return messageOf(message.value);
  const cause = message.value ?? 'no answer';
  throw new FramewireError('native', `The message could not be sent: ${cause}.`, { cause });
}

function messageOf(message: ProtoMessage): NativeChatMessage {
  const { id = '', message: text = '', timestamp = 0n, editTimestamp } = message;
  return {
    id,
    message: text,
    timestampMs: Number(timestamp),
    // Some clients say 0 of what was never edited.
    editTimestampMs: editTimestamp ? Number(editTimestamp) : undefined,
    deleted: message.deleted ?? false,
    generated: message.generated ?? false,
  };
}
