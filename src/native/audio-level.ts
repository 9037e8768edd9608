import { FramewireError } from '../core/errors.js';
import type { TrackHandle } from '../core/track-handle.js';
import { ffi } from './ffi-client.js';

/**
 * How loud a track is now, from 0 to 1, by WebRTC's statistics: what is sent of a local one, what is
 * received of a remote one; `undefined` while there are none.
 */
export async function audioLevelOf(track: TrackHandle): Promise<number | undefined> {
  const release = ffi().lease();
  const native = track.openNative();
  try {
    const { stats, error } = await ffi().call('getStats', { trackHandle: BigInt(native.handle) });
    if (error) throw new FramewireError('native', `LiveKit gave no statistics: ${error}.`);
    for (const { stats: one } of stats) {
      const level =
        one.case === 'inboundRtp'
          ? one.value.inbound?.audioLevel
          : one.case === 'mediaSource'
            ? one.value.audio?.audioLevel
            : undefined;
      if (level !== undefined) return level;
    }
    return undefined;
  } finally {
    native.release();
    release();
  }
}
