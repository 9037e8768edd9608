// CPU of a process that records 720p30 in I420 and sound to an .mp4, ours against plain writes to ffmpeg's pipes:
//   node bench/sides/record.mjs framewire|streams <seconds>
// ffmpeg's own work is another process's, and not counted.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const [side, length] = process.argv.slice(2);
const [width, height, fps, sampleRate] = [1280, 720, 30, 48_000];
const frames = Number(length) * fps;
const UNCOUNTED = 2 * fps;

const folder = mkdtempSync(join(tmpdir(), 'framewire-bench-'));
const path = join(folder, 'x.mp4');
const pixels = Buffer.alloc(width * height * 1.5, 128);
const samples = new Int16Array(sampleRate / 100).map((_, i) => 8000 * Math.sin(i / 7));

const SIDES = {
  async framewire() {
    const { AudioFrame, VideoFrame } = require('framewire');
    const { MediaRecorder } = require('framewire/record');
    const recorder = await MediaRecorder.open(path);
    // Memory of the SDK's own, as captured and received frames have.
    const base = VideoFrame.create({ width, height, format: 'I420' });
    return {
      picture(timestampUs) {
        void recorder.write(base.clone(), { timestampUs });
      },
      sound(timestampUs) {
        void recorder.write(new AudioFrame(samples, { sampleRate, channels: 1, timestampUs }));
      },
      end: () => recorder.stop(),
    };
  },
  async streams() {
    const raw = ['-probesize', '32', '-analyzeduration', '0'];
    const args = [
      ...[...raw, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-video_size', `${width}x${height}`],
      ...['-framerate', `${fps}`, '-i', 'pipe:3'],
      ...[...raw, '-f', 's16le', '-ar', `${sampleRate}`, '-ac', '1', '-i', 'pipe:4'],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-c:a', 'aac', path],
    ];
    const stdio = ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'];
    const child = spawn('ffmpeg', ['-loglevel', 'error', '-nostdin', ...args], { stdio });
    const [, , , video, audio] = child.stdio;
    const bytes = Buffer.from(samples.buffer);
    return {
      picture: () => void video.write(pixels),
      sound: () => void audio.write(bytes),
      async end() {
        video.end();
        audio.end();
        await new Promise((resolve) => child.once('exit', resolve));
      },
    };
  },
};

const sink = await SIDES[side]();
const startMs = performance.now();
let begin;
for (let i = 0; i < UNCOUNTED + frames; i++) {
  if (i === UNCOUNTED) begin = process.cpuUsage();
  const timestampUs = 1e9 + Math.round((i * 1e6) / fps);
  sink.picture(timestampUs);
  // Sound comes in pieces of 10 ms, as from the network.
  const from = Math.ceil((i * 100) / fps);
  const to = Math.ceil(((i + 1) * 100) / fps);
  for (let piece = from; piece < to; piece++) sink.sound(1e9 + piece * 10_000);
  await sleep(Math.max(0, startMs + ((i + 1) * 1000) / fps - performance.now()));
}
const { user, system } = process.cpuUsage(begin);
console.log(JSON.stringify({ cpuMsPerFrame: (user + system) / 1000 / frames }));
await sink.end();
rmSync(folder, { recursive: true });
process.exit(0);
