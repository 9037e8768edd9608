import { FramewireError } from '../core/errors.js';
import { ffi } from './ffi-client.js';

/**
 * Bytes of media that the network has brought for a remote track, without headers;
 * `undefined` while LiveKit has no such figure.
 */
export async function trackBytesReceived(track: number): Promise<number | undefined> {
  const release = ffi().lease();
  try {
    const { stats, error } = await ffi().call('getStats', { trackHandle: BigInt(track) });
    if (error) throw new FramewireError('native', `LiveKit gave no statistics: ${error}.`);
    for (const { stats: one } of stats) {
      const bytes = one.case === 'inboundRtp' ? one.value.inbound?.bytesReceived : undefined;
      if (bytes !== undefined) return Number(bytes);
    }
    return undefined;
  } finally {
    release();
  }
}
