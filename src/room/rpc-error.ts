import { checkInteger, shown } from '../core/check.js';

/** The codes that LiveKit itself gives, by {@link RpcError.reason}. */
export const RPC_ERROR_CODES = {
  'unsupported-method': 1400,
  'recipient-not-found': 1401,
  'request-payload-too-large': 1402,
  'unsupported-server': 1403,
  'unsupported-version': 1404,
  'application-error': 1500,
  'connection-timeout': 1501,
  'response-timeout': 1502,
  'recipient-disconnected': 1503,
  'response-payload-too-large': 1504,
  'send-failed': 1505,
} as const;

/**
 * Why a call failed, by name.
 *
 * - `unsupported-method`: the other one has no such method.
 * - `recipient-not-found`: nobody of that identity is in the room, or it's ourselves.
 * - `request-payload-too-large`, `response-payload-too-large`: more than {@link MAX_RPC_PAYLOAD_BYTES}, or
 *   than 15,360 bytes where the other one has an older client.
 * - `unsupported-server`, `unsupported-version`: too old for calls.
 * - `application-error`: the other one's handler threw something that is no `RpcError`.
 * - `connection-timeout`: the other one didn't confirm that it got the call.
 * - `response-timeout`: it got the call, and didn't answer in time.
 * - `recipient-disconnected`: it left.
 * - `send-failed`: the call could not be sent.
 * - `application`: a code of the application's own.
 */
export type RpcErrorReason = keyof typeof RPC_ERROR_CODES | 'application';

/** The most bytes of UTF-8 in a call's payload, or in its answer's, that are sent. */
export const MAX_RPC_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

const REASONS = new Map<number, RpcErrorReason>(
  Object.entries(RPC_ERROR_CODES).map(([reason, code]) => [code, reason as RpcErrorReason]),
);

/**
 * A call that failed, and what a handler throws to say why.
 *
 * @example
 * ```ts
 * room.registerRpcMethod('divide', ({ payload }) => {
 *   const [a = 0, b = 0] = payload.split('/').map(Number);
 *   if (b === 0) throw new RpcError(1, 'division by zero', payload);
 *   return String(a / b);
 * });
 * ```
 */
export class RpcError extends Error {
  /** One of {@link RPC_ERROR_CODES}, or the application's own. */
  readonly code: number;
  /** Whatever the handler added. */
  readonly data: string | undefined;

  /**
   * @param code - From 0 to 4,294,967,295. LiveKit keeps 1001 to 1999 for itself.
   * @param message - At most 256 bytes of UTF-8 are sent.
   * @param data - At most 15,360 bytes of UTF-8 are sent.
   */
  constructor(code: number, message: string, data?: string) {
    checkInteger(code, 'code', { min: 0, max: 2 ** 32 - 1 });
    if (typeof message !== 'string') {
      throw new TypeError(`message must be a string, got ${shown(message)}.`);
    }
    if (data !== undefined && typeof data !== 'string') {
      throw new TypeError(`data must be a string, got ${shown(data)}.`);
    }
    super(message);
    this.code = code;
    this.data = data;
  }

  /** The name of the code. */
  get reason(): RpcErrorReason {
    return REASONS.get(this.code) ?? 'application';
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RpcError', configurable: true });
  }
}
