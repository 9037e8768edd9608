import { type DataPacket, FramewireError, type Room } from 'framewire';
import { DataPacket_Kind } from 'livekit-server-sdk';
import { talkers, untilHeard } from '../support/data.js';
import { introduce } from '../support/introduce.js';
import { liveRooms } from '../support/live-rooms.js';
import { runProgram } from '../support/program.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

async function pair(): Promise<[alice: Room, bob: Room]> {
  const [alice, bob] = await talkers(live, 'alice', 'bob');
  return [alice!, bob!];
}

/** The packets that come, in order, until one with the topic `end`. */
function packetsOf(room: Room): Promise<DataPacket[]> {
  const packets: DataPacket[] = [];
  return new Promise((resolve) => {
    const off = room.on('dataReceived', (packet) => {
      if (packet.topic === 'end') {
        off();
        resolve(packets);
      } else packets.push(packet);
    });
  });
}

describe('publishData', () => {
  it('brings bytes and text to the others, with who sent them and what they are about', async () => {
    const [alice, bob] = await pair();
    await introduce(alice, bob);
    const bytes = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData(new Uint8Array([1, 2, 3]), { topic: 'cursor' });
    const [packet] = await bytes;
    expect(packet.data).toEqual(new Uint8Array([1, 2, 3]));
    expect(packet.topic).toBe('cursor');
    expect(packet.reliable).toBe(true);
    expect(packet.participant).toBe(bob.remoteParticipants.get('alice'));
    expect(packet.senderIdentity).toBe('alice');

    const text = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('grüß dich \u{1f44b}');
    expect((await text)[0]).toMatchObject({ text: 'grüß dich \u{1f44b}', topic: '' });
  });

  it('sends without waiting for arrival if it may be lost', async () => {
    const [alice, bob] = await pair();
    const received = nextEvent(bob, 'dataReceived');
    // One of them arrives, whatever is lost.
    let arrived = false;
    void received.then(() => (arrived = true));
    while (!arrived) await alice.localParticipant.publishData('now', { reliable: false });
    expect((await received)[0]).toMatchObject({ text: 'now', reliable: false });
  });

  it('reaches those that are named, and nobody else', async () => {
    const [alice, bob, carol] = (await talkers(live, 'alice', 'bob', 'carol')) as [
      Room,
      Room,
      Room,
    ];
    const [atBob, atCarol] = [packetsOf(bob), packetsOf(carol)];
    const { localParticipant: me } = alice;
    await me.publishData('for bob', { destinationIdentities: ['bob'] });
    await me.publishData('for nobody', { destinationIdentities: ['nobody'] });
    await me.publishData('for carol', { destinationIdentities: ['carol', 'nobody'] });
    await me.publishData('', { topic: 'end' });
    expect((await atBob).map(({ text }) => text)).toEqual(['for bob']);
    expect((await atCarol).map(({ text }) => text)).toEqual(['for carol']);
  });

  it('takes what a view shows, of whatever memory, as it was at the call', async () => {
    const [alice, bob] = await pair();
    const all = packetsOf(bob);
    const { localParticipant: me } = alice;
    const whole = new Uint8Array([9, 9, 1, 2, 3, 9]);
    const shared = new Uint8Array(new SharedArrayBuffer(4), 1, 2);
    shared.set([4, 5]);
    const sending = [
      me.publishData(whole.subarray(2, 5)),
      me.publishData(Buffer.from('pooled')),
      me.publishData(shared),
      me.publishData(new Uint8Array(0)),
    ];
    whole.fill(0);
    shared.fill(0);
    await Promise.all(sending);
    await me.publishData('', { topic: 'end' });
    expect((await all).map(({ data }) => [...data])).toEqual([
      [1, 2, 3],
      [...Buffer.from('pooled')],
      [4, 5],
      [],
    ]);
  });

  it('refuses what it can not send before anything is sent', async () => {
    const [alice] = await pair();
    const { localParticipant: me } = alice;
    const detached = new Uint8Array(4);
    structuredClone(detached, { transfer: [detached.buffer] });
    // TypeScript's library of 2023 does not know of buffers that can be resized; Node 20 does.
    const shrunk = Reflect.construct(ArrayBuffer, [16, { maxByteLength: 16 }]) as ArrayBuffer & {
      resize(byteLength: number): void;
    };
    const outside = new Uint8Array(shrunk, 8, 8);
    shrunk.resize(4);
    const bad: [unknown, object | undefined, string | RegExp][] = [
      [undefined, undefined, 'data must be a Uint8Array or a string, got undefined.'],
      [[1, 2], undefined, /^data must be/],
      [new Uint16Array(2), undefined, /^data must be/],
      [detached, undefined, 'data must not be detached, got detached memory.'],
      [outside, undefined, 'data must not be detached, got detached memory.'],
      ['x', { topic: 4 }, 'options.topic must be a string, got 4.'],
      ['x', { reliable: 'yes' }, "options.reliable must be a boolean, got 'yes'."],
      ['x', { destinationIdentities: 'bob' }, /^options.destinationIdentities must be an array/],
      ['x', { destinationIdentities: [] }, /must name somebody, got \[\]; leave it out/],
      [
        'x',
        { destinationIdentities: [''] },
        /^options.destinationIdentities\[0\] must not be empty/,
      ],
      [
        'x',
        { destinationIdentities: [, 'bob'] },
        'options.destinationIdentities[0] must be a string, got undefined.',
      ],
      ['x', { signal: {} }, /^options.signal must be an AbortSignal/],
    ];
    for (const [data, options, message] of bad) {
      await expect(me.publishData(data as string, options)).rejects.toThrow(message);
    }
    await expect(me.publishData(new Uint8Array(60_001))).rejects.toThrow(
      new RangeError(
        'data must be at most 60000 bytes, got 60001; send more with sendBytes() or sendText().',
      ),
    );
    await expect(me.publishData('x', { topic: 't'.repeat(70_000) })).rejects.toThrow(RangeError);
    const aborted = AbortSignal.abort(new Error('no longer'));
    await expect(me.publishData('x', { signal: aborted })).rejects.toThrow('no longer');
  });

  it('brings the largest packet to everybody, reliable or not', async () => {
    const [alice, bob, carol] = (await talkers(live, 'alice', 'bob', 'carol')) as [
      Room,
      Room,
      Room,
    ];
    const bytes = new Uint8Array(60_000).map((_, i) => i % 251);
    for (const reliable of [true, false]) {
      const received = [bob, carol].map((room) => nextEvent(room, 'dataReceived'));
      let all = false;
      const both = Promise.all(received).then((packets) => {
        all = true;
        return packets;
      });
      while (!all) {
        await alice.localParticipant.publishData(bytes, { reliable, topic: 'large' });
        // On loopback the first arrives; a lossy one is sent until it does.
        await Promise.race([both, new Promise((done) => setTimeout(done, 200))]);
      }
      for (const [{ data }] of await both) expect(Buffer.compare(data, bytes)).toBe(0);
    }
  });

  it('keeps the order of calls that nobody waited for', async () => {
    const [alice, bob] = await pair();
    const all = packetsOf(bob);
    const { localParticipant: me } = alice;
    const numbers = Array.from({ length: 500 }, (_, i) => String(i));
    await Promise.all(numbers.map((number) => me.publishData(number)));
    await me.publishData('', { topic: 'end' });
    expect((await all).map(({ text }) => text)).toEqual(numbers);
  });

  it('says at once that the token does not allow it', async () => {
    const mute = await live.join('mute', { grants: { canPublishData: false } });
    await expect(mute.localParticipant.publishData('x')).rejects.toMatchObject({
      code: 'forbidden',
      message: 'The token does not allow to publish data.',
    });
  });

  it('fails typed after leaving, also for what still waited', async () => {
    const [alice] = await pair();
    const { localParticipant: me } = alice;
    const sending = Array.from({ length: 200 }, () => me.publishData('x'));
    const outcomes = Promise.allSettled(sending);
    await alice.disconnect();
    // Some were sent before.
    const codes = (await outcomes).flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as FramewireError).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['disconnected']));
    await expect(me.publishData('x')).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('fails with overflow rather than hold more than 64 MiB that waits', async () => {
    const [alice] = await pair();
    const bytes = new Uint8Array(60_000);
    const sending = Array.from({ length: 1_200 }, () => alice.localParticipant.publishData(bytes));
    const outcomes = Promise.allSettled(sending);
    await alice.disconnect();
    const reasons = (await outcomes).flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as FramewireError).code] : [],
    );
    expect(reasons.filter((code) => code === 'overflow')).toHaveLength(
      // A packet counts as 512 bytes more than it has.
      1_200 - Math.floor((64 * 1024 * 1024) / 60_512),
    );
  });

  it('goes on when the signal gives one packet up', async () => {
    const [alice, bob] = await pair();
    const all = packetsOf(bob);
    const { localParticipant: me } = alice;
    const abort = new AbortController();
    const first = me.publishData('first');
    const second = me.publishData('second', { signal: abort.signal });
    const third = me.publishData('third');
    abort.abort(new Error('changed my mind'));
    await expect(second).rejects.toThrow('changed my mind');
    await Promise.all([first, third]);
    await me.publishData('', { topic: 'end' });
    expect((await all).map(({ text }) => text)).toEqual(['first', 'third']);
  });
});

describe('dataReceived', () => {
  it('has no participant for what comes by the server', async () => {
    const room = await live.join('alice');
    const received = nextEvent(room, 'dataReceived');
    await untilHeard(room, () =>
      live.admin.sendData(live.roomName, Buffer.from('from the server'), DataPacket_Kind.RELIABLE, {
        topic: 'news',
      }),
    );
    const [packet] = await received;
    expect(packet).toMatchObject({ text: 'from the server', topic: 'news' });
    expect(packet.participant).toBeUndefined();
    expect(packet.senderIdentity).toBeUndefined();
  });

  it('shows bytes that are not UTF-8 as text with replacement characters', async () => {
    const [alice, bob] = await pair();
    const received = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData(new Uint8Array([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0]));
    expect((await received)[0].text).toBe('a\ufffd\ufffd(\ufffd\ufffd');
    const lone = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('half \ud800 pair', { topic: 'lone \udc00' });
    expect((await lone)[0]).toMatchObject({ text: 'half \ufffd pair', topic: 'lone \ufffd' });
  });

  it('gives what a listener throws to the error event, and the packet to the others', async () => {
    const [alice, bob] = await pair();
    const failures: unknown[] = [];
    bob.on('error', (error) => failures.push(error));
    bob.on('dataReceived', () => {
      throw new Error('a defect of mine');
    });
    const received = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('x');
    await received;
    expect(failures).toEqual([new Error('a defect of mine')]);
  });

  it('withstands 100,000 packets with flat memory', async () => {
    const tokens = await Promise.all(['flooder', 'flooded'].map((one) => live.token(one)));
    const end = await runProgram('data-flood.cjs', [live.server.url, ...tokens], {
      nodeArgs: ['--expose-gc'],
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const { received, inOrder, drops, grownMb } = JSON.parse(end.stdout) as Record<string, number>;
    expect(received).toBe(100_000);
    expect(inOrder).toBe(true);
    // Native memory goes with the handles.
    expect(drops).toBeGreaterThanOrEqual(100_000);
    // What it holds of each packet would be more than 10 MB.
    expect(grownMb).toBeLessThan(6);
  }, 180_000);
});

describe("a room that was rtc-node's", () => {
  it('gives packets and streams to both', async () => {
    const tokens = await Promise.all(['ours', 'theirs'].map((one) => live.token(one)));
    const end = await runProgram('data-room-from.cjs', [live.server.url, ...tokens]);
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout.trim().split('\n').at(-1)!)).toEqual([
      'framewire packet p',
      'framewire stream b',
      'rtc-node packet p',
      'rtc-node stream a',
    ]);
  });
});
