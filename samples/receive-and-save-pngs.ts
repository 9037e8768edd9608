// Receives somebody's camera and saves some of its frames as PNG files.
// Run it: npm run sample -- receive-and-save-pngs [--out FOLDER] [--count 3] [--seconds 5]

import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, ImageData } from '@napi-rs/canvas';
import { Room, type VideoFrame, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

const flags = { out: '', count: 3 };

runSample({ flags, company: 'test-pattern' }, async ({ url, token, signal, flags }) => {
  const { count } = flags;
  const folder = flags.out === '' ? await mkdtemp(join(tmpdir(), 'framewire-')) : flags.out;
  await mkdir(folder, { recursive: true });

  await using room = new Room();
  await room.connect(url, await token('photographer'), { signal });
  const { track, participant } = await room.waitForTrack({
    kind: 'video',
    source: 'camera',
    signal,
  });
  console.log(`Saving ${count} frames of ${participant.identity} to ${folder}`);

  // Upright RGBA is what image files have, and two a second are enough.
  const options = { format: 'RGBA', upright: true, fps: 2, signal } as const;
  await using stream = new VideoStream(track, options);
  let saved = 0;
  for await (using frame of stream) {
    saved += 1;
    const file = join(folder, `frame-${saved}.png`);
    await writeFile(file, await pngOf(frame));
    console.log(`${file}: ${frame.width}x${frame.height}`);
    // Leaving the loop closes the stream.
    if (saved >= count) break;
  }
});

function pngOf(frame: VideoFrame): Promise<Uint8Array> {
  const { width, height } = frame;
  const canvas = createCanvas(width, height);
  const pixels = new ImageData(new Uint8ClampedArray(frame.data), width, height);
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  return canvas.encode('png');
}
