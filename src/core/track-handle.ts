import { checkString, shown } from './check.js';

/** What kind of media a track carries. */
export type TrackKind = 'audio' | 'video';

/** What a track shows or plays: LiveKit's track sources. */
export const TRACK_SOURCES = [
  'camera',
  'microphone',
  'screen_share',
  'screen_share_audio',
  'unknown',
] as const;

/** One of {@link TRACK_SOURCES}. */
export type TrackSource = (typeof TRACK_SOURCES)[number];

declare const BRAND: unique symbol;

/** The type of a property that only Framewire's own classes declare, and that nothing has at run time. */
export interface Brand<Name extends string> {
  readonly [BRAND]: Name;
}

/**
 * A track as the streams see it, which know nothing of rooms.
 */
export interface TrackHandle {
  /** In types alone: tracks are made by Framewire. */
  readonly brand: Brand<'track'>;
  readonly kind: TrackKind;
  /** What its publisher called it. */
  readonly name: string;
  /** Whether the media comes through a server, from another participant. */
  readonly remote: boolean;
  /** @internal The most frames a second that its streams give, if that is limited. */
  readonly fpsLimit?: number | undefined;
  /** @internal Whether it will never give media again. */
  readonly ended: boolean;
  /** @internal Whether what it gives now must not reach anybody. */
  readonly withheld?: boolean;
  /** @internal Whether no media is to come now: it's muted, or we want none. */
  readonly paused?: boolean;
  /** @internal How often `paused` has changed. */
  readonly interruptions?: number;
  /** @internal Calls `listener` once when the track ends. Returns how to take that back. */
  onEnded(listener: () => void): () => void;
  /**
   * @internal The native track that streams read, which is there until the track ends. Throws a
   * FramewireError if it has ended.
   */
  nativeTrack(): number;
}

/**
 * A participant as the streams see it.
 */
export interface ParticipantHandle {
  /** In types alone: participants are made by Framewire. */
  readonly brand: Brand<'participant'>;
  /** The name that its token gave it, one of its kind in the room. */
  readonly identity: string;
  /** @internal Calls `listener` whenever something changes that the follower tells of. */
  follow(listener: () => void): IdentityFollower;
}

/**
 * Whoever has an identity in a room: after a full reconnect that is, to everybody else, another
 * participant.
 */
export interface IdentityFollower {
  /** The track of a source that can be read now. */
  trackOf(source: TrackSource, kind: TrackKind): TrackHandle | undefined;
  /**
   * How long nobody of the identity may still be missing: 0 once it won't come back, `Infinity` while
   * that can't be known, `undefined` while it's there.
   *
   * @param rejoinMs - How long it may be away. Default: as long as a reconnect takes.
   */
  patienceMs(rejoinMs?: number): number | undefined;
  /** Takes the listener back. */
  stop(): void;
}

/** @throws TypeError if `track` is no track. @throws RangeError if it's one of the other kind. */
export function checkTrack(track: unknown, kind: TrackKind): void {
  const { nativeTrack, kind: actual } = (track ?? {}) as Partial<TrackHandle>;
  const rule = kind === 'audio' ? 'an audio track' : 'a video track';
  if (typeof nativeTrack !== 'function') {
    throw new TypeError(`track must be ${rule}, got ${shown(track)}.`);
  }
  if (actual !== kind) {
    throw new RangeError(`track must be ${rule}, got one of ${shown(actual)}.`);
  }
}

/**
 * The native side ends the process at a text that can't be the sid of a track, and so it does for everybody
 * in the room who is told of one.
 *
 * @throws TypeError if `sid` is not a string, RangeError if it's no sid of a track.
 */
export function checkTrackSid(sid: unknown, name: string): asserts sid is string {
  checkString(sid, name);
  if (sid.startsWith('TR_')) return;
  throw new RangeError(`${name} must be a track's sid, which begins with TR_, got ${shown(sid)}.`);
}

/** @throws TypeError if `participant` is no participant. */
export function checkParticipant(participant: unknown): void {
  const { follow } = (participant ?? {}) as Partial<ParticipantHandle>;
  if (typeof follow !== 'function') {
    throw new TypeError(`participant must be a participant of a room, got ${shown(participant)}.`);
  }
}
