// Saves a picture of somebody's camera now and then, and makes a short video of the pictures.
// Run it: npm run sample -- time-lapse [--out FOLDER] [--interval 400] [--fps 10] [--seconds 5]

import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Room, VideoFrame } from 'framewire';
import { MediaRecorder, recordImages } from 'framewire/record';
import { runSample } from './support/run-sample.js';

const flags = { out: '', interval: 400, fps: 10 };

runSample({ flags, company: 'test-pattern' }, async ({ url, token, signal, flags }) => {
  const { interval, fps } = flags;
  const dir = flags.out === '' ? await mkdtemp(join(tmpdir(), 'framewire-')) : flags.out;
  await mkdir(dir, { recursive: true });

  await using room = new Room();
  await room.connect(url, await token('time-lapse'), { signal });
  const { track } = await room.waitForTrack({ kind: 'video', source: 'camera', signal });

  // Until the sample's seconds are over: the signal ends it as stop() does.
  const pattern = 'picture-%04d.jpg';
  const images = await recordImages(track, { dir, pattern, intervalMs: interval, signal });
  const paths: string[] = [];
  images.on('imageWritten', ({ path }) => paths.push(path));
  const { written, dropped } = await images.finished;
  console.log(`${written} pictures in ${dir}, ${dropped} dropped.`);

  const options = { audio: false, video: { fps }, overflow: 'wait', overwrite: true } as const;
  await using recorder = await MediaRecorder.open(join(dir, 'time-lapse.mp4'), options);
  for (const [i, path] of paths.sort().entries()) {
    const timestampUs = Math.round(((i + 1) * 1e6) / fps);
    await recorder.write(await VideoFrame.fromImage(await readFile(path)), { timestampUs });
  }
  const { path, durationMs, width, height } = await recorder.stop();
  console.log(`${path}: ${(durationMs / 1000).toFixed(1)} s, ${width}x${height}`);
});
