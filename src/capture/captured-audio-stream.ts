import type { EventsOfStream } from '../core/bounded-stream.js';
import { checkOptions, checkPositive, checkSignal } from '../core/check.js';
import { type Overflow, OVERFLOWS } from '../core/bounded-queue.js';
import { monotonicUs } from '../core/clock.js';
import type { DropCounts } from '../core/frame-stream.js';
import type { AudioFrame } from '../audio/audio-frame.js';
import { AudioMeter, type AudioStreamStats } from '../audio/audio-stats.js';
import {
  type CaptureFeed,
  type CaptureOverflow,
  CapturedStream,
  type CapturedStreamSettings,
  checkCaptureOptions,
} from './captured-stream.js';

/** How captured audio is given. */
export interface CapturedAudioOptions {
  /** Most audio that waits for the reader. Default 500. */
  readonly capacityMs?: number;
  /** What a full queue does with one more frame. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Frames that are older than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
  /** Aborts the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is known of captured audio before its first frame. */
export interface CapturedAudioShape {
  readonly sampleRate: number;
  readonly channels: number;
  /** Length of each frame. */
  readonly frameMs: number;
}

/** How a {@link CapturedAudioStream} is made. */
export type CapturedAudioSettings = CapturedStreamSettings & CapturedAudioShape;

/**
 * @param overflows - Those that the source knows: live ones can't `wait`.
 * @returns the options with their defaults.
 * @throws TypeError or RangeError if an option is not as it must be.
 */
export function resolveCapturedAudioOptions(
  options: Omit<CapturedAudioOptions, 'overflow'> & { readonly overflow?: CaptureOverflow },
  frameMs: number,
  overflows: readonly CaptureOverflow[] = OVERFLOWS,
  overflowOtherwise: CaptureOverflow = 'drop-oldest',
): CapturedStreamSettings {
  checkOptions(options, 'options');
  const { capacityMs = 500, overflow = overflowOtherwise, maxAgeMs, signal } = options;
  if (capacityMs !== Infinity) checkPositive(capacityMs, 'options.capacityMs');
  checkCaptureOptions({ overflow, maxAgeMs }, overflows);
  checkSignal(signal, 'options.signal');
  return { capacity: Math.max(1, Math.floor(capacityMs / frameMs)), overflow, maxAgeMs, signal };
}

/**
 * The samples of a microphone, a file or a generator, as an async iterator of frames: what the reader is too
 * slow for is dropped and counted, or waits where the source can.
 *
 * `frame.timestampUs` is a sample clock: of what is captured live it goes with the machine's monotonic clock, of
 * a file it's the position. Dropped frames show as jumps. Leaving the loop closes the stream, and with it what it
 * was captured with. An open stream keeps the process alive.
 *
 * @example
 * ```ts
 * await using microphone = await openMicrophone({ sampleRate: 48_000 });
 * for await (const frame of microphone) await source.captureFrame(frame);
 * ```
 */
export class CapturedAudioStream<
  Events extends EventsOfStream<Events> = object,
> extends CapturedStream<AudioFrame, Events> {
  /** Samples a second. */
  readonly sampleRate: number;
  /** How many channels the samples are of. */
  readonly channels: number;
  /** Length of each frame; the last one may be shorter. */
  readonly frameMs: number;
  readonly #meter = new AudioMeter();

  protected constructor(feed: CaptureFeed<AudioFrame>, settings: CapturedAudioSettings) {
    super(settings);
    this.sampleRate = settings.sampleRate;
    this.channels = settings.channels;
    this.frameMs = settings.frameMs;
    this.takeFrom(feed);
  }

  /** @internal A stream that `feed` begins to feed at once. */
  static open(feed: CaptureFeed<AudioFrame>, settings: CapturedAudioSettings): CapturedAudioStream {
    return new CapturedAudioStream(feed, settings);
  }

  /** What was counted so far. */
  get stats(): AudioStreamStats {
    const { received, delivered } = this;
    return this.#meter.read({ received, delivered, dropped: { ...this.dropped } });
  }

  /** @internal */
  protected override arrived({ timestampUs }: AudioFrame): keyof DropCounts | undefined {
    this.#meter.arrived({ timestampUs, startUs: 0 }, monotonicUs());
    return undefined;
  }

  /** @internal */
  protected override handOut(frame: AudioFrame): AudioFrame {
    const { timestampUs, samplesPerChannel, sampleRate } = frame;
    this.#meter.delivered({ timestampUs, startUs: 0 }, (samplesPerChannel * 1e6) / sampleRate);
    return frame;
  }
}
