// What a frame costs the event loop where many streams are read, in a process of its own:
//   node bench/sides/streams.mjs framewire|rtc-node <streams> [seconds]
// As many local tracks of 320x180 as streams give 15 frames a second each; the loops' bodies look at a pixel.
// Prints the milliseconds of active event loop for each frame.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCamera } from '../lib/camera.mjs';

const require = createRequire(import.meta.url);
const [side, count, seconds = '3'] = process.argv.slice(2);
const [width, height] = [320, 180];
const numbers = Array.from({ length: Number(count) }, (_, i) => i);
let frames = 0;

const sides = {
  framewire() {
    const { LocalVideoTrack, VideoSource, VideoStream } = require('framewire');
    return numbers.map((i) => {
      const source = new VideoSource({ width, height });
      const track = LocalVideoTrack.create(`bench-${i}`, source);
      const read = async () => {
        for await (const frame of new VideoStream(track)) {
          frame.data[0];
          frame.close();
          frames += 1;
        }
      };
      return { kept: [source, track], handle: BigInt(source.handle), read };
    });
  },
  'rtc-node'() {
    const rtc = require('@livekit/rtc-node');
    return numbers.map((i) => {
      const source = new rtc.VideoSource(width, height);
      const track = rtc.LocalVideoTrack.createVideoTrack(`bench-${i}`, source);
      const read = async () => {
        for await (const { frame } of new rtc.VideoStream(track)) {
          frame.data[0];
          frames += 1;
        }
      };
      return { kept: [source, track], handle: source.ffiHandle.handle, read };
    });
  },
};

const streams = sides[side]();
for (const { read } of streams) void read();
startCamera(
  streams.map(({ handle }) => handle),
  { width, height, fps: 15 },
);
await sleep(1500);
frames = 0;
const before = performance.eventLoopUtilization();
await sleep(1000 * Number(seconds));
const { active } = performance.eventLoopUtilization(before);
const expected = 15 * Number(seconds) * streams.length;
console.log(JSON.stringify({ msPerFrame: active / frames, delivered: frames / expected }));
process.exit(0);
