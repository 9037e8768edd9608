import { FramewireError } from '../../core/errors.js';
import { ffi } from '../ffi-client.js';
import type { EventValue } from '../ffi-messages.js';
import type { RtcSession } from '../rtc-session.js';
import { isTrackGone } from '../track-stream.js';
import { flattenStats } from './flatten-stats.js';
import type { RoomStats, RtcStats } from './rtc-stats.js';

/**
 * What WebRTC tells of a remote track.
 *
 * @throws FramewireError `native` if it tells nothing, `closed` if the track is natively gone.
 */
export async function remoteTrackStats(track: number): Promise<RtcStats[]> {
  // Without a room that keeps the events coming, none would bring the answer.
  const release = ffi().lease();
  try {
    return trackStats(await ffi().call('getStats', { trackHandle: BigInt(track) }));
  } catch (error) {
    if (!isTrackGone(error)) throw error;
    throw new FramewireError('closed', 'The track has ended.', { cause: error });
  } finally {
    release();
  }
}

/**
 * What WebRTC tells of a track that is published in a room.
 *
 * @throws FramewireError `disconnected` if the room is left, `native` if it tells nothing.
 */
export async function publishedTrackStats(
  session: RtcSession,
  track: number,
  signal?: AbortSignal,
): Promise<RtcStats[]> {
  return trackStats(await session.request('getStats', { trackHandle: BigInt(track) }, signal));
}

/**
 * What WebRTC tells of both connections of a room.
 *
 * @throws FramewireError `disconnected` if the room is left, `native` if it tells nothing.
 */
export async function roomStats(session: RtcSession, signal?: AbortSignal): Promise<RoomStats> {
  const { roomHandle } = session;
  const { message } = await session.request('getSessionStats', { roomHandle }, signal);
  if (message.case !== 'result') throw noStats(message.value);
  return {
    publisher: flattenStats(message.value.publisherStats),
    subscriber: flattenStats(message.value.subscriberStats),
  };
}

function trackStats({ stats, error }: EventValue<'getStats'>): RtcStats[] {
  if (error) throw noStats(error);
  return flattenStats(stats);
}

function noStats(why: string | undefined): FramewireError {
  return new FramewireError('native', `LiveKit gave no statistics: ${why ?? 'no reason given'}.`);
}
