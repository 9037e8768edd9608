import {
  DATA_FRAME_ENCODINGS,
  type DataTrackFrame,
  type DataTrackStream,
  FramewireError,
  type LocalDataTrack,
  MAX_DATA_FRAME_BYTES,
  type PublishDataTrackOptions,
  type RemoteDataTrack,
  type Room,
} from 'framewire';
import { startLiveKitServer } from 'framewire/server';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

const ENCODINGS = [...DATA_FRAME_ENCODINGS.filter((name) => !/cbor|msgpack/.test(name)), 'my own'];
/** What goes with them, where it isn't called the same. */
const SCHEMAS: Readonly<Record<string, string>> = {
  ros1: 'ros1msg',
  cdr: 'ros2msg',
  json: 'jsonschema',
};

/** A data track of one room's, as the other sees it. */
async function published(
  publisher: Room,
  subscriber: Room,
  options: PublishDataTrackOptions = { name: 'pose' },
): Promise<{ readonly local: LocalDataTrack; readonly remote: RemoteDataTrack }> {
  const heard = nextEvent(subscriber, 'dataTrackPublished', ({ name }) => name === options.name);
  const local = await publisher.localParticipant.publishDataTrack(options);
  const [remote] = await heard;
  return { local, remote };
}

/** Pushes again and again what `payload` says, until `read` is done. */
async function pushing<T>(
  track: LocalDataTrack,
  payload: () => Uint8Array,
  read: Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    if (track.published) track.tryPush(payload(), { timestampUs: 1_234 });
  }, 10);
  try {
    return await read;
  } finally {
    clearInterval(timer);
  }
}

async function first(stream: DataTrackStream, count: number): Promise<DataTrackFrame[]> {
  const frames: DataTrackFrame[] = [];
  for await (const frame of stream) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

describe('a data track', () => {
  it('brings frames in order, with their time stamps, to who subscribes', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { local, remote } = await published(alice, bob);
    expect(remote).toMatchObject({
      name: 'pose',
      sid: local.sid,
      publisherIdentity: 'alice',
      encrypted: false,
      published: true,
      schema: undefined,
      frameEncoding: undefined,
    });
    expect(bob.dataTracks.get(local.sid)).toBe(remote);
    const stream = remote.subscribe();
    let n = 0;
    const payload = (): Uint8Array => Buffer.from(`frame ${String((n += 1)).padStart(6, '0')}`);
    const frames = await pushing(local, payload, first(stream, 10));
    const texts = frames.map((frame) => Buffer.from(frame.payload).toString());
    expect(texts).toEqual([...texts].sort());
    expect(texts[0]).toMatch(/^frame \d{6}$/);
    expect(frames.map(({ timestampUs }) => timestampUs)).toEqual(Array<number>(10).fill(1_234));
    expect(stream.ended).toBe(true);
    expect(stream.stats).toMatchObject({ delivered: 10 });
    expect(local.stats.pushed).toBeGreaterThanOrEqual(10);
  });

  it('that was published before we joined comes as one that is published now', async () => {
    const alice = await live.join('alice');
    await alice.localParticipant.publishDataTrack({ name: 'early' });
    const bob = live.room();
    const heard = nextEvent(bob, 'dataTrackPublished');
    await bob.connect(live.server.url, await live.token('bob'));
    expect((await heard)[0]).toMatchObject({ name: 'early', publisherIdentity: 'alice' });
  });

  it('ends with its streams when it is unpublished, or its publisher leaves, or we do', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const one = await published(alice, bob, { name: 'one' });
    const two = await published(alice, bob, { name: 'two' });
    const three = await published(bob, alice, { name: 'three' });
    const gone = nextEvent(bob, 'dataTrackUnpublished');
    const oneEnds = one.remote.subscribe().next();
    await one.local.unpublish();
    await one.local.unpublish();
    expect(one.local.published).toBe(false);
    expect(() => one.local.tryPush(Uint8Array.of(1))).toThrow(
      expect.objectContaining({ code: 'closed' }) as Error,
    );
    expect(await gone).toEqual([one.remote]);
    expect(await oneEnds).toEqual({ done: true, value: undefined });
    expect(one.remote.published).toBe(false);
    expect(await one.remote.subscribe().next()).toEqual({ done: true, value: undefined });
    // The name is free again.
    await alice.localParticipant.publishDataTrack({ name: 'one' });

    const twoEnds = two.remote.subscribe().next();
    const threeEnds = three.remote.subscribe().next();
    await alice.disconnect();
    expect(await threeEnds).toEqual({ done: true, value: undefined });
    expect(three.remote.published).toBe(false);
    expect(two.local.published).toBe(false);
    expect(alice.dataTracks.size).toBe(0);
    expect(await twoEnds).toEqual({ done: true, value: undefined });
  });

  it('takes frames up to a size, and says when it takes no more', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { local, remote } = await published(alice, bob);
    const big = new Uint8Array(100_000).fill(7);
    // A view in the middle of its memory.
    const view = big.subarray(1_000, 61_000);
    const [frame] = await pushing(local, () => view, first(remote.subscribe(), 1));
    expect(Buffer.from(view).equals(frame!.payload)).toBe(true);
    for (const [wrong, error] of [
      ['text', TypeError],
      [undefined, TypeError],
      [new Uint8Array(0), RangeError],
      [new Uint8Array(MAX_DATA_FRAME_BYTES + 1), RangeError],
    ] as const) {
      expect(() => local.tryPush(wrong as Uint8Array)).toThrow(error);
    }
    expect(() => local.tryPush(view, { timestampUs: 0.5 })).toThrow(RangeError);
    let refused = 0;
    for (let i = 0; i < 2_000; i += 1) if (!local.tryPush(Uint8Array.of(i))) refused += 1;
    expect(refused).toBeGreaterThan(0);
    expect(local.stats.refused).toBe(refused);
  });

  it('drops what a slow reader leaves, and counts it', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { local, remote } = await published(alice, bob);
    const slow = remote.subscribe({ capacity: 2 });
    const strict = remote.subscribe({ capacity: 2, overflow: 'error' });
    let n = 0;
    const payload = (): Uint8Array => Uint8Array.of((n += 1) % 256);
    await pushing(local, payload, first(remote.subscribe(), 20));
    expect(slow.stats.dropped.full).toBeGreaterThan(0);
    expect(slow.stats.received).toBe(slow.stats.dropped.full + 2);
    await slow.close();
    expect(slow.stats.dropped.closed).toBe(2);
    await strict.next();
    await strict.next();
    await expect(strict.next()).rejects.toMatchObject({ code: 'overflow' });
  });

  it("ends with the signal's reason", async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { remote } = await published(alice, bob);
    const controller = new AbortController();
    const next = remote.subscribe({ signal: controller.signal }).next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await expect(remote.subscribe({ signal: controller.signal }).next()).rejects.toBe(reason);
    await expect(
      alice.localParticipant.publishDataTrack({ name: 'x', signal: controller.signal }),
    ).rejects.toBe(reason);
    for (const [wrong, error] of [
      [{ capacity: 0 }, RangeError],
      [{ capacity: Infinity }, RangeError],
      [{ overflow: 'wait' }, RangeError],
      [{ signal: 'now' }, TypeError],
    ] as const) {
      expect(() => remote.subscribe(wrong as object)).toThrow(error);
    }
  });

  it('is refused at once without permission, after leaving, and with a name that makes no sense', async () => {
    const room = await live.join('mute', { grants: { canPublishData: false } });
    const { localParticipant } = room;
    await expect(localParticipant.publishDataTrack({ name: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    for (const [wrong, error] of [
      [undefined, TypeError],
      [{}, TypeError],
      [{ name: '' }, RangeError],
      [{ name: 'ä'.repeat(129) }, RangeError],
      [{ name: 'x', frameEncoding: 'x'.repeat(33) }, RangeError],
      [{ name: 'x', schema: 'pose', frameEncoding: 'json' }, TypeError],
      [{ name: 'x', schema: { name: 'pose', encoding: 'jsonschema' } }, TypeError],
    ] as const) {
      await expect(
        localParticipant.publishDataTrack(wrong as unknown as PublishDataTrackOptions),
      ).rejects.toThrow(error);
    }
    const alice = await live.join('alice');
    await alice.localParticipant.publishDataTrack({ name: 'x' });
    await expect(alice.localParticipant.publishDataTrack({ name: 'x' })).rejects.toMatchObject({
      code: 'invalid-state',
    });
    await alice.disconnect();
    await expect(alice.localParticipant.publishDataTrack({ name: 'y' })).rejects.toMatchObject({
      code: 'disconnected',
    });
  });

  it.each([
    ['bob', 'signal-reconnect'],
    ['alice', 'signal-reconnect'],
    ['bob', 'full-reconnect'],
  ] as const)('goes on while %s makes a %s, as do its streams', async (who, scenario) => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { local, remote } = await published(alice, bob);
    const stream = remote.subscribe({ capacity: 1 });
    await pushing(local, () => Uint8Array.of(1), stream.next());
    const room = who === 'alice' ? alice : bob;
    const back = nextEvent(room, 'reconnected');
    await room.simulateScenario(scenario);
    await back;
    let last: number | undefined;
    const seeTwo = (async () => {
      for await (const { payload } of stream) if ((last = payload[0]) === 2) break;
    })();
    await pushing(local, () => Uint8Array.of(2), seeTwo);
    expect(last).toBe(2);
    expect(bob.dataTracks.get(local.sid)).toBe(remote);
  });

  it('comes anew after a full reconnect of its publisher', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const { local, remote } = await published(alice, bob);
    const ended = remote.subscribe().next();
    const anew = nextEvent(bob, 'dataTrackPublished');
    await alice.simulateScenario('full-reconnect');
    expect(await ended).toEqual({ done: true, value: undefined });
    const [track] = await anew;
    expect(track).toMatchObject({ name: 'pose', published: true });
    expect([...bob.dataTracks.values()]).toEqual([track]);
    const frames = await pushing(local, () => Uint8Array.of(3), first(track.subscribe(), 1));
    expect([...frames[0]!.payload]).toEqual([3]);
  });
});

describe('a schema', () => {
  const schema = { name: 'pose', encoding: 'jsonschema' };

  it('is told with the track, and its definition given to who asks', async () => {
    const { apiKey, apiSecret } = live.server;
    await using server = await startLiveKitServer({
      keys: { [apiKey]: apiSecret },
      config: { enable_participant_data_blob: true },
    });
    const [alice, bob] = [live.room(), live.room()];
    for (const [room, identity] of [[alice, 'alice'] as const, [bob, 'bob'] as const]) {
      await room.connect(server.url, await live.token(identity));
    }
    const { localParticipant: we } = alice;
    const definition = '{"type":"object"}';
    await we.defineSchema(schema, '{}');
    await we.defineSchema(schema, definition);
    const { remote } = await published(alice, bob, { name: 'a', schema, frameEncoding: 'json' });
    expect(remote).toMatchObject({ schema, frameEncoding: 'json' });
    const { localParticipant: they } = bob;
    expect(await they.getSchema(remote.publisherIdentity, remote.schema!)).toBe(definition);
    expect(await we.getSchema('alice', schema)).toBe(definition);

    const own = { name: 'own', encoding: 'my own' };
    await we.defineSchema(own, 'x: int');
    expect(await they.getSchema('alice', own)).toBe('x: int');
    for (const name of ENCODINGS) {
      const encodings = { frameEncoding: name, schema: { name, encoding: SCHEMAS[name] ?? name } };
      const { remote: other } = await published(alice, bob, { name, ...encodings });
      expect(other).toMatchObject(encodings);
    }
    await expect(
      we.publishDataTrack({ name: 'x', schema, frameEncoding: 'protobuf' }),
    ).rejects.toThrow(RangeError);

    await expect(they.getSchema('alice', { ...schema, name: 'none' })).rejects.toMatchObject({
      // A busy server is given up before it answers.
      code: expect.stringMatching(/^(not-found|timeout)$/) as string,
    });
    await expect(they.getSchema('nobody', schema)).rejects.toMatchObject({ code: 'not-found' });
    await expect(we.defineSchema(own, 'x'.repeat(64_001))).rejects.toMatchObject({
      name: 'FramewireError',
    });
  });

  it('is unsupported where the server has none', async () => {
    const { localParticipant } = await live.join('alice');
    await expect(localParticipant.defineSchema(schema, '{}')).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(localParticipant.defineSchema(schema, '')).rejects.toThrow(RangeError);
    await expect(localParticipant.defineSchema('pose' as never, '{}')).rejects.toThrow(TypeError);
    await expect(localParticipant.getSchema('', schema)).rejects.toThrow(RangeError);
    await expect(
      localParticipant.getSchema('alice', schema, {
        signal: AbortSignal.abort(new FramewireError('aborted', 'x')),
      }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});
