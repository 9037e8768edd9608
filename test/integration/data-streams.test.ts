import { randomBytes } from 'node:crypto';
import type { Room, StreamProgress, TextStreamReader } from 'framewire';
import { talkers } from '../support/data.js';
import { codeOf, nextBytes, nextText } from '../support/data-streams.js';
import { liveRooms } from '../support/live-rooms.js';

const live = liveRooms();

async function pair(): Promise<[alice: Room, bob: Room]> {
  const [alice, bob] = await talkers(live, 'alice', 'bob');
  return [alice!, bob!];
}

describe('text', () => {
  it('comes whole, with what was said of it', async () => {
    const [alice, bob] = await pair();
    const incoming = nextText(bob, 'story');
    const text = 'Es war einmal … \u{1f9d9}'.repeat(5_000);
    const info = await alice.localParticipant.sendText(text, {
      topic: 'story',
      attributes: { mood: 'merry' },
      replyToStreamId: 'earlier',
      attachedStreamIds: ['picture'],
    });
    const reader = await incoming;
    expect(await reader.readAll()).toBe(text);
    expect(reader.info).toEqual(info);
    expect(reader.info).toMatchObject({
      topic: 'story',
      mimeType: 'text/plain',
      totalBytes: Buffer.byteLength(text),
      attributes: { mood: 'merry' },
      replyToStreamId: 'earlier',
      attachedStreamIds: ['picture'],
      encrypted: false,
    });
    expect(reader.senderIdentity).toBe('alice');
    expect(reader.progress).toBe(1);
    expect(Math.abs(reader.info.timestampMs - Date.now())).toBeLessThan(60_000);
  });

  it('comes as it is written, in whole characters', async () => {
    const [alice, bob] = await pair();
    const incoming = nextText(bob);
    const writer = await alice.localParticipant.streamText({ topic: 'test' });
    const reader = await incoming;
    const pieces = reader[Symbol.asyncIterator]();
    await writer.write('one');
    expect(await pieces.next()).toEqual({ done: false, value: 'one' });
    // Half of a character waits for the other half.
    await writer.write('two \ud83e');
    expect(await pieces.next()).toEqual({ done: false, value: 'two ' });
    await writer.write('\uddd9');
    expect(await pieces.next()).toEqual({ done: false, value: '\u{1f9d9}' });
    expect(reader.progress).toBeUndefined();
    expect(reader.bytesReceived).toBe(11);
    expect(writer.bytesWritten).toBe(11);
    await writer.write('');
    await writer.write('lone \udc00 and \ud800');
    await writer.close();
    let rest = '';
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) rest += next.value;
    expect(rest).toBe('lone \ufffd and \ufffd');
  });

  it('keeps the order of writes, and of whole texts, that nobody waited for', async () => {
    const [alice, bob] = await pair();
    const incoming = nextText(bob);
    const writer = await alice.localParticipant.streamText({ topic: 'test' });
    const words = Array.from({ length: 200 }, (_, i) => `${i} `);
    void Promise.all(words.map((word) => writer.write(word)));
    await writer.close();
    expect(await (await incoming).readAll()).toBe(words.join(''));

    const lines: string[] = [];
    const all = new Promise<void>((resolve) => {
      let begun = 0;
      let ended = 0;
      bob.registerTextStreamHandler('line', async (reader) => {
        const i = begun++;
        lines[i] = await reader.readAll();
        if (++ended === words.length) resolve();
      });
    });
    await Promise.all(
      words.map((word) => alice.localParticipant.sendText(word, { topic: 'line' })),
    );
    await all;
    expect(lines).toEqual(words);
  });

  it('may be empty', async () => {
    const [alice, bob] = await pair();
    let incoming = nextText(bob);
    await alice.localParticipant.sendText('', { topic: 'test' });
    expect(await (await incoming).readAll()).toBe('');
    incoming = nextText(bob);
    await (await alice.localParticipant.streamText({ topic: 'test' })).close();
    expect(await (await incoming).readAll()).toBe('');
  });
});

describe('bytes', () => {
  it('come whole, with progress at both ends', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const bytes = randomBytes(1_000_000);
    const sent: StreamProgress[] = [];
    const sending = alice.localParticipant.sendBytes(bytes, {
      topic: 'test',
      name: 'noise.bin',
      mimeType: 'application/x-noise',
      onProgress: (progress) => sent.push(progress),
    });
    const reader = await incoming;
    const read: StreamProgress[] = [];
    const whole = await reader.readAll({ onProgress: (progress) => read.push(progress) });
    expect(Buffer.compare(whole, bytes)).toBe(0);
    expect(reader.info).toEqual(await sending);
    expect(reader.info).toMatchObject({
      name: 'noise.bin',
      mimeType: 'application/x-noise',
      totalBytes: 1_000_000,
    });
    for (const progress of [sent, read]) {
      expect(progress.length).toBeGreaterThan(10);
      expect(progress.at(-1)).toEqual({ bytes: 1_000_000, totalBytes: 1_000_000 });
      const counts = progress.map((one) => one.bytes);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
  });

  it('come as they are written, of whatever memory', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const writer = await alice.localParticipant.streamBytes({ topic: 'test' });
    const shared = new Uint8Array(new SharedArrayBuffer(4), 1, 2);
    shared.set([4, 5]);
    await writer.write(new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4));
    await writer.write(shared);
    await writer.write(new Uint8Array(0));
    await writer.close();
    await writer.close();
    const pieces: number[][] = [];
    for await (const piece of await incoming) pieces.push([...new Uint8Array(piece.buffer)]);
    expect(pieces).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    await expect(writer.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
  });

  it('are what was announced, neither more nor less', async () => {
    const [alice, bob] = await pair();
    const incoming = nextBytes(bob);
    const writer = await alice.localParticipant.streamBytes({ topic: 'test', totalBytes: 4 });
    await writer.write(new Uint8Array(3));
    await expect(writer.write(new Uint8Array(2))).rejects.toThrow(
      new RangeError('bytes must be at most 1 more, got 2.'),
    );
    await expect(writer.close()).rejects.toMatchObject({ code: 'incomplete' });
    await expect(writer.close()).rejects.toMatchObject({ code: 'incomplete' });
    await expect((await incoming).readAll()).rejects.toMatchObject({ code: 'incomplete' });
  });
});

describe('handlers', () => {
  it('are one for a topic, come and go, and outlast the stay', async () => {
    const bob = live.room();
    const texts: string[] = [];
    let heard: () => void = () => undefined;
    const off = bob.registerTextStreamHandler('', async (reader, sender) => {
      texts.push(`${sender.identity}: ${await reader.readAll()}`);
      heard();
    });
    expect(() => bob.registerTextStreamHandler('', () => undefined)).toThrow(
      expect.objectContaining({ code: 'invalid-state' }) as Error,
    );
    // Of the other kind it's another topic.
    bob.registerByteStreamHandler('', () => undefined)();
    for (let stay = 0; stay < 2; stay++) {
      await bob.connect(live.server.url, await live.token('bob'));
      const alice = await live.join('alice');
      const next = new Promise<void>((resolve) => (heard = resolve));
      await alice.localParticipant.sendText(`stay ${stay}`);
      await next;
      await bob.disconnect();
    }
    expect(texts).toEqual(['alice: stay 0', 'alice: stay 1']);
    off();
    bob.registerTextStreamHandler('', () => undefined);
    off();
    expect(() => bob.registerTextStreamHandler('', () => undefined)).toThrow();
    bob.unregisterTextStreamHandler('');
    bob.unregisterTextStreamHandler('');
    bob.registerTextStreamHandler('', () => undefined);
  });

  it('that throw or reject are told of by the error event, and close the stream', async () => {
    const [alice, bob] = await pair();
    const errors: unknown[] = [];
    bob.on('error', (error) => errors.push(error));
    const readers: TextStreamReader[] = [];
    bob.registerTextStreamHandler('throws', (reader) => {
      readers.push(reader);
      throw new Error('at once');
    });
    bob.registerTextStreamHandler('rejects', async (reader) => {
      readers.push(reader);
      for await (const piece of reader) throw new Error(`at ${piece}`);
    });
    await alice.localParticipant.sendText('x', { topic: 'throws' });
    await alice.localParticipant.sendText('x', { topic: 'rejects' });
    const later = nextText(bob, 'later');
    await alice.localParticipant.sendText('x', { topic: 'later' });
    expect(await (await later).readAll()).toBe('x');
    expect(errors).toEqual([new Error('at once'), new Error('at x')]);
    for (const reader of readers) {
      await expect(reader.readAll()).rejects.toMatchObject({ code: 'invalid-state' });
    }
  });
});

describe('bad arguments', () => {
  it('are refused before anything is sent', async () => {
    const alice = await live.join('alice');
    const { localParticipant: me } = alice;
    const bad: [() => unknown, string | RegExp][] = [
      [() => me.sendText(5 as never), 'text must be a string, got 5.'],
      [() => me.sendText('x', null as never), 'options must be an object, got null.'],
      [() => me.sendText('x', { topic: 5 as never }), 'options.topic must be a string, got 5.'],
      [
        () => me.sendText('x', { attributes: { a: 1 as never } }),
        "options.attributes['a'] must be a string, got 1.",
      ],
      [
        () => me.sendText('x', { attributes: JSON.parse('{"__proto__":"x"}') as never }),
        "options.attributes must not have a key '__proto__': it could not be read back.",
      ],
      [
        () => me.sendText('x', { attributes: [] as never }),
        /^options.attributes must be an object/,
      ],
      [
        () => me.sendText('x', { attachedStreamIds: 'a' as never }),
        /^options.attachedStreamIds must be an array/,
      ],
      [() => me.streamText({ streamId: '' }), /^options.streamId must not be empty/],
      [
        () => me.streamText({ destinationIdentities: [] }),
        /^options.destinationIdentities must name somebody/,
      ],
      [
        () => me.streamBytes({ totalBytes: -1 }),
        /^options.totalBytes must be an integer of at least 0/,
      ],
      [
        () => me.sendBytes(new Uint8Array(1), null as never),
        'options must be an object, got null.',
      ],
      [() => me.streamBytes({ name: 5 as never }), 'options.name must be a string, got 5.'],
      [() => me.sendBytes('x' as never), "bytes must be a Uint8Array, got 'x'."],
      [
        () => me.sendBytes(new Uint8Array(1), { onProgress: 5 as never }),
        /^options.onProgress must be a function/,
      ],
      [() => me.streamBytes({ attributes: { a: 'a'.repeat(70_000) } }), /must be shorter together/],
      [() => me.streamBytes({ signal: AbortSignal.abort(new Error('enough')) }), 'enough'],
      [() => me.sendText('x', { signal: AbortSignal.abort(new Error('enough')) }), 'enough'],
    ];
    for (const [call, message] of bad) {
      await expect(Promise.resolve().then(call)).rejects.toThrow(message);
    }
    expect(() => alice.registerTextStreamHandler(5 as never, () => undefined)).toThrow(TypeError);
    expect(() => alice.registerTextStreamHandler('x', 5 as never)).toThrow(TypeError);
    expect(() =>
      alice.registerByteStreamHandler('x', () => undefined, { maxBufferedBytes: 0 }),
    ).toThrow(RangeError);
    await expect(live.join('bob', { dataStream: { maxPayloadBytes: 0 } })).rejects.toThrow(
      RangeError,
    );
  });

  it('of a token without the permission, and calls after leaving, fail at once', async () => {
    const mute = await live.join('mute', { grants: { canPublishData: false } });
    const { localParticipant: me } = mute;
    const calls = [
      () => me.sendText('x'),
      () => me.streamText(),
      () => me.sendBytes(new Uint8Array(1)),
      () => me.streamBytes(),
      () => me.sendFile(__filename),
    ];
    for (const call of calls) expect(await codeOf(call())).toBe('forbidden');
    await mute.disconnect();
    for (const call of calls) expect(await codeOf(call())).toBe('disconnected');
  });
});
