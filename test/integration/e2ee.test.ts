import {
  AudioStream,
  type ConnectOptions,
  type E2eeState,
  FramewireError,
  type Room,
  VideoStream,
} from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED = [200, 40, 40] as const;
const GREEN = [40, 180, 40] as const;

const live = liveRooms();

/** Somebody's picture and tone, as one of the others receives them. */
class Watch implements AsyncDisposable {
  readonly pictures: VideoStream;
  readonly sound: AudioStream;

  private constructor(pictures: VideoStream, sound: AudioStream) {
    this.pictures = pictures;
    this.sound = sound;
  }

  static async of(room: Room, participant: string): Promise<Watch> {
    const video = await room.waitForTrack({ kind: 'video', participant });
    const audio = await room.waitForTrack({ kind: 'audio', participant });
    return new Watch(new VideoStream(video.track), new AudioStream(audio.track));
  }

  get received(): { readonly pictures: number; readonly sound: number } {
    return { pictures: this.pictures.stats.received, sound: this.sound.stats.received };
  }

  /** Resolves when the picture and the tone come as they were sent. */
  async comes(color: readonly [number, number, number], frequency: number): Promise<void> {
    await Promise.all([untilColor(this.pictures, color), untilTone(this.sound, frequency)]);
  }

  /** Resolves once enough more has come that anybody else would have got something of it. */
  async goesOn(): Promise<void> {
    for (let i = 0; i < 15; i++) (await this.pictures.next()).value?.close();
    for (let i = 0; i < 50; i++) await this.sound.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.pictures.close(), this.sound.close()]);
  }
}

function join(identity: string, encryption?: ConnectOptions['encryption']): Promise<Room> {
  return live.join(identity, encryption && { encryption });
}

async function perform(room: Room): Promise<void> {
  await live.paint(room, RED);
  await live.sing(room, 440);
}

function stateOf(room: Room, state: E2eeState, identity = 'alice'): Promise<unknown> {
  return nextEvent(
    room,
    'e2eeStateChanged',
    (now, participant) => now === state && participant.identity === identity,
  );
}

const RIGHT = { sharedKey: 'correct horse' };
const WRONG = { sharedKey: 'battery staple' };

describe('with a shared key', () => {
  it('pixels, samples and metadata arrive as they were sent, and the state says so', async () => {
    const alice = await join('alice', RIGHT);
    const bob = await join('bob', { sharedKey: Buffer.from(RIGHT.sharedKey) });
    const ok = nextEvent(bob, 'e2eeStateChanged', (state) => state === 'ok');
    await perform(alice);
    await using watch = await Watch.of(bob, 'alice');
    await watch.comes(RED, 440);
    expect(await ok).toEqual(['ok', bob.remoteParticipants.get('alice')]);
    using frame = (await watch.pictures.next()).value!;
    expect(frame.metadata.frameId).toBeGreaterThan(0);
    expect(watch.pictures.stats.latencyMs!.p50).toBeLessThan(10_000);
    const [far, near] = [bob.remoteParticipants.get('alice')!, alice.localParticipant];
    for (const publication of [...far.trackPublications.values(), near.publicationOf('camera')!]) {
      expect(publication.encryption).toBe('gcm');
    }
    const sids = [...near.trackPublications.keys()];
    const cryptors = (room: Room): unknown =>
      [...room.e2ee.frameCryptors].sort(
        (a, b) => sids.indexOf(a.trackSid) - sids.indexOf(b.trackSid),
      );
    const expected = sids.map((trackSid) => ({
      participantIdentity: 'alice',
      trackSid,
      keyIndex: 0,
      enabled: true,
    }));
    expect(cryptors(alice)).toEqual(expected);
    expect(cryptors(bob)).toEqual(expected);
  });

  it('no pixel, no sample and no data reaches who has another, and the state says so', async () => {
    const alice = await join('alice', RIGHT);
    const bob = await join('bob', WRONG);
    const carol = await join('carol', RIGHT);
    const told: string[] = [];
    bob.on('dataReceived', ({ text }) => told.push(text));
    const failed = stateOf(bob, 'decryption-failed');
    await perform(alice);
    await using right = await Watch.of(carol, 'alice');
    await using wrong = await Watch.of(bob, 'alice');
    await right.comes(RED, 440);
    await failed;
    const heard = nextEvent(carol, 'dataReceived');
    await alice.localParticipant.publishData('secret');
    await heard;
    await right.goesOn();
    expect(wrong.received).toEqual({ pictures: 0, sound: 0 });

    const ok = stateOf(bob, 'ok');
    bob.e2ee.setSharedKey(RIGHT.sharedKey);
    await ok;
    await wrong.comes(RED, 440);
    const last = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('for all');
    await last;
    expect(told).toEqual(['for all']);
  });

  it('nothing more comes to one who takes another in the middle', async () => {
    const [alice, bob, carol] = [
      await join('alice', RIGHT),
      await join('bob', RIGHT),
      await join('carol', RIGHT),
    ];
    await perform(alice);
    await using right = await Watch.of(carol, 'alice');
    await using wrong = await Watch.of(bob, 'alice');
    await Promise.all([right.comes(RED, 440), wrong.comes(RED, 440)]);
    const failed = stateOf(bob, 'decryption-failed');
    bob.e2ee.setSharedKey(WRONG.sharedKey);
    await failed;
    // What was decrypted before is still under way.
    await right.goesOn();
    const { received } = wrong;
    await right.goesOn();
    expect(wrong.received).toEqual(received);
  });

  it('a sender who takes the right one later is seen and heard', async () => {
    const [alice, bob] = [await join('alice', WRONG), await join('bob', RIGHT)];
    const failed = stateOf(bob, 'decryption-failed');
    await perform(alice);
    await using watch = await Watch.of(bob, 'alice');
    await failed;
    const ok = stateOf(bob, 'ok');
    alice.e2ee.setSharedKey(RIGHT.sharedKey);
    expect(await ok).toEqual(['ok', bob.remoteParticipants.get('alice')]);
    await watch.comes(RED, 440);
  });

  it('a sender who comes back with the right one is seen and heard', async () => {
    const [alice, bob] = [await join('alice', WRONG), await join('bob', RIGHT)];
    const failed = stateOf(bob, 'decryption-failed');
    await perform(alice);
    await failed;
    const gone = nextEvent(bob, 'participantDisconnected');
    await alice.disconnect();
    await gone;
    const ok = stateOf(bob, 'ok');
    await perform(await join('alice', RIGHT));
    await using watch = await Watch.of(bob, 'alice');
    await watch.comes(RED, 440);
    expect(await ok).toEqual(['ok', bob.remoteParticipants.get('alice')]);
  });

  it('goes on over a full reconnect of the sender', async () => {
    const [alice, bob] = [await join('alice', RIGHT), await join('bob', RIGHT)];
    alice.e2ee.setSharedKey('next', { keyIndex: 3 });
    bob.e2ee.setSharedKey('next', { keyIndex: 3 });
    alice.e2ee.setKeyIndex('alice', 3);
    await perform(alice);
    {
      await using watch = await Watch.of(bob, 'alice');
      await watch.comes(RED, 440);
    }
    const gone = nextEvent(bob, 'participantDisconnected');
    const reconnected = nextEvent(alice, 'reconnected');
    await alice.simulateScenario('full-reconnect');
    await Promise.all([gone, reconnected]);
    await using watch = await Watch.of(bob, 'alice');
    await watch.comes(RED, 440);
    expect(alice.e2ee.frameCryptors.map(({ keyIndex }) => keyIndex)).toEqual([3, 3]);
    const heard = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('still secret');
    expect((await heard)[0].text).toBe('still secret');
  });
});

describe('a track in the clear', () => {
  it('is not given to one who encrypts, unless asked for, and the state says so', async () => {
    const alice = await join('alice');
    const bob = await join('bob', RIGHT);
    const carol = await join('carol', { ...RIGHT, requireEncryption: false });
    const told = stateOf(bob, 'not-encrypted');
    await perform(alice);
    await using strict = await Watch.of(bob, 'alice');
    await using lenient = await Watch.of(carol, 'alice');
    await Promise.all([told, lenient.comes(RED, 440)]);
    expect(strict.received).toEqual({ pictures: 0, sound: 0 });
    expect(bob.remoteParticipants.get('alice')!.publicationOf('camera')!.encryption).toBe('none');
  });
});

describe('an encrypted track', () => {
  it('gives no noise to one who joined without encryption, and the state says so', async () => {
    const alice = await join('alice', RIGHT);
    const bob = await join('bob');
    const carol = await join('carol', RIGHT);
    const told = stateOf(bob, 'missing-key');
    await perform(alice);
    await using outside = await Watch.of(bob, 'alice');
    await using inside = await Watch.of(carol, 'alice');
    await Promise.all([told, inside.comes(RED, 440)]);
    expect(outside.received).toEqual({ pictures: 0, sound: 0 });
    expect(bob.e2ee.enabled).toBe(false);
    expect(() => bob.e2ee.setSharedKey('late')).toThrow(
      expect.objectContaining({ code: 'invalid-state' }) as Error,
    );
  });
});

describe('disabling encryption', () => {
  it('sends in the clear what is announced as encrypted, so that nothing of it is given', async () => {
    const [alice, bob] = [await join('alice', RIGHT), await join('bob', RIGHT)];
    await perform(alice);
    await using watch = await Watch.of(bob, 'alice');
    await watch.comes(RED, 440);
    const failed = stateOf(bob, 'decryption-failed');
    alice.e2ee.disable();
    expect(alice.e2ee.enabled).toBe(false);
    expect(alice.e2ee.frameCryptors.map(({ enabled }) => enabled)).toEqual([false, false]);
    await failed;
    const ok = stateOf(bob, 'ok');
    alice.e2ee.enable();
    await ok;
    await watch.comes(RED, 440);
    expect(alice.e2ee.enabled).toBe(true);
  });
});

describe('a shared key that is ratcheted', () => {
  it('has to be by all, or given to them', async () => {
    const [alice, bob, carol] = [
      await join('alice', RIGHT),
      await join('bob', RIGHT),
      await join('carol', RIGHT),
    ];
    await perform(alice);
    await using atBob = await Watch.of(bob, 'alice');
    await using atCarol = await Watch.of(carol, 'alice');
    await Promise.all([atBob.comes(RED, 440), atCarol.comes(RED, 440)]);
    const failed = [stateOf(bob, 'decryption-failed'), stateOf(carol, 'decryption-failed')];
    const key = alice.e2ee.ratchetSharedKey();
    expect(alice.e2ee.sharedKey()).toEqual(key);
    expect(Buffer.from(key).toString()).not.toContain(RIGHT.sharedKey);
    await Promise.all(failed);
    const ok = [stateOf(bob, 'ok'), stateOf(carol, 'ok')];
    expect(bob.e2ee.ratchetSharedKey()).toEqual(key);
    carol.e2ee.setSharedKey(key);
    await Promise.all(ok);
    await Promise.all([atBob.comes(RED, 440), atCarol.comes(RED, 440)]);
  });

  it('is followed by receivers with a ratchet window', async () => {
    const alice = await join('alice', RIGHT);
    const bob = await join('bob', { ...RIGHT, ratchetWindowSize: 8 });
    await perform(alice);
    await using watch = await Watch.of(bob, 'alice');
    await watch.comes(RED, 440);
    const ratcheted = stateOf(bob, 'key-ratcheted');
    alice.e2ee.ratchetSharedKey();
    await ratcheted;
    await watch.comes(RED, 440);
    expect(watch.pictures.ended).toBe(false);
  });
});

describe('a second key', () => {
  it('can be given out before it is sent with', async () => {
    const [alice, bob] = [await join('alice', RIGHT), await join('bob', RIGHT)];
    const { painter } = await live.paint(alice, RED);
    await live.sing(alice, 440);
    await using watch = await Watch.of(bob, 'alice');
    alice.e2ee.setSharedKey('second', { keyIndex: 1 });
    const first = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('by the first');
    expect((await first)[0].text).toBe('by the first');
    await watch.comes(RED, 440);

    const missing = stateOf(bob, 'missing-key');
    alice.e2ee.setKeyIndex('alice', 1);
    painter.change(GREEN);
    await missing;
    const ok = stateOf(bob, 'ok');
    bob.e2ee.setSharedKey('second', { keyIndex: 1 });
    await ok;
    await watch.comes(GREEN, 440);
    const second = nextEvent(bob, 'dataReceived');
    await alice.localParticipant.publishData('by the second');
    expect((await second)[0].text).toBe('by the second');

    const [{ trackSid } = { trackSid: '' }] = alice.e2ee.frameCryptors;
    alice.e2ee.setKeyIndex('alice', 0, { trackSid });
    expect(alice.e2ee.frameCryptors.map(({ keyIndex }) => keyIndex)).toEqual([0, 1]);
  });
});

describe('what is asked of the encryption', () => {
  it('is checked before anything changes, and no key is in a message', async () => {
    const room = await join('alice', { ...RIGHT, keyRingSize: 4 });
    const { e2ee } = room;
    const secret = new Uint8Array([115, 101, 99]);
    const bad: [() => unknown, typeof TypeError | typeof RangeError][] = [
      [() => e2ee.setSharedKey(''), RangeError],
      [() => e2ee.setSharedKey(new Uint8Array()), RangeError],
      [() => e2ee.setSharedKey(['hunter2'] as never), TypeError],
      [() => e2ee.setSharedKey('hunter2', { keyIndex: 4 }), RangeError],
      [() => e2ee.setSharedKey(secret, { keyIndex: -1 }), RangeError],
      [() => e2ee.setSharedKey('hunter2', { keyIndex: '1' as never }), TypeError],
      [() => e2ee.setSharedKey('hunter2', 1 as never), TypeError],
      [() => e2ee.sharedKey({ keyIndex: 1.5 }), RangeError],
      [() => e2ee.setKey('', 'hunter2'), RangeError],
      [() => e2ee.setKeyIndex('alice', 4), RangeError],
      [() => e2ee.setKeyIndex('alice', 0, { trackSid: 7 as never }), TypeError],
    ];
    for (const [call, type] of bad) {
      expect(call).toThrow(type);
      expect(call).not.toThrow(/hunter2|115/);
    }
    const refused: [() => unknown, string][] = [
      [() => e2ee.setKey('bob', 'hunter2'), 'invalid-state'],
      [() => e2ee.ratchetSharedKey({ keyIndex: 2 }), 'not-found'],
      [() => e2ee.setKeyIndex('alice', 2), 'not-found'],
      [() => e2ee.setKeyIndex('bob', 0, { trackSid: 'TR_none' }), 'not-found'],
    ];
    for (const [call, code] of refused) {
      expect(call).toThrow(FramewireError);
      expect(call).toThrow(expect.objectContaining({ code }) as Error);
    }
    expect(e2ee.sharedKey({ keyIndex: 3 })).toBeUndefined();
    expect(Buffer.from(e2ee.sharedKey()!).toString()).toBe(RIGHT.sharedKey);
    await room.disconnect();
    expect(e2ee.enabled).toBe(false);
    for (const call of [
      () => e2ee.setSharedKey('hunter2'),
      () => e2ee.sharedKey(),
      () => e2ee.enable(),
      () => e2ee.frameCryptors,
      () => live.room().e2ee.frameCryptors,
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'disconnected' }) as Error);
    }
  });

  it('is checked in the options of joining', async () => {
    const room = live.room();
    const bad: [object, typeof TypeError | typeof RangeError][] = [
      [{ sharedKey: '' }, RangeError],
      [{ sharedKey: { hunter2: 1 } }, TypeError],
      [{ sharedKey: 'hunter2', ratchetWindowSize: -1 }, RangeError],
      [{ sharedKey: 'hunter2', failureTolerance: -2 }, RangeError],
      [{ sharedKey: 'hunter2', keyRingSize: 256 }, RangeError],
      [{ sharedKey: 'hunter2', keyDerivation: 'scrypt' }, RangeError],
      [{ sharedKey: 'hunter2', ratchetSalt: 5 }, TypeError],
      [{ sharedKey: 'hunter2', requireEncryption: 'yes' }, TypeError],
      [['hunter2'], TypeError],
      ['hunter2' as never, TypeError],
    ];
    for (const [encryption, type] of bad) {
      const joining = room.connect(live.server.url, 'token', { encryption });
      await expect(joining).rejects.toThrow(type);
      await expect(joining).rejects.not.toThrow(/hunter2/);
    }
    expect(room.state).toBe('disconnected');
  });
});
