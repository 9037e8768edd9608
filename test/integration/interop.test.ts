import { AudioStream, type Room, VideoStream } from 'framewire';
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
});
