// Streams of text and bytes that we send.

import { FramewireError } from '../core/errors.js';
import { endsSoon } from './ends-soon.js';
import { ffi } from './ffi-client.js';
import type { RtcSession } from './rtc-session.js';
import { byteInfoOf, textInfoOf } from './rtc-stream-info.js';
import type { ByteStreamInfo, TextStreamInfo } from './stream-info.js';

/** What a stream that is opened is to be. */
export interface StreamOptions {
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nobody named is everybody. */
  readonly destinationIdentities: readonly string[];
  readonly streamId: string | undefined;
}

/** What a stream of text that is opened is to be. */
export interface TextOptions extends StreamOptions {
  readonly replyToStreamId: string | undefined;
  readonly attachedStreamIds: readonly string[];
}

/** What a stream of bytes that is opened is to be. */
export interface ByteOptions extends StreamOptions {
  readonly name: string;
  readonly mimeType: string;
  readonly totalBytes: number | undefined;
}

/** A stream that is being sent: one call at a time, and nothing after `close`. */
export interface OutgoingStream<Info, Chunk> {
  readonly info: Info;
  /** Resolves when there is room for more. */
  write(chunk: Chunk): Promise<void>;
  /** Ends it; with a `reason`, the receivers' streams fail. */
  close(reason?: string): Promise<void>;
}

/** @throws FramewireError `disconnected`, `native`; RangeError if what is said of it is too long. */
export async function openTextStream(
  session: RtcSession,
  options: TextOptions,
): Promise<OutgoingStream<TextStreamInfo, string>> {
  const { result } = await session.request('textStreamOpen', {
    localParticipantHandle: session.localParticipantHandle,
    options: textOptionsOf(session, options),
  });
  const { handle, info } = opened(result);
  return {
    info: textInfoOf(info),
    ...writing(session, handle, {
      write: (text: string) => session.request('textStreamWrite', { writerHandle: handle, text }),
      close: (reason) =>
        session.request('textStreamClose', { writerHandle: handle, ...reason, attributes: {} }),
    }),
  };
}

/** @throws FramewireError `disconnected`, `native`; RangeError if what is said of it is too long. */
export async function openByteStream(
  session: RtcSession,
  options: ByteOptions,
): Promise<OutgoingStream<ByteStreamInfo, Uint8Array>> {
  const { name, mimeType, totalBytes } = options;
  const { result } = await session.request('byteStreamOpen', {
    localParticipantHandle: session.localParticipantHandle,
    options: {
      ...commonOptionsOf(session, options),
      name,
      mimeType,
      ...(totalBytes !== undefined && { totalLength: BigInt(totalBytes) }),
    },
  });
  const { handle, info } = opened(result);
  return {
    info: byteInfoOf(info),
    ...writing(session, handle, {
      write: (bytes: Uint8Array) =>
        session.request('byteStreamWrite', { writerHandle: handle, bytes }),
      close: (reason) =>
        session.request('byteStreamClose', { writerHandle: handle, ...reason, attributes: {} }),
    }),
  };
}

/** Sends a text at once, with its length. @throws as {@link openTextStream}. */
export async function sendWholeText(
  session: RtcSession,
  text: string,
  options: TextOptions,
): Promise<TextStreamInfo> {
  const { result } = await session.request('sendText', {
    localParticipantHandle: session.localParticipantHandle,
    options: textOptionsOf(session, options),
    text,
  });
  if (result.case !== 'info') throw refused(result.value?.description);
  return textInfoOf(result.value);
}

function commonOptionsOf(session: RtcSession, options: StreamOptions): CommonOptions {
  const { topic, attributes, destinationIdentities, streamId } = options;
  return {
    topic,
    attributes: { ...attributes },
    destinationIdentities: [...destinationIdentities],
    senderIdentity: session.localParticipant.identity,
    ...(streamId !== undefined && { id: streamId }),
  };
}

interface CommonOptions {
  topic: string;
  attributes: Record<string, string>;
  destinationIdentities: string[];
  senderIdentity: string;
  id?: string;
}

function textOptionsOf(
  session: RtcSession,
  options: TextOptions,
): CommonOptions & { replyToStreamId?: string; attachedStreamIds: string[] } {
  const { replyToStreamId, attachedStreamIds } = options;
  return {
    ...commonOptionsOf(session, options),
    ...(replyToStreamId !== undefined && { replyToStreamId }),
    attachedStreamIds: [...attachedStreamIds],
  };
}

function opened<Info extends object>(
  result:
    | {
        readonly case: 'writer';
        readonly value: { readonly handle?: { readonly id?: bigint }; readonly info?: Info };
      }
    | { readonly case: 'error'; readonly value: { readonly description?: string } }
    | { readonly case: undefined; readonly value?: undefined },
): { readonly handle: bigint; readonly info: Info } {
  if (result.case !== 'writer') throw refused(result.value?.description);
  const { handle, info } = result.value;
  if (handle?.id === undefined || !info) {
    throw new FramewireError('native', 'LiveKit made no stream.');
  }
  return { handle: handle.id, info };
}

function left(): FramewireError {
  return new FramewireError('disconnected', 'The room was left.');
}

function refused(description = 'no reason given'): Error {
  return /header exceeds maximum size/.test(description)
    ? new RangeError('topic, name, attributes and identities of a stream must be shorter together.')
    : new FramewireError('native', `The stream could not be sent: ${description}.`);
}

type Answer = Promise<{ readonly error?: { readonly description?: string } }>;

function writing<Chunk>(
  session: RtcSession,
  handle: bigint,
  native: {
    readonly write: (chunk: Chunk) => Answer;
    readonly close: (reason: { readonly reason?: string }) => Answer;
  },
): Pick<OutgoingStream<never, Chunk>, 'write' | 'close'> {
  // A full reconnect makes another participant of us, from whom the receivers expect nothing; writing to the
  // old one goes on without an error.
  const { sid } = session.localParticipant;
  let open = true;
  const offEnd = session.onEnd(() => {
    open = false;
    ffi().drop(Number(handle));
  });
  const settled = async (answer: Answer): Promise<void> => {
    const { error } = await answer;
    if (session.localParticipant.sid !== sid) {
      throw new FramewireError(
        'disconnected',
        'The room was joined anew meanwhile, at which receivers gave the stream up.',
      );
    }
    if (!error) return;
    throw (await endsSoon(session)) ? left() : refused(error.description);
  };
  return {
    write: (chunk) => settled(native.write(chunk)),
    close: async (reason) => {
      if (!open) throw left();
      open = false;
      offEnd();
      await settled(native.close(reason === undefined ? {} : { reason }));
    },
  };
}
