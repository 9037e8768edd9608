import type { AudioFrame } from '../audio/audio-frame.js';
import type { AudioStream } from '../audio/audio-stream.js';
import { monotonicUs } from '../core/clock.js';
import type { TrackHandle } from '../core/track-handle.js';
import { MediaClock } from '../sync/media-clock.js';
import type { ReportingTrack, TrackFollower } from '../sync/track-follower.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { VideoStream } from '../video/video-stream.js';

/** A picture and its place on the timeline of the sound. */
export interface ClockedPicture {
  readonly frame: VideoFrame;
  readonly stampUs: number;
}

/** At the beginning, pictures wait so long until it's known where they belong: for the reports of some readings. */
const HOLD_US = 2_000_000;
const READ_EVERY_MS = 200;

// No faster than single samples make up for it.
const PACE = { deadbandMs: 3, slewMsPerS: 4, resyncMs: 100 };

/**
 * Puts the pictures and the sound of received tracks on one timeline, for a recorder. By their own time stamps
 * they are 20 to 50 ms apart (measured): those are of when they are to be shown and heard, and the receiver's
 * buffers differ.
 *
 * The pictures' times are as even as their publisher's clock, so that they stay where they are on the
 * recording's ticks. What a `MediaClock` learns later moves the sound.
 */
export class StreamClock {
  readonly #video: VideoStream;
  readonly #audio: AudioStream;
  readonly #mostHeld: number;
  readonly #held: VideoFrame[] = [];
  #heldSinceUs: number | undefined;
  #clock = new MediaClock(PACE);
  #follower: TrackFollower | undefined;
  #tracks: readonly [TrackHandle | undefined, TrackHandle | undefined] = [undefined, undefined];
  /** What is added to the times at which pictures were taken. */
  #baseUs: number | undefined;
  /** How much earlier sound belongs than its time stamps say. */
  #shiftUs = 0;

  /** @param mostHeld - So many pictures wait at most. */
  constructor(video: VideoStream, audio: AudioStream, mostHeld: number) {
    this.#video = video;
    this.#audio = audio;
    this.#mostHeld = mostHeld;
  }

  /** Tells of sound. Borrows the frame. @returns its time. */
  audio(frame: AudioFrame): number {
    if (this.#follow()) this.#clock.audio(frame);
    return Math.max(0, frame.timestampUs - this.#shiftUs);
  }

  /** Takes a picture. @returns those whose times are known now, in order, which are then the caller's. */
  video(frame: VideoFrame): readonly ClockedPicture[] {
    if (!this.#follow()) {
      this.#shiftUs = 0;
      return [...this.#released(), { frame, stampUs: frame.timestampUs }];
    }
    const nowUs = monotonicUs();
    const takenUs = takenAt(frame);
    const placeUs = this.#clock.video({ metadata: { captureTimeUs: takenUs } }, nowUs);
    if (placeUs === undefined && this.#mayWait(nowUs)) {
      this.#held.push(frame);
      return [];
    }
    this.#baseUs ??= (placeUs ?? frame.timestampUs) - takenUs;
    if (placeUs !== undefined) this.#shiftUs = placeUs - takenUs - this.#baseUs;
    return [...this.#released(), { frame, stampUs: Math.max(0, takenUs + this.#baseUs) }];
  }

  /** Ends it. @returns the pictures that waited. */
  close(): readonly ClockedPicture[] {
    this.#follower?.close();
    return this.#released();
  }

  #mayWait(nowUs: number): boolean {
    if (this.#baseUs !== undefined) return false;
    this.#heldSinceUs ??= nowUs;
    return nowUs - this.#heldSinceUs < HOLD_US && this.#held.length < this.#mostHeld;
  }

  #released(): ClockedPicture[] {
    const baseUs = this.#baseUs;
    return this.#held.splice(0).map((frame) => ({
      frame,
      stampUs: baseUs === undefined ? frame.timestampUs : Math.max(0, takenAt(frame) + baseUs),
    }));
  }

  /** Reads the reports of the tracks that the streams are of now. @returns whether there are two of somebody else's. */
  #follow(): boolean {
    const [video, audio] = [this.#video.track, this.#audio.track];
    if (video !== this.#tracks[0] || audio !== this.#tracks[1]) {
      const first = this.#baseUs === undefined && this.#heldSinceUs === undefined;
      this.#tracks = [video, audio];
      this.#follower?.close();
      this.#follower = undefined;
      this.#baseUs = undefined;
      this.#shiftUs = 0;
      // Nothing waits in the middle of a recording.
      if (!first) this.#heldSinceUs = -Infinity;
      if (video && audio && reports(video) && reports(audio)) {
        this.#clock = new MediaClock(PACE);
        this.#follower = this.#clock.follow({ video, audio, intervalMs: READ_EVERY_MS });
      }
    }
    return this.#follower !== undefined;
  }
}

/** When a picture was taken. Where its publisher says nothing, WebRTC's time for it runs as evenly. */
function takenAt({ metadata, timestampUs }: VideoFrame): number {
  return metadata.captureTimeUs ?? timestampUs;
}

function reports(track: TrackHandle): track is TrackHandle & ReportingTrack {
  return track.remote && 'getStats' in track;
}
