// Publishes a microphone, with the noise taken out; one that is pulled out comes back when it's plugged in again.
// Run it: npm run sample -- publish-microphone [--device NAME] [--backend auto] [--seconds 5]
// The names of the devices: npx framewire devices

import { Room } from 'framewire';
import { AUDIO_BACKENDS, publishMicrophone } from 'framewire/capture';
import { runSample } from './support/run-sample.js';

const flags = { device: '', backend: AUDIO_BACKENDS };

runSample({ flags, company: 'audience' }, async ({ url, token, signal, ended, flags }) => {
  const { device, backend } = flags;

  await using room = new Room();
  await room.connect(url, await token('speaker'), { signal });
  await using microphone = await publishMicrophone(room, {
    ...(device !== '' && { device }),
    backend,
    noiseSuppression: true,
    highPassFilter: true,
    reopen: true,
    signal,
  });
  console.log(`Others hear '${microphone.track.name}'.`);

  // Whichever comes first: the end of the sample, or of the microphone.
  const end = await Promise.race([ended, microphone.closed]);
  if (end?.reason === 'failed') throw end.error;

  const { deliveredMs, dropped, gaps } = microphone.stats;
  console.log(
    `Sent ${(deliveredMs / 1000).toFixed(1)} s of sound, left out ${dropped.full + dropped.late} ` +
      `frames, ${gaps.count} gaps.`,
  );
});
