import { deadline, type Deadline, untilAborted } from '../core/abort.js';
import { checkOptions, checkPositive, checkSignal, checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { shownUrl } from '../native/connect-error.js';
import { type RtcNodeRoom, RtcSession, type SessionEvent } from '../native/rtc-session.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import { checkConnectOptions, checkServerUrl, type ConnectOptions } from './connect-options.js';
import { LocalParticipant } from './local-participant.js';
import { RemoteParticipant } from './remote-participant.js';
import type { ConnectionState, RoomEvents } from './room-events.js';
import { checkTrackFilter, type SubscribedTrack, type TrackFilter } from './subscribed-track.js';
import { TrackIterator } from './track-iterator.js';

/** How long {@link Room.waitForTrack} and {@link Room.waitForParticipant} wait. */
export interface WaitOptions {
  /** Fails with `timeout` after this time. Default: waits as long as the room is connected. */
  readonly timeoutMs?: number;
  /** Ends the wait: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;

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
  readonly #remoteParticipants = new Map<string, RemoteParticipant>();
  #state: ConnectionState = 'disconnected';
  #session: RtcSession | undefined;
  #local: LocalParticipant | undefined;
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
    room.#join(RtcSession.adopt(rtcRoom, room.#onEvent));
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

  /** The room's name; empty before we joined. */
  get name(): string {
    return this.#session?.name ?? '';
  }

  /** Whatever the application attached to the room. */
  get metadata(): string {
    return this.#session?.metadata ?? '';
  }

  /**
   * Ourselves, also after leaving.
   *
   * @throws FramewireError `disconnected` if we never joined.
   */
  get localParticipant(): LocalParticipant {
    if (!this.#local) throw notConnected();
    return this.#local;
  }

  /** The others, by identity. */
  get remoteParticipants(): ReadonlyMap<string, RemoteParticipant> {
    return this.#remoteParticipants;
  }

  /**
   * The server's id of the room, which may come a moment after joining.
   *
   * @throws FramewireError `disconnected` if the room is left before.
   */
  async sid(): Promise<string> {
    if (!this.#session) throw notConnected();
    try {
      return await this.#session.sid();
    } catch (cause) {
      throw new FramewireError('disconnected', 'The room was left.', { cause });
    }
  }

  /**
   * Joins a room.
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
    checkConnectOptions(options);
    if (this.#attempt || this.#state !== 'disconnected') {
      const state = this.#attempt ? 'connecting' : this.#state;
      throw new FramewireError('invalid-state', `The room is ${state} already.`);
    }
    this.#connecting = this.#connect(url, token, options);
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
   * The tracks that we receive, as an async iterator: first those already there, then each that comes.
   * It ends when the room is left.
   *
   * @throws TypeError or RangeError if the filter is not one.
   * @throws FramewireError `disconnected` if the room is not connected.
   */
  tracks<Kind extends TrackKind = TrackKind>(filter: TrackFilter<Kind> = {}): TrackIterator<Kind> {
    checkTrackFilter(filter);
    if (!this.#session) throw notConnected();
    return new TrackIterator<Kind>(this, filter);
  }

  /**
   * The first track that fits, as soon as we receive it.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `timeout`; `disconnected` if the room is not connected, or left meanwhile.
   */
  async waitForTrack<Kind extends TrackKind = TrackKind>(
    filter: TrackFilter<Kind> & WaitOptions = {},
  ): Promise<SubscribedTrack<Kind>> {
    checkTrackFilter(filter);
    using wait = this.#wait(filter, 'filter', 'No such track came');
    await using tracks = this.tracks({ ...filter, signal: wait.signal });
    const first = await tracks.next();
    if (first.done) throw notConnected();
    return first.value;
  }

  /**
   * A participant other than ourselves, as soon as it's there.
   *
   * @param identity - Whose; anybody's if left out.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `timeout`; `disconnected` if the room is not connected, or left meanwhile.
   */
  async waitForParticipant(
    identity?: string,
    options: WaitOptions = {},
  ): Promise<RemoteParticipant> {
    if (identity !== undefined) checkString(identity, 'identity');
    using wait = this.#wait(options, 'options', `${identity ?? 'Nobody'} did not join`);
    wait.signal.throwIfAborted();
    if (!this.#session) throw notConnected();
    const present =
      identity === undefined
        ? this.#remoteParticipants.values().next().value
        : this.#remoteParticipants.get(identity);
    if (present) return present;
    const offs: (() => void)[] = [];
    const arrival = new Promise<RemoteParticipant>((resolve, reject) => {
      offs.push(
        this.on('participantConnected', (participant) => {
          if (identity === undefined || participant.identity === identity) resolve(participant);
        }),
        this.on('disconnected', () => {
          reject(notConnected());
        }),
      );
    });
    try {
      return await untilAborted(arrival, wait.signal);
    } finally {
      for (const off of offs) off();
    }
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
      const { autoSubscribe = true, dynacast = false, iceServers = [] } = options;
      const session = await RtcSession.connect(
        {
          url,
          token,
          options: { autoSubscribe, dynacast, iceServers, connectTimeoutMs: timeoutMs },
        },
        this.#onEvent,
        attempt.signal,
      );
      // A listener may leave at once.
      this.#attempt = undefined;
      this.#join(session);
    } catch (error) {
      // First, since a listener may try again at once.
      this.#attempt = undefined;
      this.#leftEarly = undefined;
      this.#setState('disconnected');
      throw error;
    }
  }

  #wait(options: WaitOptions, name: string, what: string): Deadline {
    checkOptions(options, name);
    const { timeoutMs, signal } = options;
    if (timeoutMs !== undefined) checkPositive(timeoutMs, `${name}.timeoutMs`);
    checkSignal(signal, `${name}.signal`);
    const onTimeout = (): Error => new FramewireError('timeout', `${what} within ${timeoutMs} ms.`);
    return deadline({ signal, timeoutMs, onTimeout });
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }

  #join(session: RtcSession): void {
    this.#session = session;
    this.#local = LocalParticipant.create({
      session,
      published: (publication) => {
        this.emit('localTrackPublished', publication, this.localParticipant);
      },
      unpublished: (publication) => {
        this.emit('localTrackUnpublished', publication, this.localParticipant);
      },
    });
    for (const state of session.remoteParticipants) {
      const participant = RemoteParticipant.create(state);
      this.#remoteParticipants.set(participant.identity, participant);
      for (const one of state.publications) participant.roomSubscribed(one);
    }
    log('info', 'joined a room', { room: this.name, identity: this.#local.identity });
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
      case 'participantConnected': {
        const participant = RemoteParticipant.create(event.participant);
        this.#remoteParticipants.set(participant.identity, participant);
        this.emit('participantConnected', participant);
        return;
      }
      case 'participantDisconnected': {
        const participant = this.#remoteParticipants.get(event.identity);
        if (!participant) return;
        this.#remoteParticipants.delete(event.identity);
        for (const publication of participant.trackPublications.values()) {
          this.#unsubscribe(participant, publication);
          participant.roomUnpublished(publication.sid);
          this.emit('trackUnpublished', publication, participant);
        }
        participant.roomLeft();
        this.emit('participantDisconnected', participant);
        return;
      }
      case 'trackPublished':
      case 'trackUnpublished':
      case 'trackSubscribed':
      case 'trackUnsubscribed':
      case 'trackMuted':
      case 'trackUnmuted':
        this.#handleTrack(event);
        return;
      case 'trackSubscriptionFailed': {
        const participant = this.#remoteParticipants.get(event.identity);
        if (participant) this.emit(event.kind, event.sid, participant, event.reason);
        return;
      }
      case 'localTrackSubscribed': {
        const publication = this.#local?.roomSubscribed(event.sid);
        if (publication) this.emit('localTrackSubscribed', publication.track, publication);
        return;
      }
      case 'localTrackUnpublished':
        this.#local?.roomRemoved(event.sid);
        return;
      case 'localTrackRepublished': {
        const publication = this.#local?.roomRepublished(event.previousSid, event.sid);
        if (!publication) return;
        this.emit(event.kind, publication, event.previousSid, this.localParticipant);
        return;
      }
      case 'activeSpeakersChanged':
        this.emit(
          event.kind,
          event.identities.flatMap((identity) => this.#participant(identity) ?? []),
        );
        return;
      case 'reconnecting':
      case 'reconnected':
        log('info', `${event.kind} to a room`, { room: this.name });
        this.#setState(event.kind === 'reconnecting' ? 'reconnecting' : 'connected');
        this.emit(event.kind);
        return;
      case 'disconnected':
        this.#left(event.reason);
    }
  }

  #handleTrack(event: Extract<SessionEvent, { readonly publication: unknown }>): void {
    const { kind, identity, publication: state } = event;
    const participant = this.#participant(identity);
    if (participant instanceof LocalParticipant) {
      const publication = participant.trackPublications.get(state.sid);
      if (!publication || (kind !== 'trackMuted' && kind !== 'trackUnmuted')) return;
      const news = publication.track.roomMuted(kind === 'trackMuted');
      if (news) this.emit(kind, publication, participant);
      return;
    }
    if (!participant) return;
    switch (kind) {
      case 'trackPublished':
        this.emit(kind, participant.roomPublication(state), participant);
        return;
      case 'trackUnpublished': {
        const publication = participant.trackPublications.get(state.sid);
        if (!publication) return;
        this.#unsubscribe(participant, publication);
        participant.roomUnpublished(state.sid);
        this.emit(kind, publication, participant);
        return;
      }
      case 'trackSubscribed': {
        const publication = participant.roomSubscribed(state);
        if (publication.track) this.emit(kind, publication.track, publication, participant);
        return;
      }
      case 'trackUnsubscribed': {
        const publication = participant.trackPublications.get(state.sid);
        if (publication) this.#unsubscribe(participant, publication);
        return;
      }
      case 'trackMuted':
      case 'trackUnmuted': {
        const publication = participant.roomPublication(state);
        publication.track?.roomMuted(kind === 'trackMuted');
        this.emit(kind, publication, participant);
      }
    }
  }

  #unsubscribe(participant: RemoteParticipant, publication: RemoteTrackPublication): void {
    const { track } = publication;
    if (!track) return;
    participant.roomUnsubscribed(publication);
    this.emit('trackUnsubscribed', track, publication, participant);
  }

  #participant(identity: string): RemoteParticipant | LocalParticipant | undefined {
    return identity === this.#local?.identity
      ? this.#local
      : this.#remoteParticipants.get(identity);
  }

  #left(reason: DisconnectReason): void {
    log('info', 'left a room', { room: this.name, reason });
    this.#session = undefined;
    const others = [...this.#remoteParticipants.values()];
    this.#remoteParticipants.clear();
    for (const participant of others) {
      for (const publication of participant.trackPublications.values()) {
        this.#unsubscribe(participant, publication);
      }
      participant.roomLeft();
    }
    this.#local?.roomLeft();
    this.#telling = true;
    this.#setState('disconnected');
    this.emit('disconnected', reason);
    this.#telling = false;
  }
}

function notConnected(): FramewireError {
  return new FramewireError('disconnected', 'The room is not connected.');
}
