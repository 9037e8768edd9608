// A publisher, in a process of its own, until it's killed:
//   node bench/sides/publisher.mjs <url> <token> <width> <height> <fps>
// Each picture shows the time at which it was captured.

import { createRequire } from 'node:module';
import { drawTime, pictures } from '../lib/time-code.mjs';

const require = createRequire(import.meta.url);
const { FramePacer, LocalVideoTrack, Room, VideoFrame, VideoSource } = require('framewire');
const [url, token, ...numbers] = process.argv.slice(2);
const [width, height, fps] = numbers.map(Number);

const room = new Room();
await room.connect(url, token);
const source = new VideoSource({ width, height });
const all = pictures({ width, height });
await room.localParticipant.publishTrack(LocalVideoTrack.create('camera', source), {
  source: 'camera',
  codec: 'vp8',
  simulcast: false,
  maxFps: fps,
});
console.log('published');
for await (const { index } of new FramePacer({ fps })) {
  const pixels = all[index % all.length];
  drawTime(pixels, { width });
  using_(new VideoFrame(pixels, { width, height, format: 'I420' }), (frame) =>
    source.captureFrame(frame),
  );
}

function using_(frame, use) {
  try {
    use(frame);
  } finally {
    frame.close();
  }
}
