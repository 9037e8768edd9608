import type { ParticipantView } from '../native/participant-view.js';
import type { PublicationState } from '../native/rtc-state.js';
import { RemoteAudioTrack, RemoteVideoTrack } from '../tracks/remote-track.js';
import { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import type { EncryptionGuard } from './encryption-guard.js';
import type { FollowedRoom } from './identity-follower.js';
import { Participant, type ReadableTrack } from './participant.js';

/** Somebody else in the room. */
export class RemoteParticipant extends Participant<RemoteTrackPublication> {
  readonly #guard: EncryptionGuard;

  private constructor(view: ParticipantView, room: FollowedRoom, guard: EncryptionGuard) {
    super(view, room);
    this.#guard = guard;
  }

  /** @internal */
  static create(
    view: ParticipantView,
    room: FollowedRoom,
    guard: EncryptionGuard,
  ): RemoteParticipant {
    return new RemoteParticipant(view, room, guard);
  }

  /** @internal The publication of a state, made when it's first heard of. */
  roomPublication(state: PublicationState): RemoteTrackPublication {
    const known = this.trackPublications.get(state.sid);
    if (known) return known;
    const publication = RemoteTrackPublication.create(state);
    this.roomPublished(publication);
    return publication;
  }

  /** @internal We receive a track of this participant's from now on. */
  roomSubscribed(state: PublicationState): RemoteTrackPublication {
    const publication = this.roomPublication(state);
    const { trackHandle: handle, sid, name, muted, kind } = state;
    if (handle !== undefined) {
      publication.track?.roomEnded();
      const withheld = this.#guard.withholds(this.identity, kind, () => publication.encryption);
      const init = { sid, name, muted, handle, withheld };
      publication.roomSubscribed(
        kind === 'video' ? RemoteVideoTrack.create(init) : RemoteAudioTrack.create(init),
      );
      this.roomTracksChanged();
    }
    return publication;
  }

  /** @internal We no longer receive it: its streams end. */
  roomUnsubscribed(publication: RemoteTrackPublication): void {
    const { track } = publication;
    publication.roomSubscribed(undefined);
    track?.roomEnded();
    this.roomTracksChanged();
  }

  /** @internal */
  override roomUnpublished(sid: string): RemoteTrackPublication | undefined {
    const publication = super.roomUnpublished(sid);
    publication?.roomUnpublished();
    return publication;
  }

  /** @internal */
  override roomLeft(): void {
    for (const publication of this.trackPublications.values()) publication.roomUnpublished();
    super.roomLeft();
  }

  /** @internal */
  protected override readable(publication: RemoteTrackPublication): ReadableTrack | undefined {
    return publication.track;
  }
}
