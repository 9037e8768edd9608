import type { TrackHandle } from '../core/track-handle.js';
import { ParticipantClocks } from './participant-clock.js';
import type { RecordedEnd, RecordedTrack } from './room-manifest.js';
import type { RoomOutput } from './room-output.js';
import type { RoomRecorder } from './room-recorder.js';
import type { SeenTrack } from './room-tracks.js';
import { TrackRecorder } from './track-recorder.js';

/** Each track in files of its own. */
export class TracksRecorder implements RoomRecorder {
  readonly #output: RoomOutput;
  /** All that ever were, for the manifest: what is over isn't held. */
  readonly #tracks: (() => RecordedTrack)[] = [];
  readonly #current = new Map<TrackHandle, { recorder: TrackRecorder; end: () => RecordedEnd }>();
  /** Those, and the ones that are gone and not over yet: meanwhile their tracks may have come anew. */
  readonly #running = new Set<TrackRecorder>();
  readonly #clocks = new ParticipantClocks();

  constructor(output: RoomOutput) {
    this.#output = output;
  }

  came(seen: SeenTrack): void {
    const { track, end } = seen;
    if (this.#current.has(track)) return;
    const { clock, release } = this.#clocks.of(seen);
    let recorder: TrackRecorder;
    try {
      recorder = new TrackRecorder(seen, clock, this.#output);
    } catch (error) {
      release();
      throw error;
    }
    const index = this.#tracks.push(() => recorder.describe()) - 1;
    this.#current.set(track, { recorder, end });
    this.#running.add(recorder);
    void recorder.done.then(() => {
      const described = recorder.describe();
      this.#tracks[index] = () => described;
      this.#running.delete(recorder);
      if (this.#current.get(track)?.recorder === recorder) this.#current.delete(track);
      release();
    });
    this.#output.changed();
  }

  gone(track: TrackHandle): void {
    const current = this.#current.get(track);
    this.#current.delete(track);
    // The streams of a remote one have ended by themselves.
    if (current && !track.remote) void current.recorder.stop(current.end());
  }

  changed(): void {
    // It gives no frames, which its recorder sees.
  }

  check(nowUs: number): void {
    for (const { recorder } of this.#current.values()) recorder.check(nowUs);
  }

  async stop(end: RecordedEnd): Promise<void> {
    await Promise.all(Array.from(this.#running, (recorder) => recorder.stop(end)));
  }

  describe(): RecordedTrack[] {
    return this.#tracks.map((describe) => describe());
  }
}
