// Receives somebody's camera, changes every frame, and publishes the result.
// Run it: npm run sample -- process-and-republish [--seconds 5]

import { LocalVideoTrack, Room, type VideoFrame, VideoSource, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

runSample({ company: 'both' }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  await room.connect(url, await token('inverter'), { signal });
  // Leaving ends the tracks, and with them the loop below.
  void ended.then(() => room.disconnect());

  const { track, publication } = await room.waitForTrack({
    kind: 'video',
    source: 'camera',
    signal,
  });
  await using stream = new VideoStream(track, { format: 'RGBA', upright: true });

  // What comes may change its size, as with less bandwidth; what we publish has one.
  const { width, height } = publication;
  using source = new VideoSource({ width, height, onResize: 'scale' });
  const output = LocalVideoTrack.create('inverted', source);
  await room.localParticipant.publishTrack(output, { maxFps: 30, simulcast: false });

  for await (using frame of stream) {
    invert(frame);
    // The frame still knows when its picture was taken, and the next subscriber will too.
    source.captureFrame(frame);
  }
  const { delivered, dropped, latencyMs } = stream.stats;
  console.log(`Processed ${delivered} frames, ${dropped.full} dropped.`);
  if (latencyMs) console.log(`They were ${latencyMs.p50.toFixed(0)} ms old when they came.`);
});

/** Changes the pixels in place. */
function invert(frame: VideoFrame): void {
  const { data } = frame;
  // Four bytes at a time: all colours, not the opacity.
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (pixels[i] ?? 0) ^ 0x00ffffff;
}
