// Publishes a screen, or a part of one, sharp rather than smooth.
// Run it: npm run sample -- publish-screen [--device :0] [--fps 15] [--seconds 5]

import { Room } from 'framewire';
import { publishScreen } from 'framewire/capture';
import { runSample } from './support/run-sample.js';

const flags = { device: '', fps: 15 };

runSample({ flags, company: 'audience' }, async ({ url, token, signal, ended, flags }) => {
  await using room = new Room();
  await room.connect(url, await token('screen'), { signal });

  const { device, fps } = flags;
  await using screen = await publishScreen(room, {
    ...(device !== '' && { device }),
    fps,
    maxBitrateBps: 3_000_000,
    simulcast: false,
    signal,
  });
  const { width, height } = screen.track.source;
  console.log(`Publishing a screen of ${width}x${height} as '${screen.publication.source}'.`);

  const end = await Promise.race([ended, screen.closed]);
  if (end?.reason === 'failed') throw end.error;
  console.log(`Captured ${screen.stats.received} pictures.`);
});
