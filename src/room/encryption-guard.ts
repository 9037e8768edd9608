import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import type { EncryptionType, NativeE2eeState } from '../native/e2ee.js';

/**
 * What is known of the encryption of a participant's media.
 *
 * - `new`: nothing yet.
 * - `ok`: it can be encrypted, if it's ours, or decrypted.
 * - `encryption-failed`, `decryption-failed`: it can't; with the second the key is another than the
 *   sender's.
 * - `missing-key`: there is no key to do it with.
 * - `key-ratcheted`: its sender ratcheted the key, and so did we.
 * - `internal-error`: something else is wrong.
 * - `not-encrypted`: it came in the clear, and `requireEncryption` withholds it.
 */
export const E2EE_STATES = [
  'new',
  'ok',
  'encryption-failed',
  'decryption-failed',
  'missing-key',
  'key-ratcheted',
  'internal-error',
  'not-encrypted',
] as const;

/** One of {@link E2EE_STATES}. */
export type E2eeState = (typeof E2EE_STATES)[number];

/** How a stay was begun. */
export interface EncryptedStay {
  /** The number of keys that a participant can have. */
  readonly keyRingSize: number;
  /** Whether all have the same key, or each has one of its own. */
  readonly shared: boolean;
  readonly requireEncryption: boolean;
  /** Whether what came before was not told to us. */
  readonly adopted: boolean;
}

/**
 * What comes of a track before its decryption has begun, which is after it has begun to come, is decoded as
 * it is. Measured, in one of ten tracks: 20 ms of noise, within 30 ms of the first sound.
 */
const SETTLING_MS = 200;

/** States in which media is what its sender sent. */
const GOOD_STATES: readonly (NativeE2eeState | undefined)[] = ['ok', 'key-ratcheted'];

/**
 * Decides what of the tracks of others may be given: never noise, and nothing in the clear where all must
 * be encrypted.
 *
 * The native side decodes what it is not told to decrypt (loud noise), takes what is in the clear, and gives
 * silence for sound that it can't decrypt. Of video that it can't decrypt nothing comes.
 */
export class EncryptionGuard {
  readonly #enabled: () => boolean;
  readonly #states = new Map<string, NativeE2eeState>();
  #stay: EncryptedStay | undefined;
  #warned = false;

  /** @param enabled - Whether what we receive is decrypted now. */
  constructor(enabled: () => boolean) {
    this.#enabled = enabled;
  }

  /** A stay begins. */
  roomJoined(stay: EncryptedStay | undefined): void {
    this.#states.clear();
    this.#stay = stay;
    this.#warned = false;
  }

  /** @returns whether the state is another than before. */
  stateChanged(identity: string, state: NativeE2eeState): boolean {
    if (this.#states.get(identity) === state) return false;
    this.#states.set(identity, state);
    return true;
  }

  /**
   * A track is no longer received. States are told of a participant, not of a track: if it was the one that
   * could not be decrypted, nothing tells that the others can.
   *
   * @param others - Whether others of the participant still are. If not, what comes next begins anew.
   */
  trackEnded(identity: string, others: boolean): void {
    if (!others) this.#states.delete(identity);
    else if (!GOOD_STATES.includes(this.#states.get(identity))) this.#states.set(identity, 'ok');
  }

  /**
   * For one track that we receive, whether what it gives now must not reach anybody.
   *
   * @param encryption - That of its publication.
   */
  withholds(identity: string, kind: TrackKind, encryption: () => EncryptionType): () => boolean {
    let begunMs: number | undefined;
    return () => {
      const type = encryption();
      if (this.#wrongSide(type) !== undefined) return true;
      if (type === 'none') return false;
      if (!this.#enabled()) return true;
      const state = this.#states.get(identity);
      if (kind === 'video') return state === undefined && this.#stay?.adopted === false;
      begunMs ??= performance.now();
      if (performance.now() - begunMs < SETTLING_MS) return true;
      return !GOOD_STATES.includes(state ?? (this.#stay?.adopted ? 'ok' : undefined));
    };
  }

  /** What to tell of a track that we receive from now on, of which the native side tells nothing. */
  stateOfTrack(encryption: EncryptionType): E2eeState | undefined {
    const state = this.#wrongSide(encryption);
    if (state !== undefined && !this.#warned) {
      this.#warned = true;
      log(
        'warn',
        state === 'missing-key'
          ? 'an encrypted track is not given: the room was joined without encryption'
          : 'a track in the clear is not given: the room was joined with encryption',
      );
    }
    return state;
  }

  #wrongSide(encryption: EncryptionType): E2eeState | undefined {
    if (!this.#stay) return encryption === 'none' ? undefined : 'missing-key';
    return encryption === 'none' && this.#stay.requireEncryption ? 'not-encrypted' : undefined;
  }
}
