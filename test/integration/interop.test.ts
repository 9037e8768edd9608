import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  AudioStream,
  type ByteStreamReader,
  type Room,
  RPC_ERROR_CODES,
  RpcError,
  type TextStreamReader,
  VideoStream,
} from 'framewire';
import type { Color } from 'framewire/testing';
import { untilHeard } from '../support/data.js';
import { liveRooms } from '../support/live-rooms.js';
import { describeEachPeer, meet, repeated } from '../support/peers.js';
import { nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

/** Every byte there is, over and over. */
function everyByte(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
}

const live = liveRooms();

/** Resolves when `alice` sees and hears the peer. */
async function untilSeenAndHeard(alice: Room, color: Color, frequency: number): Promise<void> {
  const [{ track: video }, { track: audio }] = await Promise.all([
    alice.waitForTrack({ kind: 'video', participant: 'peer' }),
    alice.waitForTrack({ kind: 'audio', participant: 'peer' }),
  ]);
  await using pictures = new VideoStream(video);
  await using sound = new AudioStream(audio);
  await Promise.all([untilColor(pictures, color), untilTone(sound, frequency)]);
}

function nextText(room: Room): Promise<TextStreamReader> {
  return new Promise((resolve) => {
    const off = room.registerTextStreamHandler('text', (reader) => {
      off();
      resolve(reader);
    });
  });
}

function nextBytes(room: Room): Promise<ByteStreamReader> {
  return new Promise((resolve) => {
    const off = room.registerByteStreamHandler('bytes', (reader) => {
      off();
      resolve(reader);
    });
  });
}

describeEachPeer((peer) => {
  it('sees and hears us, and we it', async () => {
    const { url } = live.server;
    const token = await live.token('peer');
    const [alice] = await Promise.all([live.join('alice'), peer().join({ url, token })]);
    await Promise.all([
      live.paint(alice, RED),
      live.sing(alice, 440),
      peer().publishVideo({ color: BLUE }),
      peer().publishTone(880),
    ]);
    const [seen, heard] = await Promise.all([
      peer().untilColor('alice', RED),
      peer().untilTone('alice', 440),
      untilSeenAndHeard(alice, BLUE, 880),
    ]);
    expect([seen.width, seen.height]).toEqual([320, 180]);
    expect(Math.abs(heard - 440)).toBeLessThan(10);
  });

  it('exchanges packets of data with us', async () => {
    const alice = await meet(live, peer());
    const { localParticipant: me } = alice;
    const bytes = everyByte(15_000);
    await me.publishData(bytes, { topic: 'cursor' });
    expect(await peer().next('data')).toMatchObject({ bytes, topic: 'cursor', from: 'alice' });
    await me.publishData('for nobody', { destinationIdentities: ['nobody'] });
    await me.publishData('for the peer', { destinationIdentities: ['peer'] });
    const { bytes: text } = await peer().next('data');
    expect(Buffer.from(text).toString()).toBe('for the peer');

    const here = nextEvent(alice, 'dataReceived', ({ topic }) => topic === 'cursor');
    await peer().publishData(bytes, { topic: 'cursor' });
    const [packet] = await here;
    expect(packet).toMatchObject({ data: bytes, reliable: true, senderIdentity: 'peer' });
    expect(packet.participant).toBe(alice.remoteParticipants.get('peer'));
    const lossy = nextEvent(alice, 'dataReceived', ({ topic }) => topic === 'lossy');
    await peer().publishData(bytes.subarray(0, 100), {
      topic: 'lossy',
      reliable: false,
      to: ['alice'],
    });
    expect((await lossy)[0]).toMatchObject({ data: bytes.subarray(0, 100), reliable: false });
  });

  it('sends us texts and bytes as streams', async () => {
    const alice = await meet(live, peer());
    const attributes = { mood: 'merry' };
    for (const text of ['', 'grüß dich', 'Es war einmal … \u{1f9d9}'.repeat(20_000)]) {
      const incoming = nextText(alice);
      await peer().sendText(text, { attributes });
      const reader = await incoming;
      expect(await reader.readAll()).toBe(text);
      expect(reader.info).toMatchObject({ topic: 'text', attributes, encrypted: false });
      expect(reader.senderIdentity).toBe('peer');
    }
    for (const length of [0, 100, 1_000_000]) {
      const incoming = nextBytes(alice);
      const name = 'noise.bin';
      await peer().sendBytes(everyByte(length), { name, mimeType: 'audio/noise', attributes });
      const reader = await incoming;
      expect(Buffer.compare(await reader.readAll(), everyByte(length))).toBe(0);
      expect(reader.info).toMatchObject({ name, mimeType: 'audio/noise', attributes });
    }
  });

  it('gets texts and bytes from us as streams', async () => {
    const alice = await meet(live, peer());
    const { localParticipant: me } = alice;
    const attributes = { mood: 'merry' };
    for (const text of ['', 'grüß dich', 'Es war einmal … \u{1f9d9}'.repeat(20_000)]) {
      await me.sendText(text, { topic: 'text', attributes });
      expect(await peer().next('text')).toEqual({ text, topic: 'text', attributes, from: 'alice' });
    }
    const writer = await me.streamText({ topic: 'text' });
    for (const word of ['one ', 'two ', 'three']) await writer.write(word);
    await writer.close();
    expect(await peer().next('text')).toMatchObject({ text: 'one two three' });

    for (const length of [0, 100, 1_000_000]) {
      const bytes = everyByte(length);
      const about = { name: 'noise.bin', mimeType: 'audio/noise', attributes };
      await me.sendBytes(bytes, { topic: 'bytes', ...about });
      const { bytes: got, size = 0, ...rest } = await peer().next('bytes');
      expect(Buffer.compare(got, bytes)).toBe(0);
      expect(size).toBe(length);
      expect(rest).toMatchObject({ ...about, from: 'alice' });
    }
    const broken = await me.streamBytes({ topic: 'bytes', name: 'broken' });
    await broken.write(everyByte(100));
    await broken.abort('enough');
    expect(await peer().next('bytes')).toHaveProperty('error');
  });

  it('exchanges frames of data tracks with us', async () => {
    const alice = await meet(live, peer());
    const frame = everyByte(3_000);
    const heard = nextEvent(alice, 'dataTrackPublished');
    await peer().publishDataTrack('pose', frame);
    const [remote] = await heard;
    expect(remote).toMatchObject({ name: 'pose', publisherIdentity: 'peer', encrypted: false });
    await using frames = remote.subscribe();
    const { value } = await frames.next();
    expect(value?.payload).toEqual(frame);

    await using local = await alice.localParticipant.publishDataTrack({ name: 'gaze' });
    const arrival = peer().next('frame');
    await repeated(() => local.tryPush(frame), arrival);
    expect(await arrival).toEqual({ bytes: frame, name: 'gaze', from: 'alice' });
  });

  it('names a file as it likes, which is saved in the folder all the same', async () => {
    const alice = await meet(live, peer());
    const folder = await mkdtemp(join(tmpdir(), 'interop-'));
    try {
      for (const name of ['../../evil.sh', '/etc/evil', 'a\u0000b\u001b[31m\n.txt', '..', '']) {
        const incoming = nextBytes(alice);
        await peer().sendBytes(everyByte(10), { name, mimeType: 'text/plain' });
        const path = await (await incoming).saveTo(folder);
        expect(dirname(path)).toBe(folder);
        expect(new Uint8Array(await readFile(path))).toEqual(everyByte(10));
        expect(basename(path)).toMatch(/^[^./\\\u0000-\u001f][^/\\\u0000-\u001f]*$/);
      }
      expect(await readdir(folder)).toHaveLength(5);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('calls our methods, and gets what they answer or throw', async () => {
    const alice = await meet(live, peer());
    alice.registerRpcMethod('echo', ({ callerIdentity, caller, payload }) => {
      expect(caller).toBe(alice.remoteParticipants.get('peer'));
      return `${callerIdentity}: ${payload}`;
    });
    alice.registerRpcMethod('size', ({ payload }) => String(payload.length));
    alice.registerRpcMethod('refuse', () => {
      throw new RpcError(4001, 'refused', 'because');
    });
    alice.on('error', () => undefined);
    alice.registerRpcMethod('break', () => {
      throw new Error('A secret of ours.');
    });
    const call = (method: string, payload?: string): Promise<unknown> =>
      peer().performRpc('alice', method, payload);
    expect(await call('echo', 'grüß dich')).toEqual({ response: 'peer: grüß dich' });
    expect(await call('size', 'x'.repeat(1_000_000))).toEqual({ response: '1000000' });
    expect(await call('echo', 'y'.repeat(1_000_000))).toEqual({
      response: `peer: ${'y'.repeat(1_000_000)}`,
    });
    expect(await call('refuse')).toEqual({
      error: { code: 4001, message: 'refused', data: 'because' },
    });
    const { error } = (await call('break')) as { readonly error: { readonly code: number } };
    expect(error.code).toBe(RPC_ERROR_CODES['application-error']);
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(await call('nothing')).toMatchObject({
      error: { code: RPC_ERROR_CODES['unsupported-method'] },
    });
  });

  it('answers our calls, with an error that has a reason if it fails', async () => {
    const alice = await meet(live, peer());
    const call = (method: string, payload = ''): Promise<string> =>
      alice.localParticipant.performRpc({ destinationIdentity: 'peer', method, payload });
    expect(await call('echo', 'grüß dich')).toBe('alice: grüß dich');
    expect(await call('size', 'x'.repeat(1_000_000))).toBe('1000000');
    expect(await call('echo', 'y'.repeat(1_000_000))).toBe(`alice: ${'y'.repeat(1_000_000)}`);
    await expect(call('refuse')).rejects.toMatchObject({
      name: 'RpcError',
      reason: 'application',
      code: 4001,
      message: 'refused',
      data: 'because',
    });
    await expect(call('break')).rejects.toMatchObject({ reason: 'application-error' });
    await expect(call('nothing')).rejects.toMatchObject({ reason: 'unsupported-method' });
    await Promise.all([
      expect(call('never')).rejects.toMatchObject({ reason: 'recipient-disconnected' }),
      // It has the other call by the time that it answers this one.
      call('echo').then(() => peer().leave()),
    ]);
  });

  it('shares a key with us, and what is encrypted arrives: media, metadata and data', async () => {
    const sharedKey = 'correct horse';
    const alice = await meet(live, peer(), { sharedKey });
    await Promise.all([live.paint(alice, RED), peer().publishVideo({ color: BLUE })]);
    const [, , , metadata] = await Promise.all([
      peer().untilColor('alice', RED),
      peer().untilTone('alice', 440),
      untilSeenAndHeard(alice, BLUE, 880),
      peer().nextMetadata('alice'),
    ]);
    expect(metadata.captureTimeUs).toBeGreaterThan(1.7e15);
    for (const { encryption } of alice.remoteParticipants.get('peer')!.trackPublications.values()) {
      expect(encryption).toBe('gcm');
    }

    const eve = await live.join('eve', { autoSubscribe: false });
    const friend = await live.join('friend', { autoSubscribe: false });
    const toEve = (topic: string): Promise<void> =>
      friend.localParticipant.publishData('', { topic, destinationIdentities: ['eve'] });
    await untilHeard(eve, () => toEve('ready'));
    const overheard = new Set<unknown>();
    eve.on('dataReceived', ({ topic }) => overheard.add(topic));
    eve.registerTextStreamHandler('text', ({ info }) => overheard.add(info.topic));
    const bytes = everyByte(1_000);
    await alice.localParticipant.publishData(bytes, { topic: 'secret' });
    expect(await peer().next('data')).toMatchObject({ bytes, topic: 'secret', from: 'alice' });
    const here = nextEvent(alice, 'dataReceived', ({ topic }) => topic === 'secret');
    await peer().publishData(bytes, { topic: 'secret' });
    expect((await here)[0].data).toEqual(bytes);

    await alice.localParticipant.sendText('a secret', { topic: 'text' });
    expect(await peer().next('text')).toMatchObject({ text: 'a secret' });
    const incoming = nextText(alice);
    await peer().sendText('another');
    expect(await (await incoming).readAll()).toBe('another');
    const heard = nextEvent(eve, 'dataReceived', ({ topic }) => topic === 'end');
    await toEve('end');
    await heard;
    overheard.delete('ready');
    expect([...overheard]).toEqual(['end']);
  });

  it('neither sees nor is seen with another key, until both have the same', async () => {
    const { url } = live.server;
    const token = await live.token('peer');
    const [alice] = await Promise.all([
      live.join('alice', { encryption: { sharedKey: 'correct horse' } }),
      peer().join({ url, token, key: 'battery staple' }),
    ]);
    const refused = nextEvent(alice, 'e2eeStateChanged', (state) => state === 'decryption-failed');
    await Promise.all([live.paint(alice, RED), peer().publishVideo({ color: BLUE })]);
    const { track } = await alice.waitForTrack({ kind: 'video' });
    await using pictures = new VideoStream(track);
    const [, culprit] = await refused;
    expect(culprit.identity).toBe('peer');
    expect(await peer().seesNothing('alice', 1_000)).toBe(true);
    expect(pictures.stats.received).toBe(0);

    await peer().setKey('correct horse');
    // By now it had given that key of the peer's up.
    alice.e2ee.setSharedKey('correct horse');
    await Promise.all([peer().untilColor('alice', RED), untilColor(pictures, BLUE)]);
  });
});
