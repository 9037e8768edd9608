// Mixes what everybody in a room says, takes the noise out of it, and publishes the result.
// Run it: npm run sample -- clean-and-mix [--seconds 10]
// What is in the room without you is a steady tone, which is noise: hear it become quieter.

import {
  AudioMixer,
  AudioProcessingModule,
  AudioSource,
  AudioStream,
  LevelMeter,
  LocalAudioTrack,
  Room,
  VoiceActivityDetector,
} from 'framewire';
import { runSample } from './support/run-sample.js';

runSample({ company: 'both' }, async ({ url, token, signal, ended }) => {
  await using mixer = new AudioMixer({ sampleRate: 48_000, channels: 1 });
  // Somebody's stream that breaks is no reason to stop.
  mixer.on('error', (error) => {
    console.warn('A stream failed:', error);
  });

  await using room = new Room();
  room.on('trackSubscribed', (track, _publication, { identity }) => {
    if (track.kind !== 'audio') return;
    console.log(`${identity} is in the mix.`);
    // It leaves by itself when the track ends.
    mixer.add(new AudioStream(track), { gain: 0.8 });
  });
  await room.connect(url, await token('mixer'), { signal });

  using source = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 200 });
  await room.localParticipant.publishTrack(LocalAudioTrack.create('mix', source));

  using apm = new AudioProcessingModule({ noiseSuppression: true, highPassFilter: true });
  const before = new LevelMeter({ windowMs: 500 });
  const after = new LevelMeter({ windowMs: 500 });
  const voices = new VoiceActivityDetector();
  voices.on('speechStarted', () => {
    console.log('Somebody speaks.');
  });

  void ended.then(() => mixer.close());
  for await (const frame of mixer) {
    before.push(frame);
    // In place: the frame that comes back has the same samples, cleaned.
    const clean = apm.processStream(frame);
    after.push(clean);
    voices.process(clean);
    await source.captureFrame(clean);
  }
  console.log(`${before.rmsDb.toFixed(1)} dBFS went in, ${after.rmsDb.toFixed(1)} dBFS came out.`);
});
