// End-to-end encryption of one stay in a room, as the native side does it.

import type { Room as RtcRoom } from '@livekit/rtc-node';
import { notConnected } from '../core/errors.js';
import { ffi } from './ffi-client.js';
import type { RequestValue } from './ffi-messages.js';
import type { RtcSession } from './rtc-session.js';

/** How the key that encrypts is made of the one that was given. In LiveKit's order. */
export const KEY_DERIVATIONS = ['pbkdf2', 'hkdf'] as const;

/** One of {@link KEY_DERIVATIONS}. */
export type KeyDerivation = (typeof KEY_DERIVATIONS)[number];

/** How a track is encrypted from end to end. In LiveKit's order. */
export const ENCRYPTION_TYPES = ['none', 'gcm', 'custom'] as const;

/** One of {@link ENCRYPTION_TYPES}. */
export type EncryptionType = (typeof ENCRYPTION_TYPES)[number];

/** What the native side tells of the encryption of somebody's media. In LiveKit's order. */
export const NATIVE_E2EE_STATES = [
  'new',
  'ok',
  'encryption-failed',
  'decryption-failed',
  'missing-key',
  'key-ratcheted',
  'internal-error',
] as const;

/** One of {@link NATIVE_E2EE_STATES}. */
export type NativeE2eeState = (typeof NATIVE_E2EE_STATES)[number];

/** */
export function e2eeStateOf(state: number | undefined): NativeE2eeState {
  return NATIVE_E2EE_STATES[state ?? 0] ?? 'internal-error';
}

/** */
export function encryptionTypeOf(type: number | undefined): EncryptionType {
  return ENCRYPTION_TYPES[type ?? 0] ?? 'custom';
}

/** How a room is joined with encryption. */
export interface SessionEncryption {
  /** `undefined` for a key for each participant. */
  readonly sharedKey: Uint8Array | undefined;
  readonly ratchetSalt: Uint8Array;
  readonly ratchetWindowSize: number;
  readonly failureTolerance: number;
  readonly keyRingSize: number;
  readonly keyDerivation: KeyDerivation;
}

/** As rtc-node's Room takes it. */
export function encryptionOption(options: SessionEncryption): object {
  const { sharedKey, keyDerivation, ...rest } = options;
  return {
    encryptionType: ENCRYPTION_TYPES.indexOf('gcm'),
    keyProviderOptions: {
      ...rest,
      keyDerivationFunction: KEY_DERIVATIONS.indexOf(keyDerivation),
      ...(sharedKey && { sharedKey }),
    },
  };
}

/** What rtc-node keeps of how a room was joined, which its types don't show. */
interface RtcE2eeManager {
  readonly options: {
    readonly keyProviderOptions: {
      readonly sharedKey?: Uint8Array;
      readonly keyRingSize?: number;
    };
  };
}

/** How a room of rtc-node's was joined with encryption; `undefined` if it wasn't. */
export function encryptionOf(
  rtc: RtcRoom,
): { readonly keyRingSize: number; readonly shared: boolean } | undefined {
  const manager = rtc.e2eeManager as unknown as RtcE2eeManager | undefined;
  if (!manager) return undefined;
  const { sharedKey, keyRingSize = 1 } = manager.options.keyProviderOptions;
  return { keyRingSize, shared: sharedKey !== undefined };
}

/** What encrypts or decrypts one track. */
export interface NativeFrameCryptor {
  readonly participantIdentity: string;
  readonly trackSid: string;
  readonly keyIndex: number;
  readonly enabled: boolean;
}

type E2eeMessage = NonNullable<RequestValue<'e2ee'>['message']>;
type E2eeCase = NonNullable<E2eeMessage['case']>;
type E2eeAnswer = ReturnType<typeof answerOf>;
type AnswerValue<C> = Extract<E2eeAnswer, { case: C }>['value'];

function answerOf(roomHandle: bigint, message: E2eeMessage) {
  return ffi().send('e2ee', { roomHandle, message }).message;
}

/** The keys and cryptors of one stay. Everything throws FramewireError `disconnected` after it. */
export class SessionE2ee {
  readonly #session: RtcSession;

  constructor(session: RtcSession) {
    this.#session = session;
  }

  isConnected(): boolean {
    return this.#session.isConnected();
  }

  setEnabled(enabled: boolean): void {
    this.#ask('managerSetEnabled', { enabled });
  }

  frameCryptors(): NativeFrameCryptor[] {
    return this.#ask('managerGetFrameCryptors', {}).frameCryptors.map((cryptor) => ({
      participantIdentity: cryptor.participantIdentity ?? '',
      trackSid: cryptor.trackSid ?? '',
      keyIndex: cryptor.keyIndex ?? 0,
      enabled: cryptor.enabled ?? false,
    }));
  }

  setCryptorKeyIndex(participantIdentity: string, trackSid: string, keyIndex: number): void {
    this.#ask('cryptorSetKeyIndex', { participantIdentity, trackSid, keyIndex });
  }

  setSharedKey(sharedKey: Uint8Array, keyIndex: number): void {
    this.#ask('setSharedKey', { sharedKey, keyIndex });
  }

  sharedKey(keyIndex: number): Uint8Array | undefined {
    return copyOf(this.#ask('getSharedKey', { keyIndex }).key);
  }

  ratchetSharedKey(keyIndex: number): Uint8Array | undefined {
    return copyOf(this.#ask('ratchetSharedKey', { keyIndex }).newKey);
  }

  setKey(participantIdentity: string, key: Uint8Array, keyIndex: number): void {
    this.#ask('setKey', { participantIdentity, key, keyIndex });
  }

  key(participantIdentity: string, keyIndex: number): Uint8Array | undefined {
    return copyOf(this.#ask('getKey', { participantIdentity, keyIndex }).key);
  }

  ratchetKey(participantIdentity: string, keyIndex: number): Uint8Array | undefined {
    return copyOf(this.#ask('ratchetKey', { participantIdentity, keyIndex }).newKey);
  }

  #ask<C extends E2eeCase>(
    name: C,
    value: Extract<E2eeMessage, { case?: C }>['value'],
  ): AnswerValue<C> {
    if (!this.#session.isConnected()) {
      throw notConnected();
    }
    const { roomHandle } = this.#session;
    return answerOf(roomHandle, { case: name, value } as E2eeMessage).value as AnswerValue<C>;
  }
}

/** The message that a key came in is a view of more than the key. */
function copyOf(key: Uint8Array | undefined): Uint8Array | undefined {
  return key && key.length > 0 ? Uint8Array.from(key) : undefined;
}
