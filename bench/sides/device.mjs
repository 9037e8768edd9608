// CPU of a process that reads 1080p30 from ffmpeg, ours against plain streams:
//   node bench/sides/device.mjs framewire|streams I420|RGBA <seconds>
// The pictures are one colour, made by ffmpeg: what it costs to make them is not what is measured.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [side, format, length] = process.argv.slice(2);
const [width, height, fps] = [1920, 1080, 30];
const device = `color=gray:size=${width}x${height}:rate=${fps}`;
const counted = Number(length) * fps;
// Until the memory is there that is used from then on, and what is called often is compiled.
const UNCOUNTED = 2 * fps;

/** Calls back with each frame, until that returns true. */
const READERS = {
  async framewire(onFrame) {
    const { openCamera } = require('framewire/capture');
    const camera = await openCamera({ device, backend: 'lavfi', format });
    for await (const frame of camera) {
      const last = onFrame();
      frame.close();
      if (last) break;
    }
  },
  async streams(onFrame) {
    const pixels = { I420: 'yuv420p', RGBA: 'rgba' }[format];
    const input = ['-loglevel', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', device];
    const output = ['-pix_fmt', pixels, '-f', 'rawvideo', 'pipe:1'];
    const child = spawn('ffmpeg', [...input, ...output], { stdio: ['ignore', 'pipe', 'inherit'] });
    // As many as ours goes through: the reader has one, one waits, and one is filled.
    const size = width * height * (format === 'RGBA' ? 4 : 1.5);
    const frames = Array.from({ length: 3 }, () => Buffer.alloc(size));
    let frame = frames[0];
    let filled = 0;
    await new Promise((resolve) => {
      child.stdout.on('data', (chunk) => {
        for (let from = 0; from < chunk.length;) {
          const copied = chunk.copy(frame, filled, from);
          from += copied;
          filled += copied;
          if (filled < frame.length) continue;
          filled = 0;
          frames.push(frames.shift());
          [frame] = frames;
          if (onFrame()) resolve();
        }
      });
    });
    child.kill('SIGKILL');
  },
};

let count = 0;
let begin;
let result;
await READERS[side](() => {
  count += 1;
  if (count === UNCOUNTED) begin = { cpu: process.cpuUsage(), ms: performance.now() };
  if (count < UNCOUNTED + counted) return false;
  const { user, system } = process.cpuUsage(begin.cpu);
  result ??= {
    cpuMsPerFrame: (user + system) / 1000 / counted,
    fps: (counted * 1000) / (performance.now() - begin.ms),
  };
  return true;
});
console.log(JSON.stringify(result));
process.exit(0);
