import { E2eeStates } from '../../src/room/e2ee-states.js';

/** What was told of alice, and what it came to; `undefined` where nothing changed. */
function heard(states: E2eeStates, ...told: Parameters<E2eeStates['told']>[1][]): unknown[] {
  return told.map((state) => (states.told('alice', state) ? states.of('alice') : undefined));
}

function withTracks(count: number): E2eeStates {
  const states = new E2eeStates();
  for (let i = 0; i < count; i++) states.trackBegan('alice');
  return states;
}

describe("a participant's encryption", () => {
  it('is well only when all tracks are that were told of', () => {
    const states = withTracks(2);
    expect(states.of('alice')).toBeUndefined();
    expect(heard(states, 'decryption-failed', 'ok', 'ok')).toEqual([
      'decryption-failed',
      undefined,
      'ok',
    ]);
    expect(states.of('bob')).toBeUndefined();
  });

  it('is told once for all tracks', () => {
    const states = withTracks(3);
    expect(heard(states, 'ok', 'ok', 'ok')).toEqual(['ok', undefined, undefined]);
    const failed = heard(states, 'decryption-failed', 'decryption-failed', 'decryption-failed');
    expect(failed).toEqual(['decryption-failed', undefined, undefined]);
    expect(heard(states, 'ok', 'ok', 'ok')).toEqual([undefined, undefined, 'ok']);
  });

  it('may be bad for one reason after the other', () => {
    const states = withTracks(1);
    expect(heard(states, 'missing-key', 'decryption-failed', 'ok')).toEqual([
      'missing-key',
      'decryption-failed',
      'ok',
    ]);
  });

  it('follows a key that is ratcheted', () => {
    const states = withTracks(1);
    expect(heard(states, 'ok', 'key-ratcheted', 'ok')).toEqual(['ok', 'key-ratcheted', 'ok']);
  });

  it('is presumed well when a track ends while one is bad, and begins anew after the last', () => {
    const states = withTracks(2);
    heard(states, 'ok', 'missing-key');
    expect(states.trackEnded('alice')).toBe(false);
    expect(states.of('alice')).toBe('ok');
    expect(heard(states, 'missing-key')).toEqual(['missing-key']);
    expect(states.trackEnded('alice')).toBe(true);
    expect(states.of('alice')).toBeUndefined();
  });

  it('is told of ourselves without tracks being counted', () => {
    const states = withTracks(0);
    expect(heard(states, 'missing-key', 'missing-key', 'ok', 'ok', 'missing-key')).toEqual([
      'missing-key',
      undefined,
      'ok',
      undefined,
      'missing-key',
    ]);
  });
});
