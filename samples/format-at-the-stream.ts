// Asks the stream for the pixel format that is needed, rather than converting each frame.
// Run it: npm run sample -- format-at-the-stream [--seconds 5]

import { Room, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';

runSample({ company: 'test-pattern' }, async ({ url, token, signal }) => {
  await using room = new Room();
  await room.connect(url, await token('viewer'), { signal });
  const { track } = await room.waitForTrack({ kind: 'video', signal });

  // Without a format, frames come as the decoder makes them: brightness, and colour at half the size.
  await using decoded = new VideoStream(track, { signal });
  for await (using frame of decoded) {
    const planes = [0, 1, 2].map((n) => frame.plane(n));
    const sizes = planes.map(({ width, height }) => `${width}x${height}`).join(', ');
    console.log(`As decoded: ${frame.format}, ${frame.byteLength} bytes, planes of ${sizes}`);
    break;
  }

  // The conversion happens natively, before JavaScript hears of the frame.
  for (const format of ['RGBA', 'BGRA', 'RGB24', 'NV12'] as const) {
    await using stream = new VideoStream(track, { format, signal });
    for await (using frame of stream) {
      // Read where it lies, without a copy.
      const pixel = frame.borrow((view) => view.slice(0, 4));
      console.log(`${frame.format}: ${frame.byteLength} bytes, beginning with ${pixel.join(', ')}`);
      break;
    }
  }
});
