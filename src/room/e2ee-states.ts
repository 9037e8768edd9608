import { NATIVE_E2EE_STATES, type NativeE2eeState } from '../native/e2ee.js';

/**
 * What is known of the encryption of a participant's media.
 *
 * - `new`: nothing yet.
 * - `ok`: all of it can be encrypted, if it's ours, or decrypted.
 * - `encryption-failed`, `decryption-failed`: some of it can't; with the second the key is another than the
 *   sender's.
 * - `missing-key`: there is no key to do it with.
 * - `key-ratcheted`: its sender ratcheted the key, and so did we.
 * - `internal-error`: something else is wrong.
 * - `not-encrypted`: it came in the clear, and `requireEncryption` withholds it.
 */
export const E2EE_STATES: readonly [...typeof NATIVE_E2EE_STATES, 'not-encrypted'] = [
  ...NATIVE_E2EE_STATES,
  'not-encrypted',
];

/** One of {@link E2EE_STATES}. */
export type E2eeState = (typeof E2EE_STATES)[number];

/** A participant's encrypted tracks, by how many there are of a kind. */
interface Tracks {
  /** Of which nothing was told yet. */
  fresh: number;
  good: number;
  bad: number;
  state: NativeE2eeState | undefined;
}

/**
 * The state of each participant's encryption.
 *
 * The native side tells of whom a track has changed its state, but not which. So tracks are counted, and
 * the worst is meant: of a participant with a track that could not be decrypted, all is well again when as
 * many are well as there are.
 */
export class E2eeStates {
  readonly #participants = new Map<string, Tracks>();

  /** `undefined` as long as nothing was told. */
  of(identity: string): NativeE2eeState | undefined {
    return this.#participants.get(identity)?.state;
  }

  clear(): void {
    this.#participants.clear();
  }

  /** An encrypted track is received from now on. */
  trackBegan(identity: string): void {
    this.#tracksOf(identity).fresh += 1;
  }

  /** An encrypted track is no longer received. @returns whether it was the last of the participant. */
  trackEnded(identity: string): boolean {
    const tracks = this.#tracksOf(identity);
    const left = tracks.fresh + tracks.good + tracks.bad - 1;
    if (left <= 0) {
      this.#participants.delete(identity);
      return true;
    }
    if (tracks.bad > 0) {
      // It may have been the bad one, and of the others nothing more would be told.
      this.#participants.set(identity, { fresh: left, good: 0, bad: 0, state: 'ok' });
    } else if (tracks.good > 0) tracks.good -= 1;
    else tracks.fresh -= 1;
    return false;
  }

  /** The state of a track of the participant has changed. @returns whether theirs has. */
  told(identity: string, state: NativeE2eeState): boolean {
    const tracks = this.#tracksOf(identity);
    const before = tracks.state;
    if (state === 'ok') {
      if (tracks.fresh > 0) tracks.fresh -= 1;
      else if (tracks.bad > 0) tracks.bad -= 1;
      tracks.good += 1;
    } else if (state !== 'new' && state !== 'key-ratcheted') {
      // One that was bad for another reason is no second one, and no more are bad than there are.
      if (tracks.bad === 0 || (tracks.state === state && tracks.fresh + tracks.good > 0)) {
        if (tracks.fresh > 0) tracks.fresh -= 1;
        else if (tracks.good > 0) tracks.good -= 1;
        tracks.bad += 1;
      }
      tracks.state = state;
    }
    if (tracks.bad === 0) tracks.state = state;
    return tracks.state !== before;
  }

  #tracksOf(identity: string): Tracks {
    const known = this.#participants.get(identity);
    if (known) return known;
    const tracks: Tracks = { fresh: 0, good: 0, bad: 0, state: undefined };
    this.#participants.set(identity, tracks);
    return tracks;
  }
}
