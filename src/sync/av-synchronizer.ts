import { AudioFrame } from '../audio/audio-frame.js';
import { AudioSource } from '../audio/audio-source.js';
import { listenForAbort, MAX_TIMER_MS, untilAborted } from '../core/abort.js';
import {
  checkInteger,
  checkNotNegative,
  checkObject,
  checkOptions,
  checkSignal,
  shown,
} from '../core/check.js';
import { monotonicUs, wallClockUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { FpsTracker } from '../video/fps-tracker.js';
import { VideoFrame } from '../video/video-frame.js';
import { checkFrameRate } from '../video/frame-rate.js';
import { VideoSource } from '../video/video-source.js';
import { PlayoutTimeline } from './playout-timeline.js';

/** How an {@link AVSynchronizer} is made. */
export interface AVSynchronizerOptions {
  /** Plays the audio. Stays the caller's, who closes it. */
  readonly audioSource: AudioSource;
  /** Shows the video. Stays the caller's, who closes it. */
  readonly videoSource: VideoSource;
  /** How far apart video frames without time stamps are, above 0 and up to 1000. Default 30. */
  readonly fps?: number;
  /** How much video waits for its time, in milliseconds at `fps`; one frame at least. Default 100. */
  readonly videoQueueMs?: number;
  /** Video that comes later than this is dropped while audio plays, in milliseconds. Default 100. */
  readonly maxLateMs?: number;
  /** Closes the synchronizer; what waits then gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How {@link AVSynchronizer.push} takes a frame. */
export interface PushOptions {
  /**
   * When it's to be heard or seen, in integer microseconds on one clock for audio and video. Default:
   * the frame's own, unless that is 0: then right after the one before, as long as that lasts.
   */
  readonly timestampUs?: number;
  /** Ends the wait for room. Video that waits is dropped then, audio is queued all the same. */
  readonly signal?: AbortSignal;
}

/** What an {@link AVSynchronizer} has counted since it was made. */
export interface AVSynchronizerStats {
  /** Video frames that were captured. */
  readonly captured: number;
  /** Video frames that were not, by reason. */
  readonly dropped: {
    /** Their time was over when they came, or another's had come. */
    readonly late: number;
    /** Still queued when the queue was cleared, the synchronizer closed, or the frame itself. */
    readonly cleared: number;
  };
  /** Video frames that wait for their time. */
  readonly queuedFrames: number;
  /** Audio that waits for its time, in milliseconds. */
  readonly queuedAudioMs: number;
}

const FPS = 30;
const VIDEO_QUEUE_MS = 100;
const MAX_LATE_MS = 100;

interface QueuedVideo {
  readonly frame: VideoFrame;
  /** Unless it follows the one before. */
  readonly timestampUs: number | undefined;
}

/** A frame for which there was no room. */
interface WaitingVideo {
  readonly item: QueuedVideo;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Publishes audio and video so that what has the same time stamp is heard and seen at the same time,
 * however unevenly it's pushed.
 *
 * Audio is the master: it's played without gaps, and a video frame is captured when the audio of its
 * time is played. Video that comes too late is dropped, the newest of several that are due is taken.
 * Without audio, video goes at its own pace.
 *
 * The frames' capture time, which subscribers get as metadata, is the moment at which they were due.
 *
 * @example
 * ```ts
 * const sync = new AVSynchronizer({ audioSource, videoSource, fps: 25 });
 * for await (const { sound, picture } of scene) {
 *   await sync.push(picture);
 *   await sync.push(sound);
 * }
 * await sync.waitForPlayout();
 * sync.close();
 * ```
 */
export class AVSynchronizer implements Disposable {
  readonly #audio: AudioSource;
  readonly #video: VideoSource;
  readonly #capacity: number;
  readonly #maxLateUs: number;
  readonly #timeline: PlayoutTimeline;
  readonly #fps: FpsTracker;
  readonly #queue: QueuedVideo[] = [];
  readonly #waiting: WaitingVideo[] = [];
  #whenDrained: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #forgetSignal: (() => void) | undefined;
  /** Aborts with why nothing is taken any more. */
  readonly #ended = new AbortController();
  #lastVideoTimeUs: number | undefined;
  #captured = 0;
  #late = 0;
  #cleared = 0;

  /**
   * @throws TypeError if an option has the wrong type.
   * @throws RangeError if a value is out of range.
   */
  constructor(options: AVSynchronizerOptions) {
    checkObject(options, 'options');
    const { audioSource, videoSource, fps = FPS, signal } = options;
    const { videoQueueMs = VIDEO_QUEUE_MS, maxLateMs = MAX_LATE_MS } = options;
    if (!(audioSource instanceof AudioSource)) {
      throw new TypeError(`options.audioSource must be an AudioSource, got ${shown(audioSource)}.`);
    }
    if (!(videoSource instanceof VideoSource)) {
      throw new TypeError(`options.videoSource must be a VideoSource, got ${shown(videoSource)}.`);
    }
    checkFrameRate(fps);
    checkInteger(videoQueueMs, 'options.videoQueueMs', { min: 1, max: 60_000 });
    checkNotNegative(maxLateMs, 'options.maxLateMs');
    checkSignal(signal, 'options.signal');
    this.#audio = audioSource;
    this.#video = videoSource;
    this.#capacity = Math.max(1, Math.floor((fps * videoQueueMs) / 1000));
    this.#maxLateUs = maxLateMs * 1000;
    this.#timeline = new PlayoutTimeline(1e6 / fps);
    this.#fps = new FpsTracker({ window: Math.max(2, Math.round(fps)) });
    if (signal?.aborted) this.#end(signal.reason);
    else if (signal) this.#forgetSignal = listenForAbort(signal, () => this.#end(signal.reason));
  }

  /** Whether it takes no more: by `close()`, by its signal, or since a capture failed. */
  get closed(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Video frames a second that were captured, over the last second of them. 0 before there are two. */
  get actualFps(): number {
    return this.#fps.fps;
  }

  /** The time stamp of the video frame captured last. `undefined` before there is one. */
  get lastVideoTimeUs(): number | undefined {
    return this.#lastVideoTimeUs;
  }

  /** The time stamp of the audio that is being played. `undefined` before there is any. */
  get lastAudioTimeUs(): number | undefined {
    const endUs = this.#timeline.audioEndUs;
    return endUs === undefined ? undefined : Math.round(endUs - this.#audio.queuedMs * 1000);
  }

  /** What was counted, and what waits. */
  get stats(): AVSynchronizerStats {
    return {
      captured: this.#captured,
      dropped: { late: this.#late, cleared: this.#cleared },
      queuedFrames: this.#queue.length,
      queuedAudioMs: this.#audio.queuedMs,
    };
  }

  /**
   * Takes a frame of audio or video, in the order of their time stamps within each. It takes ownership:
   * the frame is closed when it was captured or dropped. One that it refuses with a TypeError, a
   * RangeError or as closed stays the caller's. Push a `clone()` to keep one.
   *
   * Audio whose time stamp is up to 10 seconds ahead of what is queued is played at its time, after
   * silence; further ahead, or behind, it begins the timeline anew.
   *
   * @returns A promise that resolves when there is room for more of its kind. Await it, or the audio's
   * queue grows.
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if `timestampUs` is out of range, or the frame doesn't fit its source.
   * @throws FramewireError `closed` if the synchronizer, a source or the frame is closed. What a
   * capture failed with, at the next push. The signal's reason, once it aborts.
   */
  async push(frame: AudioFrame | VideoFrame, options: PushOptions = {}): Promise<void> {
    checkOptions(options, 'options');
    const { timestampUs, signal } = options;
    if (timestampUs !== undefined) checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
    checkSignal(signal, 'options.signal');
    if (frame instanceof AudioFrame) this.#checkAudio(frame);
    else if (frame instanceof VideoFrame) this.#checkVideo(frame);
    else throw new TypeError(`frame must be an AudioFrame or a VideoFrame, got ${shown(frame)}.`);
    this.#checkOpen();
    signal?.throwIfAborted();
    const timeUs = timestampUs ?? (frame.timestampUs > 0 ? frame.timestampUs : undefined);
    await (frame instanceof AudioFrame
      ? this.#pushAudio(frame, timeUs, signal)
      : this.#pushVideo(frame, timeUs, signal));
  }

  /**
   * Drops the audio and the video that wait for their time, as when somebody interrupts. The next frame
   * begins the timeline anew. Pushes that wait resolve.
   *
   * @throws FramewireError `closed` if the synchronizer or the audio source is closed.
   */
  clearQueue(): void {
    this.#checkOpen();
    this.#audio.clearQueue();
    this.#timeline.restart();
    this.#dropQueue();
    for (const { item, resolve } of this.#waiting.splice(0)) {
      this.#drop(item);
      resolve();
    }
    this.#drained();
  }

  /** As {@link AVSynchronizer.clearQueue}, and forgets the rate and the last times. */
  reset(): void {
    this.clearQueue();
    this.#fps.reset();
    this.#timeline.forget();
    this.#lastVideoTimeUs = undefined;
  }

  /**
   * Resolves when everything pushed so far was heard and seen, or dropped.
   *
   * @throws FramewireError `closed` if the synchronizer or the audio source is closed first. What a
   * capture failed with. The signal's reason, once it aborts.
   */
  async waitForPlayout(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkOptions(options, 'options');
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    signal?.throwIfAborted();
    this.#checkOpen();
    const played = Promise.all([this.#audio.waitForPlayout(), this.#untilDrained()]);
    await this.#orEnd(played, signal);
  }

  /**
   * Drops the video that waits, and rejects the pushes that wait. Audio that is queued is played, and
   * the sources stay open. Safe to call twice.
   */
  close(): void {
    this.#end(closedError());
  }

  /** Calls {@link AVSynchronizer.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #pushAudio(
    frame: AudioFrame,
    timeUs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { sampleRate, channels } = this.#audio;
    const freeUs = monotonicUs() + this.#audio.queuedMs * 1000;
    const silenceUs = this.#timeline.silenceBefore(timeUs, freeUs);
    const samplesPerChannel = Math.round((silenceUs * sampleRate) / 1e6);
    const parts = [frame];
    if (samplesPerChannel > 0) {
      parts.unshift(AudioFrame.create({ sampleRate, channels, samplesPerChannel }));
    }
    this.#timeline.audio(timeUs, frame.durationMs * 1000, freeUs + silenceUs);
    // The source has copied the samples when it returns its promise.
    const captured = Promise.all(parts.map((part) => this.#audio.captureFrame(part)));
    frame.close();
    // Video may be due earlier or later than it was.
    this.#work();
    await this.#orEnd(captured, signal);
  }

  #pushVideo(
    frame: VideoFrame,
    timestampUs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const item = { frame, timestampUs };
    if (this.#queue.length < this.#capacity && this.#waiting.length === 0) {
      this.#queue.push(item);
      this.#work();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const forget = signal && listenForAbort(signal, () => leave());
      const waiting: WaitingVideo = {
        item,
        resolve: () => {
          forget?.();
          resolve();
        },
        reject: (reason) => {
          forget?.();
          this.#drop(item);
          reject(reason);
        },
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.reject(signal?.reason as Error);
        this.#drained();
      };
      this.#waiting.push(waiting);
    });
  }

  /** Captures what is due, drops what is late, and sleeps until the next frame's time. */
  readonly #work = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (let [head] = this.#queue; head; [head] = this.#queue) {
      const nowUs = monotonicUs();
      const timeUs = this.#timeline.videoTime(head.timestampUs, nowUs);
      const dueUs = this.#timeline.dueUs(timeUs);
      if (nowUs < dueUs) {
        // One of another clock's may be due in years, and no timer is that long: it would fire at once.
        const waitMs = Math.min(MAX_TIMER_MS, Math.ceil((dueUs - nowUs) / 1000));
        this.#timer = setTimeout(this.#work, waitMs);
        return;
      }
      this.#queue.shift();
      this.#timeline.videoDone(timeUs);
      if (head.frame.closed) {
        this.#cleared += 1;
      } else if (nowUs - dueUs > this.#maxLateUs || this.#nextIsDue(nowUs)) {
        this.#late += 1;
        head.frame.close();
      } else {
        this.#capture(head.frame, timeUs, nowUs - dueUs);
      }
      const waiting = this.#waiting.shift();
      if (waiting) this.#queue.push(waiting.item);
      waiting?.resolve();
    }
    this.#drained();
  };

  #nextIsDue(nowUs: number): boolean {
    const [next] = this.#queue;
    if (!next) return false;
    const timeUs = this.#timeline.videoTime(next.timestampUs, nowUs);
    return this.#timeline.dueUs(timeUs) <= nowUs;
  }

  #capture(frame: VideoFrame, timeUs: number, lateUs: number): void {
    const { captureTimeUs, userData } = frame.metadata;
    // What somebody else has captured keeps that time.
    const own = captureTimeUs === undefined && userData === undefined;
    // Who lets video be late without a limit may give a time from before all clocks.
    const metadata = { captureTimeUs: Math.max(0, Math.round(wallClockUs() - lateUs)) };
    try {
      this.#video.captureFrame(frame, own ? { metadata } : {});
      this.#captured += 1;
      this.#fps.add(monotonicUs());
      this.#lastVideoTimeUs = Math.round(timeUs);
    } catch (error) {
      this.#end(error);
    } finally {
      frame.close();
    }
  }

  #untilDrained(): Promise<void> {
    if (this.#queue.length === 0 && this.#waiting.length === 0) return Promise.resolve();
    if (!this.#whenDrained) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.#whenDrained = { promise, resolve };
    }
    return this.#whenDrained.promise;
  }

  #drained(): void {
    if (this.#queue.length > 0 || this.#waiting.length > 0) return;
    this.#whenDrained?.resolve();
    this.#whenDrained = undefined;
  }

  #dropQueue(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const item of this.#queue.splice(0)) this.#drop(item);
  }

  #drop({ frame }: QueuedVideo): void {
    this.#cleared += 1;
    frame.close();
  }

  /** What a capture fails with has no caller to throw it to: the next call tells of it. */
  #end(reason: unknown): void {
    if (this.closed) return;
    this.#forgetSignal?.();
    this.#ended.abort(reason);
    this.#dropQueue();
    for (const { reject } of this.#waiting.splice(0)) reject(reason as Error);
    this.#drained();
  }

  /** Waits until a signal aborts or this is closed, at most: the source plays what it has all the same. */
  #orEnd(done: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
    return untilAborted(untilAborted(done, signal), this.#ended.signal);
  }

  #checkOpen(): void {
    this.#ended.signal.throwIfAborted();
  }

  #checkAudio(frame: AudioFrame): void {
    const { sampleRate, channels } = this.#audio;
    if (frame.sampleRate !== sampleRate || frame.channels !== channels) {
      throw new RangeError(
        `frame must have ${sampleRate} Hz and ${channels} channels as its source, got ${frame.sampleRate} Hz and ${frame.channels}.`,
      );
    }
    if (frame.closed) throw new FramewireError('closed', 'The audio frame was closed.');
    if (this.#audio.closed) throw new FramewireError('closed', 'The audio source is closed.');
  }

  #checkVideo(frame: VideoFrame): void {
    const { width, height, onResize } = this.#video;
    if (onResize === 'reject' && (frame.width !== width || frame.height !== height)) {
      throw new RangeError(
        `frame must be ${width}x${height} as its source, got ${frame.width}x${frame.height}.`,
      );
    }
    if (frame.closed) throw new FramewireError('closed', 'The video frame is closed.');
    if (this.#video.closed) throw new FramewireError('closed', 'The video source is closed.');
  }
}

function closedError(): FramewireError {
  return new FramewireError('closed', 'The synchronizer was closed.');
}
