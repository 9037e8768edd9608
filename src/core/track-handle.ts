import { shown } from './check.js';

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

/** A native track that a stream may read from until it's released. */
export interface NativeTrackLease {
  readonly handle: number;
  readonly release: () => void;
}

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
  /** @internal Whether it will never give media again. */
  readonly ended: boolean;
  /** @internal Calls `listener` once when the track ends. Returns how to take that back. */
  onEnded(listener: () => void): () => void;
  /** @internal Throws a FramewireError if the track has ended. */
  openNative(): NativeTrackLease;
}

/**
 * A participant as the streams see it.
 */
export interface ParticipantHandle {
  /** In types alone: participants are made by Framewire. */
  readonly brand: Brand<'participant'>;
  /** The name that its token gave it, one of its kind in the room. */
  readonly identity: string;
  /** @internal Whether the participant has left, or we have. */
  readonly left: boolean;
  /** @internal The track of a source that can be read now. */
  trackOf(source: TrackSource, kind: TrackKind): TrackHandle | undefined;
  /** @internal Calls `listener` whenever a track came or went, or the participant left. */
  onTracksChanged(listener: () => void): () => void;
}

/** @throws TypeError if `track` is no track. @throws RangeError if it's one of the other kind. */
export function checkTrack(track: unknown, kind: TrackKind): void {
  const { openNative, kind: actual } = (track ?? {}) as Partial<TrackHandle>;
  const rule = kind === 'audio' ? 'an audio track' : 'a video track';
  if (typeof openNative !== 'function') {
    throw new TypeError(`track must be ${rule}, got ${shown(track)}.`);
  }
  if (actual !== kind) {
    throw new RangeError(`track must be ${rule}, got one of ${shown(actual)}.`);
  }
}

/** @throws TypeError if `participant` is no participant. */
export function checkParticipant(participant: unknown): void {
  const { trackOf } = (participant ?? {}) as Partial<ParticipantHandle>;
  if (typeof trackOf !== 'function') {
    throw new TypeError(`participant must be a participant of a room, got ${shown(participant)}.`);
  }
}
