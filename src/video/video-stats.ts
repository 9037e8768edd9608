import { wallClockUs } from '../core/clock.js';
import type { DropCounts } from '../core/frame-stream.js';
import type { Percentiles } from '../core/histogram.js';
import { JitterMeter } from '../core/jitter-meter.js';
import type { NativeVideoFrame } from '../native/media-events.js';
import { FpsTracker } from './fps-tracker.js';
import { FrameGaps } from './frame-gaps.js';
import { FreezeMeter, type Freezes } from './freeze-meter.js';
import { type ClockOffset, type ClockOffsetOption, LatencyMeter } from './latency-meter.js';
import type { VideoFrame } from './video-frame.js';

/** What a video stream has counted since it was made. */
export interface VideoStreamStats {
  /** Frames that came from the track. */
  readonly received: number;
  /** Frames that the reader got. */
  readonly delivered: number;
  /** Frames that the reader did not get, by reason. */
  readonly dropped: DropCounts;
  /**
   * Frames that the publisher counted but that never came, by gaps in their ids: encoders and servers
   * skip frames too. What was not sent while the track was muted, or disabled by us, isn't missing.
   * `undefined` when the publisher sends no ids.
   */
  readonly missing: number | undefined;
  /** Rate of the frames that the reader gets, over the last 30, by their time stamps. */
  readonly fps: number;
  /**
   * From capture to delivery, by the publisher's clock and ours: see `clockOffset`. `undefined` when the
   * publisher sends no capture time, and, unless the option `clockOffsetUs` was given, for the rest of the
   * stream once a frame came more than 5 ms before its capture: the clocks differ, and no latency can be
   * known.
   */
  readonly latencyMs: Percentiles | undefined;
  /** By how much the publisher's clock is taken to be ahead of ours. `undefined` once that can't be known, or not yet. */
  readonly clockOffset: ClockOffset | undefined;
  /**
   * How unevenly frames come: RFC 3550's interarrival jitter, of the times at which we hear of the frames
   * against those at which they were captured, or against their time stamps when the publisher sends no
   * capture time. Our event loop has its part in it. `undefined` before two frames have come.
   */
  readonly jitterMs: number | undefined;
  /**
   * How often the picture stood still, as the W3C's `freezeCount` and `totalFreezesDuration`: the next
   * frame took at least max(3 * average, average + 150 ms), of the last 30, but not more than 5 seconds.
   * Of the frames that came, whether they were read or not; what passes while the track is muted, or
   * disabled by us, doesn't count.
   */
  readonly freezes: Freezes;
  /** Width of the last frame that the reader got, in pixels. */
  readonly width: number | undefined;
  /** Height of the last frame that the reader got, in pixels. */
  readonly height: number | undefined;
  /** How often a frame that the reader got had another size than the one before: see `resolutionChanged`. */
  readonly resolutionChanges: number;
}

/** A new size of the frames of a stream. */
export interface ResolutionChange {
  readonly width: number;
  readonly height: number;
  /** The size of the frames before. */
  readonly previous: { readonly width: number; readonly height: number };
}

type ArrivedFrame = Pick<NativeVideoFrame, 'frameId' | 'captureTimeUs' | 'timestampUs'>;
type DeliveredFrame = Pick<VideoFrame, 'width' | 'height' | 'timestampUs' | 'metadata'>;

/**
 * So many frames are noted before they are counted, if nobody asks: after the idle time between two frames the
 * processor has forgotten what counting takes, so that one frame costs almost as much as many (measured).
 */
const NOTED_FRAMES = 32;
const NUMBERS_A_FRAME = 3;

type CountFrame = (first: number, second: number, third: number) => void;

/** Numbers of frames, in order, that wait to be counted. */
class Notes {
  readonly #numbers = new Float64Array(NUMBERS_A_FRAME * NOTED_FRAMES);
  readonly #count: CountFrame;
  #end = 0;

  constructor(count: CountFrame) {
    this.#count = count;
  }

  add(first: number, second: number, third: number): void {
    const numbers = this.#numbers;
    const end = this.#end;
    numbers[end] = first;
    numbers[end + 1] = second;
    numbers[end + 2] = third;
    this.#end = end + NUMBERS_A_FRAME;
    if (this.#end === numbers.length) this.count();
  }

  /** Counts all that wait. */
  count(): void {
    const numbers = this.#numbers;
    for (let i = 0; i < this.#end; i += NUMBERS_A_FRAME) {
      this.#count(numbers[i] as number, numbers[i + 1] as number, numbers[i + 2] as number);
    }
    this.#end = 0;
  }
}

/** Counts all that {@link VideoStreamStats} says and that the queue doesn't know. Never allocates for a frame. */
export class VideoMeter {
  readonly #gaps = new FrameGaps();
  readonly #jitter = new JitterMeter();
  readonly #freezes = new FreezeMeter();
  readonly #fps = new FpsTracker();
  readonly #latency: LatencyMeter;
  #width = 0;
  #height = 0;
  #resolutionChanges = 0;
  readonly #arrivals = new Notes((frameId, sentUs, nowUs) => {
    if (!Number.isNaN(frameId)) this.#gaps.add(frameId);
    this.#jitter.add(nowUs, sentUs);
    this.#freezes.add(nowUs);
  });
  readonly #deliveries = new Notes((timestampUs, captureTimeUs, nowUs) => {
    this.#fps.add(timestampUs);
    if (!Number.isNaN(captureTimeUs)) this.#latency.add(captureTimeUs, nowUs);
  });

  constructor(clockOffset: ClockOffsetOption | undefined) {
    this.#latency = new LatencyMeter(clockOffset);
  }

  /** The frames that follow are another track's, perhaps another machine's. */
  begin(): void {
    this.interrupt();
    this.#deliveries.count();
    this.#latency.interrupt();
  }

  /** No frames were sent, on purpose. */
  interrupt(): void {
    this.#arrivals.count();
    this.#gaps.interrupt();
    this.#jitter.interrupt();
    this.#freezes.interrupt();
  }

  /** A frame has come, at a time by the monotonic clock. */
  arrived({ frameId, captureTimeUs, timestampUs }: ArrivedFrame, nowUs: number): void {
    this.#arrivals.add(frameId ?? NaN, captureTimeUs ?? timestampUs, nowUs);
  }

  /** The reader gets a frame. @returns what changed, if its size did. */
  delivered(frame: DeliveredFrame): ResolutionChange | undefined {
    const { width, height, timestampUs, metadata } = frame;
    const { captureTimeUs } = metadata;
    if (captureTimeUs === undefined) this.#deliveries.add(timestampUs, NaN, NaN);
    else this.#deliveries.add(timestampUs, captureTimeUs, wallClockUs());
    if (width === this.#width && height === this.#height) return undefined;
    const previous = { width: this.#width, height: this.#height };
    this.#width = width;
    this.#height = height;
    if (previous.width === 0) return undefined;
    this.#resolutionChanges += 1;
    return { width, height, previous };
  }

  /** All figures, beside those of the queue. */
  read(counts: Pick<VideoStreamStats, 'received' | 'delivered' | 'dropped'>): VideoStreamStats {
    this.#arrivals.count();
    this.#deliveries.count();
    return {
      ...counts,
      missing: this.#gaps.missing,
      fps: this.#fps.fps,
      latencyMs: this.#latency.percentilesMs,
      clockOffset: this.#latency.clockOffset,
      jitterMs: this.#jitter.jitterMs,
      freezes: this.#freezes.freezes,
      width: this.#width || undefined,
      height: this.#height || undefined,
      resolutionChanges: this.#resolutionChanges,
    };
  }
}
