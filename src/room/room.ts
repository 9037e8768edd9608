import { deadline, type Deadline } from '../core/abort.js';
import { checkOneOf, checkOptions, checkSignal, checkString, shown } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { shownUrl } from '../native/connect-error.js';
import { type RtcNodeRoom, RtcSession } from '../native/rtc-session.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { SessionEvent } from '../native/session-events.js';
import type { RoomStats } from '../native/stats/rtc-stats.js';
import { roomStats } from '../native/stats/track-stats.js';
import {
  SIMULATE_SCENARIOS,
  type SimulateScenario,
  simulateScenario,
} from '../native/simulate-scenario.js';
import type { RemoteDataTrack } from '../tracks/remote-data-track.js';
import type { StatsOptions } from '../tracks/track.js';
import type { ByteStreamReader } from './byte-stream-reader.js';
import {
  checkedConnectOptions,
  checkServerUrl,
  type ConnectOptions,
  DEFAULT_CONNECT_TIMEOUT_MS,
  sessionOptions,
} from './connect-options.js';
import { DataReceiver } from './data-receiver.js';
import { E2ee } from './e2ee.js';
import type { LocalParticipant } from './local-participant.js';
import type { RemoteParticipant } from './remote-participant.js';
import { RoomDetails } from './room-details.js';
import type { ConnectionState, RoomEvents } from './room-events.js';
import { RoomMessages } from './room-messages.js';
import { RoomPeople } from './room-people.js';
import { waitForParticipant, waitForTrack, type WaitOptions } from './room-waits.js';
import type { RpcHandler } from './rpc-methods.js';
import type { StreamHandler, StreamHandlerOptions } from './stream-handlers.js';
import { checkedTrackFilter, type SubscribedTrack, type TrackFilter } from './subscribed-track.js';
import type { TextStreamReader } from './text-stream-reader.js';
import { TrackIterator } from './track-iterator.js';

/**
 * A LiveKit room, as one participant sees it.
 *
 * A connected room keeps the process alive. After `disconnect()` the same object can connect again.
 *
 * @example
 * ```ts
 * await using room = new Room();
 * await room.connect(url, token);
 * for await (const { track } of room.tracks({ kind: 'video' })) void watch(track);
 * ```
 */
export class Room extends TypedEmitter<RoomEvents> implements AsyncDisposable {
  /** Keys and states of the end-to-end encryption that a room may be joined with. */
  readonly e2ee: E2ee = E2ee.create();
  readonly #people = new RoomPeople((event, ...args) => {
    this.emit(event, ...args);
  }, this.e2ee);
  readonly #data = new DataReceiver({
    participant: (identity) => this.#people.others.get(identity),
    wanted: () => this.listenerCount('dataReceived') > 0,
    received: (packet) => this.emit('dataReceived', packet),
    failed: (error) => this.emitError(error),
  });
  readonly #details = new RoomDetails((event, ...args) => {
    this.emit(event, ...args);
  });
  readonly #messages = new RoomMessages(this.#people, {
    emit: (event, ...args) => this.emit(event, ...args),
    failed: (error) => this.emitError(error),
  });
  #state: ConnectionState = 'disconnected';
  #session: RtcSession | undefined;
  #attempt: Deadline | undefined;
  #connecting: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  /** Why a stay ended before we had built what takes part in it. */
  #leftEarly: DisconnectReason | undefined;
  /** Whether listeners are being told that a stay is over. */
  #telling = false;

  /**
   * A room that a program has joined with rtc-node already: its participants and tracks as Framewire's,
   * for streams and sources. Leaving one leaves the other.
   *
   * @param rtcRoom - A connected `Room` of `@livekit/rtc-node`.
   * @throws TypeError if it's not one. @throws FramewireError `disconnected` if it's not connected.
   */
  static from(rtcRoom: RtcNodeRoom): Room {
    const { isConnected, remoteParticipants } =
      (rtcRoom as RtcNodeRoom | undefined) ?? ({} as Partial<RtcNodeRoom>);
    if (typeof isConnected !== 'boolean' || typeof remoteParticipants?.values !== 'function') {
      throw new TypeError(`rtcRoom must be a Room of @livekit/rtc-node, got ${shown(rtcRoom)}.`);
    }
    if (!isConnected) throw notConnected();
    const room = new Room();
    room.#join(RtcSession.adopt(rtcRoom, room.#onEvent), 'adopted');
    return room;
  }

  /** Where the room is in its life. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether we take part in the room, also while the connection is being made again. */
  get connected(): boolean {
    return this.#session !== undefined;
  }

  /** @internal Whether `disconnect()` was called: tracks are unpublished before the room is left. */
  get leaving(): boolean {
    return this.#leaving !== undefined;
  }

  /** The room's name; empty before we joined. What the room was stays readable after leaving. */
  get name(): string {
    return this.#details.view?.name ?? '';
  }

  /** Whatever the application attached to the room. */
  get metadata(): string {
    return this.#details.view?.metadata ?? '';
  }

  /** Whether somebody records the room: an egress, or a participant whose token says so. */
  get recording(): boolean {
    return this.#details.view?.recording ?? false;
  }

  /**
   * How many take part, as the server told last: some seconds after somebody came or went. Its count has
   * ourselves and hidden ones, but no agents and recorders; whom we see is in `remoteParticipants`.
   */
  get numParticipants(): number {
    return this.#details.view?.numParticipants ?? 0;
  }

  /** How many of them publish a track, as the server told last. */
  get numPublishers(): number {
    return this.#details.view?.numPublishers ?? 0;
  }

  /** When the room was made, by the server's clock; `undefined` before we joined. */
  get createdAt(): Date | undefined {
    return this.#details.view?.createdAt;
  }

  /** Seconds that the server keeps the room before anybody has joined. */
  get emptyTimeoutS(): number {
    return this.#details.view?.emptyTimeoutS ?? 0;
  }

  /** Seconds that the server keeps the room once the last participant has left. */
  get departureTimeoutS(): number {
    return this.#details.view?.departureTimeoutS ?? 0;
  }

  /** How many may take part at a time; 0 if there is no limit. */
  get maxParticipants(): number {
    return this.#details.view?.maxParticipants ?? 0;
  }

  /** Who speaks, as the server told last, loudest first. */
  get activeSpeakers(): readonly (RemoteParticipant | LocalParticipant)[] {
    return this.#people.speakers;
  }

  /**
   * Ourselves, also after leaving.
   *
   * @throws FramewireError `disconnected` if we never joined.
   */
  get localParticipant(): LocalParticipant {
    const { local } = this.#people;
    if (!local) throw notConnected();
    return local;
  }

  /** The others, by identity. */
  get remoteParticipants(): ReadonlyMap<string, RemoteParticipant> {
    return this.#people.others;
  }

  /** The data tracks of others, by sid. */
  get dataTracks(): ReadonlyMap<string, RemoteDataTrack> {
    return this.#messages.dataTracks.tracks;
  }

  /**
   * The server's id of the room, which may come a moment after joining.
   *
   * @throws TypeError if `options` is not as it must be.
   * @throws FramewireError `disconnected` if the room is left before. The signal's reason if it aborts.
   */
  async sid(options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    checkOptions(options, 'options');
    checkSignal(options.signal, 'options.signal');
    if (!this.#session) throw notConnected();
    return this.#details.sid(this.#session, options.signal);
  }

  /**
   * Joins a room. A listener of `connected` may have left it again when this resolves.
   *
   * @param url - Where the server is, as `wss://example.livekit.cloud`.
   * @param token - An access token that grants to join: see {@link AccessToken}.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `invalid-url`, `connection-refused`, `invalid-token`, `token-expired`,
   * `forbidden`, `timeout`; `aborted` if `disconnect()` is called meanwhile; `invalid-state` if the
   * room is not disconnected. The signal's reason if it aborts.
   */
  async connect(url: string, token: string, options: ConnectOptions = {}): Promise<void> {
    checkServerUrl(url);
    checkString(token, 'token');
    const checked = checkedConnectOptions(options);
    if (this.#attempt || this.#state !== 'disconnected') {
      const state = this.#attempt ? 'connecting' : this.#state;
      throw new FramewireError('invalid-state', `The room is ${state} already.`);
    }
    this.#connecting = this.#connect(url, token, checked);
    await this.#connecting;
  }

  /**
   * Leaves the room: local tracks are unpublished but stay open, remote tracks and their streams end.
   * Listeners stay. While connecting, it gives that up. Safe to call at any time.
   */
  async disconnect(): Promise<void> {
    if (this.#attempt) {
      this.#attempt.abort(
        new FramewireError('aborted', 'disconnect() was called while connecting.'),
      );
      // At the latest when this resolves the room can connect again.
      await this.#connecting?.catch(() => undefined);
    }
    const session = this.#session;
    if (session) {
      this.#leaving ??= session.disconnect().finally(() => {
        this.#leaving = undefined;
      });
    }
    await this.#leaving;
  }

  /** As {@link Room.disconnect}. */
  close(): Promise<void> {
    return this.disconnect();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  /**
   * What WebRTC tells at the moment of the connections to the server, and of all that goes by them:
   * entries with the W3C's names. {@link Track.getStats} tells of one track.
   *
   * @throws TypeError if an option has the wrong type.
   * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile. The signal's
   * reason if it aborts.
   */
  async getStats(options: StatsOptions = {}): Promise<RoomStats> {
    checkOptions(options, 'options');
    checkSignal(options.signal, 'options.signal');
    if (!this.#session) throw notConnected();
    return roomStats(this.#session, options.signal);
  }

  /**
   * The tracks that we receive, as an async iterator: first those already there, then each that comes.
   * It ends when the room is left.
   *
   * @throws TypeError or RangeError if the filter is not one.
   * @throws FramewireError `disconnected` if the room is not connected.
   */
  tracks<Kind extends TrackKind = TrackKind>(filter: TrackFilter<Kind> = {}): TrackIterator<Kind> {
    const checked = checkedTrackFilter(filter);
    if (!this.#session) throw notConnected();
    return new TrackIterator<Kind>(this, checked);
  }

  /**
   * The first track that fits, as soon as we receive it.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `timeout`; `disconnected` if the room is not connected, or left meanwhile.
   */
  waitForTrack<Kind extends TrackKind = TrackKind>(
    filter: TrackFilter<Kind> & WaitOptions = {},
  ): Promise<SubscribedTrack<Kind>> {
    return waitForTrack(this, filter);
  }

  /**
   * A participant other than ourselves, as soon as it's there.
   *
   * @param identity - Whose; anybody's if left out.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `timeout`; `disconnected` if the room is not connected, or left meanwhile.
   */
  waitForParticipant(identity?: string, options: WaitOptions = {}): Promise<RemoteParticipant> {
    return waitForParticipant(this, identity, options);
  }

  /**
   * Does something to the connection, to see how a program bears it. For tests.
   *
   * - `signal-reconnect`: the signalling connection is lost: a quick reconnect.
   * - `full-reconnect`: the server asks for a connection from scratch; so it is after `migration` (to another
   *   server) and `node-failure` (the server is gone).
   * - `disconnect-signal-on-resume`: a quick reconnect fails, a full one follows.
   * - `force-tcp`, `force-tls`: media by TCP, by a TURN server with TLS. Without one there, the connection
   *   comes back after some 15 seconds as it was.
   * - `server-leave`: the server sends us away: the room is left, with `server_shutdown`.
   * - `speaker`: the server says that we speak.
   *
   * @returns Once it has begun: `reconnecting` and `reconnected` tell of the rest.
   * @throws TypeError or RangeError if there is no such scenario.
   * @throws FramewireError `disconnected` or `native`. The signal's reason if it aborts.
   */
  async simulateScenario(
    scenario: SimulateScenario,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    checkOneOf(scenario, 'scenario', SIMULATE_SCENARIOS);
    checkOptions(options, 'options');
    checkSignal(options.signal, 'options.signal');
    if (!this.#session) throw notConnected();
    await simulateScenario(this.#session, scenario, options.signal);
  }

  /**
   * Lets others call a method of ours by name, from now on or from joining on: also after a reconnect, and
   * after this room was left and joined again.
   *
   * @returns A function that ends this registration.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `invalid-state` if the method has a handler.
   */
  registerRpcMethod(method: string, handler: RpcHandler): () => void {
    return this.#messages.methods.register(method, handler);
  }

  /** Ends a registration: calls fail with `unsupported-method`. One that isn't there is no error. */
  unregisterRpcMethod(method: string): void {
    this.#messages.methods.unregister(method);
  }

  /**
   * Calls `handler` with each stream of text of a topic that somebody sends from now on, in this and any later stay.
   * There can be one for a topic; streams of other topics are not received.
   *
   * @returns How to unregister it. Streams that were begun go on.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `invalid-state` if the topic has a handler already.
   */
  registerTextStreamHandler(
    topic: string,
    handler: StreamHandler<TextStreamReader>,
    options: StreamHandlerOptions = {},
  ): () => void {
    return this.#data.textStreams.register(topic, handler, options);
  }

  /** Takes the handler of a topic away. One that isn't there is no error. */
  unregisterTextStreamHandler(topic: string): void {
    this.#data.textStreams.unregister(topic);
  }

  /** As {@link Room.registerTextStreamHandler}, of streams of bytes. */
  registerByteStreamHandler(
    topic: string,
    handler: StreamHandler<ByteStreamReader>,
    options: StreamHandlerOptions = {},
  ): () => void {
    return this.#data.byteStreams.register(topic, handler, options);
  }

  /** Takes the handler of a topic away. One that isn't there is no error. */
  unregisterByteStreamHandler(topic: string): void {
    this.#data.byteStreams.unregister(topic);
  }

  async #connect(url: string, token: string, options: ConnectOptions): Promise<void> {
    const timeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
    using attempt = deadline({
      signal: options.signal,
      timeoutMs,
      onTimeout: () =>
        new FramewireError('timeout', `${shownUrl(url)} did not answer within ${timeoutMs} ms.`),
    });
    attempt.signal.throwIfAborted();
    this.#attempt = attempt;
    try {
      // Who rejoins when told of the end is not to be ahead of those who have yet to hear of it.
      if (this.#telling) await Promise.resolve();
      attempt.signal.throwIfAborted();
      this.#setState('connecting');
      const session = await RtcSession.connect(
        { url, token, options: sessionOptions(options) },
        this.#onEvent,
        attempt.signal,
      );
      // A listener may leave at once.
      this.#attempt = undefined;
      this.#join(session, options.encryption?.requireEncryption ?? true);
    } catch (error) {
      // First, since a listener may try again at once.
      this.#attempt = undefined;
      this.#leftEarly = undefined;
      this.#setState('disconnected');
      throw error;
    }
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }

  #join(session: RtcSession, requireEncryption: boolean | 'adopted'): void {
    this.#session = session;
    this.e2ee.roomJoined(session, requireEncryption);
    this.#details.join(session.room);
    this.#people.join(session, this.#messages.methods);
    this.#data.join(session);
    this.#messages.join(session);
    log('info', 'joined a room', { room: this.name, identity: this.localParticipant.identity });
    this.#setState('connected');
    this.emit('connected');
    const reason = this.#leftEarly;
    this.#leftEarly = undefined;
    if (reason !== undefined) this.#left(reason);
  }

  readonly #onEvent = (event: SessionEvent): void => {
    if (this.#session) this.#handle(event);
    // Of anything else the server tells once rtc-node says that it's ready, which is later.
    else if (event.kind === 'disconnected') this.#leftEarly = event.reason;
  };

  #handle(event: SessionEvent): void {
    switch (event.kind) {
      case 'reconnecting':
      case 'reconnected':
        log('info', `${event.kind} to a room`, { room: this.name });
        this.#people.reconnect(event.kind === 'reconnecting' ? 'reconnecting' : 'here');
        this.#setState(event.kind === 'reconnecting' ? 'reconnecting' : 'connected');
        this.emit(event.kind);
        return;
      case 'disconnected':
        this.#left(event.reason);
        return;
      case 'roomMetadataChanged':
      case 'roomSidChanged':
      case 'roomUpdated':
      case 'moved':
      case 'tokenRefreshed':
        this.#details.handle(event);
        return;
      default:
        this.#people.handle(event);
    }
  }

  #left(reason: DisconnectReason): void {
    log('info', 'left a room', { room: this.name, reason });
    this.#session = undefined;
    this.e2ee.roomLeft();
    this.#people.leave(reason);
    this.#telling = true;
    this.#setState('disconnected');
    this.emit('disconnected', reason);
    this.#telling = false;
  }
}
