import type { TrackHandle } from '../core/track-handle.js';
import type { RecordedEnd, RecordedTrack } from './room-manifest.js';
import type { SeenTrack } from './room-tracks.js';

/** What becomes of the tracks of a room. */
export interface RoomRecorder {
  /** One takes part from now on. */
  came(seen: SeenTrack): void;
  /** One takes part no longer. One that isn't there is no error. */
  gone(track: TrackHandle): void;
  /** One was muted or unmuted. */
  changed(track: TrackHandle): void;
  /** To be called a few times a second. */
  check(nowUs: number): void;
  /** Records no more, and resolves when all files are finished. Never rejects. */
  stop(end: RecordedEnd): Promise<void>;
  /** What the manifest says of the tracks. */
  describe(): RecordedTrack[];
}
