import { FramewireError } from '../core/errors.js';
import { ffi } from './ffi-client.js';
import type { MediaEvent } from './media-events.js';

/** What the native side answers of a handle that it no longer has, or has no longer as a track. */
const GONE = /handle (not found|is not a )/;

/**
 * Whether that's the native side's refusal of a track that it has let go of. Tracks go before anybody is
 * told: those of a room that's being left, at once.
 */
export function isTrackGone(error: unknown): boolean {
  return error instanceof FramewireError && GONE.test(error.message);
}

/**
 * Opens a native stream on a track. On one that is natively gone it ends, as it would have done a moment
 * later.
 *
 * @param send - Opens it; returns its handle.
 * @returns How to close it.
 */
export function openTrackStream(
  send: () => number,
  listener: (event: MediaEvent) => void,
): () => void {
  let handle: number;
  try {
    handle = send();
  } catch (error) {
    if (!isTrackGone(error)) throw error;
    const ending = setImmediate(() => {
      listener({ kind: 'end', stream: 0 });
    });
    return () => {
      clearImmediate(ending);
    };
  }
  ffi().openStream(handle, listener);
  return () => {
    ffi().closeStream(handle);
  };
}
