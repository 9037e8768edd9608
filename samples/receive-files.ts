// Saves the files that others send, each in a folder that no name of theirs leads out of.
// Run it: npm run sample -- receive-files [--seconds 5] [--out FOLDER]

import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Room } from 'framewire';
import { Postman } from './support/postman.js';
import { runSample } from './support/run-sample.js';

runSample(
  { flags: { out: '' }, company: (place) => Postman.join(place) },
  async ({ url, token, signal, ended, flags }) => {
    const folder = flags.out || (await mkdtemp(join(tmpdir(), 'framewire-files-')));
    await mkdir(folder, { recursive: true });

    await using room = new Room();
    room.on('error', (error) => console.error(error));
    room.registerByteStreamHandler('files', async (reader, { identity }) => {
      const path = await reader.saveTo(folder, { maxBytes: 10_000_000, signal });
      // The name is the sender's wish: shown as JSON, it can't play tricks on a terminal.
      const wish = JSON.stringify(reader.info.name);
      console.log(
        `${identity} sent ${wish}, ${reader.bytesReceived} bytes: ${relative(folder, path)}`,
      );
      await room.localParticipant.sendText(`${reader.bytesReceived} bytes`, { topic: 'receipts' });
    });
    await room.connect(url, await token('mailbox'), { autoSubscribe: false, signal });
    await ended;
  },
);
