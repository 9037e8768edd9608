// Remote procedure calls, as the native side has them.

import { ffi } from './ffi-client.js';
import type { RtcSession } from './rtc-session.js';

/** A call of somebody else's method. */
export interface NativeRpcCall {
  readonly destinationIdentity: string;
  readonly method: string;
  readonly payload: string;
  readonly responseTimeoutMs: number;
  readonly maxRoundTripLatencyMs: number;
}

/** An error as it travels. */
export interface NativeRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** What a call is answered with. */
export type NativeRpcAnswer =
  | { readonly payload: string; readonly error?: undefined }
  | { readonly payload?: undefined; readonly error: NativeRpcError };

/** A call of a method of ours. */
export interface NativeRpcInvocation {
  readonly requestId: string;
  readonly callerIdentity: string;
  readonly method: string;
  readonly payload: string;
  readonly responseTimeoutMs: number;
  /** Answers it, once. */
  readonly answer: (answer: NativeRpcAnswer) => void;
}

/**
 * @internal Calls a method of somebody else's.
 *
 * @throws FramewireError `disconnected`, or `native` if it's refused. The signal's reason.
 */
export async function callRpc(
  session: RtcSession,
  call: NativeRpcCall,
  signal: AbortSignal,
): Promise<NativeRpcAnswer> {
  const { payload, error } = await session.request(
    'performRpc',
    { localParticipantHandle: session.localParticipantHandle, ...call },
    signal,
  );
  if (!error) return { payload: payload ?? '' };
  const { code = 0, message = '', data } = error;
  // The native side says '' of no data, too.
  return { error: { code, message, ...(data !== undefined && data !== '' && { data }) } };
}

/** @internal Makes calls of a method come. */
export function registerRpc(session: RtcSession, method: string): void {
  const { localParticipantHandle } = session;
  ffi().send('registerRpcMethod', { localParticipantHandle, method });
}

/** @internal Calls of a method are refused from now on. */
export function unregisterRpc(session: RtcSession, method: string): void {
  const { localParticipantHandle } = session;
  ffi().send('unregisterRpcMethod', { localParticipantHandle, method });
}

/** @internal Gives the calls to `handle`; those that it answers `false` for are rtc-node's. */
export function receiveRpc(
  session: RtcSession,
  handle: (invocation: NativeRpcInvocation) => boolean,
): void {
  session.tap.take('rpcMethodInvocation', (event) => {
    const { localParticipantHandle, invocationId } = event;
    return handle({
      requestId: event.requestId ?? '',
      callerIdentity: event.callerIdentity ?? '',
      method: event.method ?? '',
      payload: event.payload ?? '',
      responseTimeoutMs: event.responseTimeoutMs ?? 0,
      answer: ({ payload, error }) => {
        ffi().send('rpcMethodInvocationResponse', {
          ...(localParticipantHandle !== undefined && { localParticipantHandle }),
          ...(invocationId !== undefined && { invocationId }),
          ...(payload !== undefined && { payload }),
          ...(error && { error }),
        });
      },
    });
  });
}

/** @internal Tells when somebody leaves, also somebody of whose coming nobody was told. */
export function whenSomebodyLeaves(
  session: RtcSession,
  listener: (identity: string) => void,
): void {
  session.tap.after('participantDisconnected', ({ participantIdentity }) => {
    if (participantIdentity !== undefined) listener(participantIdentity);
  });
}
