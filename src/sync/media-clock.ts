import {
  checkInteger,
  checkNotNegative,
  checkObject,
  checkOptions,
  checkPositive,
} from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { RecentLeast } from '../core/recent-least.js';
import { SteadyOffset } from './steady-offset.js';
import { type FollowOptions, TrackFollower } from './track-follower.js';

/** How a {@link MediaClock} moves. */
export interface MediaClockOptions {
  /** What the timeline may be wrong by without being moved, in milliseconds. Default 5. */
  readonly deadbandMs?: number;
  /** How fast it's moved at most, in milliseconds a second. Default 5. */
  readonly slewMsPerS?: number;
  /** What it must be wrong by to be set anew at once instead, in milliseconds. Default 500. */
  readonly resyncMs?: number;
}

/** When a piece of sound came, and was made if that is known: an `AudioFrame` fits. */
export interface AudioTiming {
  /** On the sample clock of its stream, in integer microseconds. */
  readonly timestampUs: number;
  /** By the publisher's clock, in integer microseconds, where you know it. */
  readonly captureTimeUs?: number;
}

/** When a picture was taken: a `VideoFrame` fits. */
export interface VideoTiming {
  /** What its publisher said of it. */
  readonly metadata: {
    /** By the publisher's clock, in integer microseconds. */
    readonly captureTimeUs?: number;
  };
}

/** What the buffers of a receiver add to the way of its media, in microseconds, on average. */
export interface BufferDelays {
  /** From the arrival of sound at this machine until the stream gets it. */
  readonly audioUs: number;
  /** From the arrival of a picture at this machine until it's decoded. */
  readonly videoUs: number;
}

/** How a {@link MediaClock} knows what it says, from nothing to best. */
export const CLOCK_QUALITIES = ['unknown', 'video-only', 'estimated', 'measured'] as const;

/** One of {@link CLOCK_QUALITIES}. */
export type ClockQuality = (typeof CLOCK_QUALITIES)[number];

const DEADBAND_MS = 5;
const SLEW_MS_PER_S = 5;
const RESYNC_MS = 500;

/** The newest measurements that the least of a delay is taken of. */
const WINDOW_US = 2_000_000;
/** Fewer pictures than this say nothing about the way that they came. */
const MIN_FRAMES = 5;
/** While a stream begins, its buffers change by tens of milliseconds; they may take so many readings. */
const SETTLING_READINGS = 10;

/**
 * What sound needs besides the network and the receiver's buffer. A packet of Opus is 20 ms long and
 * leaves when its second half is there, and the encoder looks 6.5 ms ahead.
 */
const OPUS_DELAY_US = 16_500;

/**
 * Puts received video and audio of one participant on one timeline: the sample clock of the audio,
 * which is never touched. A picture's place on it is that of the sound made at the same moment.
 *
 * Sound carries no time of its sender's. What is known is when each picture was taken, by the
 * publisher's clock, and how long WebRTC keeps sound and pictures in its buffers. Both came the same
 * way, so:
 *
 * ```
 * way   = arrival of a picture - its capture - its time in the buffer     (and the clocks' difference)
 * place = its capture + way + Opus + the sound's time in the buffer
 * ```
 *
 * That changes with the network and with clocks that drift; the timeline follows slowly: not at all
 * within `deadbandMs`, else by `slewMsPerS`, and at once when it's off by more than `resyncMs`, which
 * is counted.
 *
 * It only computes, with the times it's given: the same calls have the same results. It has no timer
 * besides those of {@link MediaClock.follow}.
 *
 * @example
 * ```ts
 * const clock = new MediaClock();
 * clock.follow({ audio: audioTrack, video: videoTrack, signal });
 * // In the loop over the AudioStream, at its frames:
 * clock.audio(sound);
 * // In the loop over the VideoStream: on the same timeline as `sound.timestampUs`.
 * const timeUs = clock.video(picture);
 * ```
 */
export class MediaClock {
  readonly #offset: SteadyOffset;
  readonly #deadbandUs: number;
  /** How far this machine's clock is ahead of the audio's time stamps when they come. */
  readonly #audioLag = new RecentLeast(WINDOW_US);
  /** How far this machine's clock is ahead of the capture times when pictures come. */
  readonly #videoLag = new RecentLeast(WINDOW_US);
  /** The same without the buffers. */
  readonly #way = new RecentLeast(WINDOW_US);
  #lagSumUs = 0;
  #lags = 0;
  #toldOfBuffers = false;
  #unsettled: { readonly offsetUs: number; readonly readings: number } | undefined;
  #master: 'none' | 'video' | 'buffers' | 'captures' = 'none';
  #audioExpected = false;
  #videoTimed = false;
  #leadUs: number | undefined;

  /** @throws TypeError or RangeError if an option is not a number of its range. */
  constructor(options: MediaClockOptions = {}) {
    checkOptions(options, 'options');
    const { deadbandMs = DEADBAND_MS, slewMsPerS = SLEW_MS_PER_S, resyncMs = RESYNC_MS } = options;
    checkNotNegative(deadbandMs, 'options.deadbandMs');
    checkPositive(slewMsPerS, 'options.slewMsPerS');
    checkPositive(resyncMs, 'options.resyncMs');
    this.#deadbandUs = deadbandMs * 1000;
    this.#offset = new SteadyOffset({
      deadbandUs: deadbandMs * 1000,
      slewUsPerS: slewMsPerS * 1000,
      resyncUs: resyncMs * 1000,
    });
  }

  /**
   * How the timeline is known:
   *
   * - `unknown`: the publisher sends no capture times, or too little has come yet.
   * - `video-only`: no audio came; the timeline is that of the video's arrival, evened out.
   * - `estimated`: by capture times of the video and what the buffers do, some 15 ms either way.
   * - `measured`: by capture times of the audio that you gave.
   */
  get quality(): ClockQuality {
    if (!this.#offset.known || !this.#videoTimed) return 'unknown';
    if (this.#master === 'video') return 'video-only';
    return this.#master === 'captures' ? 'measured' : 'estimated';
  }

  /** How often the timeline was set anew at once, by more than `resyncMs`. */
  get resyncs(): number {
    return this.#offset.resyncs;
  }

  /**
   * How long before the sound of its moment the newest picture came, in milliseconds: hold it so long
   * to play both at once. Less than 0 when the sound came first. `undefined` while that is unknown.
   */
  get videoLeadMs(): number | undefined {
    return this.#leadUs === undefined ? undefined : this.#leadUs / 1000;
  }

  /**
   * Tells of a frame of audio as it comes: the stream's `AudioFrame`, as soon as you have it.
   *
   * @param nowUs - this machine's monotonic clock. Default: now.
   * @returns Its place on the timeline: its own time stamp.
   * @throws TypeError or RangeError if a time is not an integer.
   */
  audio(frame: AudioTiming, nowUs: number = monotonicUs()): number {
    checkObject(frame, 'frame');
    const { timestampUs, captureTimeUs } = frame;
    checkInteger(timestampUs, 'frame.timestampUs');
    if (captureTimeUs !== undefined) checkInteger(captureTimeUs, 'frame.captureTimeUs');
    checkInteger(nowUs, 'nowUs');
    this.#audioExpected = true;
    this.#audioLag.add(nowUs - timestampUs, nowUs);
    if (captureTimeUs !== undefined) {
      this.#master = 'captures';
      this.#offset.follow(timestampUs - captureTimeUs, nowUs);
    }
    return timestampUs;
  }

  /**
   * Tells of a frame of video as it comes: the stream's `VideoFrame`, as soon as you have it. What it
   * waits for a reader counts as its way.
   *
   * @param nowUs - this machine's monotonic clock. Default: now.
   * @returns Its place on the timeline in integer microseconds: the time stamp of the sound that was
   * made when the picture was taken. `undefined` while {@link MediaClock.quality} is `unknown`: its
   * own time stamp is then the best there is, the time at which WebRTC wants it shown.
   * @throws TypeError or RangeError if a time is not an integer.
   */
  video(frame: VideoTiming, nowUs: number = monotonicUs()): number | undefined {
    checkObject(frame, 'frame');
    const { metadata } = frame;
    checkObject(metadata, 'frame.metadata');
    const { captureTimeUs } = metadata;
    if (captureTimeUs !== undefined) checkInteger(captureTimeUs, 'frame.metadata.captureTimeUs');
    checkInteger(nowUs, 'nowUs');
    this.#videoTimed = captureTimeUs !== undefined;
    if (captureTimeUs === undefined) {
      this.#leadUs = undefined;
      return undefined;
    }
    const lagUs = nowUs - captureTimeUs;
    this.#lagSumUs += lagUs;
    this.#lags += 1;
    if (!this.#audioExpected || this.#master === 'video') this.#followVideo(lagUs, nowUs);
    const offsetUs = this.#offset.at(nowUs);
    if (offsetUs === undefined) return undefined;
    const placeUs = Math.round(captureTimeUs + offsetUs);
    this.#leadUs = placeUs + (this.#audioLag.value ?? 0) - nowUs;
    return placeUs;
  }

  /**
   * Tells what the buffers did since the last time, a few times a second. {@link MediaClock.follow}
   * does that for you.
   *
   * @param nowUs - this machine's monotonic clock. Default: now.
   * @throws TypeError or RangeError if a delay is not a number of at least 0.
   */
  buffers(delays: BufferDelays, nowUs: number = monotonicUs()): void {
    checkObject(delays, 'delays');
    const { audioUs, videoUs } = delays;
    checkNotNegative(audioUs, 'delays.audioUs');
    checkNotNegative(videoUs, 'delays.videoUs');
    checkInteger(nowUs, 'nowUs');
    this.#audioExpected = true;
    // Means of the same frames: what a busy machine adds to the one, it adds to the other. So those
    // from before the first time don't count.
    if (this.#toldOfBuffers && this.#lags >= MIN_FRAMES) {
      this.#way.add(this.#lagSumUs / this.#lags - videoUs, nowUs);
    }
    if (!this.#toldOfBuffers || this.#lags >= MIN_FRAMES) {
      this.#lagSumUs = 0;
      this.#lags = 0;
    }
    this.#toldOfBuffers = true;
    const wayUs = this.#way.value;
    const audioLagUs = this.#audioLag.value;
    if (wayUs === undefined || audioLagUs === undefined || this.#master === 'captures') return;
    const offsetUs = wayUs + OPUS_DELAY_US + audioUs - audioLagUs;
    if (!this.#offset.known && !this.#settled(offsetUs)) return;
    this.#master = 'buffers';
    this.#offset.follow(offsetUs, nowUs);
  }

  /**
   * How long it takes until the sound of a time comes, in milliseconds: how long to hold a picture for
   * which {@link MediaClock.video} gave that time. Less than 0 when the sound is there.
   *
   * @param nowUs - this machine's monotonic clock. Default: now.
   * @throws TypeError or RangeError if a time is not an integer.
   */
  delayMs(timeUs: number, nowUs: number = monotonicUs()): number {
    checkInteger(timeUs, 'timeUs');
    checkInteger(nowUs, 'nowUs');
    return (timeUs + (this.#audioLag.value ?? 0) - nowUs) / 1000;
  }

  /**
   * Reads the reports of both tracks twice a second and tells this clock what their buffers do, until
   * a track ends, the signal aborts or what this returns is closed. Doesn't keep the process alive.
   *
   * @throws TypeError or RangeError if an option is not as it must be.
   */
  follow(options: FollowOptions): TrackFollower {
    const follower = new TrackFollower(options, (delays) => this.buffers(delays));
    this.#audioExpected = true;
    return follower;
  }

  /** Without audio, the even flow of the pictures is the timeline. */
  #followVideo(lagUs: number, nowUs: number): void {
    this.#videoLag.add(lagUs, nowUs);
    this.#master = 'video';
    this.#offset.follow(this.#videoLag.value ?? lagUs, nowUs);
  }

  /** Whether the buffers have come to rest: a start on what changes soon would be moved for seconds. */
  #settled(offsetUs: number): boolean {
    const { offsetUs: before = Infinity, readings = 0 } = this.#unsettled ?? {};
    this.#unsettled = { offsetUs, readings: readings + 1 };
    return Math.abs(offsetUs - before) <= this.#deadbandUs || readings >= SETTLING_READINGS;
  }
}
