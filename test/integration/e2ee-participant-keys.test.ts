import { AudioStream, type E2eeState, type Room, VideoStream } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED = [200, 40, 40] as const;
const BLUE = [40, 40, 200] as const;

const live = liveRooms();

function join(identity: string): Promise<Room> {
  return live.join(identity, { encryption: {} });
}

function stateOf(room: Room, state: E2eeState, identity: string): Promise<unknown> {
  return nextEvent(
    room,
    'e2eeStateChanged',
    (now, participant) => now === state && participant.identity === identity,
  );
}

describe('with a key for each participant', () => {
  it('each is decrypted with their own, which may be set before they come', async () => {
    const carol = await join('carol');
    carol.e2ee.setKey('alice', "alice's");
    carol.e2ee.setKey('bob', "bob's");
    expect(Buffer.from(carol.e2ee.key('bob')!).toString()).toBe("bob's");
    expect(carol.e2ee.key('dave')).toBeUndefined();
    const [alice, bob] = [await join('alice'), await join('bob')];
    alice.e2ee.setKey('alice', "alice's");
    bob.e2ee.setKey('bob', "bob's");
    const missing = stateOf(alice, 'missing-key', 'bob');
    await live.paint(alice, RED);
    await live.paint(bob, BLUE);
    const fromAlice = await carol.waitForTrack({ participant: 'alice', kind: 'video' });
    const fromBob = await carol.waitForTrack({ participant: 'bob', kind: 'video' });
    await using red = new VideoStream(fromAlice.track);
    await using blue = new VideoStream(fromBob.track);
    await Promise.all([untilColor(red, RED), untilColor(blue, BLUE)]);
    const toAlice = await alice.waitForTrack({ participant: 'bob', kind: 'video' });
    await using nothing = new VideoStream(toAlice.track);
    await missing;
    await untilColor(blue, BLUE);
    expect(nothing.stats.received).toBe(0);

    const ok = stateOf(alice, 'ok', 'bob');
    alice.e2ee.setKey('bob', "bob's");
    await ok;
    await untilColor(nothing, BLUE);
  });

  it('no sample reaches who has another for the one that sends, and the state says so', async () => {
    const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
    for (const room of [alice, carol]) room.e2ee.setKey('alice', 'right');
    bob.e2ee.setKey('alice', 'wrong');
    const failed = stateOf(bob, 'decryption-failed', 'alice');
    await live.sing(alice, 440);
    const [atBob, atCarol] = await Promise.all([bob.waitForTrack(), carol.waitForTrack()]);
    await using silent = new AudioStream(atBob.track);
    await using sound = new AudioStream(atCarol.track);
    await untilTone(sound, 440);
    await failed;
    await untilTone(sound, 440);
    expect(silent.stats.received).toBe(0);
    bob.e2ee.setKey('alice', 'right');
    await untilTone(silent, 440);
  });

  it('a sender who takes the right one later is heard', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    alice.e2ee.setKey('alice', 'wrong');
    bob.e2ee.setKey('alice', 'right');
    const failed = stateOf(bob, 'decryption-failed', 'alice');
    await live.sing(alice, 440);
    const { track } = await bob.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    await failed;
    alice.e2ee.setKey('alice', 'right');
    expect(await untilTone(stream, 440)).toBeCloseTo(440, -1);
  });

  it('without our own nothing is sent, and the state says so', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    bob.e2ee.setKey('alice', "alice's");
    const missing = stateOf(alice, 'missing-key', 'alice');
    await live.paint(alice, RED);
    await missing;
    await expect(alice.localParticipant.publishData('secret')).rejects.toMatchObject({
      code: 'native',
    });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    alice.e2ee.setKey('alice', "alice's");
    await untilColor(stream, RED);
  });

  it('a key of ours that was ratcheted has to be at the others too', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    for (const room of [alice, bob]) room.e2ee.setKey('alice', "alice's");
    await live.sing(alice, 440);
    const { track } = await bob.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    await untilTone(stream, 440);
    const failed = stateOf(bob, 'decryption-failed', 'alice');
    const key = alice.e2ee.ratchetKey('alice');
    await failed;
    const ok = stateOf(bob, 'ok', 'alice');
    expect(bob.e2ee.ratchetKey('alice')).toEqual(key);
    await ok;
    await untilTone(stream, 440);
  });

  it('keys of others leave it to us with which of ours we send', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    for (const room of [alice, bob]) {
      room.e2ee.setKey('alice', "alice's");
      room.e2ee.setKey('bob', "bob's", { keyIndex: 5 });
    }
    const heard = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('from alice');
    expect((await heard)[0].text).toBe('from alice');
    bob.e2ee.setKeyIndex('bob', 5);
    const answered = nextEvent(alice, 'dataReceived');
    await bob.localParticipant.publishData('from bob');
    expect((await answered)[0].text).toBe('from bob');
    await live.paint(bob, BLUE);
    const { track } = await alice.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, BLUE);
    expect(bob.e2ee.frameCryptors).toMatchObject([{ participantIdentity: 'bob', keyIndex: 5 }]);
    expect(() => alice.e2ee.setSharedKey('one for all')).toThrow(
      expect.objectContaining({ code: 'invalid-state' }) as Error,
    );
  });
});
