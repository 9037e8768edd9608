import { types } from 'node:util';
import {
  checkBoolean,
  checkInteger,
  checkOneOf,
  type OptionNames,
  readOnce,
} from '../core/check.js';
import { plainBytes } from '../core/own-bytes.js';
import { KEY_DERIVATIONS, type KeyDerivation, type SessionEncryption } from '../native/e2ee.js';

/** How the media and data of a room are encrypted from end to end. */
export interface EncryptionOptions {
  /**
   * The key that everybody in the room has: a passphrase, or bytes. If left out, everybody has a key of
   * their own: see `room.e2ee.setKey()`.
   */
  readonly sharedKey?: string | Uint8Array;
  /**
   * How the key that encrypts is made of the one that was given; it must be the same for everybody.
   * Default `pbkdf2`, as livekit-client does with a passphrase; with bytes it does `hkdf`.
   */
  readonly keyDerivation?: KeyDerivation;
  /** Goes into the key that encrypts; it must be the same for everybody. Default: LiveKit's. */
  readonly ratchetSalt?: string | Uint8Array;
  /**
   * How many times a receiver tries to ratchet a key that doesn't fit, to follow a sender who has
   * ratcheted it. Default 0: it doesn't. Above that, a wrong key costs a receiver much time and is told late.
   */
  readonly ratchetWindowSize?: number;
  /**
   * After how many frames that could not be decrypted a key is given up, which is when `e2eeStateChanged`
   * tells of it. It's tried again after some seconds, and when it's set anew. -1 never gives up, and never
   * tells. Default 10.
   */
  readonly failureTolerance?: number;
  /** How many keys a participant can have at once, each with an index; at most 255. Default 16. */
  readonly keyRingSize?: number;
  /**
   * Gives nothing of a track whose publisher does not encrypt it. Default `true`; `false` takes such
   * tracks as they are.
   */
  readonly requireEncryption?: boolean;
}

/** LiveKit's own, which livekit-client and its other SDKs have too. */
const DEFAULT_RATCHET_SALT = 'LKFrameEncryptionKey';
const DEFAULT_KEY_RING_SIZE = 16;
const MAX_INT32 = 2 ** 31 - 1;

const ENCRYPTION_OPTIONS: OptionNames<EncryptionOptions> = {
  sharedKey: true,
  keyDerivation: true,
  ratchetSalt: true,
  ratchetWindowSize: true,
  failureTolerance: true,
  keyRingSize: true,
  requireEncryption: true,
};

/** A copy. @throws TypeError or RangeError if an option is not as it must be. Keys are in no message. */
export function checkedEncryptionOptions(
  given: EncryptionOptions,
  name: string,
): EncryptionOptions {
  // Not shown: somebody may have given the key alone.
  if (typeof given !== 'object' || (given as unknown) === null || Array.isArray(given)) {
    throw new TypeError(`${name} must be an object, got ${typeName(given)}.`);
  }
  const options = readOnce(given, name, ENCRYPTION_OPTIONS);
  const { sharedKey, keyDerivation, ratchetSalt, ratchetWindowSize } = options;
  const { failureTolerance, keyRingSize, requireEncryption } = options;
  if (sharedKey !== undefined) checkKey(sharedKey, `${name}.sharedKey`);
  if (keyDerivation !== undefined) {
    checkOneOf(keyDerivation, `${name}.keyDerivation`, KEY_DERIVATIONS);
  }
  if (ratchetSalt !== undefined) checkKey(ratchetSalt, `${name}.ratchetSalt`);
  if (ratchetWindowSize !== undefined) {
    checkInteger(ratchetWindowSize, `${name}.ratchetWindowSize`, { min: 0, max: MAX_INT32 });
  }
  if (failureTolerance !== undefined) {
    checkInteger(failureTolerance, `${name}.failureTolerance`, { min: -1, max: MAX_INT32 });
  }
  if (keyRingSize !== undefined) {
    checkInteger(keyRingSize, `${name}.keyRingSize`, { min: 1, max: 255 });
  }
  if (requireEncryption !== undefined) {
    checkBoolean(requireEncryption, `${name}.requireEncryption`);
  }
  return {
    ...options,
    // Now: the caller may change its bytes, or give them away.
    ...(sharedKey !== undefined && { sharedKey: keyBytes(sharedKey) }),
    ...(ratchetSalt !== undefined && { ratchetSalt: keyBytes(ratchetSalt) }),
  };
}

/** The options with nothing left out. */
export function sessionEncryption(options: EncryptionOptions): SessionEncryption {
  const { sharedKey, ratchetSalt = DEFAULT_RATCHET_SALT } = options;
  return {
    sharedKey: sharedKey === undefined ? undefined : keyBytes(sharedKey),
    ratchetSalt: keyBytes(ratchetSalt),
    ratchetWindowSize: options.ratchetWindowSize ?? 0,
    failureTolerance: options.failureTolerance ?? 10,
    keyRingSize: options.keyRingSize ?? DEFAULT_KEY_RING_SIZE,
    keyDerivation: options.keyDerivation ?? 'pbkdf2',
  };
}

/** @throws TypeError or RangeError if `key` is no key. It's not in the message. */
export function checkKey(key: unknown, name: string): asserts key is string | Uint8Array {
  if (typeof key !== 'string' && !types.isUint8Array(key)) {
    throw new TypeError(`${name} must be a string or a Uint8Array, got ${typeName(key)}.`);
  }
  const { length } = typeof key === 'string' ? key : plainBytes(key, name);
  if (length === 0) throw new RangeError(`${name} must not be empty.`);
}

/** The bytes of a key, which are the caller's no more. */
export function keyBytes(key: string | Uint8Array): Uint8Array {
  return typeof key === 'string'
    ? new TextEncoder().encode(key)
    : new Uint8Array(plainBytes(key, 'key'));
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
