// One side of the receive benchmark, in a process of its own:
//   node bench/receive.mjs framewire|rtc-node I420|RGBA data|borrow
// A local track gives 1080p frames; the loop's body touches the pixels. Prints the milliseconds of event
// loop that a received frame costs, from the native callback to the end of the body. What capturing costs
// is measured first, without a stream, and subtracted.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const [side, format, access] = process.argv.slice(2);
const [width, height] = [1920, 1080];
const FRAMES = 90;
const pixels = new Uint8Array((width * height * 3) / 2).fill(128);

const sides = {
  framewire() {
    const { LocalVideoTrack, VideoFrame, VideoSource, VideoStream } = require('framewire');
    const source = new VideoSource({ width, height });
    const track = LocalVideoTrack.create('bench', source);
    const frame = new VideoFrame(pixels, { width, height, format: 'I420' });
    return {
      capture: () => source.captureFrame(frame),
      async read(onFrame) {
        for await (const received of new VideoStream(track, { format })) {
          if (access === 'borrow') received.borrow((view) => view[0]);
          else received.data[0];
          received.close();
          if (onFrame()) break;
        }
      },
    };
  },
  'rtc-node'() {
    const rtc = require('@livekit/rtc-node');
    const source = new rtc.VideoSource(width, height);
    const track = rtc.LocalVideoTrack.createVideoTrack('bench', source);
    const frame = new rtc.VideoFrame(pixels, width, height, rtc.VideoBufferType.I420);
    const type = rtc.VideoBufferType[format];
    return {
      capture: () => source.captureFrame(frame),
      async read(onFrame) {
        for await (const { frame: received } of new rtc.VideoStream(track)) {
          const wanted = received.type === type ? received : received.convert(type);
          wanted.data[0];
          if (onFrame()) break;
        }
      },
    };
  },
};

const { capture, read } = sides[side]();

/** Event-loop milliseconds in which FRAMES frames are captured, and read if anybody reads. */
async function activeMs(reading) {
  let read_ = 0;
  const done = reading ? read(() => (read_ += 1) >= FRAMES) : undefined;
  const before = performance.eventLoopUtilization();
  let captured = 0;
  while (reading ? read_ < FRAMES : captured < FRAMES) {
    capture();
    captured += 1;
    await sleep(15);
  }
  await done;
  return performance.eventLoopUtilization(before).active * (FRAMES / captured);
}

await activeMs(false);
const capturing = await activeMs(false);
await activeMs(true);
const both = await activeMs(true);
console.log(JSON.stringify({ msPerFrame: Math.max(0, both - capturing) / FRAMES }));
process.exit(0);
