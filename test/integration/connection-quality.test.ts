import { liveRooms } from '../support/live-rooms.js';
import { startProgram } from '../support/program.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

describe('connection quality', () => {
  it('is told of ourselves and of those whose tracks we receive, until nothing comes of them', async () => {
    const bob = await live.join('bob');
    const me = bob.localParticipant;
    expect(me.connectionQuality).toBeUndefined();
    const mine = nextEvent(
      bob,
      'connectionQualityChanged',
      (_, { identity }) => identity === 'bob',
    );
    const program = startProgram('singer.cjs', [live.server.url, await live.token('singer')]);
    try {
      const { participant: singer } = await bob.waitForTrack({ participant: 'singer' });
      expect(await mine).toEqual(['excellent', me]);
      expect(me.connectionQuality).toBe('excellent');

      const toSinger: unknown[] = [];
      singer.on('connectionQualityChanged', (quality) => toSinger.push(quality));
      // It's lost if the server has had reports of its sound before, else poor.
      const silent = nextEvent(
        bob,
        'connectionQualityChanged',
        (quality, { identity }) => identity === 'singer' && ['poor', 'lost'].includes(quality),
      );
      program.kill('SIGSTOP');
      const [quality, participant] = await silent;
      expect(participant).toBe(singer);
      expect(toSinger.at(-1)).toBe(quality);
      expect(singer.connectionQuality).toBe(quality);
      expect(me.connectionQuality).toBe('excellent');
    } finally {
      program.kill('SIGKILL');
      await program.end;
    }
  });
});
