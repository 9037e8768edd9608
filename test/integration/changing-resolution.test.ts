import { type ResolutionChange, VideoStream } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { Shapeshifter } from '../support/shapeshifter.js';

const live = liveRooms();

describe('a publisher whose resolution changes at every frame', () => {
  it('neither breaks nor floods its subscribers, whatever size they bear', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using shapeshifter = new Shapeshifter();
    await alice.localParticipant.publishTrack(shapeshifter.track, { simulcast: false });
    let frames = 0;
    const timer = setInterval(() => {
      shapeshifter.capture(64 + ((frames * 52) % 400), 64 + ((frames * 36) % 300));
      frames += 1;
    }, 33);
    try {
      const { track } = await bob.waitForTrack({ kind: 'video' });
      await using stream = new VideoStream(track, { format: 'RGBA', maxWidth: 300 });
      const changes: ResolutionChange[] = [];
      stream.on('resolutionChanged', (change) => changes.push(change));
      for await (using frame of stream) {
        const { width, height } = frame;
        expect(width).toBeLessThanOrEqual(300);
        expect(frame.data).toHaveLength(width * height * 4);
        expect(stream.stats).toMatchObject({ width, height });
        const { delivered, dropped } = stream.stats;
        if (delivered >= 40 && dropped.size >= 10) break;
      }
      expect(changes.length).toBe(stream.stats.resolutionChanges);
      expect(changes.length).toBeGreaterThan(20);
      for (const [i, { previous }] of changes.slice(1).entries()) {
        expect(previous).toEqual({ width: changes[i]!.width, height: changes[i]!.height });
      }
    } finally {
      clearInterval(timer);
    }
  });
});
