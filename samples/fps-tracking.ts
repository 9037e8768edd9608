// Measures how many frames per second come, by their time stamps.
// Run it: npm run sample -- fps-tracking [--seconds 5]

import { FpsTracker, Room, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

runSample({ company: 'test-pattern' }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  await room.connect(url, await token('counter'), { signal });
  // Leaving ends the tracks, and with them the loop below.
  void ended.then(() => room.disconnect());
  const { track } = await room.waitForTrack({ kind: 'video', signal });

  // Over the last 30 frames: time stamps don't mind when the program gets round to reading them.
  const tracker = new FpsTracker();
  let frames = 0;
  await using stream = new VideoStream(track);
  for await (using frame of stream) {
    tracker.add(frame.timestampUs);
    frames += 1;
    if (frames % 30 === 0) console.log(`Current rate: ${tracker.fps.toFixed(1)} fps`);
  }
  // Every stream has such a tracker of its own.
  console.log(`${frames} frames, at the end ${stream.stats.fps.toFixed(1)} fps`);
});
