import type { RemoteParticipant } from '../../room/remote-participant.js';
import type { Room } from '../../room/room.js';
import type { RemoteTrackPublication } from '../../tracks/remote-track-publication.js';
import { Guest } from './guest.js';
import { GUEST_PREFIX, type GuestFigures, MAX_GUESTS } from './protocol.js';

/**
 * The agent's guests: who shows a camera or a microphone gets it back processed, some at once and the
 * others when it's their turn. Of those who wait nothing is received; without guests it does nothing.
 */
export class Guests {
  /** Resolves when the room is left and nothing of a guest is left. */
  readonly done: Promise<void>;
  readonly #room: Room;
  readonly #limit: number;
  /** In the order in which they came. */
  readonly #guests = new Map<string, Guest>();

  /** @param limit - How many are processed at once. */
  constructor(room: Room, limit: number = MAX_GUESTS) {
    this.#room = room;
    this.#limit = limit;
    room.on('trackPublished', this.#published);
    room.on('trackUnpublished', (publication, { identity }) => {
      const guest = this.#guests.get(identity);
      guest?.unpublished(publication);
      if (guest?.gone) this.#guests.delete(identity);
      this.#next();
    });
    room.on('trackSubscribed', (track, _publication, { identity }) => {
      this.#guests.get(identity)?.process(track);
    });
    for (const participant of room.remoteParticipants.values()) {
      for (const one of participant.trackPublications.values()) this.#published(one, participant);
    }
    this.done = new Promise<void>((resolve) => {
      room.once('disconnected', () => {
        resolve();
      });
    }).then(async () => {
      await Promise.all([...this.#guests.values()].map(({ done }) => done));
    });
  }

  /** What came from each, in the order in which they came. */
  figures(): Promise<readonly GuestFigures[]> {
    return Promise.all([...this.#guests.values()].map((guest) => guest.figures()));
  }

  /** What came from a guest in the last second or so. */
  newest(identity: string): GuestFigures | undefined {
    return this.#guests.get(identity)?.newest;
  }

  readonly #published = (
    publication: RemoteTrackPublication,
    { identity }: RemoteParticipant,
  ): void => {
    if (!identity.startsWith(GUEST_PREFIX)) return;
    const guest = this.#guests.get(identity) ?? new Guest(this.#room, identity);
    this.#guests.set(identity, guest);
    guest.published(publication);
    this.#next();
  };

  /** Begins with those whose turn it is. */
  #next(): void {
    let processed = 0;
    for (const guest of this.#guests.values()) {
      if (processed === this.#limit) return;
      processed += 1;
      if (guest.state === 'waiting') guest.begin();
    }
  }
}
