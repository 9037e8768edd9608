// What it costs a process to give RGBA frames to a track, in a process of its own:
//   node bench/sides/capture.mjs framewire|rtc-node direct|convert <width> <height> [<url> <token>]
// `convert` makes I420 of each frame first. With a room the track is published, and the encoder's work is in it.
// Prints the process's CPU time for each frame.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pictures } from '../lib/time-code.mjs';

const require = createRequire(import.meta.url);
const [side, how, w, h, url, token] = process.argv.slice(2);
const [width, height] = [Number(w), Number(h)];
const [all, FPS] = [pictures({ width, height, format: 'RGBA', count: 4 }), 30];
const [WARM_UP, FRAMES] = url ? [90, 150] : [30, 120];

const sides = {
  async framewire() {
    const { LocalVideoTrack, Room, VideoFrame, VideoSource } = require('framewire');
    const source = new VideoSource({ width, height });
    const track = LocalVideoTrack.create('bench', source);
    if (url) {
      const room = new Room();
      await room.connect(url, token);
      await room.localParticipant.publishTrack(track, {
        codec: 'vp8',
        simulcast: false,
        maxFps: FPS,
        maxBitrateBps: 2_000_000,
      });
    }
    return (pixels) => {
      const frame = new VideoFrame(pixels, { width, height, format: 'RGBA' });
      const sent = how === 'convert' ? frame.convert('I420') : frame;
      source.captureFrame(sent);
      sent.close();
      frame.close();
    };
  },
  async 'rtc-node'() {
    const rtc = require('@livekit/rtc-node');
    const { VideoEncoding } = require('@livekit/rtc-ffi-bindings');
    const source = new rtc.VideoSource(width, height);
    const track = rtc.LocalVideoTrack.createVideoTrack('bench', source);
    if (url) {
      const room = new rtc.Room();
      await room.connect(url, token, { autoSubscribe: true, dynacast: false });
      await room.localParticipant.publishTrack(
        track,
        new rtc.TrackPublishOptions({
          videoCodec: rtc.VideoCodec.VP8,
          simulcast: false,
          videoEncoding: new VideoEncoding({ maxFramerate: FPS, maxBitrate: 2_000_000n }),
        }),
      );
    }
    return (pixels) => {
      const frame = new rtc.VideoFrame(pixels, width, height, rtc.VideoBufferType.RGBA);
      source.captureFrame(how === 'convert' ? frame.convert(rtc.VideoBufferType.I420) : frame);
    };
  },
};

const capture = await sides[side]();
let cpu;
const begin = performance.now();
for (let i = 0; i < WARM_UP + FRAMES; i++) {
  if (i === WARM_UP) cpu = process.cpuUsage();
  capture(all[i % all.length]);
  await sleep(Math.max(0, begin + ((i + 1) * 1000) / FPS - performance.now()));
}
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ cpuMsPerFrame: (user + system) / 1000 / FRAMES }));
process.exit(0);
