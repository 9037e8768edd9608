import type { Room } from 'framewire';
import type { LiveRooms } from './live-rooms.js';
import { nextEvent } from './waits.js';

/** Calls `send` again and again until `room` has heard it: the first may come before it can hear anything. */
export async function untilHeard(room: Room, send: () => Promise<unknown>): Promise<void> {
  let heard = false;
  const hearing = new Promise<void>((resolve) => {
    room.once('dataReceived', () => {
      heard = true;
      resolve();
    });
  });
  while (!heard) {
    await send();
    await Promise.race([hearing, new Promise((done) => setTimeout(done, 50))]);
  }
}

/**
 * As {@link talkers}, where all others know the first: the native side drops chat messages of strangers. It
 * joins first.
 */
export async function acquaintances(
  live: LiveRooms,
  identity: string,
  ...others: readonly string[]
): Promise<Room[]> {
  const first = await live.join(identity);
  const rooms = await Promise.all(others.map((other) => live.join(other)));
  await allHear(first, rooms);
  return [first, ...rooms];
}

/**
 * Rooms of which the first can send to all others at once. It joins last: those who are there it knows, while
 * the server tells them of it up to 3 seconds later.
 */
export async function talkers(
  live: LiveRooms,
  identity: string,
  ...others: readonly string[]
): Promise<Room[]> {
  const rooms = await Promise.all(others.map((other) => live.join(other)));
  const first = await live.join(identity);
  await allHear(first, rooms);
  return [first, ...rooms];
}

async function allHear({ localParticipant }: Room, rooms: readonly Room[]): Promise<void> {
  for (const room of rooms) {
    const destinationIdentities = [room.localParticipant.identity];
    await untilHeard(room, () => localParticipant.publishData('', { destinationIdentities }));
    // Those that came after the first that was heard are before this one.
    const last = nextEvent(room, 'dataReceived', ({ topic }) => topic === 'last');
    await localParticipant.publishData('', { destinationIdentities, topic: 'last' });
    await last;
  }
}
