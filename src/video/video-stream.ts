import { OVERFLOWS, type Overflow } from '../core/bounded-queue.js';
import {
  checkBoolean,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkPositive,
} from '../core/check.js';
import { monotonicUs, wallClockUs } from '../core/clock.js';
import { type DropCounts, FrameStream } from '../core/frame-stream.js';
import type { Percentiles } from '../core/histogram.js';
import { fromTrack, participantInput, StreamInput } from '../core/stream-input.js';
import {
  checkTrack,
  type ParticipantHandle,
  type TrackHandle,
  type TrackSource,
} from '../core/track-handle.js';
import { ffi } from '../native/ffi-client.js';
import type { NativeVideoFrame } from '../native/media-events.js';
import { openTrackStream } from '../native/track-stream.js';
import { openVideoStream } from '../native/video-requests.js';
import { FpsThinner } from './fps-thinner.js';
import { FpsTracker } from './fps-tracker.js';
import { type FrameAge, FrameAges } from './frame-ages.js';
import { LatencyMeter } from './latency-meter.js';
import { PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';
import { receivedFrame } from './received-frame.js';
import type { VideoFrame } from './video-frame.js';

/** How a {@link VideoStream} gives its frames. */
export interface VideoStreamOptions {
  /**
   * Format of the frames. Default: as they come, which is mostly `I420`. `RGBA` and `I420` are made
   * as the frames come, off the event loop; the others when a frame is read.
   */
  readonly format?: PixelFormat;
  /**
   * Most frames that wait for the reader. Default 1: the newest frame, whatever the reader's speed.
   * `Infinity` keeps all of them and has no bound on memory.
   */
  readonly capacity?: number;
  /** What a full queue does with one more frame. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Thins the frames to at most this rate, by their time stamps. Default: all. */
  readonly fps?: number;
  /** Frames that waited longer than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
  /** Turns each frame upright, so that its rotation is 0. Default `false`. */
  readonly upright?: boolean;
  /** Aborts the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How {@link VideoStream.fromParticipant} waits, besides what a stream does. */
export interface ParticipantVideoStreamOptions extends VideoStreamOptions {
  /** Fails with `timeout` if no track appears within this time. Default: waits. */
  readonly timeoutMs?: number;
  /**
   * How long the participant may be away before the stream ends; 0 ends it at once. To others, a full
   * reconnect of theirs is one who leaves and comes back. Default: 3 seconds after it left by itself, 10
   * after its connection was lost; at once if somebody removed it. The time while our own connection is
   * made again doesn't count.
   */
  readonly rejoinMs?: number;
}

/** What a {@link VideoStream} has counted since it was made. */
export interface VideoStreamStats {
  /** Frames that came from the track. */
  readonly received: number;
  /** Frames that the reader got. */
  readonly delivered: number;
  readonly dropped: DropCounts;
  /**
   * Frames that the publisher counted but that never came, by gaps in their ids: encoders and servers
   * skip frames too. `undefined` when the publisher sends no ids.
   */
  readonly missing: number | undefined;
  /** Rate of the frames that the reader gets, over the last 30. */
  readonly fps: number;
  /**
   * From capture to delivery, by the publisher's clock and ours, which on two machines may differ.
   * `undefined` when the publisher sends no capture time, and, for the rest of the stream, once a
   * frame came more than 5 ms before its capture: the clocks differ, and no latency can be known.
   */
  readonly latencyMs: Percentiles | undefined;
}

interface QueuedFrame {
  readonly frame: NativeVideoFrame;
  readonly age: FrameAge;
}

/**
 * The frames of a video track, as an async iterator that never falls behind: what the reader is too
 * slow for is dropped and counted.
 *
 * It ends when the track does. Leaving the loop closes it. Each frame is the reader's, to close. An
 * open stream keeps the process alive.
 *
 * @example
 * ```ts
 * await using stream = new VideoStream(track, { format: 'RGBA', fps: 15 });
 * for await (using frame of stream) console.log(frame.timestampUs, stream.stats.dropped.full);
 * ```
 */
export class VideoStream extends FrameStream<QueuedFrame, VideoFrame> {
  readonly #format: PixelFormat | undefined;
  readonly #maxAgeUs: number;
  readonly #upright: boolean;
  readonly #thinner: FpsThinner | undefined;
  /** By what the track itself is limited, apart from this stream. */
  #limit: { readonly fps: number; readonly thinner: FpsThinner } | undefined;
  readonly #fps = new FpsTracker();
  readonly #latency = new LatencyMeter();
  #ages = new FrameAges();
  #lastFrameId: number | undefined;
  #missing: number | undefined;

  /**
   * @param track - A remote track, or a local one: that needs no room.
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range, or the track carries audio.
   */
  constructor(track: TrackHandle, options?: VideoStreamOptions);
  /** @internal */
  constructor(input: StreamInput, options?: VideoStreamOptions);
  constructor(from: TrackHandle | StreamInput, options: VideoStreamOptions = {}) {
    if (!(from instanceof StreamInput)) checkTrack(from, 'video');
    checkOptions(options, 'options');
    const { format, capacity = 1, overflow = 'drop-oldest', fps, maxAgeMs, upright } = options;
    if (format !== undefined) checkOneOf(format, 'options.format', PIXEL_FORMATS);
    if (capacity !== Infinity) checkInteger(capacity, 'options.capacity', { min: 1 });
    checkOneOf(overflow, 'options.overflow', OVERFLOWS);
    if (fps !== undefined) checkPositive(fps, 'options.fps');
    if (maxAgeMs !== undefined) checkPositive(maxAgeMs, 'options.maxAgeMs');
    if (upright !== undefined) checkBoolean(upright, 'options.upright');
    super({ capacity, overflow, signal: options.signal });
    this.#format = format;
    this.#maxAgeUs = maxAgeMs === undefined ? Infinity : maxAgeMs * 1000;
    this.#upright = upright ?? false;
    this.#thinner = fps === undefined ? undefined : new FpsThinner(fps);
    this.startFrom(from instanceof StreamInput ? from : fromTrack(from));
  }

  /** As the constructor. */
  static fromTrack(track: TrackHandle, options: VideoStreamOptions = {}): VideoStream {
    return new VideoStream(track, options);
  }

  /**
   * The frames of whatever track of `source` a participant has: waits for the first one, and goes on
   * over mute, unpublish and republish, and over reconnects of the participant and of ours, until the
   * participant leaves: see `rejoinMs`.
   *
   * The reader gets a FramewireError `participant-left` if the participant leaves before there was a
   * track, and `timeout` after `timeoutMs` without one.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   */
  static fromParticipant(
    participant: ParticipantHandle,
    source: TrackSource = 'camera',
    options: ParticipantVideoStreamOptions = {},
  ): VideoStream {
    checkOptions(options, 'options');
    const { timeoutMs, rejoinMs } = options;
    return new VideoStream(
      participantInput(participant, { source, kind: 'video', timeoutMs, rejoinMs }),
      options,
    );
  }

  /** What was counted so far. */
  get stats(): VideoStreamStats {
    return {
      received: this.received,
      delivered: this.delivered,
      dropped: { ...this.dropped },
      missing: this.#missing,
      fps: this.#fps.fps,
      latencyMs: this.#latency.percentilesMs,
    };
  }

  /** @internal */
  protected override open(track: TrackHandle, onEnded: () => void): () => void {
    // Another publisher counts anew.
    this.#lastFrameId = undefined;
    this.#ages = new FrameAges();
    return openTrackStream(track, {
      open: (handle) =>
        openVideoStream({ track: handle, type: nativeType(this.#format) }, (event) => {
          if (event.kind === 'end') onEnded();
          else if (track.withheld) ffi().drop(event.frame.handle);
          else if (event.kind === 'video') this.#receive(event.frame, track);
        }),
      fail: (error) => this.fail(error),
    });
  }

  #receive(frame: NativeVideoFrame, { remote, fpsLimit }: TrackHandle): void {
    if (remote && isBlank(frame)) {
      ffi().drop(frame.handle);
      return;
    }
    this.received += 1;
    const age = this.#ages.arrived(frame.timestampUs, monotonicUs());
    this.#countMissing(frame.frameId);
    if (fpsLimit !== this.#limit?.fps) {
      this.#limit =
        fpsLimit === undefined ? undefined : { fps: fpsLimit, thinner: new FpsThinner(fpsLimit) };
    }
    if (
      this.#limit?.thinner.accept(frame.timestampUs) === false ||
      this.#thinner?.accept(frame.timestampUs) === false
    ) {
      this.dropped.rate += 1;
      ffi().drop(frame.handle);
      return;
    }
    this.push({ frame, age });
  }

  #countMissing(frameId: number | undefined): void {
    if (frameId === undefined) return;
    this.#missing ??= 0;
    const last = this.#lastFrameId;
    if (last !== undefined && frameId > last + 1) this.#missing += frameId - last - 1;
    this.#lastFrameId = frameId;
  }

  /** @internal */
  protected override tooLate({ age }: QueuedFrame): boolean {
    return age(monotonicUs()) > this.#maxAgeUs;
  }

  /** @internal */
  protected override discard({ frame }: QueuedFrame): void {
    ffi().drop(frame.handle);
  }

  /** @internal */
  protected override deliver({ frame }: QueuedFrame): VideoFrame {
    this.#fps.add(frame.timestampUs);
    if (frame.captureTimeUs !== undefined) {
      this.#latency.add(frame.captureTimeUs, wallClockUs());
    }
    let received = receivedFrame(frame);
    if (this.#format !== undefined && received.format !== this.#format) {
      using other = received;
      received = other.convert(this.#format);
    }
    if (!this.#upright || received.rotation === 0) return received;
    using turned = received;
    return turned.upright();
  }
}

/**
 * LiveKit ends a remote track with a few blank frames of 8x8, or 2x2 with H.264. Nobody published
 * them, and they never carry metadata; real video is never that small, since the encoders refuse it.
 */
function isBlank({ width, height, frameId, captureTimeUs }: NativeVideoFrame): boolean {
  const tiny = (width === 8 && height === 8) || (width === 2 && height === 2);
  return tiny && frameId === undefined && captureTimeUs === undefined;
}

/**
 * Formats to ask LiveKit for: whatever a track decodes to, it can make these. Others are made here, of
 * what comes.
 */
const NATIVE_TARGETS: readonly PixelFormat[] = ['RGBA', 'I420'];

function nativeType(format: PixelFormat | undefined): number | undefined {
  return format !== undefined && NATIVE_TARGETS.includes(format)
    ? PIXEL_FORMATS.indexOf(format)
    : undefined;
}
