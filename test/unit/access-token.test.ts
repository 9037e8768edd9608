import { AccessToken } from 'framewire';
import { TokenVerifier } from 'livekit-server-sdk';

const KEY = 'devkey';
const SECRET = 'a secret that has thirty-two characters';

async function claimsOf(token: AccessToken) {
  return new TokenVerifier(KEY, SECRET).verify(await token.toJwt());
}

describe('AccessToken', () => {
  test('is valid for ten minutes unless told otherwise', async () => {
    const claims = await claimsOf(new AccessToken(KEY, SECRET, { identity: 'agent' }));
    expect(claims.sub).toBe('agent');
    expect(claims.exp! - claims.nbf!).toBe(600);

    const longer = await claimsOf(new AccessToken(KEY, SECRET, { identity: 'agent', ttl: 3600 }));
    expect(longer.exp! - longer.nbf!).toBe(3600);

    const options = { identity: 'agent', ttl: undefined } as unknown as { identity: string };
    const unsaid = await claimsOf(new AccessToken(KEY, SECRET, options));
    expect(unsaid.exp! - unsaid.nbf!).toBe(600);
  });

  test.each(['90s', '2 hours', '1.5h', '-1 minute'])('is valid for %s', async (ttl) => {
    expect(await new AccessToken(KEY, SECRET, { identity: 'agent', ttl }).toJwt()).toMatch(/^ey/);
  });

  test.each([null, true, 4n, {}, [60], new Date()])('refuses %p as a time span', (ttl) => {
    expect(() => new AccessToken(KEY, SECRET, { ttl: ttl as never })).toThrow(
      /^options.ttl must be seconds .*, got /,
    );
    expect(() => new AccessToken(KEY, SECRET, { ttl: ttl as never })).toThrow(TypeError);
  });

  test.each([0, NaN, Infinity, 1e30, '', 'soon', '10 parsecs'])('refuses a span of %p', (ttl) => {
    expect(() => new AccessToken(KEY, SECRET, { ttl })).toThrow(RangeError);
  });

  test('can be made again and again', async () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'agent' });
    token.addGrant({ roomJoin: true, room: 'studio', canPublishSources: ['camera'] });
    const first = await claimsOf(token);
    expect(await claimsOf(token)).toEqual(first);
    token.addGrant({ canPublishSources: ['microphone'] });
    expect((await claimsOf(token)).video?.canPublishSources).toEqual(['microphone']);
  });

  test('to join with must say who joins', async () => {
    const token = new AccessToken(KEY, SECRET);
    token.addGrant({ roomJoin: true, room: 'studio' });
    await expect(token.toJwt()).rejects.toMatchObject({ code: 'invalid-state' });
    token.addGrant({ roomJoin: false });
    expect(await token.toJwt()).toMatch(/^ey/);
  });

  test('grants what can be written into it', () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'agent' });
    expect(() => token.addGrant({ room: 4 as never })).toThrow(
      'grant.room must be a boolean or a string, got 4.',
    );
    expect(() => token.addGrant({ canPublishSources: ['unknown'] })).toThrow(RangeError);
    expect(() => token.addGrant({ canPublishSources: [0] as never })).toThrow(TypeError);
  });

  test('uses what it has checked, though its options change', async () => {
    let reads = 0;
    const options = {
      identity: 'agent',
      get name() {
        return reads++ === 0 ? 'An agent' : (7 as never);
      },
    };
    expect((await claimsOf(new AccessToken(KEY, SECRET, options))).name).toBe('An agent');
  });

  test('takes the names that tracks are published by', async () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'agent' });
    token.addGrant({
      roomJoin: true,
      room: 'studio',
      canPublishSources: ['camera', 'screen_share'],
    });
    const { video } = await claimsOf(token);
    expect(video).toMatchObject({
      roomJoin: true,
      room: 'studio',
      canPublishSources: ['camera', 'screen_share'],
    });
  });

  test('says who joins, and how the room is made', async () => {
    const attributes = { seat: '4' };
    const token = new AccessToken(KEY, SECRET, {
      identity: 'agent',
      name: 'An agent',
      metadata: '{}',
      attributes,
      kind: 'agent',
      roomConfig: { emptyTimeoutS: 60, maxParticipants: 2, metadata: 'a room' },
    });
    attributes.seat = '5';
    expect(await claimsOf(token)).toMatchObject({
      sub: 'agent',
      name: 'An agent',
      metadata: '{}',
      attributes: { seat: '4' },
      kind: 'agent',
      roomConfig: { emptyTimeout: 60, maxParticipants: 2, metadata: 'a room' },
    });
  });

  test('refuses who nobody can be, naming it', () => {
    const make = (options: object) => () => new AccessToken(KEY, SECRET, options);
    expect(make({ name: 7 })).toThrow('options.name must be a string, got 7.');
    expect(make({ metadata: {} })).toThrow('options.metadata must be a string, got {}.');
    expect(make({ attributes: ['x'] })).toThrow(/^options.attributes must be an object/);
    expect(make({ attributes: { x: 1 } })).toThrow(
      "options.attributes['x'] must be a string, got 1.",
    );
    expect(make({ kind: 'robot' })).toThrow(/^options.kind must be one of/);
    expect(make({ roomConfig: 7 })).toThrow(/^options.roomConfig must be an object/);
    expect(make({ roomConfig: { maxParticipants: 0 } })).toThrow(RangeError);
    expect(make({ roomConfig: { emptyTimeoutS: '1' } })).toThrow(
      /^options.roomConfig.emptyTimeoutS/,
    );
    expect(make({ roomConfig: { metadata: 1 } })).toThrow(/^options.roomConfig.metadata must be/);
  });

  test('refuses what is no grant, naming it', () => {
    const token = new AccessToken(KEY, SECRET, { identity: 'agent' });
    const add = (grant: unknown) => () => {
      token.addGrant(grant as { room: string });
    };
    expect(add(undefined)).toThrow(TypeError);
    expect(add({ canPublishSources: 'camera' })).toThrow(
      /grant.canPublishSources must be an array/,
    );
    expect(add({ canPublishSources: ['webcam'] })).toThrow(
      /grant.canPublishSources\[0\] must be one/,
    );
  });

  test('never shows a secret that it refuses', () => {
    for (const secret of [1234567, {}, '']) {
      expect(() => new AccessToken(KEY, secret as string)).toThrow(/^apiSecret must (not )?be/);
    }
    expect(() => new AccessToken('', SECRET)).toThrow(RangeError);
    expect(() => new AccessToken(KEY, SECRET, { identity: '' })).toThrow(/options.identity/);
  });
});
