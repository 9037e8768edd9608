import { AudioStream, type Room, RPC_ERROR_CODES, RpcError, VideoStream } from 'framewire';
import type { Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { describeEachPeer, meet } from '../support/peers.js';
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

    const bytes = everyByte(1_000);
    await alice.localParticipant.publishData(bytes, { topic: 'secret' });
    expect(await peer().next('data')).toMatchObject({ bytes, topic: 'secret', from: 'alice' });
    const here = nextEvent(alice, 'dataReceived', ({ topic }) => topic === 'secret');
    await peer().publishData(bytes, { topic: 'secret' });
    expect((await here)[0].data).toEqual(bytes);
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
