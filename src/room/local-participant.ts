import { shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import type { TrackSource } from '../core/track-handle.js';
import type { ParticipantState } from '../native/participant-view.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { DisconnectReason, PublicationState } from '../native/rtc-state.js';
import { sendDtmf } from '../native/transcription.js';
import { sentMimeType } from '../native/sent-codec.js';
import { publishedTrackStats } from '../native/stats/track-stats.js';
import { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import { LocalTrackPublication } from '../tracks/local-track-publication.js';
import { ChatSender, type ChatOptions } from './chat.js';
import type { ChatMessage } from './chat-message.js';
import type { ByteStreamInfo, TextStreamInfo } from '../native/stream-info.js';
import type { ByteStreamWriter } from './byte-stream-writer.js';
import { DataSender, type PublishDataOptions } from './data-sender.js';
import type {
  SendBytesOptions,
  SendFileOptions,
  SendTextOptions,
  StreamBytesOptions,
  StreamTextOptions,
} from './stream-options.js';
import type { TextStreamWriter } from './text-stream-writer.js';
import { checkedDtmf, type PublishDtmfOptions } from './dtmf.js';
import type { FollowedRoom } from './identity-follower.js';
import { OwnDetails, type SetOptions } from './own-details.js';
import { Participant, type ReadableTrack } from './participant.js';
import { type PublishOptions, resolvePublishOptions } from './publish-options.js';
import type { RemoteParticipant } from './remote-participant.js';
import { type PerformRpcOptions, RpcCaller } from './rpc-caller.js';
import type { RpcHandler, RpcMethods } from './rpc-methods.js';
import { publishTranscription, type PublishTranscriptionOptions } from './transcription.js';

/** What the local participant needs of its room. */
export interface LocalParticipantRoom {
  readonly session: RtcSession;
  readonly people: FollowedRoom;
  readonly methods: RpcMethods;
  participant(identity: string): RemoteParticipant | undefined;
  published(publication: LocalTrackPublication): void;
  unpublished(publication: LocalTrackPublication): void;
}

interface Place {
  readonly publication: LocalTrackPublication;
  /** Frees what the publication alone needed. */
  readonly release: () => void;
  /** Several may ask for it at once. */
  unpublishing?: Promise<void>;
}

/** Ourselves in a room. */
export class LocalParticipant extends Participant<LocalTrackPublication> {
  readonly #room: LocalParticipantRoom;
  readonly #places = new Map<string, Place>();
  readonly #data: DataSender;
  readonly #details: OwnDetails;
  readonly #chat: ChatSender;
  readonly #calls: RpcCaller;

  private constructor(room: LocalParticipantRoom) {
    super(room.session.localParticipant, room.people);
    this.#room = room;
    this.#details = new OwnDetails(room.session, this);
    this.#data = new DataSender(room.session, () => this.permissions);
    this.#chat = new ChatSender(room.session, () => {
      this.#data.checkAllowed();
    });
    this.#calls = new RpcCaller(room.session, this, (identity) => room.participant(identity));
  }

  /** @internal */
  static create(room: LocalParticipantRoom): LocalParticipant {
    return new LocalParticipant(room);
  }

  /** `active` during the stay, `disconnected` after it. */
  override get state(): ParticipantState {
    // The server tells of our own state late, if ever.
    return this.left ? 'disconnected' : 'active';
  }

  /**
   * Publishes a track to everybody in the room. While the connection is being made again, this waits for
   * it.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `invalid-state` if the track is
   * published already, here or in another room, or taken back meanwhile; `closed` if it's closed;
   * `unsupported` for a codec that isn't there, that encryption breaks, or that the server doesn't allow:
   * others may have heard of the track for a moment then; `disconnected` if the room is left meanwhile. The signal's reason if
   * it aborts.
   */
  async publishTrack(
    track: LocalVideoTrack | LocalAudioTrack,
    options: PublishOptions = {},
  ): Promise<LocalTrackPublication> {
    if (!(track instanceof LocalVideoTrack || track instanceof LocalAudioTrack)) {
      throw new TypeError(`track must be a local track, got ${shown(track)}.`);
    }
    const resolved = resolvePublishOptions(track, options);
    const { session } = this.#room;
    if (!session.isConnected()) throw notConnected();
    if (session.encrypted && options.codec === 'av1') {
      // Measured: no frame of it ever arrives, at us or at livekit-client.
      throw new FramewireError('unsupported', "LiveKit's end-to-end encryption breaks av1.");
    }
    this.#checkPermission(resolved.source);
    track.roomPublishing();
    let handle: number;
    let native: { readonly state: PublicationState; readonly release: () => void };
    try {
      ({ handle } = track.openNative());
      native = await session.publish(
        { handle, name: track.name, kind: track.kind },
        resolved,
        options.signal,
      );
    } catch (error) {
      track.roomPublished(undefined);
      throw error;
    }
    if (!session.isConnected()) {
      native.release();
      track.roomPublished(undefined);
      throw notConnected();
    }
    const publication: LocalTrackPublication = LocalTrackPublication.create(
      native.state,
      track,
      () => this.#unpublish(publication),
    );
    this.#places.set(publication.sid, { publication, release: native.release });
    this.roomPublished(publication);
    track.roomPublished({
      publication,
      unpublish: () => this.#unpublish(publication),
      setMuted: (muted) => {
        session.setMuted(handle, muted);
      },
      stats: () => publishedTrackStats(session, handle),
    });
    this.#room.published(publication);
    await this.#confirm(publication, handle, options);
    return publication;
  }

  /**
   * Takes a track back. It stays open and can be published again.
   *
   * @throws FramewireError `not-found` if it isn't published here.
   */
  async unpublishTrack(track: LocalVideoTrack | LocalAudioTrack): Promise<void> {
    if (!(track instanceof LocalVideoTrack || track instanceof LocalAudioTrack)) {
      throw new TypeError(`track must be a local track, got ${shown(track)}.`);
    }
    const publication = [...this.trackPublications.values()].find((one) => one.track === track);
    if (!publication) {
      throw new FramewireError('not-found', `'${track.name}' is not published in this room.`);
    }
    await this.#unpublish(publication);
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
   * data; `disconnected` if the room is left. The signal's reason if it aborts.
   */
  performRpc(options: PerformRpcOptions): Promise<string> {
    return this.#calls.perform(options);
  }

  /** As {@link Room.registerRpcMethod}. */
  registerRpcMethod(method: string, handler: RpcHandler): () => void {
    return this.#room.methods.register(method, handler);
  }

  /** As {@link Room.unregisterRpcMethod}. */
  unregisterRpcMethod(method: string): void {
    this.#room.methods.unregister(method);
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
    await publishTranscription(this.#room.session, this, options, () => {
      this.#data.checkAllowed();
    });
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
    const key = checkedDtmf(options);
    this.#data.checkAllowed();
    const { destinationIdentities = [], signal } = options;
    const to = { destinationIdentities: [...destinationIdentities], signal };
    await sendDtmf(this.#room.session, key, to);
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

  /** @internal */
  roomSubscribed(sid: string): LocalTrackPublication | undefined {
    const publication = this.trackPublications.get(sid);
    publication?.roomSubscribed();
    return publication;
  }

  /** @internal The server took a publication away, or the room was left. */
  roomRemoved(sid: string): void {
    const place = this.#places.get(sid);
    if (!place) return;
    const { publication, release } = place;
    this.#places.delete(sid);
    this.roomUnpublished(sid);
    publication.track.roomPublished(undefined);
    publication.roomUnpublished();
    release();
    this.#room.unpublished(publication);
  }

  /**
   * @internal Some permissions changed. The server has stopped what is no longer allowed, but the native
   * side, not being told, would go on sending it.
   */
  roomPermissionsChanged(): void {
    for (const { publication } of this.#places.values()) {
      if (this.#mayPublish(publication.source)) continue;
      this.#unpublish(publication).catch((error: unknown) => {
        log('warn', 'a track that is no longer allowed could not be unpublished', { error });
      });
    }
  }

  /** @internal After a full reconnect a publication has another sid. */
  roomRepublished(previousSid: string, sid: string): LocalTrackPublication | undefined {
    const place = this.#places.get(previousSid);
    if (!place) return undefined;
    this.#places.delete(previousSid);
    this.#places.set(sid, place);
    this.roomUnpublished(previousSid);
    this.roomPublished(place.publication, sid);
    return place.publication;
  }

  /** @internal */
  override roomLeft(reason?: DisconnectReason): void {
    for (const sid of [...this.#places.keys()]) this.roomRemoved(sid);
    super.roomLeft(reason);
  }

  /** @internal */
  protected override readable({ track }: LocalTrackPublication): ReadableTrack {
    return track;
  }

  async #unpublish(publication: LocalTrackPublication): Promise<void> {
    const [sid, place] =
      [...this.#places].find(([, { publication: one }]) => one === publication) ?? [];
    if (sid === undefined || !place) return;
    place.unpublishing ??= this.#room.session.unpublish(sid).finally(() => {
      delete place.unpublishing;
    });
    await place.unpublishing;
    this.roomRemoved(sid);
  }

  /** Waits until it's known what is sent. What isn't as was asked for is taken back. */
  async #confirm(
    publication: LocalTrackPublication,
    handle: number,
    { codec, signal }: PublishOptions,
  ): Promise<void> {
    const { track } = publication;
    const isPublished = (): boolean => track.sid === publication.sid && !track.ended;
    try {
      const mimeType = await sentMimeType(this.#room.session, handle, { isPublished, signal });
      publication.roomNegotiated(mimeType);
      if (codec !== undefined && mimeType.toLowerCase() !== `video/${codec}`) {
        throw new FramewireError(
          'unsupported',
          `The server does not allow ${codec} in this room: LiveKit would send ${mimeType}.`,
        );
      }
    } catch (error) {
      await this.#unpublish(publication);
      // It was closed while the server answered.
      if (track.ended) {
        throw new FramewireError('closed', `'${track.name}' was closed while it was published.`);
      }
      throw error;
    }
  }

  #checkPermission(source: TrackSource): void {
    // Without this the native side waits 10 seconds for an answer that never comes.
    if (this.#mayPublish(source)) return;
    throw new FramewireError('forbidden', `The token does not allow to publish ${source}.`);
  }

  #mayPublish(source: TrackSource): boolean {
    const { canPublish, canPublishSources = [] } = this.permissions ?? {};
    return (
      canPublish !== false && (canPublishSources.length === 0 || canPublishSources.includes(source))
    );
  }
}

function notConnected(): FramewireError {
  return new FramewireError('disconnected', 'The room is not connected.');
}
