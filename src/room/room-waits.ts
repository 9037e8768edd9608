import { deadline, type Deadline, untilAborted } from '../core/abort.js';
import { checkOptions, checkPositive, checkSignal, checkString } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import type { TrackKind } from '../core/track-handle.js';
import type { RemoteParticipant } from './remote-participant.js';
import type { Room } from './room.js';
import { checkedTrackFilter, type SubscribedTrack, type TrackFilter } from './subscribed-track.js';

/** How long {@link Room.waitForTrack} and {@link Room.waitForParticipant} wait. */
export interface WaitOptions {
  /** Fails with `timeout` after this time. Default: waits as long as the room is connected. */
  readonly timeoutMs?: number;
  /** Ends the wait: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** See {@link Room.waitForTrack}. */
export async function waitForTrack<Kind extends TrackKind>(
  room: Room,
  filter: TrackFilter<Kind> & WaitOptions,
): Promise<SubscribedTrack<Kind>> {
  const checked = checkedTrackFilter(filter);
  using wait = waitOf(filter, 'filter', 'No such track came');
  await using tracks = room.tracks({ ...checked, signal: wait.signal });
  const first = await tracks.next();
  if (first.done) throw notConnected();
  return first.value;
}

/** See {@link Room.waitForParticipant}. */
export async function waitForParticipant(
  room: Room,
  identity: string | undefined,
  options: WaitOptions,
): Promise<RemoteParticipant> {
  if (identity !== undefined) checkString(identity, 'identity');
  using wait = waitOf(options, 'options', `${identity ?? 'Nobody'} did not join`);
  wait.signal.throwIfAborted();
  if (!room.connected) throw notConnected();
  const { remoteParticipants } = room;
  const present =
    identity === undefined
      ? remoteParticipants.values().next().value
      : remoteParticipants.get(identity);
  if (present) return present;
  const offs: (() => void)[] = [];
  const arrival = new Promise<RemoteParticipant>((resolve, reject) => {
    offs.push(
      room.on('participantConnected', (participant) => {
        if (identity === undefined || participant.identity === identity) resolve(participant);
      }),
      room.on('disconnected', () => {
        reject(notConnected());
      }),
    );
  });
  try {
    return await untilAborted(arrival, wait.signal);
  } finally {
    for (const off of offs) off();
  }
}

function waitOf(options: WaitOptions, name: string, what: string): Deadline {
  checkOptions(options, name);
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) checkPositive(timeoutMs, `${name}.timeoutMs`);
  checkSignal(signal, `${name}.signal`);
  const onTimeout = (): Error => new FramewireError('timeout', `${what} within ${timeoutMs} ms.`);
  return deadline({ signal, timeoutMs, onTimeout });
}
