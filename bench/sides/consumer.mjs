// What a consumer that is slower than the frames does to a process, in one of its own:
//   node bench/sides/consumer.mjs framewire|rtc-node sleeps|computes <seconds> <most megabytes>
// 1080p frames come at 30 a second for so many seconds; the loop's body sleeps 500 ms or computes 200 ms. It ends
// early if memory has grown by so much. Prints by how much it has grown, and how old the frames were when the
// loop got them.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { ageMs, startCamera } from '../lib/camera.mjs';
import { summary } from '../lib/statistics.mjs';

const require = createRequire(import.meta.url);
const [side, how, seconds, mostMb] = process.argv.slice(2);
const [width, height] = [1920, 1080];
/** Until then memory is first touched. */
const WARM_UP_MS = 2000;

const megabytes = () => process.memoryUsage.rss() / 1024 ** 2;
const ages = [];
let startedAt;
let baseline;
let largest = 0;

const bodies = {
  sleeps: () => sleep(500),
  computes() {
    const until = performance.now() + 200;
    while (performance.now() < until);
  },
};

/** The loop's body. @returns Whether that was the last frame. */
async function consume(pixels) {
  startedAt ??= performance.now();
  ages.push(ageMs(pixels));
  await bodies[how]();
  const elapsedMs = performance.now() - startedAt;
  if (elapsedMs < WARM_UP_MS) return false;
  baseline ??= megabytes();
  largest = Math.max(largest, megabytes());
  return elapsedMs >= 1000 * Number(seconds) || largest - baseline > Number(mostMb);
}

const sides = {
  async framewire() {
    const { LocalVideoTrack, VideoSource, VideoStream } = require('framewire');
    const source = new VideoSource({ width, height });
    const track = LocalVideoTrack.create('bench', source);
    startCamera([BigInt(source.handle)], { width, height, fps: 30 });
    let first = true;
    for await (const frame of new VideoStream(track)) {
      try {
        // The source's own first frame, which no camera made.
        if (!first && (await consume(frame.data))) break;
        first = false;
      } finally {
        frame.close();
      }
    }
  },
  async 'rtc-node'() {
    const rtc = require('@livekit/rtc-node');
    const source = new rtc.VideoSource(width, height);
    const track = rtc.LocalVideoTrack.createVideoTrack('bench', source);
    startCamera([source.ffiHandle.handle], { width, height, fps: 30 });
    let first = true;
    for await (const { frame } of new rtc.VideoStream(track)) {
      if (!first && (await consume(frame.data))) break;
      first = false;
    }
    track.ffi_handle.dispose();
  },
};

await sides[side]();
const tookSeconds = (performance.now() - startedAt) / 1000;
// Frames of before the start have no time in them.
const known = ages.filter((age) => age < 1000 * tookSeconds + 5000);
console.log(
  JSON.stringify({ growthMb: largest - baseline, seconds: tookSeconds, ages: summary(known) }),
);
process.exit(0);
