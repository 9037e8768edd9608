import { type LocalParticipant, type RemoteParticipant, type Room } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

const MAY = { canUpdateOwnMetadata: true };

/** Alice, who may change her own details, and how Bob, who came later, sees her. */
async function pair(grants: object = MAY): Promise<{
  readonly me: LocalParticipant;
  readonly alice: RemoteParticipant;
  readonly rooms: readonly [alice: Room, bob: Room];
}> {
  const who = { name: 'Alice', metadata: 'at first', attributes: { mood: 'calm', seat: '4' } };
  const mine = await live.join('alice', { grants, who });
  const bob = await live.join('bob');
  const alice = await bob.waitForParticipant('alice');
  return { me: mine.localParticipant, alice, rooms: [mine, bob] };
}

describe("one's own details", () => {
  it('are set when the promise resolves, and everybody is told', async () => {
    const { me, alice, rooms } = await pair();
    expect(alice).toMatchObject({ name: 'Alice', metadata: 'at first' });
    expect(alice.attributes).toEqual({ mood: 'calm', seat: '4' });
    const [room, bob] = rooms;
    const told = [
      nextEvent(bob, 'participantMetadataChanged'),
      nextEvent(bob, 'participantNameChanged'),
      nextEvent(bob, 'participantAttributesChanged'),
      nextEvent(room, 'participantMetadataChanged'),
      nextEvent(room, 'participantNameChanged'),
      nextEvent(room, 'participantAttributesChanged'),
    ];
    const toHer = [
      nextEvent(alice, 'metadataChanged'),
      nextEvent(alice, 'nameChanged'),
      nextEvent(alice, 'attributesChanged'),
    ];

    await me.setMetadata('later');
    expect(me.metadata).toBe('later');
    await me.setName('Alice B.');
    expect(me.name).toBe('Alice B.');
    await me.setAttributes({ mood: '', hat: 'red' });
    expect(me.attributes).toEqual({ seat: '4', hat: 'red' });

    const changed = { mood: '', hat: 'red' };
    expect(await Promise.all(told)).toEqual([
      ['later', alice],
      ['Alice B.', alice],
      [changed, alice],
      ['later', me],
      ['Alice B.', me],
      [changed, me],
    ]);
    expect(await Promise.all(toHer)).toEqual([['later'], ['Alice B.'], [changed]]);
    expect(alice).toMatchObject({ name: 'Alice B.', metadata: 'later' });
    expect(alice.attributes).toEqual({ seat: '4', hat: 'red' });
  });

  it('may be set all at once, and none undoes another', async () => {
    const { me, alice, rooms } = await pair();
    const last = nextEvent(rooms[1], 'participantMetadataChanged', (text) => text === 'two');
    await Promise.all([
      me.setName('one'),
      me.setMetadata('one'),
      me.setAttributes({ hat: 'red' }),
      me.setName('two'),
      me.setMetadata('two'),
    ]);
    await last;
    expect([me.name, me.metadata, me.attributes['hat']]).toEqual(['two', 'two', 'red']);
    expect([alice.name, alice.metadata, alice.attributes['hat']]).toEqual(['two', 'two', 'red']);
  });

  it('may be what they are already', async () => {
    const { me } = await pair();
    await me.setMetadata('at first');
    await me.setAttributes({});
    await me.setAttributes({ nobody: '' });
    expect(me.attributes).toEqual({ mood: 'calm', seat: '4' });
  });

  it('are as hostile as somebody makes them, and harm nobody', async () => {
    const { me, alice, rooms } = await pair();
    const hostile = {
      constructor: '\u001b[31mred\u001b[0m\r\n',
      'a key\u0000\n': '\u0000',
      '': 'no key',
      hasOwnProperty: '\u202e',
    };
    const told = nextEvent(rooms[1], 'participantAttributesChanged');
    await me.setAttributes(hostile);
    const [changed] = await told;
    for (const map of [me.attributes, alice.attributes]) {
      expect({ ...map }).toEqual({ mood: 'calm', seat: '4', ...hostile });
      expect('toString' in map).toBe(false);
      expect(Object.isFrozen(map)).toBe(true);
    }
    expect({ ...changed }).toEqual(hostile);
    // A client in another language can do what ours refuses.
    const { admin, roomName } = live;
    const attributes = JSON.parse('{"__proto__":"x","hat":"red"}') as Record<string, string>;
    const hat = nextEvent(rooms[1], 'participantAttributesChanged');
    await admin.updateParticipant(roomName, 'alice', { attributes });
    expect({ ...(await hat)[0] }).toEqual({ hat: 'red' });
    expect(Object.keys(alice.attributes)).not.toContain('__proto__');
    expect(({} as Record<string, unknown>)['hat']).toBeUndefined();
  });

  it('are refused by what the server takes, typed, and set the next time', async () => {
    const { me } = await pair();
    const tooLarge = { code: 'too-large' };
    await expect(me.setName('n'.repeat(257))).rejects.toMatchObject(tooLarge);
    await expect(me.setMetadata('m'.repeat(600_000))).rejects.toMatchObject(tooLarge);
    await expect(me.setAttributes({ big: 'v'.repeat(66_000) })).rejects.toMatchObject(tooLarge);
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, '1']));
    await expect(me.setAttributes(many)).rejects.toMatchObject(tooLarge);
    expect(me).toMatchObject({ name: 'Alice', metadata: 'at first' });
    await me.setMetadata('m'.repeat(100_000));
    expect(me.metadata).toHaveLength(100_000);
  });

  it('are many, if they are small', async () => {
    const { me, alice, rooms } = await pair();
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 'v']));
    const told = nextEvent(rooms[1], 'participantAttributesChanged');
    await me.setAttributes(many);
    expect(Object.keys((await told)[0])).toHaveLength(5_000);
    expect(Object.keys(alice.attributes)).toHaveLength(5_002);
  });

  it('are refused at once if the token does not grant it', async () => {
    const { me } = await pair({});
    const sets = [
      () => me.setName('x'),
      () => me.setMetadata('x'),
      () => me.setAttributes({ x: '1' }),
    ];
    for (const set of sets) {
      await expect(set()).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('canUpdateOwnMetadata') as string,
      });
    }
    expect(me.name).toBe('Alice');
  });

  it('can be set from the moment that the server allows it', async () => {
    const { me, rooms } = await pair({});
    const allowed = nextEvent(rooms[0], 'participantPermissionsChanged');
    const permission = { canPublish: true, canSubscribe: true, canUpdateMetadata: true };
    await live.admin.updateParticipant(live.roomName, 'alice', { permission });
    await allowed;
    await me.setName('Alice B.');
    expect(me.name).toBe('Alice B.');
  });

  it('are refused after the stay, and what waits when it ends', async () => {
    const { me, rooms } = await pair();
    const waiting = [me.setName('x'), me.setMetadata('x'), me.setAttributes({ x: '1' })];
    const left = rooms[0].disconnect();
    const [, ...behind] = await Promise.allSettled(waiting);
    for (const { reason } of behind as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'disconnected' });
    }
    await left;
    await expect(me.setName('x')).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('may be given up, and those behind are set all the same', async () => {
    const { me } = await pair();
    const reason = new Error('Enough.');
    const controller = new AbortController();
    const { signal } = controller;
    const given = me.setMetadata('given up', { signal });
    const never = me.setMetadata('never', { signal });
    const kept = me.setName('kept');
    controller.abort(reason);
    const ends = await Promise.allSettled([given, never]);
    expect(ends.map((end) => (end as PromiseRejectedResult).reason as unknown)).toEqual([
      reason,
      reason,
    ]);
    await kept;
    expect(me.name).toBe('kept');
    expect(me.metadata).not.toBe('never');
    await expect(me.setName('x', { signal })).rejects.toBe(reason);
  });

  it('are checked before anything is sent', async () => {
    const { me } = await pair();
    const wrong = (value: unknown) => value as string;
    for (const value of [undefined, null, 7, {}, ['x']]) {
      await expect(me.setMetadata(wrong(value))).rejects.toThrow(/^metadata must be a string, got/);
      await expect(me.setName(wrong(value))).rejects.toThrow(TypeError);
    }
    await expect(me.setMetadata('')).rejects.toThrow(/^metadata must not be empty/);
    await expect(me.setName('')).rejects.toThrow(RangeError);
    await expect(me.setName('half \ud83d')).rejects.toThrow(/^name must be well-formed Unicode/);
    await expect(me.setMetadata('m'.repeat(1_048_577))).rejects.toThrow(/at most 1048576 bytes/);
    for (const changes of [undefined, null, 'x', ['x']]) {
      await expect(me.setAttributes(changes as never)).rejects.toThrow(
        /^changes must be an object/,
      );
    }
    const set = (changes: object) => me.setAttributes(changes as Record<string, string>);
    await expect(set({ x: 7 })).rejects.toThrow("changes['x'] must be a string, got 7.");
    await expect(set({ x: '\udc00' })).rejects.toThrow(RangeError);
    await expect(set({ '\udc00': 'x' })).rejects.toThrow(RangeError);
    await expect(set(JSON.parse('{"__proto__":"x"}') as object)).rejects.toThrow(/'__proto__'/);
    await expect(me.setName('x', 7 as never)).rejects.toThrow(/^options must be an object/);
    const signal = 'now' as unknown as AbortSignal;
    await expect(me.setName('x', { signal })).rejects.toThrow(/^options.signal must be/);
    expect(me.name).toBe('Alice');
  });
});
