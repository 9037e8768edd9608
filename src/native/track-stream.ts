import type { TrackHandle } from '../core/track-handle.js';
import { openWithEvents } from './ffi-client.js';

/** How {@link openTrackStream} opens a stream. */
export interface TrackStreamOptions {
  /** Opens the stream on the native track; returns how to close it. */
  readonly open: (handle: number) => () => void;
  /** Gets what `open` throws when it's called later. */
  readonly fail: (error: unknown) => void;
}

/**
 * Opens a native stream on a track, now or as soon as events can come, and holds the native
 * track until the returned function is called.
 */
export function openTrackStream(
  track: TrackHandle,
  { open, fail }: TrackStreamOptions,
): () => void {
  return openWithEvents(() => {
    const { handle, release } = track.openNative();
    try {
      const close = open(handle);
      return () => {
        close();
        release();
      };
    } catch (error) {
      release();
      throw error;
    }
  }, fail);
}
