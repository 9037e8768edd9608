import type { Room } from '../../room/room.js';
import { Guest } from './guest.js';
import { GUEST_PREFIX, type GuestFigures, MAX_GUESTS } from './protocol.js';

/**
 * The agent's guests: who sends a camera or a microphone gets it back processed, some at once and the
 * others when it's their turn. Without guests it does nothing.
 */
export class Guests {
  readonly #room: Room;
  readonly #limit: number;
  /** In the order in which they came. */
  readonly #guests = new Map<string, Guest>();

  /** @param limit - How many are processed at once. */
  constructor(room: Room, limit: number = MAX_GUESTS) {
    this.#room = room;
    this.#limit = limit;
  }

  /** Takes care of whoever comes. Resolves when the room is left and nothing of a guest is left. */
  async receive(): Promise<void> {
    for await (const { track, participant } of this.#room.tracks()) {
      const { identity } = participant;
      if (!identity.startsWith(GUEST_PREFIX)) continue;
      const guest = this.#guests.get(identity) ?? new Guest(this.#room, identity);
      this.#guests.set(identity, guest);
      guest.add(track, () => {
        if (guest.gone) this.#guests.delete(identity);
        this.#next();
      });
      if (guest.gone) this.#guests.delete(identity);
      this.#next();
    }
    await Promise.all([...this.#guests.values()].map(({ done }) => done));
  }

  /** What came from each, in the order in which they came. */
  figures(): Promise<readonly GuestFigures[]> {
    return Promise.all([...this.#guests.values()].map((guest) => guest.figures()));
  }

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
