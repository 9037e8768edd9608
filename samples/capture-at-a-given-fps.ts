// Captures frames at a given rate, without drift, also when drawing takes too long now and then.
// Run it: npm run sample -- capture-at-a-given-fps [--fps 20] [--seconds 5]

import { FramePacer, LocalVideoTrack, Room, VideoSource } from 'framewire';
import { solidFrame } from 'framewire/testing';
import { runSample } from './support/run-sample.js';

const flags = { fps: 20 };

runSample({ flags, company: 'audience' }, async ({ url, token, signal, flags: { fps } }) => {
  await using room = new Room();
  await room.connect(url, await token('metronome'), { signal });

  const size = { width: 320, height: 180 };
  using source = new VideoSource(size);
  const track = LocalVideoTrack.create('paced', source);
  await room.localParticipant.publishTrack(track, { maxFps: fps, simulcast: false });
  using frame = solidFrame([0, 160, 80], { ...size, format: 'RGBA' });

  // Frame n is due n / fps after the first: a late timer delays one frame, and not those after it.
  using pacer = new FramePacer({ fps, signal });
  for await (const { index, timestampUs, skipped } of pacer) {
    source.captureFrame(frame, { timestampUs });
    // What was missed is skipped, not caught up on in a burst.
    if (skipped > 0) console.log(`Frame ${index}: ${skipped} before it were skipped.`);
    if (index === Math.round(fps)) busy(3500 / fps);
  }
  console.log(`Captured ${source.framesCaptured} frames, skipped ${pacer.skipped}.`);
});

/** Keeps the program from doing anything else, as a drawing that is too complicated does. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
