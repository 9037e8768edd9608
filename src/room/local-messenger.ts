import type { DataSchema } from '../native/data-tracks.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ByteStreamInfo, TextStreamInfo } from '../native/stream-info.js';
import { sendDtmf } from '../native/transcription.js';
import type { LocalDataTrack } from '../tracks/local-data-track.js';
import type { LocalTrackPublication } from '../tracks/local-track-publication.js';
import type { ByteStreamWriter } from './byte-stream-writer.js';
import { ChatSender, type ChatOptions } from './chat.js';
import type { ChatMessage } from './chat-message.js';
import { DataSender, type PublishDataOptions } from './data-sender.js';
import {
  LocalDataTracks,
  type PublishDataTrackOptions,
  type SchemaOptions,
} from './data-tracks.js';
import { checkedDtmf, type PublishDtmfOptions } from './dtmf.js';
import type { FollowedRoom } from './identity-follower.js';
import { OwnDetails, type SetOptions } from './own-details.js';
import { Participant } from './participant.js';
import type { RemoteParticipant } from './remote-participant.js';
import { type PerformRpcOptions, RpcCaller } from './rpc-caller.js';
import type { RpcHandler, RpcMethods } from './rpc-methods.js';
import type {
  SendBytesOptions,
  SendFileOptions,
  SendTextOptions,
  StreamBytesOptions,
  StreamTextOptions,
} from './stream-options.js';
import type { TextStreamWriter } from './text-stream-writer.js';
import { publishTranscription, type PublishTranscriptionOptions } from './transcription.js';

/** What {@link LocalMessenger} needs of its room. */
export interface LocalMessengerRoom {
  readonly session: RtcSession;
  readonly people: FollowedRoom;
  readonly methods: RpcMethods;
  readonly participant: (identity: string) => RemoteParticipant | undefined;
}

/** What we say to a room besides media: of ourselves, data, calls, chat. The rest is {@link LocalParticipant}. */
export abstract class LocalMessenger extends Participant<LocalTrackPublication> {
  readonly #session: RtcSession;
  readonly #methods: RpcMethods;
  readonly #data: DataSender;
  readonly #details: OwnDetails;
  readonly #chat: ChatSender;
  readonly #calls: RpcCaller;
  readonly #dataTracks: LocalDataTracks;

  /** @internal */
  protected constructor({ session, people, methods, participant }: LocalMessengerRoom) {
    super(session.localParticipant, people);
    this.#session = session;
    this.#methods = methods;
    this.#details = new OwnDetails(session, this);
    this.#data = new DataSender(session, () => this.permissions);
    const checkAllowed = (): void => {
      this.#data.checkAllowed();
    };
    this.#chat = new ChatSender(session, checkAllowed);
    this.#dataTracks = new LocalDataTracks(session, checkAllowed);
    this.#calls = new RpcCaller(session, this, participant);
  }

  /**
   * Sets our own metadata, which everybody sees: any text but the empty one, which LiveKit's server
   * ignores. Servers take 512 KiB of it unless they're told otherwise.
   *
   * @returns When the server has done it and `metadata` says so.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `forbidden` if the token doesn't grant `canUpdateOwnMetadata`, `too-large` if the
   * server takes no more, `timeout` if it doesn't answer within 5 seconds, `disconnected` if the room is left.
   * The signal's reason if it aborts.
   */
  setMetadata(metadata: string, options: SetOptions = {}): Promise<void> {
    return this.#details.setMetadata(metadata, options);
  }

  /**
   * Sets our own name, for people: any text but the empty one, which LiveKit's server ignores. Servers
   * take 256 bytes of UTF-8 unless they're told otherwise.
   *
   * @returns When the server has done it and `name` says so.
   * @throws As {@link LocalParticipant.setMetadata}.
   */
  setName(name: string, options: SetOptions = {}): Promise<void> {
    return this.#details.setName(name, options);
  }

  /**
   * Sets some of our own attributes; an empty value takes a key away, what isn't named stays. Servers take
   * 64 KiB of keys and values altogether unless they're told otherwise.
   *
   * @returns When the server has done it and `attributes` says so.
   * @throws As {@link LocalParticipant.setMetadata}.
   */
  setAttributes(
    changes: Readonly<Record<string, string>>,
    options: SetOptions = {},
  ): Promise<void> {
    return this.#details.setAttributes(changes, options);
  }

  /**
   * Sends a packet of at most 60,000 bytes, which reaches listeners of `dataReceived` at once and whole. For
   * more, or for text and files, there are streams: {@link LocalParticipant.sendBytes} and so on.
   *
   * The bytes are copied before this returns; of text, UTF-8 is sent. Packets of a kind go out in the order
   * of the calls.
   *
   * @returns When it's on its way, not when it has arrived.
   * @throws TypeError or RangeError if an argument is not as it must be, or the packet is too large.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `overflow` if more than 64 MiB wait to be
   * sent, `disconnected` if the room is left. The signal's reason if it aborts.
   */
  publishData(data: Uint8Array | string, options: PublishDataOptions = {}): Promise<void> {
    return this.#data.publishData(data, options);
  }

  /**
   * Calls a method that another participant registered. Both sides may be of any LiveKit SDK.
   *
   * While the connection is being made again, the call goes out once it's back, if there is time left.
   *
   * @returns What the handler answered.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws RpcError if the call fails; see {@link RpcErrorReason}. One who isn't there is only told from one who
   * doesn't answer after `maxRoundTripLatencyMs`; one who leaves meanwhile at once.
   * @throws FramewireError `forbidden` at once if our token, or the other one's, doesn't allow to publish
   * data; `overflow` if some 4,000 calls, or 64 MiB of payloads, wait for their answers; `disconnected` if the
   * room is left. The signal's reason if it aborts.
   */
  performRpc(options: PerformRpcOptions): Promise<string> {
    return this.#calls.perform(options);
  }

  /** As {@link Room.registerRpcMethod}. */
  registerRpcMethod(method: string, handler: RpcHandler): () => void {
    return this.#methods.register(method, handler);
  }

  /** As {@link Room.unregisterRpcMethod}. */
  unregisterRpcMethod(method: string): void {
    this.#methods.unregister(method);
  }

  /**
   * Sends a message of at most 60,000 bytes to the chat: it comes as `chatMessage` here and in LiveKit's other
   * SDKs. LiveKit's ready-made components for browsers have a chat of their own: text streams of topic
   * `lk.chat`.
   *
   * @returns The message as others get it, once it's on its way.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `disconnected` if the room is left. The
   * signal's reason if it aborts.
   */
  sendChatMessage(text: string, options: ChatOptions = {}): Promise<ChatMessage> {
    return this.#chat.send(text, options);
  }

  /**
   * Sends a message of ours again, with another text: receivers tell by its `id` that it's the same.
   *
   * @returns The message as others get it, once it's on its way.
   * @throws As {@link LocalParticipant.sendChatMessage}.
   */
  editChatMessage(
    message: ChatMessage,
    text: string,
    options: ChatOptions = {},
  ): Promise<ChatMessage> {
    return this.#chat.edit(message, text, options);
  }

  /**
   * Sends what somebody said to everybody in the room: it comes as `transcriptionReceived`.
   *
   * @returns When it's on its way.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `forbidden` if the token doesn't allow it: it takes one of kind `agent`; `disconnected`
   * if the room is left. The signal's reason if it aborts.
   */
  async publishTranscription(options: PublishTranscriptionOptions): Promise<void> {
    await publishTranscription(this.#session, this, options, () => {
      this.#data.checkAllowed();
    });
  }

  /**
   * Publishes a data track to everybody in the room, also to those who come later: it comes as
   * `dataTrackPublished`. It's taken back when we leave. Over a reconnect it stays; what is pushed meanwhile is lost.
   * After a full reconnect it comes to the others anew.
   *
   * @throws TypeError or RangeError if an argument is not as it must be, or the encodings don't go together.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `invalid-state` if we have one of that name,
   * `timeout` if the server doesn't answer, `disconnected` if the room is left. The signal's reason if it aborts.
   */
  publishDataTrack(options: PublishDataTrackOptions): Promise<LocalDataTrack> {
    return this.#dataTracks.publish(options);
  }

  /**
   * Tells the others how frames of a schema are to be read: they get it by {@link LocalParticipant.getSchema}. A
   * second definition replaces the first.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `unsupported` if the server has none: LiveKit's needs
   * `enable_participant_data_blob: true`, and takes 64,000 bytes of a participant. `forbidden` if the token doesn't
   * allow it, `timeout`, `native` if the server refuses it, `disconnected` if the room is left. The signal's reason
   * if it aborts.
   */
  defineSchema(schema: DataSchema, definition: string, options: SchemaOptions = {}): Promise<void> {
    return this.#dataTracks.defineSchema(schema, definition, options);
  }

  /**
   * The definition of a schema that a participant, which may be ourselves, has given.
   *
   * @param identity - Whose schema: the `publisherIdentity` of a data track.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `not-found` if there is no such participant or schema; `timeout`, `native`,
   * `disconnected` if the room is left. The signal's reason if it aborts.
   */
  getSchema(identity: string, schema: DataSchema, options: SchemaOptions = {}): Promise<string> {
    return this.#dataTracks.getSchema(identity, schema, options);
  }

  /**
   * Presses a key of a telephone: those who called in, and everybody else who is named, get it as
   * `dtmfReceived`.
   *
   * @returns When it's on its way.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `disconnected` if the room is left. The
   * signal's reason if it aborts.
   */
  async publishDtmf(options: PublishDtmfOptions): Promise<void> {
    const { key, to } = checkedDtmf(options);
    this.#data.checkAllowed();
    await sendDtmf(this.#session, key, to);
  }

  /**
   * Begins a stream of text, to be written as the text comes about: see {@link TextStreamWriter}. It goes to the
   * handlers of its topic.
   *
   * @throws TypeError or RangeError if an option is not as it must be. FramewireError `forbidden` if the token
   * doesn't allow it, `disconnected` if the room is left. The signal's reason if it aborts.
   */
  streamText(options: StreamTextOptions = {}): Promise<TextStreamWriter> {
    return this.#data.streamText(options);
  }

  /**
   * Sends a whole text, of any length, to the handlers of its topic. Texts go out in the order of the calls.
   *
   * @returns When it's on its way, not when it has arrived: whoever leaves the room at once may leave before.
   * @throws as {@link LocalParticipant.streamText}. After an abort the text may arrive all the same.
   */
  sendText(text: string, options: SendTextOptions = {}): Promise<TextStreamInfo> {
    return this.#data.sendText(text, options);
  }

  /**
   * Begins a stream of bytes, to be written as they come about: see {@link ByteStreamWriter}. It goes to the handlers
   * of its topic.
   *
   * @throws as {@link LocalParticipant.streamText}.
   */
  streamBytes(options: StreamBytesOptions = {}): Promise<ByteStreamWriter> {
    return this.#data.streamBytes(options);
  }

  /**
   * Sends bytes, as many as you like, to the handlers of their topic. They are borrowed: don't change them until it's
   * done.
   *
   * @returns When they are on their way, not when they have arrived: whoever leaves the room at once may leave before.
   * @throws as {@link LocalParticipant.streamText}, and what `onProgress` throws. It fails at the receivers then.
   */
  sendBytes(bytes: Uint8Array, options: SendBytesOptions = {}): Promise<ByteStreamInfo> {
    return this.#data.sendBytes(bytes, options);
  }

  /**
   * Sends a file, a piece at a time, under its own name or the one that you give. It's as long as it is at the
   * beginning: what is appended meanwhile is not sent.
   *
   * @param path - Also a `file:` URL.
   * @returns When it's on its way, not when it has arrived: whoever leaves the room at once may leave before.
   * @throws as {@link LocalParticipant.sendBytes}. FramewireError `not-found` if there is no such file, `file` if
   * it's not a file, can't be read, or becomes shorter.
   */
  sendFile(path: string | URL, options: SendFileOptions = {}): Promise<ByteStreamInfo> {
    return this.#data.sendFile(path, options);
  }
}
