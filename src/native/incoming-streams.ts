// Streams of text and bytes that others send.

import { FramewireError } from '../core/errors.js';
import { shown } from '../core/check.js';
import { ffi } from './ffi-client.js';
import type { RtcSession } from './rtc-session.js';
import { byteInfoOf, textInfoOf } from './rtc-stream-info.js';
import type { ByteStreamInfo, TextStreamInfo } from './stream-info.js';

/** What a stream that comes in tells. */
export interface StreamListener<Chunk> {
  chunk(chunk: Chunk): void;
  /** All of it has come. */
  end(): void;
  /** No more of it comes, though there should. */
  fail(error: FramewireError): void;
}

/** A stream that somebody began to send. */
export interface IncomingStream<Info, Chunk> {
  readonly info: Info;
  /** Who sends it. */
  readonly identity: string;
  /**
   * Lets it come, all at the pace of the sender: there is no way to slow it down.
   *
   * @returns How to hear no more of it.
   */
  start(listener: StreamListener<Chunk>): () => void;
}

/** Asked for a stream that somebody began; `undefined` if nobody wants it. */
export type StreamTaker<Info, Chunk> = (
  topic: string,
) => ((stream: IncomingStream<Info, Chunk>) => void) | undefined;

/** Gives what others send to those who want it, until the stay is over. */
export function receiveStreams(
  session: RtcSession,
  takers: {
    readonly text: StreamTaker<TextStreamInfo, string>;
    readonly bytes: StreamTaker<ByteStreamInfo, Uint8Array>;
  },
): void {
  // What nobody wants is left to rtc-node, which frees it.
  session.tap.take('textStreamOpened', ({ reader, participantIdentity: identity = '' }) => {
    const handle = reader?.handle?.id;
    const take = takers.text(reader?.info?.topic ?? '');
    if (!reader?.info || handle === undefined || !take) return false;
    take({
      info: textInfoOf(reader.info),
      identity,
      start: (listener) => startText(session, handle, listener),
    });
    return true;
  });
  session.tap.take('byteStreamOpened', ({ reader, participantIdentity: identity = '' }) => {
    const handle = reader?.handle?.id;
    const take = takers.bytes(reader?.info?.topic ?? '');
    if (!reader?.info || handle === undefined || !take) return false;
    take({
      info: byteInfoOf(reader.info),
      identity,
      start: (listener) => startBytes(session, handle, listener),
    });
    return true;
  });
}

function startText(
  session: RtcSession,
  readerHandle: bigint,
  listener: StreamListener<string>,
): () => void {
  const ending = new Ending(session, listener);
  ending.stop = ffi().route('textStreamReaderEvent', readerHandle, ({ detail }) => {
    if (detail.case === 'eos') ending.end(detail.value.error);
    else if (detail.value?.content) listener.chunk(detail.value.content);
  });
  return ending.startWith(() => ffi().send('textReadIncremental', { readerHandle }));
}

function startBytes(
  session: RtcSession,
  readerHandle: bigint,
  listener: StreamListener<Uint8Array>,
): () => void {
  const ending = new Ending(session, listener);
  ending.stop = ffi().route('byteStreamReaderEvent', readerHandle, ({ detail }) => {
    if (detail.case === 'eos') ending.end(detail.value.error);
    // A copy: the chunk lies somewhere in the memory of the event.
    else if (detail.value?.content?.length) listener.chunk(new Uint8Array(detail.value.content));
  });
  return ending.startWith(() => ffi().send('byteReadIncremental', { readerHandle }));
}

/** What becomes of a stream at its end, which may also be that of the stay. */
class Ending {
  readonly #session: RtcSession;
  readonly #listener: StreamListener<never>;
  readonly #offEnd: () => void;
  stop: () => void = () => undefined;

  constructor(session: RtcSession, listener: StreamListener<never>) {
    this.#session = session;
    this.#listener = listener;
    this.#offEnd = session.onEnd(() => {
      this.#forget();
      listener.fail(leftEarly());
    });
  }

  /** @returns How to hear no more of it. */
  startWith(start: () => unknown): () => void {
    try {
      start();
    } catch (error) {
      this.#forget();
      throw error;
    }
    return () => {
      this.#forget();
    };
  }

  end(error: { readonly description?: string } | undefined): void {
    this.#forget();
    if (error) this.#listener.fail(brokenOff(error.description ?? ''));
    // Leaving ends every stream as if all of it had come.
    else if (this.#session.isConnected()) this.#listener.end();
    else this.#listener.fail(leftEarly());
  }

  #forget(): void {
    this.stop();
    this.#offEnd();
  }
}

function leftEarly(): FramewireError {
  return new FramewireError('disconnected', 'The room was left before all of the stream had come.');
}

/** What the native side says of a stream that did not end well, as an error. */
function brokenOff(description: string): FramewireError {
  const [, reason] = /^stream closed abnormally: (.*)/s.exec(description) ?? [];
  if (reason !== undefined && /unexpectedly disconnected in the middle/.test(reason)) {
    return new FramewireError('participant-left', 'The sender left before all had come.');
  }
  if (reason !== undefined) {
    return new FramewireError('aborted', `The sender gave the stream up: ${shown(reason)}.`);
  }
  if (/exceeds maximum size/.test(description)) {
    return new FramewireError(
      'overflow',
      'More came than dataStream.maxPayloadBytes of connect() allows.',
    );
  }
  if (/incomplete|exceeded total length|chunk index|UTF-8/i.test(description)) {
    return new FramewireError('incomplete', `The stream is broken: ${description}.`);
  }
  return new FramewireError('native', `The stream failed: ${shown(description)}.`);
}
