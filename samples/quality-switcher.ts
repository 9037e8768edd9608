// Watches a video in a low quality, then in a high one, as a layout with small and large tiles does.
// Run it: npm run sample -- quality-switcher [--seconds 20]

import { Room, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';
import { TestPattern } from './support/test-pattern.js';

runSample(
  { company: (place) => TestPattern.publish(place, { simulcast: true }) },
  async ({ url, token, signal, ended }) => {
    await using room = new Room();
    await room.connect(url, await token('viewer'), { signal });
    void ended.then(() => room.disconnect());

    const { track, publication } = await room.waitForTrack({ kind: 'video', signal });
    // The publisher sends several sizes, and the server passes on the one that is asked for. Nothing has to be
    // subscribed again; the stream goes on in the new size.
    publication.setVideoQuality('low');
    let size = '';
    await using stream = new VideoStream(track);
    for await (using frame of stream) {
      const now = `${frame.width}x${frame.height}`;
      if (now !== size) console.log(`${now} comes, '${publication.videoQuality}' is asked for`);
      size = now;
      if (frame.width === publication.width && publication.videoQuality === 'high') break;
      // It's small now, and a second of it was enough.
      if (frame.width < publication.width && stream.stats.delivered > 30) {
        publication.setVideoQuality('high');
      }
    }
  },
);
