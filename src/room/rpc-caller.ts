import { deadline, MAX_TIMER_MS } from '../core/abort.js';
import { checkInteger, checkObject, checkSignal, checkString, shown } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { callRpc, whenSomebodyLeaves } from '../native/rpc.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { Participant } from './participant.js';
import type { RemoteParticipant } from './remote-participant.js';
import { MAX_RPC_PAYLOAD_BYTES, RPC_ERROR_CODES, RpcError } from './rpc-error.js';

/** A call of a method that somebody else registered. */
export interface PerformRpcOptions {
  /** Whose method. */
  readonly destinationIdentity: string;
  /** The method's name. */
  readonly method: string;
  /** What the handler gets, at most {@link MAX_RPC_PAYLOAD_BYTES} of UTF-8. Default: empty. */
  readonly payload?: string;
  /** How long to wait for the answer. Default 10,000. */
  readonly responseTimeoutMs?: number;
  /**
   * How long the other one may take to confirm that it got the call. Default: 7,000, but no more than
   * `responseTimeoutMs`. The handler is told that it has this much less time than we wait.
   */
  readonly maxRoundTripLatencyMs?: number;
  /** Stops waiting: the caller gets the signal's reason. The other one is not told. */
  readonly signal?: AbortSignal;
}

const DEFAULT_RESPONSE_TIMEOUT_MS = 10_000;
/** LiveKit's own. */
const MAX_ROUND_TRIP_MS = 7_000;
/** How much longer than it should the native side may take to say that time is over. */
const GRACE_MS = 500;

/** What calls may hold while they wait, payloads and all; more than that comes of calling without waiting. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** A call that waits takes more memory than its payload: it counts as this much more (measured: 20 KB). */
const CALL_BYTES = 16 * 1024;

/** Calls methods of others during one stay in a room. */
export class RpcCaller {
  readonly #session: RtcSession;
  readonly #local: Participant;
  readonly #participant: (identity: string) => RemoteParticipant | undefined;
  /** How to end each call that waits, with whom it's waiting for. */
  readonly #waiting = new Map<(reason: RpcError) => void, string>();
  #waitingBytes = 0;

  constructor(
    session: RtcSession,
    local: Participant,
    participant: (identity: string) => RemoteParticipant | undefined,
  ) {
    this.#session = session;
    this.#local = local;
    this.#participant = participant;
    // The native side would have us wait for the answer of one who is gone.
    whenSomebodyLeaves(session, (identity) => {
      for (const [end, whom] of [...this.#waiting]) {
        if (whom === identity) end(failure('recipient-disconnected', `${shown(identity)} left.`));
      }
    });
  }

  /** See {@link LocalParticipant.performRpc}. */
  async perform(options: PerformRpcOptions): Promise<string> {
    const call = checkCall(options);
    const { destinationIdentity: whom, responseTimeoutMs, maxRoundTripLatencyMs } = call;
    this.#checkAllowed(whom);
    const bytes = checkedSize(call.payload) + CALL_BYTES;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new FramewireError('overflow', 'Too many calls wait for their answers: await some.');
    }
    using wait = deadline({
      signal: call.signal,
      timeoutMs: Math.max(responseTimeoutMs, maxRoundTripLatencyMs) + GRACE_MS,
      onTimeout: () => failure('response-timeout', `No answer within ${responseTimeoutMs} ms.`),
    });
    const end = (reason: RpcError): void => {
      wait.abort(reason);
    };
    this.#waiting.set(end, whom);
    this.#waitingBytes += bytes;
    try {
      const { payload, error } = await callRpc(this.#session, call, wait.signal);
      if (!error) return payload;
      throw this.#failure(error.code, error.message, error.data, whom);
    } finally {
      this.#waiting.delete(end);
      this.#waitingBytes -= bytes;
    }
  }

  #checkAllowed(whom: string): void {
    if (!this.#session.isConnected()) throw notConnected();
    // The server would drop the call, or the answer, without a word.
    if (this.#local.permissions?.canPublishData === false) {
      throw new FramewireError('forbidden', 'The token does not allow to publish data.');
    }
    if (this.#participant(whom)?.permissions?.canPublishData === false) {
      throw new FramewireError(
        'forbidden',
        `The token of ${shown(whom)} does not allow it to answer.`,
      );
    }
    if (whom === this.#local.identity) {
      throw failure('recipient-not-found', 'Calls go to others, not to ourselves.');
    }
  }

  #failure(code: number, message: string, data: string | undefined, whom: string): Error {
    // While we leave, what is still being sent fails a moment before the stay is over.
    if (code === RPC_ERROR_CODES['send-failed'] && !this.#session.isConnected()) {
      return notConnected();
    }
    // To the native side one who isn't there is one who doesn't answer. At the time of the call we can't
    // tell, since the server may be late to say who is there.
    if (code === RPC_ERROR_CODES['connection-timeout'] && !this.#participant(whom)) {
      return failure('recipient-not-found', `Nobody named ${shown(whom)} is in the room.`);
    }
    return new RpcError(code, message, data);
  }
}

function failure(reason: keyof typeof RPC_ERROR_CODES, message: string): RpcError {
  return new RpcError(RPC_ERROR_CODES[reason], message);
}

/** The options with their defaults, each read once: a getter may give another value the second time. */
function checkCall(
  options: PerformRpcOptions,
): Required<Omit<PerformRpcOptions, 'signal'>> & { readonly signal: AbortSignal | undefined } {
  checkObject(options, 'options');
  const { destinationIdentity, method, payload = '', signal } = options;
  const { responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS } = options;
  checkString(destinationIdentity, 'options.destinationIdentity');
  checkString(method, 'options.method');
  if (typeof payload !== 'string') {
    throw new TypeError(`options.payload must be a string, got ${shown(payload)}.`);
  }
  const bounds = { min: 1, max: MAX_TIMER_MS };
  checkInteger(responseTimeoutMs, 'options.responseTimeoutMs', bounds);
  const { maxRoundTripLatencyMs = Math.min(MAX_ROUND_TRIP_MS, responseTimeoutMs) } = options;
  checkInteger(maxRoundTripLatencyMs, 'options.maxRoundTripLatencyMs', bounds);
  checkSignal(signal, 'options.signal');
  return { destinationIdentity, method, payload, responseTimeoutMs, maxRoundTripLatencyMs, signal };
}

function checkedSize(payload: string): number {
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_RPC_PAYLOAD_BYTES) return bytes;
  throw failure(
    'request-payload-too-large',
    `The payload must be at most ${MAX_RPC_PAYLOAD_BYTES} bytes, got ${bytes}.`,
  );
}
