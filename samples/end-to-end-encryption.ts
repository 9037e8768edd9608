// Reads video that the server can't, then shows what comes with a wrong key: nothing.
// Run it: npm run sample -- end-to-end-encryption [--seconds 5] [--key secret]

import { Room, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';
import { TestPattern } from './support/test-pattern.js';

const KEY = 'correct horse battery staple';

runSample(
  {
    flags: { key: KEY },
    company: (place) => TestPattern.publish(place, { encryption: { sharedKey: KEY } }),
  },
  async ({ url, token, signal, ended, flags }) => {
    await using room = new Room();
    room.on('e2eeStateChanged', (state, participant) => {
      console.log(`Encryption with ${participant.identity}: ${state}`);
    });
    // Everybody in the room has the same key; it never goes through LiveKit.
    await room.connect(url, await token('insider'), {
      encryption: { sharedKey: flags.key },
      signal,
    });
    void ended.then(() => room.disconnect());

    const { track } = await room.waitForTrack({ kind: 'video', signal });
    await using stream = new VideoStream(track, { format: 'RGBA' });
    for await (using frame of stream) {
      const { delivered } = stream.stats;
      if (delivered === 1) console.log(`A picture of ${frame.width}x${frame.height} came.`);
      // From now on we have another key than they, as somebody who was not told it.
      if (delivered === 15) room.e2ee.setSharedKey('a guess');
    }
    const after = stream.stats.delivered - 15;
    console.log(
      `With the wrong key, nothing came but ${after} pictures that were decrypted already.`,
    );
  },
);
