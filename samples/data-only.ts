// Takes part in a room by data alone: receives positions, sends a command, gets its answer.
// Run it: npm run sample -- data-only [--seconds 5]

import { Room } from 'framewire';
import { Robot } from './support/robot.js';
import { runSample } from './support/run-sample.js';

runSample({ company: (place) => Robot.join(place) }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  let positions = 0;
  let last: unknown;
  room.on('dataReceived', async ({ topic, text, reliable, senderIdentity = '' }) => {
    if (topic === 'answer') console.log(`${senderIdentity} answers: ${text}`);
    if (topic !== 'position') return;
    positions += 1;
    last = JSON.parse(text);
    if (positions === 1) {
      console.log(`${senderIdentity} sends positions, ${reliable ? 'reliably' : 'lossy'}`);
      const { localParticipant } = room;
      const to = [senderIdentity];
      await localParticipant.publishData('3', { topic: 'command', destinationIdentities: to });
    }
  });
  // Nobody's tracks are wanted, and none are published.
  await room.connect(url, await token('operator'), { autoSubscribe: false, signal });
  await ended;
  console.log(`${positions} positions came, the last was ${JSON.stringify(last)}.`);
});
