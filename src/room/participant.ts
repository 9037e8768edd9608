import type {
  Brand,
  IdentityFollower,
  ParticipantHandle,
  TrackHandle,
  TrackKind,
  TrackSource,
} from '../core/track-handle.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import type {
  ConnectionQuality,
  ParticipantKind,
  ParticipantKindDetail,
  ParticipantPermissions,
  ParticipantState,
  ParticipantView,
} from '../native/participant-view.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from '../tracks/remote-track.js';
import type { StatsOptions, Track } from '../tracks/track.js';
import type { TrackPublication } from '../tracks/track-publication.js';
import type { E2eeState } from './e2ee-states.js';
import { type FollowedRoom, followIdentity } from './identity-follower.js';

/**
 * What a participant tells. The room has the same as events of its own, with the participant; what is
 * told here has already changed, and the participant tells first.
 */
export interface ParticipantEvents<Publication extends TrackPublication = TrackPublication> {
  /** It can send and receive from now on. Of others only. */
  readonly active: readonly [];
  /** Its metadata changed: by itself, or by the server's API. */
  readonly metadataChanged: readonly [metadata: string];
  /** Its name changed: by itself, or by the server's API. */
  readonly nameChanged: readonly [name: string];
  /** Some of its attributes changed. A key that is gone has the empty value. */
  readonly attributesChanged: readonly [changed: Readonly<Record<string, string>>];
  /** The server's API changed what it may do. */
  readonly permissionsChanged: readonly [permissions: ParticipantPermissions];
  /** Whether its tracks are encrypted end to end changed. */
  readonly encryptionStatusChanged: readonly [encrypted: boolean];
  /** Whether its media can be encrypted, or decrypted, changed. */
  readonly e2eeStateChanged: readonly [state: E2eeState];
  /** How well its media gets through changed. */
  readonly connectionQualityChanged: readonly [quality: ConnectionQuality];
  /** It began or ceased to speak. */
  readonly speakingChanged: readonly [speaking: boolean];

  /** It published a track. Of others: after we joined. */
  readonly trackPublished: readonly [publication: Publication];
  /** One of its tracks is no longer published. */
  readonly trackUnpublished: readonly [publication: Publication];
  /** We receive a track of its from now on. Of others only. */
  readonly trackSubscribed: readonly [
    track: RemoteVideoTrack | RemoteAudioTrack,
    publication: Publication,
  ];
  /** We no longer receive a track of its. Of others only. */
  readonly trackUnsubscribed: readonly [
    track: RemoteVideoTrack | RemoteAudioTrack,
    publication: Publication,
  ];
  /** A track of its that we asked for does not come. Of others only. */
  readonly trackSubscriptionFailed: readonly [sid: string, reason: string];
  /** One of its tracks was muted. */
  readonly trackMuted: readonly [publication: Publication];
  /** One of its tracks was unmuted. */
  readonly trackUnmuted: readonly [publication: Publication];

  /** One of its tracks can be read now, or no longer. */
  readonly tracksChanged: readonly [];
  /** It left the room, or we did. Comes once. */
  readonly left: readonly [];
}

/** A track that streams can read. */
export type ReadableTrack = Track & TrackHandle;

/** Somebody in a room: another one, or ourselves. */
export abstract class Participant<Publication extends TrackPublication = TrackPublication>
  extends TypedEmitter<ParticipantEvents<Publication>>
  implements ParticipantHandle
{
  /** In types alone: participants are made by Framewire. */
  declare readonly brand: Brand<'participant'>;
  /** The name that the token gave it, one of its kind in the room. */
  readonly identity: string;
  readonly #room: FollowedRoom;
  readonly #view: ParticipantView;
  readonly #publications = new Map<string, Publication>();
  #quality: ConnectionQuality | undefined;
  #speaking = false;
  #encrypted = false;
  #leftMs: number | undefined;
  #leftReason: DisconnectReason | undefined;

  /** @internal */
  protected constructor(view: ParticipantView, room: FollowedRoom) {
    super();
    this.#room = room;
    this.#view = view;
    this.identity = view.identity;
  }

  /** The server's id of this stay. */
  get sid(): string {
    return this.#view.sid;
  }

  /** How far it has come. */
  get state(): ParticipantState {
    return this.left ? 'disconnected' : this.#view.state;
  }

  /** When it joined, by the server's clock; `undefined` where the server doesn't say. */
  get joinedAt(): Date | undefined {
    return this.#view.joinedAt;
  }

  /** What it is called, for people; may be empty. */
  get name(): string {
    return this.#view.name;
  }

  /** Whatever the application attached. */
  get metadata(): string {
    return this.#view.metadata;
  }

  /**
   * Whatever the application attached, by key. An object without prototype, so that a key is there only
   * if somebody set it; of this moment, and frozen.
   */
  get attributes(): Readonly<Record<string, string>> {
    return this.#view.attributes;
  }

  /** A person's client, an agent, a telephone and so on. */
  get kind(): ParticipantKind {
    return this.#view.kind;
  }

  /** What it is more closely, such as what a connector connects to; mostly empty. */
  get kindDetails(): readonly ParticipantKindDetail[] {
    return this.#view.kindDetails;
  }

  /**
   * What it may do: what its token said, or what the server's API changed since; `undefined` where the
   * server doesn't say.
   */
  get permissions(): ParticipantPermissions | undefined {
    return this.#view.permissions;
  }

  /**
   * How well its media gets through, as the server told last; `undefined` before it did. It tells of
   * ourselves within some 5 seconds of joining, of others when we first receive a track of theirs, and
   * when it changes.
   */
  get connectionQuality(): ConnectionQuality | undefined {
    return this.#quality;
  }

  /** Whether the server hears it speak. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /**
   * How loud its microphone is now, from 0 (silence) to 1, by WebRTC's statistics; `undefined` without
   * one that we receive, or that we publish if it's ourselves. The server tells no such figure: it says
   * only who is {@link Participant.speaking}.
   *
   * @throws TypeError if an option has the wrong type.
   * @throws FramewireError as {@link Track.getStats}. The signal's reason if it aborts.
   */
  async audioLevel(options: StatsOptions = {}): Promise<number | undefined> {
    const track = this.trackOf('microphone', 'audio');
    const stats = track ? await track.getStats(options) : [];
    for (const one of stats) {
      if (one.type !== 'inbound-rtp' && one.type !== 'media-source') continue;
      if (one.audioLevel !== undefined) return one.audioLevel;
    }
    return undefined;
  }

  /** Whether its tracks are encrypted end to end, as LiveKit told last. */
  get encrypted(): boolean {
    return this.#encrypted;
  }

  /**
   * Why it left, or why we did if it's ourselves; `undefined` while it's there, where the server doesn't
   * say, and if we left first.
   */
  get disconnectReason(): DisconnectReason | undefined {
    return this.#leftReason ?? this.#view.disconnectReason;
  }

  /** Whether it has left the room, or we have. */
  get left(): boolean {
    return this.#leftMs !== undefined;
  }

  /** @internal When it left, by `performance.now()`. */
  get leftMs(): number | undefined {
    return this.#leftMs;
  }

  /** Its tracks, by sid. */
  get trackPublications(): ReadonlyMap<string, Publication> {
    return this.#publications;
  }

  /** The publication of a source, the newest if there are several. */
  publicationOf(source: TrackSource): Publication | undefined {
    return [...this.#publications.values()].findLast((one) => one.source === source);
  }

  /** @internal */
  trackOf(source: TrackSource, kind: TrackKind): ReadableTrack | undefined {
    for (const publication of [...this.#publications.values()].reverse()) {
      if (publication.source !== source || publication.kind !== kind) continue;
      const track = this.readable(publication);
      if (track && !track.ended) return track;
    }
    return undefined;
  }

  /** @internal */
  follow(listener: () => void): IdentityFollower {
    return followIdentity(this, this.#room, listener);
  }

  /** @internal */
  roomPublished(publication: Publication, sid: string = publication.sid): void {
    this.#publications.set(sid, publication);
    this.emit('tracksChanged');
  }

  /** @internal */
  roomUnpublished(sid: string): Publication | undefined {
    const publication = this.#publications.get(sid);
    if (this.#publications.delete(sid)) this.emit('tracksChanged');
    return publication;
  }

  /** @internal */
  roomQuality(quality: ConnectionQuality): boolean {
    if (this.#quality === quality) return false;
    this.#quality = quality;
    this.emit('connectionQualityChanged', quality);
    return true;
  }

  /** @internal */
  roomSpeaking(speaking: boolean): void {
    if (this.#speaking === speaking || this.left) return;
    this.#speaking = speaking;
    this.emit('speakingChanged', speaking);
  }

  /** @internal */
  roomEncrypted(encrypted: boolean): void {
    this.#encrypted = encrypted;
    this.emit('encryptionStatusChanged', encrypted);
  }

  /** @internal Tells the participant's own listeners. */
  roomTells<K extends keyof ParticipantEvents<Publication>>(
    event: K,
    ...args: [...ParticipantEvents<Publication>[K]]
  ): void {
    this.emit(event, ...args);
  }

  /** @internal */
  roomTracksChanged(): void {
    this.emit('tracksChanged');
  }

  /** @internal */
  roomLeft(reason?: DisconnectReason): void {
    if (this.left) return;
    this.roomSpeaking(false);
    this.#leftMs = performance.now();
    this.#leftReason = reason;
    this.emit('left');
  }

  /** @internal The track of a publication, if it can be read. */
  protected abstract readable(publication: Publication): ReadableTrack | undefined;
}
