// Sends a file to one participant, shows how far it is, and waits for the receipt.
// Run it: npm run sample -- send-a-file [--seconds 30] [--file package-lock.json]

import { resolve } from 'node:path';
import { Room } from 'framewire';
import { Mailbox } from './support/mailbox.js';
import { runSample } from './support/run-sample.js';

runSample(
  { flags: { file: 'package-lock.json' }, company: (place) => Mailbox.join(place) },
  async ({ url, token, signal, ended, flags }) => {
    await using room = new Room();
    const receipt = new Promise<string>((received) => {
      room.registerTextStreamHandler('receipts', async (reader) => {
        received(await reader.readAll());
      });
    });
    await room.connect(url, await token('sender'), { autoSubscribe: false, signal });
    // Streams reach those who are there: LiveKit keeps nothing for who comes later.
    const { identity } = await room.waitForParticipant('mailbox', { signal });

    let shown = -1;
    const { name, streamId } = await room.localParticipant.sendFile(resolve(flags.file), {
      topic: 'files',
      destinationIdentities: [identity],
      signal,
      onProgress: ({ bytes, totalBytes = 0 }) => {
        const quarter = totalBytes === 0 ? 4 : Math.floor((4 * bytes) / totalBytes);
        if (quarter > shown) console.log(`${25 * quarter} % sent`);
        shown = Math.max(shown, quarter);
      },
    });
    console.log(`'${name}' is on its way as ${streamId}.`);
    // On its way is not there: who left now would take the rest of it along.
    await Promise.race([receipt.then((text) => console.log(`Receipt: ${text}`)), ended]);
  },
);
