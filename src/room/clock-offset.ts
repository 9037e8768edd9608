import { checkInteger, checkOptions, checkSignal, checkString, shown } from '../core/check.js';
import { wallClockUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { Room } from './room.js';
import { RPC_ERROR_CODES, RpcError } from './rpc-error.js';

/** The RPC method that tells the time. Whoever answers it sends microseconds since 1970, in decimal. */
export const CLOCK_RPC_METHOD = 'framewire.clock';

/** How {@link measureClockOffset} asks. */
export interface MeasureClockOffsetOptions {
  /** How often, one after the other: the quickest answer counts. From 1 to 100. Default 8. */
  readonly rounds?: number;
  /** Gives up: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** By how much somebody's clock is ahead of ours. */
export interface MeasuredClockOffset {
  /** In integer microseconds; negative if it's behind. */
  readonly offsetUs: number;
  /** By how much that may be wrong at most, in either direction: half of the way there and back. */
  readonly errorUs: number;
}

/**
 * Lets the others in a room measure by how much our clock is ahead of theirs, by {@link measureClockOffset},
 * in this stay and those to come.
 *
 * @returns How to end that.
 * @throws FramewireError `invalid-state` if the room has a handler of {@link CLOCK_RPC_METHOD} already.
 */
export function answerClockRequests(room: Room): () => void {
  checkRoom(room);
  return room.registerRpcMethod(CLOCK_RPC_METHOD, () => String(wallClockUs()));
}

/**
 * Measures by how much the clock of a participant who does {@link answerClockRequests} is ahead of ours, as
 * NTP does: the time that it tells is taken for that in the middle between our question and its answer.
 *
 * The participant must be in `room.remoteParticipants`: whose track we have got is, and whom
 * `waitForParticipant` gave.
 *
 * Clocks drift apart, by up to some ten microseconds a second: measure again once in a while.
 *
 * @example
 * ```ts
 * const { offsetUs } = await measureClockOffset(room, publication.participant.identity);
 * const stream = new VideoStream(track, { clockOffsetUs: offsetUs });
 * ```
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws RpcError `recipient-not-found`, at once, if we know nobody of that identity; `unsupported-method` if the
 * participant doesn't answer such requests, and what else a call may fail with. FramewireError `incomplete` if what
 * it answers is no time; `disconnected` if the room is not connected, or left meanwhile. The signal's reason if it
 * aborts.
 */
export async function measureClockOffset(
  room: Room,
  identity: string,
  options: MeasureClockOffsetOptions = {},
): Promise<MeasuredClockOffset> {
  checkRoom(room);
  checkString(identity, 'identity');
  if (identity === '') throw new RangeError(`identity must not be empty, got ''.`);
  checkOptions(options, 'options');
  const { rounds = 8, signal } = options;
  checkInteger(rounds, 'options.rounds', { min: 1, max: 100 });
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  // A call would be given up only after seconds. It says itself that the room was left, or that it's ourselves.
  if (room.connected && !isThere(room, identity)) {
    const message = `Nobody named ${shown(identity)} is in the room, as far as we know.`;
    throw new RpcError(RPC_ERROR_CODES['recipient-not-found'], message);
  }
  let best: MeasuredClockOffset | undefined;
  for (let round = 0; round < rounds; round++) {
    const askedUs = wallClockUs();
    const answer = await room.localParticipant.performRpc({
      destinationIdentity: identity,
      method: CLOCK_RPC_METHOD,
      ...(signal && { signal }),
    });
    const answeredUs = wallClockUs();
    const errorUs = Math.ceil(Math.abs(answeredUs - askedUs) / 2);
    if (best && errorUs >= best.errorUs) continue;
    best = { offsetUs: timeOf(answer) - Math.round((askedUs + answeredUs) / 2), errorUs };
  }
  // There was a round at least.
  return best as MeasuredClockOffset;
}

function isThere(room: Room, identity: string): boolean {
  return room.remoteParticipants.has(identity) || room.localParticipant.identity === identity;
}

function timeOf(answer: string): number {
  const timeUs = /^\d{1,16}$/.test(answer) ? Number(answer) : NaN;
  if (Number.isSafeInteger(timeUs)) return timeUs;
  throw new FramewireError('incomplete', `The answer was no time: ${shown(answer)}.`);
}

function checkRoom(room: unknown): void {
  if (!(room instanceof Room)) throw new TypeError(`room must be a Room, got ${shown(room)}.`);
}
