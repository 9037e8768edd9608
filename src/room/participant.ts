import type {
  Brand,
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
  readonly #publications = new Map<string, Publication>();
  #left = false;

  /** @internal */
  protected constructor(state: ParticipantState) {
    super();
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
    return this.#left;
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
  onTracksChanged(listener: () => void): () => void {
    const offs = [this.on('tracksChanged', listener), this.on('left', listener)];
    return () => {
      for (const off of offs) off();
    };
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
    if (this.#left) return;
    this.#left = true;
    this.emit('left');
  }

  /** @internal The track of a publication, if it can be read. */
  protected abstract readable(publication: Publication): TrackHandle | undefined;
}
