// Reads video more slowly than it comes: a bounded stream drops and counts, and never falls behind.
// Run it: npm run sample -- bounded-capacity-slow-consumer [--capacity 4] [--seconds 5]

import { setTimeout as delay } from 'node:timers/promises';
import { Room, type VideoFrame, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

const flags = { capacity: 4 };

runSample({ flags, company: 'test-pattern' }, async ({ url, token, signal, ended, flags }) => {
  await using room = new Room();
  await room.connect(url, await token('slowpoke'), { signal });
  // Leaving ends the tracks, and with them the loop below.
  void ended.then(() => room.disconnect());
  const { track } = await room.waitForTrack({ kind: 'video', signal });

  // With the default, a capacity of 1, each frame is the newest there is. A larger one bridges
  // moments of slowness; when it's full, the oldest goes.
  const { capacity } = flags;
  await using stream = new VideoStream(track, { capacity, overflow: 'drop-oldest' });
  for await (using frame of stream) await process(frame);

  const { received, delivered, dropped, latencyMs } = stream.stats;
  console.log(`Received ${received}, processed ${delivered}.`);
  console.log(`Dropped ${dropped.full} since the queue was full, ${dropped.closed} at the end.`);
  if (latencyMs) console.log(`Age of a frame: ${latencyMs.p50.toFixed(0)} ms, not growing.`);
});

/** Some work that takes longer than a frame lasts. */
async function process(frame: VideoFrame): Promise<void> {
  await delay(200);
  console.log(`Processed the frame of ${(frame.timestampUs / 1_000_000).toFixed(2)} s.`);
}
