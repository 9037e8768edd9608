// What a frame costs the event loop that a stream of ours drops, in a process of its own:
//   node bench/sides/drop.mjs fps|capacity [seconds]
// 1080p frames come at 100 a second; `fps` keeps one a second, `capacity` has a reader who never reads. Prints
// microseconds from the entry of the native callback that brings such a frame to its return, and, for all that
// the event loop does, its active time for each frame.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCamera } from '../lib/camera.mjs';
import { watchFrameEvents } from '../lib/native.mjs';
import { summary } from '../lib/statistics.mjs';

const require = createRequire(import.meta.url);
const [why, seconds = '3'] = process.argv.slice(2);
const [width, height] = [1920, 1080];
const WARM_UP = 1500;

let enteredAt = 0;
let times = [];
watchFrameEvents({
  entered: (now) => (enteredAt = now),
  returned: (now) => times.push(1000 * (now - enteredAt)),
});

const { LocalVideoTrack, VideoSource, VideoStream } = require('framewire');
const source = new VideoSource({ width, height });
const track = LocalVideoTrack.create('bench', source);
const stream = new VideoStream(track, why === 'fps' ? { fps: 1 } : {});
const handles = [BigInt(source.handle)];
const reading = (async () => {
  if (why === 'fps') for await (const frame of stream) frame.close();
})();

const dropped = () => stream.stats.dropped.rate + stream.stats.dropped.full;
// A program that has run for a minute has its code compiled: so many frames in a few seconds.
const warmUp = startCamera(handles, { width, height, fps: 500 });
while (times.length < WARM_UP) await sleep(50);
await warmUp.stop();
const camera = startCamera(handles, { width, height, fps: 100 });
await sleep(500);
times = [];
const [before, droppedBefore] = [performance.eventLoopUtilization(), dropped()];
await sleep(1000 * Number(seconds));
const { active } = performance.eventLoopUtilization(before);
const frames = times.length;
console.log(
  JSON.stringify({
    us: summary(times),
    loopUs: (1000 * active) / frames,
    // All but the few that `fps` keeps.
    droppedShare: (dropped() - droppedBefore) / frames,
  }),
);
await camera.stop();
track.close();
await reading;
process.exit(0);
