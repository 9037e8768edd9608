import { VideoStream } from 'framewire';
import type { Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];

const live = liveRooms();

describe('a track that is given up', () => {
  it('comes again however soon it is asked for', async () => {
    const alice = await live.join('alice');
    await live.paint(alice, RED);
    const bob = await live.join('bob');
    const { publication } = await bob.waitForTrack();
    for (let round = 0; round < 8; round += 1) {
      const next = nextEvent(bob, 'trackSubscribed');
      const gone = nextEvent(bob, 'trackUnsubscribed');
      publication.unsubscribe();
      // Every second time without having heard that it's gone.
      if (round % 2 === 0) await gone;
      publication.subscribe();
      const [track] = await next;
      await using stream = new VideoStream(track);
      await untilColor(stream, RED);
    }
    expect(publication.subscribed).toBe(true);
  });
});
