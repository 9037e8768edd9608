// Plays what everybody in a room says through the speaker. People come and go.
// Run it: npm run sample -- play-room-audio [--device NAME] [--seconds 10]
// The names of the devices: npx framewire devices

import { AudioMixer, AudioStream, Room } from 'framewire';
import { openSpeaker } from 'framewire/capture';
import { runSample } from './support/run-sample.js';

const flags = { device: '' };

runSample({ flags, company: 'test-pattern' }, async ({ url, token, signal, ended, flags }) => {
  const { device } = flags;
  // A speaker that is pulled out is waited for; what is said meanwhile isn't heard.
  await using speaker = await openSpeaker({ ...(device !== '' && { device }), reopen: true });

  // Live: it goes on by its own clock, whoever is there and whether they say anything.
  await using mixer = new AudioMixer({ sampleRate: 48_000, channels: 2, pace: 'live' });
  mixer.on('error', (error) => {
    console.warn('A stream failed:', error);
  });

  await using room = new Room();
  room.on('trackSubscribed', (track, _publication, { identity }) => {
    if (track.kind !== 'audio') return;
    console.log(`${identity} is heard.`);
    // It leaves the mixer by itself when the track ends.
    mixer.add(new AudioStream(track, { sampleRate: 48_000, channels: 2 }));
  });
  await room.connect(url, await token('listener'), { signal });

  void ended.then(() => mixer.close());
  await speaker.play(mixer);

  const { writtenMs, skippedMs } = speaker.stats;
  console.log(`Played ${(writtenMs / 1000).toFixed(1)} s, left out ${skippedMs.toFixed(0)} ms.`);
});
