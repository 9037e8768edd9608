import { MAX_TIMER_MS, untilAborted } from '../core/abort.js';
import {
  checkInteger,
  checkNotNegative,
  checkOneOf,
  checkOptions,
  checkPositive,
  checkSignal,
  shown,
} from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { OneAtATime } from '../core/one-at-a-time.js';
import { AudioFrame, MAX_AUDIO_CHANNELS, MAX_SAMPLE_RATE } from './audio-frame.js';
import { Oscillator } from './oscillator.js';

/**
 * When a frame of {@link GeneratedAudio} is given: `reader`, as soon as it's asked for, or `real-time`, not before
 * the sound in it would have begun if the first frame did when it was asked for.
 */
export const AUDIO_PACES = ['reader', 'real-time'] as const;

/** One of {@link AUDIO_PACES}. */
export type AudioPace = (typeof AUDIO_PACES)[number];

/** What {@link silence} gives. */
export interface SilenceOptions {
  /** Samples a second, from 1 to 384,000. Default 48,000. */
  readonly sampleRate?: number;
  /** From 1 to 8, with the same samples in each. Default 1. */
  readonly channels?: number;
  /** Length of each frame, 1 to 1,000 ms. Default 10. */
  readonly frameMs?: number;
  /** How much there is, to the sample; the last frame may be shorter. Default: without an end. */
  readonly durationMs?: number;
  /** Default `reader`. */
  readonly pace?: AudioPace;
  /** Ends it: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What {@link sineWave} gives. */
export interface SineWaveOptions extends SilenceOptions {
  /** Pitch, up to half the sample rate. Default 440. */
  readonly frequencyHz?: number;
  /** The peak, from 0 to 1, which is as loud as samples can be. Default 0.3. */
  readonly amplitude?: number;
}

/**
 * Sound that is made as it's read: frames without a seam, whose time stamps count samples from 0. Reading is
 * all that it takes: nothing is made ahead, and nothing must be closed.
 */
export class GeneratedAudio implements AsyncIterableIterator<AudioFrame, undefined, undefined> {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Channels of each frame. */
  readonly channels: number;
  readonly #oscillator: Oscillator;
  readonly #frameMs: number;
  readonly #length: number;
  readonly #pace: AudioPace;
  readonly #signal: AbortSignal | undefined;
  #frames = 0;
  #startUs: number | undefined;
  readonly #reads = new OneAtATime();
  #ended = false;

  /** @internal */
  constructor(options: SineWaveOptions) {
    checkOptions(options, 'options');
    const { sampleRate = 48_000, channels = 1, frameMs = 10, durationMs = Infinity } = options;
    const { frequencyHz = 440, amplitude = 0.3, pace = 'reader', signal } = options;
    checkInteger(sampleRate, 'options.sampleRate', { min: 1, max: MAX_SAMPLE_RATE });
    checkInteger(channels, 'options.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
    checkInteger(frameMs, 'options.frameMs', { min: 1, max: 1000 });
    checkNotNegative(durationMs, 'options.durationMs');
    checkPositive(frequencyHz, 'options.frequencyHz');
    checkNotNegative(amplitude, 'options.amplitude');
    if (amplitude > 1) {
      throw new RangeError(`options.amplitude must be at most 1, got ${shown(amplitude)}.`);
    }
    if (amplitude > 0 && frequencyHz > sampleRate / 2) {
      throw new RangeError(
        `options.frequencyHz must be at most half of options.sampleRate, ${sampleRate / 2}, ` +
          `got ${shown(frequencyHz)}.`,
      );
    }
    if (sampleRate * frameMs < 1000) {
      throw new RangeError(`options.frameMs must hold a sample at least, got ${frameMs}.`);
    }
    checkOneOf(pace, 'options.pace', AUDIO_PACES);
    checkSignal(signal, 'options.signal');
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#frameMs = frameMs;
    this.#length = Math.round((durationMs * sampleRate) / 1000);
    this.#pace = pace;
    this.#signal = signal;
    this.#oscillator = new Oscillator({ frequencyHz, sampleRate, peak: amplitude * 32_767 });
  }

  /**
   * The next frame, which is then the caller's, or the end. Calls at the same time get one frame after the
   * other.
   *
   * @throws The signal's reason if that aborted.
   */
  next(): Promise<IteratorResult<AudioFrame, undefined>> {
    return this.#reads.run(() => this.#next());
  }

  /** Ends it, as leaving a `for await` loop does. */
  return(): Promise<IteratorResult<AudioFrame, undefined>> {
    this.#ended = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<AudioFrame, undefined>> {
    try {
      await this.#turn();
    } catch (error) {
      // The reader is told once, as by every stream.
      if (this.#ended) return { done: true, value: undefined };
      this.#ended = true;
      throw error;
    }
    const from = this.#oscillator.position;
    const until = Math.min(this.#length, this.#sampleOf(this.#frames + 1));
    if (this.#ended || until <= from) {
      this.#ended = true;
      return { done: true, value: undefined };
    }
    this.#frames += 1;
    const { sampleRate, channels } = this;
    const timestampUs = Math.round((from * 1e6) / sampleRate);
    const data = new Int16Array((until - from) * channels);
    this.#oscillator.fill(data, channels);
    return { done: false, value: new AudioFrame(data, { sampleRate, channels, timestampUs }) };
  }

  /** The first sample of a frame: frames differ by one where a frame is no whole number of samples. */
  #sampleOf(frame: number): number {
    return Math.round((frame * this.#frameMs * this.sampleRate) / 1000);
  }

  /** Waits until the next frame may be given. Always a turn of the event loop, so that others get theirs. */
  async #turn(): Promise<void> {
    this.#signal?.throwIfAborted();
    let delayMs = 0;
    if (this.#pace === 'real-time') {
      this.#startUs ??= monotonicUs();
      const dueUs = this.#startUs + this.#frames * this.#frameMs * 1000;
      delayMs = Math.min(MAX_TIMER_MS, Math.ceil((dueUs - monotonicUs()) / 1000));
    }
    let cancel = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      if (delayMs > 0) {
        const timer = setTimeout(resolve, delayMs);
        cancel = () => {
          clearTimeout(timer);
        };
      } else setImmediate(resolve);
    });
    await untilAborted(turn, this.#signal).finally(cancel);
  }
}

/**
 * A sine wave, as an async iterator of frames: for tests, as a sign, or to publish before there is sound.
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 * @example
 * ```ts
 * for await (const frame of sineWave({ frequencyHz: 440, durationMs: 1_000 })) {
 *   await source.captureFrame(frame);
 * }
 * ```
 */
export function sineWave(options: SineWaveOptions = {}): GeneratedAudio {
  return new GeneratedAudio(options);
}

/**
 * Silence, as an async iterator of frames.
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 */
export function silence(options: SilenceOptions = {}): GeneratedAudio {
  checkOptions(options, 'options');
  return new GeneratedAudio({ ...options, amplitude: 0, frequencyHz: 1 });
}
