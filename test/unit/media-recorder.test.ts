import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MediaRecorder } from 'framewire/record';
import { BeepAndFlash } from 'framewire/testing';
import { offsetsInFile } from '../support/beeps-in-file.js';
import { probe } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

jest.setTimeout(30_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-recorder-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describeWith('ffmpeg', 'a sound that stops', () => {
  it('holds back no pictures here, where they would be lost if the program was killed', async () => {
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'));
    const scene = new BeepAndFlash({ fps: 30, width: 320, height: 180 });
    const stampOf = (i: number): { readonly timestampUs: number } => ({
      timestampUs: 1e9 + Math.round((i * 1e6) / 30),
    });
    for (let i = 0; i < 10; i++) {
      const { picture, sound } = scene.next();
      void recorder.write(picture, stampOf(i));
      void recorder.write(sound, stampOf(i));
    }
    for (let i = 10; i < 25; i++) void recorder.write(scene.next().picture, stampOf(i));
    // As long as some comes, though of a time that is over, there is no silence instead.
    while (recorder.stats.waiting > 0) {
      void recorder.write(scene.next().sound, stampOf(9));
      await setTimeout(20);
    }
    expect(recorder.stats).toMatchObject({ silenceMs: 0, dropped: { full: 0 } });
  });
});

describeWith(['ffmpeg', 'ffprobe'], 'a recording', () => {
  it.each(['mp4', 'webm', 'mkv'])('has beeps and flashes at the same time as .%s', async (type) => {
    const recorder = await MediaRecorder.open(join(folder, `talk.${type}`), { overflow: 'wait' });
    const scene = new BeepAndFlash({ fps: 30, width: 320, height: 180 });
    for (let i = 0; i < 45; i++) {
      const { picture, sound, timestampUs } = scene.next();
      await Promise.all([
        recorder.write(picture, { timestampUs: 1e9 + timestampUs }),
        recorder.write(sound, { timestampUs: 1e9 + timestampUs }),
      ]);
    }
    const { path, ...recording } = await recorder.stop();
    expect(recording).toMatchObject({ durationMs: 1500, frames: 45, filled: 0, jumps: 0 });
    const offsets = await offsetsInFile(path);
    expect(offsets.length).toBeGreaterThanOrEqual(6);
    for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(2);
    const { video, audio } = await probe(path);
    expect(video).toMatchObject({ width: 320, height: 180, r_frame_rate: '30/1' });
    expect(audio).toMatchObject({ sample_rate: '48000', channels: 1 });
  });
});
