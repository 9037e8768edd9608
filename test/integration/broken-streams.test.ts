import { randomBytes } from 'node:crypto';
import type { ByteStreamReader, ByteStreamWriter, Room } from 'framewire';
import { talkers } from '../support/data.js';
import { codeOf, nextBytes, nextText } from '../support/data-streams.js';
import { introduce } from '../support/introduce.js';
import { liveRooms } from '../support/live-rooms.js';

const live = liveRooms();

async function pair(): Promise<[alice: Room, bob: Room]> {
  const [alice, bob] = await talkers(live, 'alice', 'bob');
  return [alice!, bob!];
}

describe('a stream that does not come to its end', () => {
  it.each([
    {
      how: 'aborts it',
      giveUp: (writer: ByteStreamWriter) => writer.abort('no \u001b[31mtime'),
      atSender: 'The stream was given up.',
      atReader: String.raw`The sender gave the stream up: 'no \x1B[31mtime'.`,
    },
    {
      how: 'aborts it for no reason',
      giveUp: (writer: ByteStreamWriter) => writer.abort(''),
      atSender: 'The stream was given up.',
      atReader: "The sender gave the stream up: 'aborted'.",
    },
    {
      how: 'aborts it for a reason that takes longer than a packet',
      giveUp: (writer: ByteStreamWriter) => writer.abort('x'.repeat(100_000)),
      atSender: 'The stream was given up.',
      atReader: `The sender gave the stream up: '${'x'.repeat(60)}'... 940 more ch....`,
    },
    {
      how: 'aborts the signal',
      giveUp: async (_writer: ByteStreamWriter, abort: AbortController) => {
        abort.abort(new Error('enough'));
        await Promise.resolve();
      },
      atSender: 'enough',
      atReader: "The sender gave the stream up: 'aborted'.",
    },
    {
      how: 'leaves its scope',
      giveUp: (writer: ByteStreamWriter) => writer[Symbol.asyncDispose](),
      atSender: 'The stream was given up.',
      atReader: "The sender gave the stream up: 'the sender did not finish it'.",
    },
  ])(
    'fails at the reader, after what came, when the sender $how',
    async ({ giveUp, atSender, atReader }) => {
      const [alice, bob] = await pair();
      const incoming = nextBytes(bob);
      const abort = new AbortController();
      const writer = await alice.localParticipant.streamBytes({
        topic: 'test',
        signal: abort.signal,
      });
      await writer.write(new Uint8Array([1, 2, 3]));
      await giveUp(writer, abort);
      await expect(writer.write(new Uint8Array(1))).rejects.toThrow(atSender);
      await expect(writer.close()).rejects.toThrow(atSender);
      const pieces = (await incoming)[Symbol.asyncIterator]();
      expect(await pieces.next()).toMatchObject({ value: new Uint8Array([1, 2, 3]) });
      const expected = expect.objectContaining({ code: 'aborted', message: atReader }) as Error;
      await expect(pieces.next()).rejects.toEqual(expected);
      // It stays failed, however often one asks.
      await expect(pieces.next()).rejects.toEqual(expected);
    },
  );

  it('fails at the reader when what is told of the progress throws', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const sending = alice.localParticipant.sendBytes(new Uint8Array(500_000), {
      topic: 'test',
      onProgress: () => {
        throw new Error('a defect of mine');
      },
    });
    await expect(sending).rejects.toThrow('a defect of mine');
    await expect((await incoming).readAll()).rejects.toMatchObject({ code: 'incomplete' });
  });

  it('fails when the sender leaves or we do, never as if it were whole', async () => {
    const [alice, bob] = await pair();
    await introduce(alice, bob);
    let incoming = nextText(bob);
    let writer = await alice.localParticipant.streamText({ topic: 'test' });
    await writer.write('half of');
    const left = (await incoming).readAll();
    await alice.disconnect();
    expect(await codeOf(left)).toBe('participant-left');
    await expect(writer.write('more')).rejects.toMatchObject({ code: 'disconnected' });
    await expect(writer.close()).rejects.toMatchObject({ code: 'disconnected' });

    const carol = await live.join('carol');
    incoming = nextText(bob);
    writer = await carol.localParticipant.streamText({ topic: 'test' });
    await writer.write('half of');
    const reader = await incoming;
    const ended = reader.readAll();
    await bob.disconnect();
    expect(await codeOf(ended)).toBe('disconnected');
    await expect(reader.readAll()).rejects.toMatchObject({ code: 'invalid-state' });
  });

  it('fails when the server takes us out', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const writer = await alice.localParticipant.streamBytes({ topic: 'test' });
    await writer.write(new Uint8Array(10));
    const ended = codeOf((await incoming).readAll());
    await live.admin.deleteRoom(live.roomName);
    // The server takes one out before the other.
    expect(['disconnected', 'participant-left']).toContain(await ended);
    await expect(writer.close()).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('fails on both sides when the sender has to join anew, and goes on over a quick reconnect', async () => {
    const [alice, bob] = await pair();
    const incoming = nextText(bob);
    const writer = await alice.localParticipant.streamText({ topic: 'test' });
    await writer.write('before, ');
    await alice.simulateScenario('signal-reconnect');
    await writer.write('after, ');
    const ended = codeOf((await incoming).readAll());
    const { sid } = alice.localParticipant;
    await alice.simulateScenario('full-reconnect');
    while (alice.localParticipant.sid === sid) await new Promise((done) => setTimeout(done, 20));
    await expect(writer.write('lost')).rejects.toMatchObject({ code: 'disconnected' });
    // The server tells of having left, or the writer of having failed, whichever is first.
    expect(['participant-left', 'aborted']).toContain(await ended);
  });

  it.each([
    {
      how: 'leaving the loop',
      giveUp: async (reader: ByteStreamReader) => {
        for await (const piece of reader) return piece.byteLength;
        return 0;
      },
      outcome: { value: 15_000 },
    },
    {
      how: 'closing it',
      giveUp: (reader: ByteStreamReader) =>
        reader.readAll({ onProgress: () => void reader.close() }),
      outcome: { reason: { code: 'closed' } },
    },
    {
      how: 'the signal',
      giveUp: (reader: ByteStreamReader) => {
        const abort = new AbortController();
        const onProgress = (): void => abort.abort(new Error('enough'));
        return reader.readAll({ onProgress, signal: abort.signal });
      },
      outcome: { reason: { message: 'enough' } },
    },
    {
      how: 'taking no more than a limit',
      giveUp: (reader: ByteStreamReader) => reader.readAll({ maxBytes: 20_000 }),
      outcome: { reason: { code: 'overflow' } },
    },
    {
      how: 'throwing',
      giveUp: (reader: ByteStreamReader) =>
        reader.readAll({
          onProgress: () => {
            throw new Error('a defect of mine');
          },
        }),
      outcome: { reason: { message: 'a defect of mine' } },
    },
  ])('is given up by its reader by $how', async ({ giveUp, outcome }) => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const writer = await alice.localParticipant.streamBytes({ topic: 'test' });
    await writer.write(new Uint8Array(30_000));
    const reader = await incoming;
    const [result] = await Promise.allSettled([giveUp(reader)]);
    expect(result).toMatchObject(outcome);
    await expect(reader.readAll()).rejects.toMatchObject({ code: 'invalid-state' });
    // To the sender that's no matter: others may read on.
    await writer.write(new Uint8Array(30_000));
    await writer.close();
  });
});

describe('what nobody reads', () => {
  it('fails with overflow at the limit of its handler, and can not be taken for the whole', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob, 'test', { maxBufferedBytes: 100_000 });
    await alice.localParticipant.sendBytes(randomBytes(500_000), { topic: 'test' });
    const reader = await incoming;
    // Something that is sent later has arrived: so has all of the stream.
    const later = nextText(bob, 'later');
    await alice.localParticipant.sendText('x', { topic: 'later' });
    await (await later).readAll();
    expect(reader.bytesReceived).toBeLessThanOrEqual(100_000);
    await expect(reader.readAll()).rejects.toMatchObject({ code: 'overflow' });
  });

  it('is at most what connect() allows for a stream', async () => {
    const bob = await live.join('bob', { dataStream: { maxPayloadBytes: 100_000 } });
    const alice = await live.join('alice');
    const incoming = nextBytes(bob);
    const sending = alice.localParticipant.sendBytes(randomBytes(200_000), { topic: 'test' });
    await expect((await incoming).readAll()).rejects.toMatchObject({ code: 'overflow' });
    await sending;
  });
});
