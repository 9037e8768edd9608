import { checkInteger, checkOptions, checkString } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { SessionE2ee } from '../native/e2ee.js';
import type { RtcSession } from '../native/rtc-session.js';
import { checkKey, keyBytes } from './encryption-options.js';

/** Which key of a key ring is meant. */
export interface KeyOptions {
  /** From 0 to below the `keyRingSize` that the room was joined with. Default 0. */
  readonly keyIndex?: number;
}

/** What encrypts one track of ours, or decrypts one of somebody else's. */
export interface FrameCryptor {
  /** Whose track it is. */
  readonly participantIdentity: string;
  readonly trackSid: string;
  /** The key that a track of ours is encrypted with. Those of others say it with each frame. */
  readonly keyIndex: number;
  readonly enabled: boolean;
}

/** What the stay that keys belong to was joined with. */
interface Stay {
  readonly native: SessionE2ee;
  readonly keyRingSize: number;
}

/**
 * The end-to-end encryption of a room: its keys, and what encrypts and decrypts each track.
 *
 * Keys belong to one stay in a room; they are set for whoever has joined or has yet to. All methods throw
 * FramewireError `disconnected` while the room isn't connected, and `invalid-state` if it was joined
 * without `encryption`.
 */
export class E2ee {
  #stay: Stay | 'unencrypted' | undefined;
  #enabled = false;

  /** Whether what we send is encrypted, and what we receive decrypted. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Encrypts and decrypts again. */
  enable(): void {
    this.#setEnabled(true);
  }

  /** Sends media in the clear from the next frame on. */
  disable(): void {
    this.#setEnabled(false);
  }

  /**
   * Sets the key that everybody in the room has. Who has another receives nothing of us, and we nothing of
   * them.
   *
   * @param key - A passphrase, or bytes, which are copied.
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  setSharedKey(key: string | Uint8Array, options: KeyOptions = {}): void {
    checkKey(key, 'key');
    const { native, keyIndex } = this.#at(options);
    native.setSharedKey(keyBytes(key), keyIndex);
  }

  /**
   * The key that everybody in the room has, as it was set or ratcheted; `undefined` if there is none.
   *
   * @throws TypeError or RangeError if the index is not as it must be.
   */
  sharedKey(options: KeyOptions = {}): Uint8Array | undefined {
    const { native, keyIndex } = this.#at(options);
    return native.sharedKey(keyIndex);
  }

  /**
   * Makes the next key of the one that everybody has, in a way that can't be undone.
   *
   * @returns The new one.
   * @throws TypeError or RangeError if the index is not as it must be.
   * @throws FramewireError `not-found` if there is no key.
   */
  ratchetSharedKey(options: KeyOptions = {}): Uint8Array {
    const { native, keyIndex } = this.#at(options);
    return ratcheted(native.ratchetSharedKey(keyIndex), keyIndex);
  }

  /**
   * Sets the key of one participant, in a room joined without `sharedKey`: with our own we encrypt, with
   * theirs we decrypt what they send. They need not be there yet.
   *
   * @param key - A passphrase, or bytes, which are copied.
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  setKey(participantIdentity: string, key: string | Uint8Array, options: KeyOptions = {}): void {
    checkString(participantIdentity, 'participantIdentity');
    checkKey(key, 'key');
    const { native, keyIndex } = this.#at(options);
    native.setKey(participantIdentity, keyBytes(key), keyIndex);
  }

  /**
   * The key of one participant, as it was set or ratcheted; `undefined` if there is none.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   */
  key(participantIdentity: string, options: KeyOptions = {}): Uint8Array | undefined {
    checkString(participantIdentity, 'participantIdentity');
    const { native, keyIndex } = this.#at(options);
    return native.key(participantIdentity, keyIndex);
  }

  /**
   * Makes the next key of one participant's, in a way that can't be undone.
   *
   * @returns The new one.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `not-found` if there is no key.
   */
  ratchetKey(participantIdentity: string, options: KeyOptions = {}): Uint8Array {
    checkString(participantIdentity, 'participantIdentity');
    const { native, keyIndex } = this.#at(options);
    return ratcheted(native.ratchetKey(participantIdentity, keyIndex), keyIndex);
  }

  /** What encrypts and decrypts now, a track each. */
  get frameCryptors(): readonly FrameCryptor[] {
    return this.#joined().native.frameCryptors();
  }

  /** @internal The room was joined. */
  roomJoined(session: RtcSession, keyRingSize: number | undefined): void {
    this.#enabled = keyRingSize !== undefined;
    this.#stay =
      keyRingSize === undefined ? 'unencrypted' : { native: new SessionE2ee(session), keyRingSize };
  }

  /** @internal */
  roomLeft(): void {
    this.#stay = undefined;
    this.#enabled = false;
  }

  #setEnabled(enabled: boolean): void {
    this.#joined().native.setEnabled(enabled);
    this.#enabled = enabled;
  }

  #at(options: KeyOptions): { readonly native: SessionE2ee; readonly keyIndex: number } {
    checkOptions(options, 'options');
    const { keyIndex = 0 } = options;
    checkInteger(keyIndex, 'options.keyIndex', { min: 0 });
    const { native, keyRingSize } = this.#joined();
    checkInteger(keyIndex, 'options.keyIndex', { min: 0, max: keyRingSize - 1 });
    return { native, keyIndex };
  }

  #joined(): Stay {
    const stay = this.#stay;
    if (stay === undefined) {
      throw new FramewireError('disconnected', 'The room is not connected.');
    }
    if (stay === 'unencrypted') {
      throw new FramewireError('invalid-state', 'The room was joined without encryption.');
    }
    return stay;
  }
}

function ratcheted(key: Uint8Array | undefined, keyIndex: number): Uint8Array {
  if (key) return key;
  throw new FramewireError('not-found', `There is no key ${keyIndex} to ratchet.`);
}
