import { wallClockUs } from '../../core/clock.js';

/**
 * The time now, as user data of a frame: its capture time is the painter's, all the way, so a hop of
 * its own needs one of its own.
 */
export function sentAtBytes(): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, wallClockUs());
  return bytes;
}

/** How long ago {@link sentAtBytes} were made, in microseconds; `undefined` for other bytes. */
export function sinceSentUs(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.byteLength !== 8) return undefined;
  return wallClockUs() - new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
}
