// Thins video to a target rate: by the stream itself, or from any source of frames.
// Run it: npm run sample -- drop-to-a-target-fps [--fps 20] [--seconds 5]

import { Room, thinFps, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

const flags = { fps: 20 };

runSample(
  { flags, company: 'test-pattern' },
  async ({ url, token, signal, ended, flags: { fps } }) => {
    await using room = new Room();
    await room.connect(url, await token('sampler'), { signal });
    // Leaving ends the tracks, and with them the loops below.
    void ended.then(() => room.disconnect());
    const { track } = await room.waitForTrack({ kind: 'video', signal });

    await Promise.all([
      // The cheap way: what is left out never reaches JavaScript. 30 to 20 gives 20, since the frames
      // nearest to an even grid are kept.
      (async () => {
        await using stream = new VideoStream(track, { fps });
        for await (const frame of stream) frame.close();
        const { received, delivered, dropped } = stream.stats;
        console.log(`fps option: ${received} came, ${delivered} kept, ${dropped.rate} left out`);
        console.log(`fps option: ${stream.stats.fps.toFixed(1)} fps`);
      })(),
      // For frames that come from elsewhere, such as a file; it closes those that it leaves out. The
      // bare decision is in FpsThinner.
      (async () => {
        let kept = 0;
        await using stream = new VideoStream(track, { capacity: 8 });
        for await (const frame of thinFps(stream, fps)) {
          kept += 1;
          frame.close();
        }
        console.log(`thinFps: ${stream.stats.delivered} came, ${kept} kept`);
      })(),
    ]);
  },
);
