// One stay in a room, on rtc-node's Room: what it does and tells, in our words.

import type { Room as RtcRoom } from '@livekit/rtc-node';
import { deadline, untilAborted } from '../core/abort.js';
import { FramewireError, messageOf, notConnected } from '../core/errors.js';
import { log } from '../core/log.js';
import { AbandonedJoins } from './abandoned-joins.js';
import { connectError } from './connect-error.js';
import { encryptionOf } from './e2ee.js';
import { ffi } from './ffi-client.js';
import type { AnswerCase, CallCase, EventValue, RequestValue } from './ffi-messages.js';
import { LocalTracks } from './local-tracks.js';
import { ParticipantView } from './participant-view.js';
import { publishOptions, type SessionPublishOptions } from './publish-options.js';
import { RoomTap } from './room-tap.js';
import { RoomView } from './room-view.js';
import { rtcNode } from './rtc-node.js';
import { type DisconnectReason, PublicationState } from './rtc-state.js';
import { followRoom, type SessionEvent } from './session-events.js';
import { connectOptions, type SessionTarget } from './session-options.js';

/** A `Room` of `@livekit/rtc-node`: as much of it as tells it from other things, for either of its builds. */
export interface RtcNodeRoom {
  /** Whether it has joined. */
  readonly isConnected: boolean;
  /** The others, by identity. */
  readonly remoteParticipants: ReadonlyMap<string, object>;
  /** Ourselves, once joined. */
  readonly localParticipant?: object | undefined;
}

/** */
export class RtcSession {
  readonly #rtc: RtcRoom;
  readonly #emit: (event: SessionEvent) => void;
  readonly #tap: RoomTap;
  readonly #localTracks: LocalTracks;
  /** What waits for an answer, or otherwise has to end with the stay. */
  readonly #enders = new Set<() => void>();
  #leaving = false;
  #left = false;

  private constructor(rtc: RtcRoom, emit: (event: SessionEvent) => void) {
    this.#rtc = rtc;
    this.#emit = (event) => {
      if (!this.#left || event.kind === 'disconnected') emit(event);
    };
    this.#tap = new RoomTap(rtc);
    this.#localTracks = new LocalTracks(this, rtc);
    followRoom(rtc, this.#tap, this.#emit, (reason) => {
      this.#leave(reason);
    });
  }

  /**
   * Joins a room. Events come to `emit` from the time of joining.
   *
   * @throws FramewireError that says why not, or the signal's reason. A connection that comes about all
   * the same is left again.
   */
  static async connect(
    { url, token, options }: SessionTarget,
    emit: (event: SessionEvent) => void,
    signal: AbortSignal,
  ): Promise<RtcSession> {
    const rtcOptions = connectOptions(options) as Parameters<RtcRoom['connect']>[2];
    await abandonedJoins.whenOver(url, token, signal);
    await ffi().whenReady();
    signal.throwIfAborted();
    // Rejoining takes a new one: rtc-node's takes its listeners away on leaving.
    const session = new RtcSession(new (rtcNode().Room)(), emit);
    const { done, abandon } = ffi().begin(() => session.#rtc.connect(url, token, rtcOptions));
    const connecting = done.catch((error: unknown) => {
      session.#stopListening();
      throw connectError(error, { url, token });
    });
    const onAbort = (): void => {
      session.#left = true;
      abandon();
    };
    const leave = (): Promise<void> =>
      session.#rtc.disconnect().catch((error: unknown) => {
        log('warn', 'a room that was joined too late could not be left', { error });
      });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await untilAborted(connecting, signal);
      // Both may have happened at once.
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) abandonedJoins.add(url, token, connecting.then(leave));
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    session.onEnd(ffi().lease());
    return session;
  }

  /** Takes part in the stay of a room of rtc-node's that is connected already. */
  static adopt(rtc: RtcNodeRoom, emit: (event: SessionEvent) => void): RtcSession {
    // Answers and streams come by our client, which otherwise listens only while something needs it.
    const release = ffi().lease();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Of either build.
    const session = new RtcSession(rtc as RtcRoom, emit);
    session.onEnd(release);
    return session;
  }

  /** Whether it was joined with end-to-end encryption. */
  get encrypted(): boolean {
    return this.#rtc.e2eeManager !== undefined;
  }

  isConnected(): boolean {
    return !this.#leaving && !this.#left && this.#rtc.isConnected;
  }

  /** @internal All that the native side tells of this room. */
  get tap(): RoomTap {
    return this.#tap;
  }

  /** @internal Whether somebody listens to an event of rtc-node's room, which only one who adopted it can. */
  rtcListens(event: 'dataReceived'): boolean {
    return this.#rtc.listenerCount(event) > 0;
  }

  /** @internal */
  get roomHandle(): bigint {
    const { ffiHandle } = this.#rtc as unknown as { readonly ffiHandle?: { handle: bigint } };
    if (!ffiHandle) throw notConnected();
    return ffiHandle.handle;
  }

  /** @internal */
  get localParticipantHandle(): bigint {
    return this.#local().ffi_handle.handle;
  }

  /**
   * @internal Sends a request and waits for its answer, or the end of the stay.
   *
   * @throws FramewireError `disconnected`, or `native` if it's refused. The signal's reason; what was
   * asked for may happen all the same.
   */
  async request<C extends CallCase>(
    name: C,
    value: RequestValue<C>,
    signal?: AbortSignal,
  ): Promise<EventValue<AnswerCase<C>>> {
    signal?.throwIfAborted();
    if (!this.isConnected()) throw notConnected();
    let forget: (() => void) | undefined;
    let offEnd: (() => void) | undefined;
    try {
      const answer = new Promise<EventValue<AnswerCase<C>>>((resolve, reject) => {
        forget = ffi().ask(name, value, resolve);
        offEnd = this.onEnd(() => {
          reject(notConnected());
        });
      });
      const answered = await untilAborted(answer, signal);
      // Who waits for an answer is told a moment before the room is.
      if (complaintOf(answered).includes(ENGINE_CLOSED)) throw notConnected();
      return answered;
    } finally {
      offEnd?.();
      forget?.();
    }
  }

  /** @internal Calls `listener` once the stay is over, at once if it is. Returns how to take that back. */
  onEnd(listener: () => void): () => void {
    if (this.#left) {
      listener();
      return () => undefined;
    }
    this.#enders.add(listener);
    return () => {
      this.#enders.delete(listener);
    };
  }

  /** What the server says of the room. */
  get room(): RoomView {
    return new RoomView(this.#rtc);
  }

  /** How it was joined with encryption; `undefined` if it wasn't. */
  get encryption(): { readonly keyRingSize: number; readonly shared: boolean } | undefined {
    return encryptionOf(this.#rtc);
  }

  get localParticipant(): ParticipantView {
    return new ParticipantView(this.#local());
  }

  get remoteParticipants(): ParticipantView[] {
    return [...this.#rtc.remoteParticipants.values()].map((rtc) => new ParticipantView(rtc));
  }

  /**
   * Publishes a native track, of whose handle this takes ownership, also when it fails.
   *
   * @returns The publication, and how to free the native track once it's unpublished.
   */
  async publish(
    track: { readonly handle: number; readonly name: string; readonly kind: 'audio' | 'video' },
    options: SessionPublishOptions,
    signal?: AbortSignal,
  ): Promise<{ readonly state: PublicationState; readonly release: () => void }> {
    const { handle, name, kind } = track;
    const release = (): void => {
      ffi().drop(handle);
    };
    try {
      const message = publishOptions(options, kind);
      const publication = await this.#localTracks.publish(handle, message, signal);
      return { state: new PublicationState(publication, handle), release };
    } catch (cause) {
      release();
      signal?.throwIfAborted();
      throw this.failure(cause, `'${name}' could not be published`);
    }
  }

  /** Takes a publication back. One that is gone already is no error. */
  async unpublish(sid: string): Promise<void> {
    if (!this.isConnected()) return;
    try {
      await this.#localTracks.unpublish(sid);
    } catch (cause) {
      if (this.isConnected()) throw this.failure(cause, 'a track could not be unpublished');
    }
  }

  setMuted(trackHandle: number, muted: boolean): void {
    ffi().send('localTrackMute', { trackHandle: BigInt(trackHandle), mute: muted });
  }

  /** Leaves the room; the `disconnected` event has come when this resolves. */
  async disconnect(): Promise<void> {
    // What fails from now on does so for this reason.
    this.#leaving = true;
    const { done, abandon } = ffi().begin(() => this.#rtc.disconnect());
    using patience = deadline({
      signal: undefined,
      timeoutMs: LEAVE_MS,
      onTimeout: () => new FramewireError('timeout', 'The native side does not leave the room.'),
    });
    try {
      await untilAborted(done, patience.signal);
    } catch (error) {
      if (!patience.signal.aborted) throw error;
      abandon();
      log('warn', 'the native side is stuck in a room, which is left without its answer');
    } finally {
      this.#leave('client_initiated');
    }
  }

  #local(): NonNullable<RtcRoom['localParticipant']> {
    const { localParticipant } = this.#rtc;
    if (!localParticipant) throw notConnected();
    return localParticipant;
  }

  /** @internal What the caller gets for what the native side said. */
  failure(cause: unknown, what: string): FramewireError {
    const why = messageOf(cause);
    return this.isConnected() && !why.includes(ENGINE_CLOSED)
      ? new FramewireError('native', `${what}: ${why}.`, { cause })
      : new FramewireError('disconnected', `${what}: the room was left.`, { cause });
  }

  #leave(reason: DisconnectReason): void {
    if (this.#left) return;
    this.#left = true;
    this.#stopListening();
    this.#tap.close();
    for (const end of [...this.#enders]) end();
    this.#enders.clear();
    this.#emit({ kind: 'disconnected', reason });
  }

  /** After a disconnect by the server rtc-node goes on listening, which would keep the process alive. */
  #stopListening(): void {
    const { onFfiEvent } = this.#rtc as unknown as { onFfiEvent: (event: unknown) => void };
    ffi().detach(onFfiEvent);
  }
}

const abandonedJoins = new AbandonedJoins();

/**
 * How long the native side may take to leave, which is a matter of milliseconds. Measured: a quick reconnect within
 * the second after a subscription or its end leaves it stuck for good, 5 to 8 times in 30; later than that never.
 */
const LEAVE_MS = 5_000;

/** What the native side says once it has given up to reconnect. */
const ENGINE_CLOSED = 'engine is closed';

/** What an answer complains about, wherever it has that. */
function complaintOf(answer: unknown): string {
  const { error, message } = (answer ?? {}) as Partial<Record<string, unknown>>;
  const { data, description } = (error ?? {}) as Partial<Record<string, unknown>>;
  const { case: kind, value } = (message ?? {}) as Partial<Record<string, unknown>>;
  return [error, data, description, kind === 'error' && value]
    .filter((one) => typeof one === 'string')
    .join(' ');
}
