import {
  AccessToken,
  AudioStream,
  memoryUsage,
  type Room,
  VideoSource,
  VideoStream,
} from 'framewire';
import { type LiveKitServer, startLiveKitServer } from 'framewire/server';
import { meanColor } from 'framewire/testing';
import { liveRooms, type Painting, type Singing } from '../support/live-rooms.js';
import { drain, nextEvent, untilColor } from '../support/waits.js';

const live = liveRooms();

/** Alice publishes video and audio, and bob reads both. */
interface Scene {
  readonly alice: Room;
  readonly bob: Room;
  readonly painting: Painting;
  readonly singing: Singing;
  /** Resolves when both loops of bob's are over; rejects if one throws. */
  readonly loopsOver: Promise<unknown>;
}

async function scene(): Promise<Scene> {
  const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
  const painting = await live.paint(alice, [200, 40, 40]);
  const singing = await live.sing(alice, 440);
  const [{ track: video }, { track: audio }] = await Promise.all([
    bob.waitForTrack({ kind: 'video' }),
    bob.waitForTrack({ kind: 'audio' }),
  ]);
  const pictures = new VideoStream(video);
  const sounds = new AudioStream(audio);
  // Both have begun.
  const [{ value: picture }] = await Promise.all([pictures.next(), sounds.next()]);
  picture?.close();
  const loopsOver = Promise.all([drain(pictures), drain(sounds)]);
  return { alice, bob, painting, singing, loopsOver };
}

describe('a loop over a stream is over when', () => {
  it('the track is unpublished', async () => {
    const { alice, bob, painting, singing, loopsOver } = await scene();
    await alice.localParticipant.unpublishTrack(painting.track);
    await alice.localParticipant.unpublishTrack(singing.track);
    await loopsOver;
    expect(bob.connected).toBe(true);
  });

  it('the track is closed by its owner', async () => {
    const { painting, singing, loopsOver } = await scene();
    await Promise.all([painting.track.close(), singing.track.close()]);
    await expect(loopsOver).resolves.toHaveLength(2);
  });

  it('the track is unsubscribed', async () => {
    const { bob, loopsOver } = await scene();
    for (const publication of bob.remoteParticipants.get('alice')!.trackPublications.values()) {
      publication.unsubscribe();
    }
    await expect(loopsOver).resolves.toHaveLength(2);
  });

  it('its publisher leaves', async () => {
    const { alice, loopsOver } = await scene();
    await alice.disconnect();
    await expect(loopsOver).resolves.toHaveLength(2);
  });

  it('the own room is left', async () => {
    const { bob, loopsOver } = await scene();
    await bob.disconnect();
    await expect(loopsOver).resolves.toHaveLength(2);
  });

  it('its publisher is removed by the server', async () => {
    const { alice, loopsOver } = await scene();
    const told = nextEvent(alice, 'disconnected');
    await live.admin.removeParticipant(live.roomName, 'alice');
    await loopsOver;
    expect(await told).toEqual(['participant_removed']);
  });

  it('we are removed by the server', async () => {
    const { bob, loopsOver } = await scene();
    const told = nextEvent(bob, 'disconnected');
    await live.admin.removeParticipant(live.roomName, 'bob');
    await loopsOver;
    expect(await told).toEqual(['participant_removed']);
    expect(bob).toMatchObject({ connected: false, state: 'disconnected' });
    await bob.connect(live.server.url, await live.token('bob'));
  });

  it('somebody joins under our name', async () => {
    const { bob, loopsOver } = await scene();
    const told = nextEvent(bob, 'disconnected');
    await live.join('bob');
    await loopsOver;
    expect(await told).toEqual(['duplicate_identity']);
  });

  it('the room is deleted', async () => {
    const { alice, bob, painting, loopsOver } = await scene();
    const told = Promise.all([nextEvent(alice, 'disconnected'), nextEvent(bob, 'disconnected')]);
    await live.admin.deleteRoom(live.roomName);
    await loopsOver;
    expect(await told).toEqual([['room_deleted'], ['room_deleted']]);
    expect(painting.track).toMatchObject({ published: false, ended: false });
  });

  it.each<[string, (server: LiveKitServer) => unknown, 'disconnected' | 'reconnecting']>([
    ['shuts down', (server) => server.close(), 'disconnected'],
    ['is killed', (server) => process.kill(server.pid, 'SIGKILL'), 'reconnecting'],
  ])('the server %s', async (_, end, event) => {
    await using server = await startLiveKitServer();
    const [alice, bob] = await Promise.all(
      ['alice', 'bob'].map(async (identity) => {
        const token = new AccessToken(server.apiKey, server.apiSecret, { identity });
        token.addGrant({ roomJoin: true, room: 'doomed' });
        const room = live.room();
        await room.connect(server.url, await token.toJwt());
        return room;
      }),
    );
    const { track: mine } = await live.paint(alice!, [200, 40, 40]);
    const { track } = await bob!.waitForTrack({ kind: 'video' });
    await using near = new VideoStream(mine);
    await using far = new VideoStream(track);
    await untilColor(far, [200, 40, 40]);
    const told = nextEvent(bob!, event);
    await end(server);
    await told;
    await drain(far);
    expect(track.ended).toBe(true);
    // A local track needs no room.
    await untilColor(near, [200, 40, 40]);
  });
});

describe('several streams on one track', () => {
  it('each get the frames, and end with it', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track: mine } = await live.paint(alice, [40, 180, 60]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const streams = Array.from({ length: 4 }, () => new VideoStream(track));
    await Promise.all(streams.map((stream) => untilColor(stream, [40, 180, 60])));
    await alice.localParticipant.unpublishTrack(mine);
    await Promise.all(streams.map(drain));
    expect(streams.every((stream) => stream.ended)).toBe(true);
  });

  it('end independently: leaving one loop does not end the other', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { painter } = await live.paint(alice, [40, 180, 60]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const left = new VideoStream(track);
    const thrown = new VideoStream(track);
    await using other = new VideoStream(track);
    for await (using frame of left) {
      expect(frame.closed).toBe(false);
      break;
    }
    const fault = new Error('The loop failed.');
    const failing = (async () => {
      for await (using frame of thrown) {
        if (!frame.closed) throw fault;
      }
    })();
    await expect(failing).rejects.toBe(fault);
    expect([left.ended, thrown.ended, other.ended]).toEqual([true, true, false]);
    expect((await left.next()).done).toBe(true);
    painter.change([40, 60, 200]);
    await untilColor(other, [40, 60, 200]);
    expect(track.ended).toBe(false);
  });

  it('are over at once on a track that has ended', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track: mine } = await live.paint(alice, [40, 180, 60]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const ended = nextEvent(track, 'ended');
    await mine.close();
    await ended;
    expect(await drain(new VideoStream(track))).toBe(0);
    expect(await drain(new VideoStream(mine))).toBe(0);
  });

  it('is aborted by its signal', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, [40, 180, 60]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const controller = new AbortController();
    const stream = new VideoStream(track, { signal: controller.signal });
    await untilColor(stream, [40, 180, 60]);
    const reason = new Error('Enough.');
    const reading = drain(stream);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(() => new VideoStream(track, { signal: controller.signal })).not.toThrow();
  });
});

describe('frames that are held while their room is left', () => {
  it('keep their pixels, and can be closed or published in another room', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, [40, 180, 60]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const stream = new VideoStream(track, { capacity: 4 });
    await untilColor(stream, [40, 180, 60]);
    const [one, two] = [await stream.next(), await stream.next()];
    if (one.done || two.done) throw new Error('The stream ended.');
    await Promise.all([alice.disconnect(), bob.disconnect()]);
    await drain(stream);

    const near = expect.closeTo(180, -2) as number;
    expect(meanColor(one.value)[1]).toEqual(near);
    using source = new VideoSource(one.value);
    source.captureFrame(two.value);
    const clone = two.value.clone();
    one.value.close();
    two.value.close();
    expect(meanColor(clone)[1]).toEqual(near);
    clone.close();
    expect(memoryUsage().nativeBytes).toBe(0);
  });
});
