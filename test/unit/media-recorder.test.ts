import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaRecorder } from 'framewire/record';
import { BeepAndFlash } from 'framewire/testing';
import { offsetsInFile } from '../support/beeps-in-file.js';
import { probe } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-recorder-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describeWith(['ffmpeg', 'ffprobe'], 'a recording', () => {
  it.each(['mp4', 'webm', 'mkv'])('has beeps and flashes at the same time as .%s', async (type) => {
    const recorder = await MediaRecorder.open(join(folder, `talk.${type}`), { overflow: 'wait' });
    const scene = new BeepAndFlash({ fps: 30, width: 320, height: 180 });
    for (let i = 0; i < 90; i++) {
      const { picture, sound, timestampUs } = scene.next();
      await Promise.all([
        recorder.write(picture, { timestampUs: 1e9 + timestampUs }),
        recorder.write(sound, { timestampUs: 1e9 + timestampUs }),
      ]);
    }
    const { path, ...recording } = await recorder.stop();
    expect(recording).toMatchObject({ durationMs: 3000, frames: 90, filled: 0, jumps: 0 });
    const offsets = await offsetsInFile(path);
    expect(offsets.length).toBeGreaterThanOrEqual(14);
    for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(2);
    const { video, audio } = await probe(path);
    expect(video).toMatchObject({ width: 320, height: 180, r_frame_rate: '30/1' });
    expect(audio).toMatchObject({ sample_rate: '48000', channels: 1 });
  });
});
