import type { ParticipantInfoEvent, RoomInfoEvent } from '../native/info-events.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { SessionEvent } from '../native/session-events.js';
import type { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import type { E2ee } from './e2ee.js';
import type { E2eeState } from './e2ee-states.js';
import type { FollowedRoom } from './identity-follower.js';
import { LocalParticipant } from './local-participant.js';
import { RemoteParticipant } from './remote-participant.js';
import type { RoomEvents } from './room-events.js';
import type { RpcMethods } from './rpc-methods.js';

/** How a room tells its listeners. */
export type EmitRoomEvent = <K extends keyof RoomEvents>(
  event: K,
  ...args: [...RoomEvents[K]]
) => void;

/** What happens to somebody, or to a track of theirs. */
type PeopleEvent = Exclude<
  SessionEvent,
  { readonly kind: RoomInfoEvent['kind'] | 'reconnecting' | 'reconnected' | 'disconnected' }
>;

type TrackEvent = Extract<PeopleEvent, { readonly publication: unknown }>;

/** Who is in a room, ourselves included, kept up to date with what the session tells. */
export class RoomPeople implements FollowedRoom {
  /** The others, by identity. */
  readonly others: Map<string, RemoteParticipant> = new Map<string, RemoteParticipant>();
  readonly #emit: EmitRoomEvent;
  readonly #e2ee: E2ee;
  readonly #watchers = new Set<() => void>();
  #local: LocalParticipant | undefined;
  #presence: FollowedRoom['presence'] = 'left';
  #backMs = -Infinity;
  #speakers: readonly string[] = [];

  constructor(emit: EmitRoomEvent, e2ee: E2ee) {
    this.#emit = emit;
    this.#e2ee = e2ee;
  }

  /** Ourselves, also after leaving; `undefined` if we never joined. */
  get local(): LocalParticipant | undefined {
    return this.#local;
  }

  /** Anybody, also ourselves. */
  byIdentity(identity: string): RemoteParticipant | LocalParticipant | undefined {
    return identity === this.#local?.identity ? this.#local : this.others.get(identity);
  }

  get presence(): FollowedRoom['presence'] {
    return this.#presence;
  }

  get backMs(): number {
    return this.#backMs;
  }

  onPresence(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => {
      this.#watchers.delete(listener);
    };
  }

  /** Our connection is being made again, or is back. */
  reconnect(presence: 'reconnecting' | 'here'): void {
    this.#presence = presence;
    if (presence === 'here') this.#backMs = performance.now();
    this.#tellPresence();
  }

  /** Who speaks, as the server told last, loudest first. */
  get speakers(): (RemoteParticipant | LocalParticipant)[] {
    return this.#speakers.flatMap((identity) => this.byIdentity(identity) ?? []);
  }

  /** Takes in who is there at the beginning of a stay. */
  join(session: RtcSession, methods: RpcMethods): void {
    const local = LocalParticipant.create({
      session,
      people: this,
      methods,
      participant: (identity) => this.others.get(identity),
      published: (publication) => {
        this.#e2ee.roomPublished(publication.sid);
        local.roomTells('trackPublished', publication);
        this.#emit('localTrackPublished', publication, local);
      },
      unpublished: (publication) => {
        this.#e2ee.roomUnpublished(publication.sid);
        local.roomTells('trackUnpublished', publication);
        this.#emit('localTrackUnpublished', publication, local);
      },
    });
    this.#local = local;
    this.#presence = 'here';
    for (const state of session.remoteParticipants) {
      const participant = RemoteParticipant.create(state, this, this.#e2ee.guard);
      this.others.set(participant.identity, participant);
      for (const one of state.publications) participant.roomSubscribed(one);
    }
  }

  /** Everybody is gone, since we are, for `reason`. */
  leave(reason: DisconnectReason): void {
    this.#speakers = [];
    const others = [...this.others.values()];
    this.others.clear();
    this.#presence = 'left';
    for (const participant of others) {
      for (const publication of participant.trackPublications.values()) {
        this.#unsubscribe(participant, publication);
      }
      participant.roomLeft();
    }
    this.#local?.roomLeft(reason);
    this.#tellPresence();
  }

  /** Brings everything that an event speaks of up to date, then tells of it. */
  handle(event: PeopleEvent): void {
    switch (event.kind) {
      case 'participantConnected': {
        const participant = RemoteParticipant.create(event.participant, this, this.#e2ee.guard);
        this.others.set(participant.identity, participant);
        this.#tellPresence();
        this.#emit('participantConnected', participant);
        return;
      }
      case 'participantDisconnected': {
        const participant = this.others.get(event.identity);
        if (!participant) return;
        this.others.delete(event.identity);
        for (const publication of participant.trackPublications.values()) {
          this.#unsubscribe(participant, publication);
          this.#unpublish(participant, publication);
        }
        participant.roomLeft();
        this.#emit('participantDisconnected', participant);
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
        const participant = this.others.get(event.identity);
        if (!participant) return;
        participant.roomTells(event.kind, event.sid, event.reason);
        this.#emit(event.kind, event.sid, participant, event.reason);
        return;
      }
      case 'localTrackSubscribed': {
        const publication = this.#local?.roomSubscribed(event.sid);
        if (publication) this.#emit('localTrackSubscribed', publication.track, publication);
        return;
      }
      case 'localTrackUnpublished':
        this.#local?.roomRemoved(event.sid);
        return;
      case 'localTrackRepublished': {
        const publication = this.#local?.roomRepublished(event.previousSid, event.sid);
        if (!publication || !this.#local) return;
        this.#e2ee.roomPublished(event.sid, event.previousSid);
        this.#emit(event.kind, publication, event.previousSid, this.#local);
        return;
      }
      case 'e2eeStateChanged': {
        const participant = this.byIdentity(event.identity);
        const state = participant && this.#e2ee.roomTold(event.identity, event.state);
        if (participant && state !== undefined) this.#tellState(participant, state);
        return;
      }
      default:
        this.#handleInfo(event);
    }
  }

  #handleInfo(event: ParticipantInfoEvent): void {
    if (event.kind === 'activeSpeakersChanged') {
      this.#handleSpeakers(event.identities);
      return;
    }
    const participant = this.byIdentity(event.identity);
    if (!participant) return;
    switch (event.kind) {
      case 'participantActive':
        participant.roomTells('active');
        if (participant instanceof RemoteParticipant) this.#emit(event.kind, participant);
        return;
      case 'participantMetadataChanged':
        participant.roomTells('metadataChanged', event.metadata);
        this.#emit(event.kind, event.metadata, participant);
        return;
      case 'participantNameChanged':
        participant.roomTells('nameChanged', event.name);
        this.#emit(event.kind, event.name, participant);
        return;
      case 'participantAttributesChanged':
        participant.roomTells('attributesChanged', event.changed);
        this.#emit(event.kind, event.changed, participant);
        return;
      case 'participantPermissionsChanged':
        participant.roomTells('permissionsChanged', event.permissions);
        this.#emit(event.kind, event.permissions, participant);
        if (participant instanceof LocalParticipant) participant.roomPermissionsChanged();
        return;
      case 'participantEncryptionStatusChanged':
        participant.roomEncrypted(event.encrypted);
        this.#emit(event.kind, event.encrypted, participant);
        return;
      case 'connectionQualityChanged':
        if (!participant.roomQuality(event.quality)) return;
        this.#emit(event.kind, event.quality, participant);
    }
  }

  #tellState(participant: RemoteParticipant | LocalParticipant, state: E2eeState): void {
    participant.roomTells('e2eeStateChanged', state);
    this.#emit('e2eeStateChanged', state, participant);
  }

  #handleSpeakers(identities: readonly string[]): void {
    const before = this.speakers;
    this.#speakers = identities;
    const { speakers } = this;
    for (const one of before) if (!speakers.includes(one)) one.roomSpeaking(false);
    for (const one of speakers) one.roomSpeaking(true);
    this.#emit('activeSpeakersChanged', speakers);
  }

  #handleTrack(event: TrackEvent): void {
    const { kind, identity, publication: state } = event;
    const participant = this.byIdentity(identity);
    if (participant instanceof LocalParticipant) {
      const publication = participant.trackPublications.get(state.sid);
      if (!publication || (kind !== 'trackMuted' && kind !== 'trackUnmuted')) return;
      if (!publication.track.roomMuted(kind === 'trackMuted')) return;
      participant.roomTells(kind, publication);
      this.#emit(kind, publication, participant);
      return;
    }
    if (!participant) return;
    switch (kind) {
      case 'trackPublished': {
        const publication = participant.roomPublication(state);
        participant.roomTells(kind, publication);
        this.#emit(kind, publication, participant);
        return;
      }
      case 'trackUnpublished': {
        const publication = participant.trackPublications.get(state.sid);
        if (!publication) return;
        this.#unsubscribe(participant, publication);
        this.#unpublish(participant, publication);
        return;
      }
      case 'trackSubscribed': {
        const publication = participant.roomSubscribed(state);
        const { track } = publication;
        if (!track) return;
        const withheld = this.#e2ee.roomSubscribed(identity, publication.encryption);
        participant.roomTells(kind, track, publication);
        this.#emit(kind, track, publication, participant);
        if (withheld !== undefined) this.#tellState(participant, withheld);
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
        participant.roomTells(kind, publication);
        this.#emit(kind, publication, participant);
      }
    }
  }

  #tellPresence(): void {
    for (const listener of [...this.#watchers]) listener();
  }

  #unsubscribe(participant: RemoteParticipant, publication: RemoteTrackPublication): void {
    const { track } = publication;
    if (!track) return;
    participant.roomUnsubscribed(publication);
    this.#e2ee.roomUnsubscribed(participant.identity, publication.encryption);
    participant.roomTells('trackUnsubscribed', track, publication);
    this.#emit('trackUnsubscribed', track, publication, participant);
    // The server tells only of those that we hear, so that nobody would say that this one is silent.
    const { identity } = participant;
    if (!this.#speakers.includes(identity)) return;
    const heard = [...participant.trackPublications.values()].some(
      (one) => one.track?.kind === 'audio',
    );
    if (!heard) this.#handleSpeakers(this.#speakers.filter((one) => one !== identity));
  }

  #unpublish(participant: RemoteParticipant, publication: RemoteTrackPublication): void {
    participant.roomUnpublished(publication.sid);
    participant.roomTells('trackUnpublished', publication);
    this.#emit('trackUnpublished', publication, participant);
  }
}
