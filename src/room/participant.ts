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
  DisconnectReason,
  ParticipantKind,
  ParticipantPermissions,
  ParticipantState,
} from '../native/rtc-state.js';
import type { TrackPublication } from '../tracks/track-publication.js';
import { type FollowedRoom, followIdentity } from './identity-follower.js';

/** What a participant tells. */
export interface ParticipantEvents {
  /** One of its tracks can be read now, or no longer. */
  readonly tracksChanged: readonly [];
  /** It left the room, or we did. Comes once. */
  readonly left: readonly [];
}

/** Somebody in a room: another one, or ourselves. */
export abstract class Participant<Publication extends TrackPublication = TrackPublication>
  extends TypedEmitter<ParticipantEvents>
  implements ParticipantHandle
{
  /** In types alone: participants are made by Framewire. */
  declare readonly brand: Brand<'participant'>;
  /** The name that the token gave it, one of its kind in the room. */
  readonly identity: string;
  /** @internal */
  protected readonly state: ParticipantState;
  readonly #room: FollowedRoom;
  readonly #publications = new Map<string, Publication>();
  #leftMs: number | undefined;

  /** @internal */
  protected constructor(state: ParticipantState, room: FollowedRoom) {
    super();
    this.#room = room;
    this.state = state;
    this.identity = state.identity;
  }

  /** The server's id of this stay. */
  get sid(): string {
    return this.state.sid;
  }

  /** What it is called, for people; may be empty. */
  get name(): string {
    return this.state.name;
  }

  /** Whatever the application attached. */
  get metadata(): string {
    return this.state.metadata;
  }

  /** Whatever the application attached, by key. */
  get attributes(): Readonly<Record<string, string>> {
    return this.state.attributes;
  }

  /** A person's client, an agent, a telephone and so on. */
  get kind(): ParticipantKind {
    return this.state.kind;
  }

  /** What its token lets it do; `undefined` where the server doesn't say. */
  get permissions(): ParticipantPermissions | undefined {
    return this.state.permissions;
  }

  /** Why it left; `undefined` while it's there, or where the server doesn't say. */
  get disconnectReason(): DisconnectReason | undefined {
    return this.state.disconnectReason;
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
  trackOf(source: TrackSource, kind: TrackKind): TrackHandle | undefined {
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
  roomTracksChanged(): void {
    this.emit('tracksChanged');
  }

  /** @internal */
  roomLeft(): void {
    if (this.left) return;
    this.#leftMs = performance.now();
    this.emit('left');
  }

  /** @internal The track of a publication, if it can be read. */
  protected abstract readable(publication: Publication): TrackHandle | undefined;
}
