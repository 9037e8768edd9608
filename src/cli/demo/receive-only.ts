import type { RemoteParticipant } from '../../room/remote-participant.js';
import type { Room } from '../../room/room.js';
import type { RemoteTrackPublication } from '../../tracks/remote-track-publication.js';
import type { RoleName } from './protocol.js';

/**
 * Receives some tracks of a room that was joined without `autoSubscribe`, now and whenever they are
 * published. Everything else, such as what others show each other, costs nothing.
 */
export function receiveOnly(
  room: Room,
  wanted: Readonly<Partial<Record<RoleName, readonly string[]>>>,
): void {
  const look = (publication: RemoteTrackPublication, { identity }: RemoteParticipant): void => {
    const names = Object.entries(wanted).find(([role]) => role === identity)?.[1];
    if (names?.includes(publication.name)) publication.subscribe();
  };
  room.on('trackPublished', look);
  for (const participant of room.remoteParticipants.values()) {
    for (const publication of participant.trackPublications.values())
      look(publication, participant);
  }
}
