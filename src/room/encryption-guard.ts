import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import type { EncryptionType, NativeE2eeState } from '../native/e2ee.js';
import type { E2eeState, E2eeStates } from './e2ee-states.js';

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
  readonly #states: E2eeStates;
  #stay: EncryptedStay | undefined;
  #warned = false;

  /** @param enabled - Whether what we receive is decrypted now. */
  constructor(states: E2eeStates, enabled: () => boolean) {
    this.#states = states;
    this.#enabled = enabled;
  }

  /** A stay begins. */
  roomJoined(stay: EncryptedStay | undefined): void {
    this.#stay = stay;
    this.#warned = false;
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
      const state = this.#states.of(identity);
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
