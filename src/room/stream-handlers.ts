import { whenRejected } from '../core/abort.js';
import { checkFunction, checkInteger, checkOptions, checkText } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { IncomingStream } from '../native/incoming-streams.js';
import type { StreamInfo } from '../native/stream-info.js';
import type { RemoteParticipant } from './remote-participant.js';
import { DEFAULT_MAX_BUFFERED_BYTES, StreamInlet } from './stream-inlet.js';
import type { StreamReader, StreamReaderInit } from './stream-reader.js';

/** Who sends a stream. */
export interface StreamSender {
  /** The name that its token gives it. */
  readonly identity: string;
  /** `undefined` while the server has not told of it: up to 3 seconds for one who publishes no track. */
  readonly participant: RemoteParticipant | undefined;
}

/**
 * Takes a stream that somebody began. What it throws, or the promise it returns rejects with, goes to the room's
 * `error` event, and the stream is closed.
 */
export type StreamHandler<Reader> = (reader: Reader, sender: StreamSender) => unknown;

/** How a handler takes streams. */
export interface StreamHandlerOptions {
  /**
   * What of one stream may wait to be read, in bytes; beyond that it fails with `overflow`. What a sender compressed
   * comes nearly at once, so it's also about the largest of those that can be read. Default 64 MiB.
   */
  readonly maxBufferedBytes?: number;
}

/** What {@link StreamHandlers} need of a room. */
export interface StreamHandlersRoom {
  readonly participant: (identity: string) => RemoteParticipant | undefined;
  /** A handler failed. */
  readonly failed: (error: unknown) => void;
}

interface Registration<Reader> {
  readonly handler: StreamHandler<Reader>;
  readonly maxBufferedBytes: number;
}

/** Who takes streams of one kind, by topic. */
export class StreamHandlers<
  Info extends StreamInfo,
  Chunk extends string | Uint8Array,
  Reader extends StreamReader<Info, Chunk>,
> {
  readonly #room: StreamHandlersRoom;
  readonly #create: (init: StreamReaderInit<Info, Chunk>) => Reader;
  readonly #byTopic = new Map<string, Registration<Reader>>();

  constructor(room: StreamHandlersRoom, create: (init: StreamReaderInit<Info, Chunk>) => Reader) {
    this.#room = room;
    this.#create = create;
  }

  /** @returns How to take it back. @throws FramewireError `invalid-state` if the topic has a handler. */
  register(
    topic: string,
    handler: StreamHandler<Reader>,
    options: StreamHandlerOptions = {},
  ): () => void {
    checkText(topic, 'topic');
    checkFunction(handler, 'handler');
    checkOptions(options, 'options');
    const { maxBufferedBytes = DEFAULT_MAX_BUFFERED_BYTES } = options;
    checkInteger(maxBufferedBytes, 'options.maxBufferedBytes', { min: 1 });
    if (this.#byTopic.has(topic)) {
      throw new FramewireError('invalid-state', 'The topic has a handler already.');
    }
    const registration = { handler, maxBufferedBytes };
    this.#byTopic.set(topic, registration);
    return () => {
      if (this.#byTopic.get(topic) === registration) this.#byTopic.delete(topic);
    };
  }

  /** Streams that were begun are not affected. One that isn't there is no error. */
  unregister(topic: string): void {
    checkText(topic, 'topic');
    this.#byTopic.delete(topic);
  }

  /** Who takes a stream of a topic, if anybody. */
  readonly taker = (topic: string): ((stream: IncomingStream<Info, Chunk>) => void) | undefined => {
    const registration = this.#byTopic.get(topic);
    return (
      registration &&
      ((stream) => {
        this.#take(stream, registration);
      })
    );
  };

  #take(stream: IncomingStream<Info, Chunk>, registration: Registration<Reader>): void {
    const { handler, maxBufferedBytes } = registration;
    const { info, identity: senderIdentity } = stream;
    const participant = (): RemoteParticipant | undefined => this.#room.participant(senderIdentity);
    const inlet = new StreamInlet(stream, maxBufferedBytes);
    const reader = this.#create({ info, inlet, senderIdentity, participant });
    endIfSilent(inlet, () => participant() !== undefined);
    const fail = (error: unknown): void => {
      void reader.close();
      this.#room.failed(error);
    };
    try {
      whenRejected(handler(reader, { identity: senderIdentity, participant: participant() }), fail);
    } catch (error) {
      fail(error);
    }
  }
}

/** Longer than the server takes to tell of somebody. */
const SILENCE_MS = 30_000;

/**
 * Ends the stream of a sender who is not `known` and silent. When somebody leaves of whom the server has not told,
 * it doesn't tell of that either, and the stream would never end (measured). Those of others the native side ends.
 */
function endIfSilent(
  inlet: {
    readonly ended: boolean;
    readonly receivedBytes: number;
    breakOff(error: FramewireError): void;
  },
  known: () => boolean,
): void {
  const before = inlet.receivedBytes;
  const look = (): void => {
    if (inlet.ended || known()) return;
    if (inlet.receivedBytes > before) {
      endIfSilent(inlet, known);
      return;
    }
    const silent = `The sender, of whom the server told nothing, was silent for ${SILENCE_MS / 1000} s.`;
    inlet.breakOff(new FramewireError('participant-left', silent));
  };
  if (!known()) setTimeout(look, SILENCE_MS).unref();
}
