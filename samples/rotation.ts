// Publishes video that is to be turned, as a phone held upright does, and reads it turned.
// Run it: npm run sample -- rotation [--seconds 5]

import { FramePacer, LocalVideoTrack, Room, VideoSource, VideoStream } from 'framewire';
import { solidFrame } from 'framewire/testing';
import { runSample } from './support/run-sample.js';

runSample({ company: 'audience' }, async ({ url, token, signal }) => {
  using source = new VideoSource({ width: 640, height: 360 });
  const camera = LocalVideoTrack.create('phone camera', source);
  using pacer = new FramePacer({ fps: 15, signal });
  const filming = film(source, pacer);

  // What the sensor gives comes with the angle at which to show it; a stream turns it if asked to.
  // (A local track can be read without a room.)
  for (const upright of [false, true]) {
    await using stream = new VideoStream(camera, { upright, signal });
    for await (using frame of stream) {
      const { width, height, rotation } = frame;
      console.log(`upright ${upright}: ${width}x${height}, rotation ${rotation}`);
      break;
    }
  }

  // On its way into a room it's turned by LiveKit: subscribers get it upright, with rotation 0.
  await using room = new Room();
  await room.connect(url, await token('phone'), { signal });
  await room.localParticipant.publishTrack(camera, { simulcast: false });
  await filming;
});

/** Red below blue, on a sensor that lies on its side: turned clockwise, red is on the left. */
async function film(source: VideoSource, pacer: FramePacer): Promise<void> {
  using frame = solidFrame([255, 0, 0], { width: 640, height: 360, format: 'RGBA' });
  for (let i = 0; i < frame.data.length / 2; i += 4) frame.data.set([0, 0, 255], i);

  for await (const { timestampUs } of pacer) {
    source.captureFrame(frame, { timestampUs, rotation: 90 });
  }
}
