// Publishes a WAV file, and waits until all of it was played.
// Run it: npm run sample -- publish-a-wav [--file speech.wav] [--seconds 5]
// Without a file, it makes one of two seconds at 660 Hz.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioFrame, AudioSource, LocalAudioTrack, Room } from 'framewire';
import { Tone } from 'framewire/testing';
import { runSample } from './support/run-sample.js';

const flags = { file: '' };

runSample(
  { flags, company: 'audience' },
  async ({ url, token, signal, ended, flags: { file } }) => {
    const wav = AudioFrame.fromWav(file === '' ? await exampleWav() : await readFile(file));
    const { sampleRate, channels, durationMs } = wav;
    console.log(`${(durationMs / 1000).toFixed(1)} s, ${channels} channels, ${sampleRate} Hz`);

    await using room = new Room();
    await room.connect(url, await token('player'), { signal });

    // A source takes the rates in SAMPLE_RATES and up to two channels; LiveKit sends them all.
    using source = new AudioSource({ sampleRate, channels });
    const track = LocalAudioTrack.create('recording', source);
    const heard = new Promise((resolve) => room.once('localTrackSubscribed', resolve));
    await room.localParticipant.publishTrack(track);

    // When the time is up, what is not played yet is dropped: then both waits below are over.
    void ended.then(() => source.clearQueue());
    // Nobody hears what is played before they have subscribed.
    await Promise.race([heard, ended]);
    await source.captureFrame(wav);
    await source.waitForPlayout();
    console.log(signal.aborted ? 'Stopped.' : 'Played to the end.');
  },
);

/** The bytes of a WAV file as any program may have written it. */
async function exampleWav(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'framewire-'));
  try {
    const file = join(folder, 'example.wav');
    const tone = new Tone({ frequency: 660, sampleRate: 44_100, channels: 2 });
    await writeFile(file, tone.next(2000).toWav());
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
