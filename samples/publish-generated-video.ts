// Publishes video that a program makes: pixels computed for each frame.
// Run it: npm run sample -- publish-generated-video [--seconds 5]

import { FramePacer, LocalVideoTrack, Room, VideoFrame, VideoSource } from 'framewire';
import { runSample } from './support/run-sample.js';

runSample({ company: 'audience' }, async ({ url, token, signal }) => {
  await using room = new Room();
  await room.connect(url, await token('generator'), { signal });

  using source = new VideoSource({ width: 640, height: 360 });
  const track = LocalVideoTrack.create('colours', source);
  await room.localParticipant.publishTrack(track, { maxFps: 30, simulcast: false });

  // One frame is enough: captureFrame() has read the pixels when it returns.
  using frame = VideoFrame.create({ width: 640, height: 360, format: 'RGBA' });
  // A view of the pixels as 32-bit numbers: on every computer that Node runs on, 0xAABBGGRR.
  const pixels = new Uint32Array(frame.data.buffer, frame.data.byteOffset, 640 * 360);

  using pacer = new FramePacer({ fps: 30, signal });
  for await (const { index } of pacer) {
    const [red, green, blue] = [index % 256, (index * 2) % 256, (index * 3) % 256];
    pixels.fill((0xff000000 | (blue << 16) | (green << 8) | red) >>> 0);
    source.captureFrame(frame);
  }
  console.log(`Published ${source.framesCaptured} frames.`);
});
