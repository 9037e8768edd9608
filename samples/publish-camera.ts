// Publishes a camera, or a test pattern where there is none, with the time at which each picture was taken.
// Run it: npm run sample -- publish-camera [--device /dev/video0] [--test-pattern] [--seconds 5]

import { Room } from 'framewire';
import { publishCamera, publishCapture, testPattern } from 'framewire/capture';
import { runSample } from './support/run-sample.js';

const PICTURE = { width: 640, height: 360, fps: 30 };

const flags = { device: '', 'test-pattern': false } as const;

runSample({ flags, company: 'audience' }, async ({ url, token, signal, ended, flags }) => {
  await using room = new Room();
  await room.connect(url, await token('camera'), { signal });

  const { device } = flags;
  const options = { ...PICTURE, name: 'camera', simulcast: false };
  await using camera = flags['test-pattern']
    ? await publishCapture(room, testPattern(PICTURE), options)
    : await publishCamera(room, { ...options, ...(device !== '' && { device }), signal });

  // Whichever comes first: the end of the sample, or of the camera, such as when it's pulled out.
  const end = await Promise.race([ended, camera.closed]);
  if (end?.reason === 'failed') throw end.error;

  const { received, dropped, latencyMs } = camera.stats;
  console.log(
    `Captured ${received} pictures, left out ${dropped.full}; published ` +
      `${latencyMs?.p50.toFixed(1) ?? '-'} ms after they were taken (median).`,
  );
});
