import { MAX_TIMER_MS } from '../core/abort.js';
import { checkFunction, checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import {
  type NativeRpcAnswer,
  type NativeRpcError,
  type NativeRpcInvocation,
  receiveRpc,
  registerRpc,
  unregisterRpc,
  whenSomebodyLeaves,
} from '../native/rpc.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { RemoteParticipant } from './remote-participant.js';
import { MAX_RPC_PAYLOAD_BYTES, RPC_ERROR_CODES, RpcError } from './rpc-error.js';

/** A call that somebody made. */
export interface RpcInvocation {
  /** The same on both sides. */
  readonly requestId: string;
  /** Who calls. */
  readonly callerIdentity: string;
  /** The same, unless the server has not told us of it yet. */
  readonly caller: RemoteParticipant | undefined;
  /** The name that was called. */
  readonly method: string;
  /** Whatever the caller sent. */
  readonly payload: string;
  /** In how many milliseconds the caller hopes for an answer. It may wait 7,000 longer, for LiveKit's clients do. */
  readonly responseTimeoutMs: number;
  /**
   * Aborts when an answer is of no use any more: the caller left, we did, or `responseTimeoutMs` and 7,000 ms
   * have passed, after which the caller waits no longer.
   */
  readonly signal: AbortSignal;
}

/**
 * Answers calls of a method. What it throws fails the call: an {@link RpcError} as it is, anything else as
 * `application-error`, without a word of it, while it reaches the room's `error` event here.
 */
export type RpcHandler = (invocation: RpcInvocation) => string | Promise<string>;

/** What {@link RpcMethods} need of their room. */
export interface RpcMethodsRoom {
  participant(identity: string): RemoteParticipant | undefined;
  /** Tells of an error that has no caller. */
  failed(error: unknown): void;
}

/** How much longer than they say callers wait: LiveKit's default for the way there and back. */
const ROUND_TRIP_MS = 7_000;
/** A handler that never answers is not to fill the memory. */
const MAX_PENDING = 1_000;
const MAX_MESSAGE_BYTES = 256;
const MAX_DATA_BYTES = 15_360;

/** The methods that others may call, from one stay in the room to the next. */
export class RpcMethods {
  readonly #room: RpcMethodsRoom;
  readonly #handlers = new Map<string, RpcHandler>();
  /** The calls that are being handled. */
  readonly #pending = new Set<PendingCall>();
  #session: RtcSession | undefined;

  constructor(room: RpcMethodsRoom) {
    this.#room = room;
  }

  /** See {@link Room.registerRpcMethod}. */
  register(method: string, handler: RpcHandler): () => void {
    checkString(method, 'method');
    checkFunction(handler, 'handler');
    if (this.#handlers.has(method)) {
      throw new FramewireError('invalid-state', `${shown(method)} has a handler already.`);
    }
    if (this.#session?.isConnected()) registerRpc(this.#session, method);
    this.#handlers.set(method, handler);
    return () => {
      if (this.#handlers.get(method) === handler) this.unregister(method);
    };
  }

  /** See {@link Room.unregisterRpcMethod}. */
  unregister(method: string): void {
    checkString(method, 'method');
    if (!this.#handlers.delete(method)) return;
    if (this.#session?.isConnected()) unregisterRpc(this.#session, method);
  }

  /** Takes calls during a stay. */
  join(session: RtcSession): void {
    this.#session = session;
    receiveRpc(session, (invocation) => this.#handle(invocation));
    whenSomebodyLeaves(session, (identity) => {
      for (const call of [...this.#pending]) {
        if (call.callerIdentity === identity) call.end(gone(`${shown(identity)} left.`));
      }
    });
    session.onEnd(() => {
      const reason = new FramewireError('disconnected', 'The room was left.');
      for (const call of [...this.#pending]) call.end(reason);
    });
    for (const method of this.#handlers.keys()) registerRpc(session, method);
  }

  #handle(invocation: NativeRpcInvocation): boolean {
    const handler = this.#handlers.get(invocation.method);
    if (!handler) return false;
    if (this.#pending.size >= MAX_PENDING) {
      invocation.answer({ error: tooMany() });
      return true;
    }
    const call = new PendingCall(invocation, () => this.#pending.delete(call));
    this.#pending.add(call);
    const { requestId, callerIdentity, method, payload, responseTimeoutMs } = invocation;
    const { signal } = call;
    const caller = this.#room.participant(callerIdentity);
    void this.#run(call, () =>
      handler({ requestId, callerIdentity, caller, method, payload, responseTimeoutMs, signal }),
    );
    return true;
  }

  async #run(call: PendingCall, handler: () => string | Promise<string>): Promise<void> {
    let answer: NativeRpcAnswer;
    try {
      const payload: unknown = await handler();
      if (typeof payload !== 'string') {
        throw new TypeError(
          `The handler of ${shown(call.method)} must return a string, got ${shown(payload)}.`,
        );
      }
      answer = answerOf(payload);
    } catch (error) {
      // What a handler throws since its signal told it to stop is no news.
      if (call.over) return;
      if (!(error instanceof RpcError)) this.#room.failed(error);
      answer = { error: errorOf(error) };
    }
    call.answer(answer);
  }
}

/** A call from the time that it came until it's answered, or nobody waits for the answer any more. */
class PendingCall {
  readonly #invocation: NativeRpcInvocation;
  readonly #controller = new AbortController();
  readonly #forget: () => void;
  readonly #timer: NodeJS.Timeout;
  #over = false;

  constructor(invocation: NativeRpcInvocation, forget: () => void) {
    this.#invocation = invocation;
    this.#forget = forget;
    this.#timer = setTimeout(
      () => {
        const reason = gone('The caller waits no longer.');
        // The native side keeps what is never answered.
        this.answer({
          error: { code: RPC_ERROR_CODES['response-timeout'], message: reason.message },
        });
        this.#controller.abort(reason);
      },
      Math.min(invocation.responseTimeoutMs + ROUND_TRIP_MS, MAX_TIMER_MS),
    ).unref();
  }

  get callerIdentity(): string {
    return this.#invocation.callerIdentity;
  }

  get method(): string {
    return this.#invocation.method;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get over(): boolean {
    return this.#over;
  }

  answer(answer: NativeRpcAnswer): void {
    if (!this.#finish()) return;
    this.#invocation.answer(answer);
  }

  /** Nobody is there to answer to. */
  end(reason: Error): void {
    if (this.#finish()) this.#controller.abort(reason);
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#forget();
    return true;
  }
}

function gone(message: string): FramewireError {
  return new FramewireError('aborted', message);
}

function tooMany(): NativeRpcError {
  const message = `More than ${MAX_PENDING} calls are being handled.`;
  return { code: RPC_ERROR_CODES['application-error'], message };
}

function answerOf(payload: string): NativeRpcAnswer {
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_RPC_PAYLOAD_BYTES) return { payload };
  const message = `The answer must be at most ${MAX_RPC_PAYLOAD_BYTES} bytes, got ${bytes}.`;
  return { error: { code: RPC_ERROR_CODES['response-payload-too-large'], message } };
}

function errorOf(error: unknown): NativeRpcError {
  if (!(error instanceof RpcError)) {
    const code = RPC_ERROR_CODES['application-error'];
    return { code, message: 'Application error in method handler' };
  }
  const { code, message, data } = error;
  return {
    code,
    message: truncated(message, MAX_MESSAGE_BYTES),
    ...(data !== undefined && { data: truncated(data, MAX_DATA_BYTES) }),
  };
}

/** As much of a text as fits, without half a character at its end. */
function truncated(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // All but the first byte of a character begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
