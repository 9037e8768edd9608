import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { VideoFrame } from 'framewire';
import { MediaRecorder } from 'framewire/record';
import { solidFrame } from 'framewire/testing';
import { ffmpegPath } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

jest.setTimeout(30_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-parts-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A picture of a size that the one before doesn't have. */
function flipping(index: number): VideoFrame {
  const size = index % 2 === 0 ? { width: 32, height: 16 } : { width: 16, height: 32 };
  const timestampUs = 1e6 + index * 33_333;
  return solidFrame([200, 40, 40], { ...size, format: 'I420', timestampUs });
}

describeWith('ffmpeg', 'pictures that have another size each time', () => {
  const options = { audio: false, video: { onResize: 'part' } } as const;

  it('begin a file each, but two ffmpegs are all that run at a time', async () => {
    const log = join(folder, 'log');
    const path = join(folder, 'ffmpeg');
    // Tells of each that writes a file when it begins and when it's over.
    const script =
      `case "$*" in *-encoders*|*-version*) exec ${ffmpegPath()} "$@";; esac\n` +
      `echo + >> ${log}\n${ffmpegPath()} "$@"\ncode=$?\necho - >> ${log}\nexit $code\n`;
    await writeFile(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'), {
      ...options,
      overflow: 'wait',
      ffmpegPath: path,
    });
    for (let i = 0; i < 6; i++) await recorder.write(flipping(i));
    const { parts, frames, dropped } = await recorder.stop();
    expect(frames).toBe(6);
    expect(dropped).toEqual({ full: 0, rate: 0, late: 0 });
    expect(parts.map(({ width, startMs }) => [width, Math.round(startMs)])).toEqual(
      Array.from({ length: 6 }, (_, i) => [i % 2 === 0 ? 32 : 16, Math.round((i * 1000) / 30)]),
    );
    let running = 0;
    const counts = (await readFile(log, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (running += line === '+' ? 1 : -1));
    expect(counts).toHaveLength(12);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });

  it('wait as all pictures do, and are left out where too many wait', async () => {
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'), {
      ...options,
      capacity: 2,
    });
    for (let i = 0; i < 20; i++) void recorder.write(flipping(i));
    expect(recorder.stats.waiting).toBe(2);
    const { parts, frames, dropped } = await recorder.stop();
    expect(frames).toBe(20);
    expect(dropped.full).toBeGreaterThanOrEqual(15);
    expect(await readdir(folder)).toHaveLength(parts.length);
    expect(parts.length).toBeLessThanOrEqual(4);
  });
});

describeWith('ffmpeg', 'a part that somebody removes while it is recorded', () => {
  it('fails the recording when it is over', async () => {
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'), {
      ...{ audio: false, overflow: 'wait', segmentMs: 100 },
    });
    const failed = new Promise((resolve) => recorder.on('failed', resolve));
    for (const i of [0, 2]) await recorder.write(flipping(i));
    const path = join(folder, 'x-001.mp4');
    // Before ffmpeg has opened it, it would be made anew.
    while ((await stat(path)).size === 0) await setTimeout(10);
    await unlink(path);
    for (let i = 4; i < 12 && recorder.state === 'recording'; i += 2) {
      await recorder.write(flipping(i));
    }
    expect(await failed).toMatchObject({ code: 'not-found' });
    await expect(recorder.stop()).rejects.toMatchObject({ code: 'not-found' });
  });
});
