import type { Room } from 'framewire';
import type { LiveRooms } from './live-rooms.js';

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

async function allHear(sender: Room, rooms: readonly Room[]): Promise<void> {
  for (const room of rooms) {
    const destinationIdentities = [room.localParticipant.identity];
    await untilHeard(room, () =>
      sender.localParticipant.publishData('', { destinationIdentities }),
    );
  }
}
