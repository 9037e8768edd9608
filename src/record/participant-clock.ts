import type { AudioFrame } from '../audio/audio-frame.js';
import { RecentLeast } from '../core/recent-least.js';
import type { TrackHandle } from '../core/track-handle.js';
import { MediaClock } from '../sync/media-clock.js';
import { SteadyOffset } from '../sync/steady-offset.js';
import type { ReportingTrack, TrackFollower } from '../sync/track-follower.js';
import type { VideoFrame } from '../video/video-frame.js';
import { pairOf, type SeenTrack } from './room-tracks.js';

/** The newest measurements that the least of a delay is taken of. */
const WINDOW_US = 2_000_000;

/** How often WebRTC's reports are read. */
const REPORTS_MS = 250;

/** Where a track's own time is off from ours by less than this, it's left as it is: it has no seam then. */
const MOST_DRIFT_US = 40_000;

/**
 * Where what comes of one participant's camera and microphone, or of its screen and that one's sound, is on this
 * machine's monotonic clock, so that what was at one moment is at one place.
 *
 * Sound is where its sample clock says, which is moved when that has gone off by 40 ms: samples that never came
 * stop it. Pictures are where the sound of their moment is, as a `MediaClock` knows it; until it does, and of
 * publishers that send no capture times, where the quickest of them came.
 */
export class ParticipantClock implements Disposable {
  readonly #tracks: { audio?: TrackHandle; video?: TrackHandle } = {};
  #media = newMediaClock();
  /** How far our clock is ahead of the sound's when it comes. */
  #lag = new RecentLeast(WINDOW_US);
  /** By how much the sound's clock is moved. */
  #drift = newDrift();
  /** The same of pictures. */
  #videoLag = new RecentLeast(WINDOW_US);
  #videoDrift = newVideoDrift();
  #follower: TrackFollower | undefined;
  #lastVideoUs = -Infinity;

  /** The newest of its two tracks of a kind. */
  follow(track: TrackHandle): void {
    this.#follower?.close();
    if (this.#tracks[track.kind]) {
      // Its clock is another one, and so is the way that it comes.
      this.#media = newMediaClock();
      this.#lag = new RecentLeast(WINDOW_US);
      this.#drift = newDrift();
      this.#videoLag = new RecentLeast(WINDOW_US);
      this.#videoDrift = newVideoDrift();
    }
    this.#tracks[track.kind] = track;
    const { audio, video } = this.#tracks;
    if (!audio || !video || audio.ended || video.ended || !audio.remote || !video.remote) return;
    const [sound, pictures] = [audio, video] as unknown as ReportingTrack[];
    if (sound && pictures)
      this.#follower = this.#media.follow({
        audio: sound,
        video: pictures,
        intervalMs: REPORTS_MS,
      });
  }

  /** The place of a piece of sound that has just come, in microseconds. */
  audio(frame: AudioFrame, nowUs: number): number {
    const { timestampUs } = frame;
    this.#media.audio(frame, nowUs);
    this.#lag.add(nowUs - timestampUs, nowUs);
    // It begins with when the first of it came.
    this.#drift.follow(this.#drift.known ? (this.#lag.value ?? 0) : 0, nowUs);
    return Math.round(timestampUs + (this.#drift.at(nowUs) ?? 0));
  }

  /** The place of a picture that has just come, in microseconds: later than that of the one before. */
  video(frame: VideoFrame, nowUs: number): number {
    const { timestampUs } = frame;
    const known = this.#media.video(frame, nowUs);
    this.#videoLag.add(nowUs - timestampUs, nowUs);
    this.#videoDrift.follow(this.#videoLag.value ?? 0, nowUs);
    const placeUs =
      known === undefined
        ? timestampUs + (this.#videoDrift.at(nowUs) ?? 0)
        : known + (this.#drift.at(nowUs) ?? 0);
    this.#lastVideoUs = Math.round(Math.max(this.#lastVideoUs + 1, placeUs));
    return this.#lastVideoUs;
  }

  /** Reads no more reports. */
  [Symbol.dispose](): void {
    this.#follower?.close();
  }
}

/** The clocks of what belongs together, each as long as one of its tracks is there. */
export class ParticipantClocks {
  readonly #clocks = new Map<string, { readonly clock: ParticipantClock; users: number }>();

  /** The clock of a track, and how to say that it's over. */
  of({ participant, source }: SeenTrack): {
    readonly clock: ParticipantClock;
    readonly release: () => void;
  } {
    const key = `${participant.sid} ${pairOf(source)}`;
    const shared = this.#clocks.get(key) ?? { clock: new ParticipantClock(), users: 0 };
    this.#clocks.set(key, shared);
    shared.users += 1;
    const release = (): void => {
      shared.users -= 1;
      if (shared.users > 0) return;
      shared.clock[Symbol.dispose]();
      if (this.#clocks.get(key) === shared) this.#clocks.delete(key);
    };
    return { clock: shared.clock, release };
  }
}

function newMediaClock(): MediaClock {
  // In a file nobody sees a picture move by a tenth of its time; what begins wrong should soon be right.
  return new MediaClock({ deadbandMs: 10, slewMsPerS: 100, resyncMs: 60 });
}

/** It stays, or jumps. */
function newDrift(): SteadyOffset {
  return new SteadyOffset({ deadbandUs: MOST_DRIFT_US, slewUsPerS: 0, resyncUs: MOST_DRIFT_US });
}

function newVideoDrift(): SteadyOffset {
  return new SteadyOffset({ deadbandUs: 15_000, slewUsPerS: 100_000, resyncUs: 60_000 });
}
