import { checkInteger, checkOptions, checkString } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { type EncryptionType, type NativeE2eeState, SessionE2ee } from '../native/e2ee.js';
import type { RtcSession } from '../native/rtc-session.js';
import { checkKey, keyBytes } from './encryption-options.js';
import { type EncryptedStay, EncryptionGuard } from './encryption-guard.js';
import { type E2eeState, E2eeStates } from './e2ee-states.js';
import { GivenUpKeys } from './given-up-keys.js';

/** Which key of somebody's is meant. */
export interface KeyOptions {
  /** From 0 to below the `keyRingSize` that the room was joined with. Default 0. */
  readonly keyIndex?: number;
}

/** What encrypts one track of ours, or decrypts one of somebody else's. */
export interface FrameCryptor {
  /** Whose track it is. */
  readonly participantIdentity: string;
  /** Which track of theirs. */
  readonly trackSid: string;
  /** The key that a track of ours is encrypted with. What others send says with which key it is. */
  readonly keyIndex: number;
  readonly enabled: boolean;
}

interface Joined {
  readonly native: SessionE2ee;
  readonly stay: EncryptedStay;
  /** Who we are. */
  readonly identity: string;
}

/**
 * The end-to-end encryption of a room: its keys, and what encrypts and decrypts each track.
 *
 * Keys belong to one stay in a room. They are set for those who are there and those who have yet to join.
 * All methods throw FramewireError `disconnected` while we aren't in the room, and `invalid-state` if it was
 * joined without `encryption`; those for a shared key also if it was joined without one, and those for a
 * participant's key if it was joined with one.
 *
 * Making the key that encrypts of a given one takes native code some milliseconds, on purpose.
 */
export class E2ee {
  /** @internal */
  readonly guard: EncryptionGuard;
  readonly #states = new E2eeStates();
  readonly #givenUp = new GivenUpKeys((identity) => {
    this.#revive(identity);
  });
  #joined: Joined | 'unencrypted' | undefined;
  #enabled = false;
  /** The key that we send with. */
  #sendIndex = 0;
  /** Tracks of ours that are sent with another, by sid. */
  readonly #trackIndexes = new Map<string, number>();

  private constructor() {
    this.guard = new EncryptionGuard(this.#states, () => this.#enabled);
  }

  /** @internal */
  static create(): E2ee {
    return new E2ee();
  }

  /** Whether what we publish is encrypted, and what we receive decrypted. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Encrypts and decrypts media again. */
  enable(): void {
    this.#setEnabled(true);
  }

  /**
   * Sends media in the clear from the next frame on, for those who can't decrypt. It's still announced as
   * encrypted, so that whoever decrypts gets nothing of it; nor do we of encrypted tracks. Data stays
   * encrypted.
   */
  disable(): void {
    this.#setEnabled(false);
  }

  /**
   * Sets a key that everybody in the room has. Who has another gets nothing of us, and we nothing of them.
   *
   * Another index than the one in use is for keys to come: {@link E2ee.setKeyIndex} begins to send with it.
   *
   * @param key - A passphrase, or bytes, which are copied.
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  setSharedKey(key: string | Uint8Array, options: KeyOptions = {}): void {
    checkKey(key, 'key');
    const { native, keyIndex } = this.#shared(options);
    native.setSharedKey(keyBytes(key), keyIndex);
    if (keyIndex !== this.#sendIndex) this.#sendDataWith(this.#sendIndex);
  }

  /**
   * The key that everybody in the room has, as it was set or ratcheted; `undefined` if there is none.
   *
   * @throws TypeError or RangeError if the index is not as it must be.
   */
  sharedKey(options: KeyOptions = {}): Uint8Array | undefined {
    const { native, keyIndex } = this.#shared(options);
    return native.sharedKey(keyIndex);
  }

  /**
   * Makes the next key of the one that everybody has, in a way that can't be undone. Others have to do so
   * too, unless their `ratchetWindowSize` lets them follow, or be given the new key.
   *
   * @returns The new key.
   * @throws TypeError or RangeError if the index is not as it must be.
   * @throws FramewireError `not-found` if there is no key.
   */
  ratchetSharedKey(options: KeyOptions = {}): Uint8Array {
    const { native, keyIndex } = this.#shared(options);
    return found(native.ratchetSharedKey(keyIndex), keyIndex);
  }

  /**
   * Sets the key of one participant: with our own we encrypt, with those of others we decrypt what they
   * send. They need not be there yet.
   *
   * @param key - A passphrase, or bytes, which are copied.
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  setKey(participantIdentity: string, key: string | Uint8Array, options: KeyOptions = {}): void {
    checkKey(key, 'key');
    const { native, keyIndex } = this.#of(participantIdentity, options);
    native.setKey(participantIdentity, keyBytes(key), keyIndex);
    if (keyIndex !== this.#sendIndex) this.#sendDataWith(this.#sendIndex);
  }

  /**
   * The key of one participant, as it was set or ratcheted; `undefined` if there is none.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  key(participantIdentity: string, options: KeyOptions = {}): Uint8Array | undefined {
    const { native, keyIndex } = this.#of(participantIdentity, options);
    return native.key(participantIdentity, keyIndex);
  }

  /**
   * Makes the next key of one participant's, in a way that can't be undone. As with
   * {@link E2ee.ratchetSharedKey}, sender and receivers have to stay in step.
   *
   * @returns The new key.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `not-found` if there is no key.
   */
  ratchetKey(participantIdentity: string, options: KeyOptions = {}): Uint8Array {
    const { native, keyIndex } = this.#of(participantIdentity, options);
    return found(native.ratchetKey(participantIdentity, keyIndex), keyIndex);
  }

  /**
   * Chooses the key that we send with: media, also of tracks that are published later, and data. What
   * others send says with which of their keys it is; for them this does nothing of use.
   *
   * @param participantIdentity - Our own.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `not-found` if we have no such key, or the participant no such track.
   */
  setKeyIndex(
    participantIdentity: string,
    keyIndex: number,
    options: {
      /** Of this track alone. Default: everything. */
      readonly trackSid?: string;
    } = {},
  ): void {
    checkString(participantIdentity, 'participantIdentity');
    checkInteger(keyIndex, 'keyIndex', { min: 0 });
    checkOptions(options, 'options');
    const { trackSid } = options;
    if (trackSid !== undefined) checkString(trackSid, 'options.trackSid');
    const { native, stay, identity } = this.#encrypted();
    checkInteger(keyIndex, 'keyIndex', { min: 0, max: stay.keyRingSize - 1 });
    const own = participantIdentity === identity;
    if (own) found(this.#ownKey(keyIndex), keyIndex);
    const cryptors = native
      .frameCryptors()
      .filter((one) => one.participantIdentity === participantIdentity)
      .filter((one) => trackSid === undefined || one.trackSid === trackSid);
    if (trackSid !== undefined && cryptors.length === 0) {
      throw new FramewireError('not-found', 'The participant has no such track.');
    }
    for (const one of cryptors) {
      native.setCryptorKeyIndex(participantIdentity, one.trackSid, keyIndex);
    }
    if (!own) return;
    if (trackSid !== undefined) {
      this.#trackIndexes.set(trackSid, keyIndex);
      return;
    }
    this.#sendIndex = keyIndex;
    this.#trackIndexes.clear();
    this.#sendDataWith(keyIndex);
  }

  /** What encrypts and decrypts now, a track each. */
  get frameCryptors(): readonly FrameCryptor[] {
    return this.#encrypted().native.frameCryptors();
  }

  /** @internal The room was joined. */
  roomJoined(session: RtcSession, requireEncryption: boolean | 'adopted'): void {
    const { encryption } = session;
    const adopted = requireEncryption === 'adopted';
    const stay = encryption && {
      ...encryption,
      requireEncryption: requireEncryption === true,
      adopted,
    };
    this.#states.clear();
    this.guard.roomJoined(stay);
    this.#enabled = stay !== undefined;
    this.#sendIndex = 0;
    this.#trackIndexes.clear();
    const { identity } = session.localParticipant;
    this.#joined = stay ? { native: new SessionE2ee(session), stay, identity } : 'unencrypted';
  }

  /** @internal */
  roomLeft(): void {
    this.#givenUp.clear();
    this.#joined = undefined;
    this.#enabled = false;
  }

  /** @internal The native side tells of a track of somebody's. @returns the state of all, if it changed. */
  roomTold(identity: string, told: NativeE2eeState): NativeE2eeState | undefined {
    const changed = this.#states.told(identity, told);
    const state = this.#states.of(identity);
    if (!changed || state === undefined) return undefined;
    this.#givenUp.stateChanged(identity, state);
    return state;
  }

  /**
   * @internal We receive a track of somebody's from now on. @returns what to tell of it, if the native side
   * doesn't.
   */
  roomSubscribed(identity: string, encryption: EncryptionType): E2eeState | undefined {
    if (encryption !== 'none') this.#states.trackBegan(identity);
    return this.guard.stateOfTrack(encryption);
  }

  /** @internal A track of somebody's is no longer received. */
  roomUnsubscribed(identity: string, encryption: EncryptionType): void {
    if (encryption === 'none') return;
    const last = this.#states.trackEnded(identity);
    if (last) this.#givenUp.gone(identity);
  }

  /** @internal A track of ours was published, perhaps anew and with another sid than it had. */
  roomPublished(sid: string, previousSid?: string): void {
    const keyIndex = this.#trackIndexes.get(previousSid ?? sid) ?? this.#sendIndex;
    if (previousSid !== undefined && this.#trackIndexes.delete(previousSid)) {
      this.#trackIndexes.set(sid, keyIndex);
    }
    const joined = this.#joined;
    if (keyIndex === 0 || typeof joined !== 'object' || !joined.native.isConnected()) return;
    joined.native.setCryptorKeyIndex(joined.identity, sid, keyIndex);
  }

  /** @internal A track of ours is no longer published. */
  roomUnpublished(sid: string): void {
    this.#trackIndexes.delete(sid);
  }

  #setEnabled(enabled: boolean): void {
    this.#encrypted().native.setEnabled(enabled);
    this.#enabled = enabled;
  }

  /** Sets a key of a participant anew, as it is: that does for all that they have. */
  #revive(participant: string): void {
    const joined = this.#joined;
    if (typeof joined !== 'object' || !joined.native.isConnected()) return;
    const { native, stay } = joined;
    if (stay.shared) {
      this.#sendDataWith(this.#sendIndex);
      return;
    }
    for (let keyIndex = 0; keyIndex < stay.keyRingSize; keyIndex++) {
      const key = native.key(participant, keyIndex);
      if (!key) continue;
      native.setKey(participant, key, keyIndex);
      if (keyIndex !== this.#sendIndex) this.#sendDataWith(this.#sendIndex);
      return;
    }
  }

  #ownKey(keyIndex: number): Uint8Array | undefined {
    const { native, stay, identity } = this.#encrypted();
    return stay.shared ? native.sharedKey(keyIndex) : native.key(identity, keyIndex);
  }

  /**
   * The native side encrypts data with the key index that was last used to set a key, be it somebody
   * else's.
   */
  #sendDataWith(keyIndex: number): void {
    const key = this.#ownKey(keyIndex);
    if (!key) return;
    const { native, stay, identity } = this.#encrypted();
    if (stay.shared) native.setSharedKey(key, keyIndex);
    else native.setKey(identity, key, keyIndex);
  }

  #shared(options: KeyOptions): { readonly native: SessionE2ee; readonly keyIndex: number } {
    const keyIndex = keyIndexOf(options);
    const { native, stay } = this.#encrypted();
    if (!stay.shared) {
      throw new FramewireError(
        'invalid-state',
        'The room was joined with a key for each participant: use setKey().',
      );
    }
    checkInteger(keyIndex, 'options.keyIndex', { min: 0, max: stay.keyRingSize - 1 });
    return { native, keyIndex };
  }

  #of(
    participantIdentity: string,
    options: KeyOptions,
  ): { readonly native: SessionE2ee; readonly keyIndex: number } {
    checkString(participantIdentity, 'participantIdentity');
    const keyIndex = keyIndexOf(options);
    const { native, stay } = this.#encrypted();
    if (stay.shared) {
      throw new FramewireError(
        'invalid-state',
        'The room was joined with a shared key: use setSharedKey().',
      );
    }
    checkInteger(keyIndex, 'options.keyIndex', { min: 0, max: stay.keyRingSize - 1 });
    return { native, keyIndex };
  }

  #encrypted(): Joined {
    const joined = this.#joined;
    if (joined === undefined) {
      throw notConnected();
    }
    if (joined === 'unencrypted') {
      throw new FramewireError('invalid-state', 'The room was joined without encryption.');
    }
    return joined;
  }
}

function keyIndexOf(options: KeyOptions): number {
  checkOptions(options, 'options');
  const { keyIndex = 0 } = options;
  checkInteger(keyIndex, 'options.keyIndex', { min: 0 });
  return keyIndex;
}

function found(key: Uint8Array | undefined, keyIndex: number): Uint8Array {
  if (key) return key;
  throw new FramewireError('not-found', `There is no key ${keyIndex}.`);
}
