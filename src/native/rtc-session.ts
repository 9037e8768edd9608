// One stay in a room, on rtc-node's Room: what it does and tells, in our words.

import type {
  Room as RtcRoom,
  LocalTrackPublication as RtcLocalPublication,
} from '@livekit/rtc-node';
import type { TrackPublishOptions } from '@livekit/rtc-ffi-bindings';
import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import type { TrackSource } from '../core/track-handle.js';
import { binding } from './binding.js';
import { connectError } from './connect-error.js';
import { ffi } from './ffi-client.js';
import type { AnswerCase, CallCase, EventValue, RequestValue } from './ffi-messages.js';
import { RoomTap } from './room-tap.js';
import { rtcNode } from './rtc-node.js';
import {
  type DisconnectReason,
  disconnectReasonOf,
  ParticipantState,
  PublicationState,
  sourceNumber,
} from './rtc-state.js';

/** A `Room` of `@livekit/rtc-node`: as much of it as tells it from other things, for either of its builds. */
export interface RtcNodeRoom {
  /** Whether it has joined. */
  readonly isConnected: boolean;
  /** The others, by identity. */
  readonly remoteParticipants: ReadonlyMap<string, object>;
  /** Ourselves, once joined. */
  readonly localParticipant?: object | undefined;
}

/** Video codecs that this binding encodes. H.265 would silently become VP8. */
export const VIDEO_CODECS = ['vp8', 'h264', 'av1', 'vp9'] as const;

/** One of {@link VIDEO_CODECS}. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** A STUN or TURN server. */
export interface IceServer {
  /** Such as `turn:example.com:3478`. */
  readonly urls: readonly string[];
  /** Who we are to it. */
  readonly username?: string;
  /** The password that goes with the name. */
  readonly credential?: string;
}

/** How to join. */
export interface SessionOptions {
  readonly autoSubscribe: boolean;
  readonly dynacast: boolean;
  readonly iceServers: readonly IceServer[];
  readonly connectTimeoutMs: number;
}

/** Where to, and how. */
export interface SessionTarget {
  readonly url: string;
  readonly token: string;
  readonly options: SessionOptions;
}

/** How to publish. */
export interface SessionPublishOptions {
  readonly source: TrackSource;
  readonly codec: VideoCodec | undefined;
  /** Both limits or neither: the binding refuses one alone. */
  readonly encoding: { readonly maxBitrateBps: number; readonly maxFps: number } | undefined;
  readonly simulcast: boolean | undefined;
  readonly dtx: boolean | undefined;
  readonly red: boolean | undefined;
  readonly stream: string | undefined;
  readonly frameMetadata: boolean;
}

/** What happens during the stay. Participants are named by identity, tracks by sid. */
export type SessionEvent =
  | { readonly kind: 'participantConnected'; readonly participant: ParticipantState }
  | { readonly kind: 'participantDisconnected'; readonly identity: string }
  | TrackEvent<'trackPublished'>
  | TrackEvent<'trackUnpublished'>
  | TrackEvent<'trackSubscribed'>
  | TrackEvent<'trackUnsubscribed'>
  | TrackEvent<'trackMuted'>
  | TrackEvent<'trackUnmuted'>
  | {
      readonly kind: 'trackSubscriptionFailed';
      readonly identity: string;
      readonly sid: string;
      readonly reason: string;
    }
  | { readonly kind: 'localTrackSubscribed'; readonly sid: string }
  | { readonly kind: 'localTrackUnpublished'; readonly sid: string }
  | { readonly kind: 'localTrackRepublished'; readonly previousSid: string; readonly sid: string }
  | { readonly kind: 'activeSpeakersChanged'; readonly identities: readonly string[] }
  | { readonly kind: 'reconnecting' | 'reconnected' }
  | { readonly kind: 'disconnected'; readonly reason: DisconnectReason };

interface TrackEvent<Kind extends string> {
  readonly kind: Kind;
  readonly identity: string;
  readonly publication: PublicationState;
}

/** */
export class RtcSession {
  readonly #rtc: RtcRoom;
  readonly #emit: (event: SessionEvent) => void;
  readonly #tap: RoomTap;
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
    this.#listen();
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
    const leave = (): void => {
      session.#rtc.disconnect().catch((error: unknown) => {
        log('warn', 'a room that was joined too late could not be left', { error });
      });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await untilAborted(connecting, signal, leave);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    // Both may have happened at once.
    if (signal.aborted) leave();
    signal.throwIfAborted();
    return session;
  }

  /** Takes part in the stay of a room of rtc-node's that is connected already. */
  static adopt(rtc: RtcNodeRoom, emit: (event: SessionEvent) => void): RtcSession {
    ffi();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Of either build.
    return new RtcSession(rtc as RtcRoom, emit);
  }

  isConnected(): boolean {
    return !this.#leaving && !this.#left && this.#rtc.isConnected;
  }

  /** @internal All that the native side tells of this room. */
  get tap(): RoomTap {
    return this.#tap;
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
      return await untilAborted(answer, signal);
    } finally {
      offEnd?.();
      forget?.();
    }
  }

  /** @internal Calls `listener` once the stay is over. Returns how to take that back. */
  onEnd(listener: () => void): () => void {
    this.#enders.add(listener);
    return () => {
      this.#enders.delete(listener);
    };
  }

  get name(): string {
    return this.#rtc.name ?? '';
  }

  get metadata(): string {
    return this.#rtc.metadata ?? '';
  }

  sid(): Promise<string> {
    return this.#rtc.getSid();
  }

  get localParticipant(): ParticipantState {
    return new ParticipantState(this.#local());
  }

  get remoteParticipants(): ParticipantState[] {
    return [...this.#rtc.remoteParticipants.values()].map((rtc) => new ParticipantState(rtc));
  }

  /**
   * Publishes a native track, of whose handle this takes ownership, also when it fails.
   *
   * @returns The publication, and how to free the native track once it's unpublished.
   */
  async publish(
    track: { readonly handle: number; readonly name: string; readonly kind: 'audio' | 'video' },
    options: SessionPublishOptions,
  ): Promise<{ readonly state: PublicationState; readonly release: () => void }> {
    const rtcLocal = this.#local();
    const { LocalAudioTrack, LocalVideoTrack } = rtcNode();
    const { FfiOwnedHandle, OwnedTrack, TrackInfo } = binding();
    const owned = new OwnedTrack({
      handle: new FfiOwnedHandle({ id: BigInt(track.handle) }),
      info: new TrackInfo({ name: track.name, kind: track.kind === 'audio' ? 1 : 2 }),
    });
    const rtcTrack =
      track.kind === 'audio' ? new LocalAudioTrack(owned) : new LocalVideoTrack(owned);
    // By rtc-node's own object for the handle: collecting one whose handle is gone throws where nobody
    // can catch.
    const release = (): void => {
      rtcTrack.ffi_handle.dispose();
    };
    let publication: RtcLocalPublication;
    try {
      publication = await rtcLocal.publishTrack(rtcTrack, publishOptions(options, track.kind));
    } catch (cause) {
      release();
      throw this.#failure(cause, `'${track.name}' could not be published`);
    }
    return { state: new PublicationState(publication), release };
  }

  /** Takes a publication back. One that is gone already is no error. */
  async unpublish(sid: string): Promise<void> {
    if (!this.isConnected()) return;
    try {
      await this.#local().unpublishTrack(sid);
    } catch (cause) {
      if (this.isConnected()) throw this.#failure(cause, 'a track could not be unpublished');
    }
  }

  setMuted(trackHandle: number, muted: boolean): void {
    ffi().send('localTrackMute', { trackHandle: BigInt(trackHandle), mute: muted });
  }

  /** Leaves the room; the `disconnected` event has come when this resolves. */
  async disconnect(): Promise<void> {
    // What fails from now on does so for this reason.
    this.#leaving = true;
    try {
      await this.#rtc.disconnect();
    } finally {
      this.#leave('client_initiated');
    }
  }

  #local(): NonNullable<RtcRoom['localParticipant']> {
    const { localParticipant } = this.#rtc;
    if (!localParticipant) throw notConnected();
    return localParticipant;
  }

  #failure(cause: unknown, what: string): FramewireError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return this.isConnected()
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

  #listen(): void {
    const rtc = this.#rtc;
    const emit = this.#emit;
    const ofTrack =
      <Kind extends string>(kind: Kind) =>
      (
        rtcPublication: ConstructorParameters<typeof PublicationState>[0],
        rtcParticipant: { readonly identity: string },
      ): TrackEvent<Kind> => ({
        kind,
        identity: rtcParticipant.identity,
        publication: new PublicationState(rtcPublication),
      });
    const published = ofTrack('trackPublished');
    const unpublished = ofTrack('trackUnpublished');
    const subscribed = ofTrack('trackSubscribed');
    const unsubscribed = ofTrack('trackUnsubscribed');
    const muted = ofTrack('trackMuted');
    const unmuted = ofTrack('trackUnmuted');
    rtc.on('participantConnected', (participant) => {
      emit({ kind: 'participantConnected', participant: new ParticipantState(participant) });
    });
    rtc.on('participantDisconnected', ({ identity }) => {
      emit({ kind: 'participantDisconnected', identity });
    });
    rtc.on('trackPublished', (...args) => {
      emit(published(...args));
    });
    rtc.on('trackUnpublished', (...args) => {
      emit(unpublished(...args));
    });
    rtc.on('trackSubscribed', (_track, ...args) => {
      emit(subscribed(...args));
    });
    rtc.on('trackUnsubscribed', (_track, ...args) => {
      emit(unsubscribed(...args));
    });
    rtc.on('trackMuted', (...args) => {
      emit(muted(...args));
    });
    rtc.on('trackUnmuted', (...args) => {
      emit(unmuted(...args));
    });
    rtc.on('trackSubscriptionFailed', (sid, { identity }, reason = '') => {
      emit({ kind: 'trackSubscriptionFailed', identity, sid, reason });
    });
    rtc.on('localTrackSubscribed', (track) => {
      emit({ kind: 'localTrackSubscribed', sid: track.sid ?? '' });
    });
    // Unlike rtc-node says, there is none if we unpublished it ourselves.
    rtc.on('localTrackUnpublished', (publication: RtcLocalPublication | undefined) => {
      if (publication) emit({ kind: 'localTrackUnpublished', sid: publication.sid ?? '' });
    });
    rtc.on('localTrackRepublished', (publication, previousSid) => {
      emit({ kind: 'localTrackRepublished', previousSid, sid: publication.sid ?? '' });
    });
    rtc.on('activeSpeakersChanged', (speakers) => {
      emit({ kind: 'activeSpeakersChanged', identities: speakers.map(({ identity }) => identity) });
    });
    rtc.on('reconnecting', () => {
      emit({ kind: 'reconnecting' });
    });
    rtc.on('reconnected', () => {
      emit({ kind: 'reconnected' });
    });
    rtc.on('disconnected', (reason) => {
      this.#leave(disconnectReasonOf(reason));
    });
  }
}

function notConnected(): FramewireError {
  return new FramewireError('disconnected', 'The room is not connected.');
}

function connectOptions(options: SessionOptions): object {
  return {
    autoSubscribe: options.autoSubscribe,
    dynacast: options.dynacast,
    connectTimeoutMs: BigInt(Math.ceil(options.connectTimeoutMs)),
    // A second attempt would come after the time that the caller allowed.
    joinRetries: 0,
    ...(options.iceServers.length > 0 && {
      rtcConfig: {
        iceTransportType: 2,
        continualGatheringPolicy: 1,
        iceServers: options.iceServers.map(({ urls, username, credential }) => ({
          urls: [...urls],
          ...(username !== undefined && { username }),
          ...(credential !== undefined && { password: credential }),
        })),
      },
    }),
  };
}

function publishOptions(
  options: SessionPublishOptions,
  kind: 'audio' | 'video',
): TrackPublishOptions {
  const { encoding, codec, simulcast, dtx, red, stream } = options;
  const maxBitrate = encoding && BigInt(encoding.maxBitrateBps);
  const proto = binding();
  const message = new proto.TrackPublishOptions({
    source: sourceNumber(options.source),
    ...(simulcast !== undefined && { simulcast }),
    ...(dtx !== undefined && { dtx }),
    ...(red !== undefined && { red }),
    ...(stream !== undefined && { stream }),
  });
  if (kind === 'video') {
    if (codec !== undefined) message.videoCodec = proto.VideoCodec[CODEC_NAMES[codec]];
    if (encoding && maxBitrate !== undefined) {
      const { maxFps: maxFramerate } = encoding;
      message.videoEncoding = new proto.VideoEncoding({ maxBitrate, maxFramerate });
    }
    // User time stamp, frame id, user data.
    if (options.frameMetadata) message.frameMetadataFeatures = [0, 1, 2];
  } else if (maxBitrate !== undefined) {
    message.audioEncoding = new proto.AudioEncoding({ maxBitrate });
  }
  return message;
}

const CODEC_NAMES = { vp8: 'VP8', h264: 'H264', av1: 'AV1', vp9: 'VP9' } as const;
