// Reads the chat of a room and answers.
// Run it: npm run sample -- chat-bot [--seconds 5]

import { Room } from 'framewire';
import { runSample } from './support/run-sample.js';
import { Visitor } from './support/visitor.js';

runSample({ company: (place) => Visitor.join(place) }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  room.on('chatMessage', async ({ message }, participant) => {
    const { localParticipant } = room;
    if (/time/i.test(message)) {
      const answer = await localParticipant.sendChatMessage('Let me look …');
      // An edited message comes again, with the same id.
      const time = new Date().toISOString().slice(11, 16);
      await localParticipant.editChatMessage(answer, `It is ${time} UTC.`);
    } else {
      const who = participant?.identity ?? 'stranger';
      await localParticipant.sendChatMessage(`Hello, ${who}! Ask me for the time.`);
    }
  });
  await room.connect(url, await token('bot'), { autoSubscribe: false, signal });
  await ended;
});
