// Joins a room and lists who is there and what they publish, then says who comes and goes.
// Run it: npm run sample -- join-and-list [--seconds 5]

import { AccessToken, Room } from 'framewire';
import { runSample } from './support/run-sample.js';

runSample(
  { company: 'test-pattern' },
  async ({ url, apiKey, apiSecret, roomName, signal, ended }) => {
    // A token says who may do what, where. On a real system your backend makes it, and the client
    // never sees the secret.
    const token = new AccessToken(apiKey, apiSecret, { identity: 'visitor', name: 'A visitor' });
    token.addGrant({ roomJoin: true, room: roomName, canPublish: false });

    await using room = new Room();
    room.on('participantConnected', ({ identity }) => console.log(`${identity} came`));
    room.on('participantDisconnected', ({ identity }) => console.log(`${identity} left`));
    room.on('trackPublished', ({ kind, name }, { identity }) => {
      console.log(`${identity} published ${kind} '${name}'`);
    });
    // We only look: without this, everything that is published would be sent to us.
    await room.connect(url, await token.toJwt(), { autoSubscribe: false, signal });
    console.log(`Joined '${room.name}' as ${room.localParticipant.identity}.`);

    for (const participant of room.remoteParticipants.values()) {
      console.log(`${participant.identity} (${participant.kind}) is here and publishes:`);
      for (const {
        kind,
        source,
        name,
        mimeType,
        width,
        height,
      } of participant.trackPublications.values()) {
        const size = kind === 'video' ? ` ${width}x${height}` : '';
        console.log(`  ${kind} '${name}' from ${source}, ${mimeType}${size}`);
      }
    }
    await ended;
  },
);
