// One side of the rows that receive one frame at a time, in a process of its own:
//   node bench/sides/receive.mjs framewire|rtc-node I420|RGBA data|borrow [frames]
// Prints the milliseconds from the entry of the native callback that brings a frame to the end of the loop's
// body, which looks at a pixel and lets the frame go. One frame is under way at a time, and the loop is idle
// before it comes, so that all of that time is the event loop's.

import { createRequire } from 'node:module';
import { startCamera } from '../lib/camera.mjs';
import { watchFrameEvents } from '../lib/native.mjs';
import { summary } from '../lib/statistics.mjs';

const require = createRequire(import.meta.url);
const [side, format, access, frames = '150'] = process.argv.slice(2);
const FRAMES = Number(frames);
/** Frames at the start that aren't counted: code is compiled, memory is first touched. */
const WARM_UP = 200;
const [width, height] = [1920, 1080];

let enteredAt = 0;
let waiting = 0;
watchFrameEvents({
  entered(now) {
    waiting += 1;
    enteredAt = now;
  },
});

const times = [];
let camera;

/** The body has ended. Whether that was the last frame. */
function ended() {
  const now = performance.now();
  // Two under way at once would have waited for each other.
  if (waiting === 1) times.push(now - enteredAt);
  waiting = 0;
  camera.next();
  return times.length === WARM_UP + FRAMES;
}

const sides = {
  async framewire() {
    const { LocalVideoTrack, VideoSource, VideoStream } = require('framewire');
    const source = new VideoSource({ width, height });
    const stream = new VideoStream(LocalVideoTrack.create('bench', source), { format });
    camera = startCamera([BigInt(source.handle)], { width, height });
    camera.next();
    for await (const frame of stream) {
      if (access === 'borrow') frame.borrow((view) => view[0]);
      else frame.data[0];
      frame.close();
      if (ended()) break;
    }
  },
  async 'rtc-node'() {
    const rtc = require('@livekit/rtc-node');
    const source = new rtc.VideoSource(width, height);
    // Kept: the stream ends with its track, and that when it's collected.
    const track = rtc.LocalVideoTrack.createVideoTrack('bench', source);
    const stream = new rtc.VideoStream(track);
    const type = rtc.VideoBufferType[format];
    camera = startCamera([source.ffiHandle.handle], { width, height });
    camera.next();
    for await (const { frame } of stream) {
      const wanted = frame.type === type ? frame : frame.convert(type);
      wanted.data[0];
      if (ended()) break;
    }
  },
};

await sides[side]();
console.log(JSON.stringify(summary(times.slice(WARM_UP))));
process.exit(0);
