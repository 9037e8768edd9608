/**
 * Stable reasons for a {@link FramewireError}. Match on these, not on the message.
 *
 * - `aborted`: an operation was ended by a later call of the caller's, such as `disconnect()`, or a stream by
 *   its sender.
 * - `closed`: the object was closed.
 * - `connection-refused`: nothing listens at the server's address, or it can't be reached.
 * - `device`: a camera, microphone, screen or speaker isn't there, is taken, may not be used, or was lost.
 * - `disconnected`: the room is not, or no longer, connected.
 * - `file`: a file could not be read or written; `cause` holds what the system said.
 * - `forbidden`: the token doesn't grant what was asked for.
 * - `incomplete`: of what somebody sent, a part is missing, too much or broken.
 * - `invalid-state`: the call doesn't fit the object's state, for another reason than those here.
 * - `invalid-token`: the server doesn't accept the access token.
 * - `invalid-url`: the URL can't be parsed, or no LiveKit server answers at it.
 * - `native`: the native binding reported a failure; `cause` holds what it said.
 * - `not-found`: what the call names doesn't exist.
 * - `overflow`: a queue with `overflow: 'error'` was full, or more waits to be sent or read than may.
 * - `participant-left`: the participant left before the thing waited for came.
 * - `server-start`: a local LiveKit server could not be found, built or started.
 * - `timeout`: the time that the caller, or LiveKit, allowed was over.
 * - `token-expired`: the access token is no longer valid.
 * - `too-large`: it's more than the server takes, or than a limit of the caller's allows.
 * - `unsupported`: this combination isn't supported by the runtime or the binding.
 */
export const FRAMEWIRE_ERROR_CODES = [
  'aborted',
  'closed',
  'connection-refused',
  'device',
  'disconnected',
  'file',
  'forbidden',
  'incomplete',
  'invalid-state',
  'invalid-token',
  'invalid-url',
  'native',
  'not-found',
  'overflow',
  'participant-left',
  'server-start',
  'timeout',
  'token-expired',
  'too-large',
  'unsupported',
] as const;

/** One of {@link FRAMEWIRE_ERROR_CODES}. */
export type FramewireErrorCode = (typeof FRAMEWIRE_ERROR_CODES)[number];

/**
 * Thrown for every failure that is not a misuse of an argument; those are `TypeError` and
 * `RangeError`.
 */
export class FramewireError extends Error {
  /** What went wrong, stable across versions. */
  readonly code: FramewireErrorCode;

  constructor(code: FramewireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    // On the prototype: inherited by subclasses and absent from `console.log(error)`.
    Object.defineProperty(this.prototype, 'name', { value: 'FramewireError', configurable: true });
  }
}

/** What something that was thrown says of itself; it need not be an Error. */
export function messageOf(thrown: unknown): string {
  return String(thrown instanceof Error ? thrown.message : thrown);
}

/** What everything throws that needs a room which isn't connected, or no longer is. */
export function notConnected(): FramewireError {
  return new FramewireError('disconnected', 'The room is not connected.');
}
