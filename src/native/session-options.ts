// How to join a room, in our words and in the binding's.

import { encryptionOption, type SessionEncryption } from './e2ee.js';

/** A STUN or TURN server. */
export interface IceServer {
  /** Such as `turn:example.com:3478`. */
  readonly urls: readonly string[];
  /** Who we are to it. */
  readonly username?: string;
  /** The password that goes with the name. */
  readonly credential?: string;
}

/** How to join. */
export interface SessionOptions {
  readonly autoSubscribe: boolean;
  readonly dynacast: boolean;
  readonly iceServers: readonly IceServer[];
  readonly connectTimeoutMs: number;
  readonly maxPayloadBytes: number;
  /** From end to end; `undefined` for none. */
  readonly encryption: SessionEncryption | undefined;
}

/** Where to, and how. */
export interface SessionTarget {
  readonly url: string;
  readonly token: string;
  readonly options: SessionOptions;
}

/** The options as rtc-node's Room takes them. */
export function connectOptions(options: SessionOptions): object {
  return {
    autoSubscribe: options.autoSubscribe,
    dynacast: options.dynacast,
    connectTimeoutMs: BigInt(Math.ceil(options.connectTimeoutMs)),
    // A second attempt would come after the time that the caller allowed.
    joinRetries: 0,
    dataStream: { maxPayloadByteLength: options.maxPayloadBytes },
    ...(options.encryption && { encryption: encryptionOption(options.encryption) }),
    ...(options.iceServers.length > 0 && {
      rtcConfig: {
        iceTransportType: 2,
        continualGatheringPolicy: 1,
        iceServers: options.iceServers.map(({ urls, username, credential }) => ({
          urls: [...urls],
          ...(username !== undefined && { username }),
          ...(credential !== undefined && { password: credential }),
        })),
      },
    }),
  };
}
