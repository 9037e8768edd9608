import { AudioFrame, MAX_AUDIO_CHANNELS, MAX_SAMPLE_RATE } from '../audio/audio-frame.js';
import { Oscillator } from '../audio/oscillator.js';
import { types } from 'node:util';
import { checkInteger, checkOptions, checkPositive, shown } from '../core/check.js';
import { checkAttached } from '../core/plain-view.js';

/** What a {@link Tone} sounds like. */
export interface ToneOptions {
  /** Pitch in Hz. Default 440. */
  readonly frequency?: number;
  /** Samples a second. Default 48,000. */
  readonly sampleRate?: number;
  /** Each gets the same samples. Default 1. */
  readonly channels?: number;
  /** Peak of the samples, up to 32,767. Default 8,000. */
  readonly amplitude?: number;
}

/** A frame is held in memory as a whole. */
const MAX_DURATION_MS = 60_000;

/**
 * A sine wave, frame after frame without a seam.
 *
 * @example
 * ```ts
 * const tone = new Tone({ frequency: 440 });
 * for (;;) await source.captureFrame(tone.next(10));
 * ```
 */
export class Tone {
  readonly frequency: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly #oscillator: Oscillator;

  /** @throws TypeError or RangeError if an option is not as it must be. */
  constructor(options: ToneOptions = {}) {
    checkOptions(options, 'options');
    const { frequency = 440, sampleRate = 48_000, channels = 1, amplitude = 8_000 } = options;
    checkPositive(frequency, 'options.frequency');
    checkInteger(sampleRate, 'options.sampleRate', { min: 1, max: MAX_SAMPLE_RATE });
    checkInteger(channels, 'options.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
    checkInteger(amplitude, 'options.amplitude', { min: 1, max: 32_767 });
    this.frequency = frequency;
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#oscillator = new Oscillator({ frequencyHz: frequency, sampleRate, peak: amplitude });
  }

  /**
   * The next `durationMs` of the tone, with the time since its start as its time stamp.
   *
   * @param durationMs - Above 0, and at most a minute.
   * @throws TypeError or RangeError if it's not.
   */
  next(durationMs: number): AudioFrame {
    checkPositive(durationMs, 'durationMs');
    if (durationMs > MAX_DURATION_MS) {
      throw new RangeError(`durationMs must be at most ${MAX_DURATION_MS}, got ${durationMs}.`);
    }
    const { sampleRate, channels } = this;
    const samplesPerChannel = Math.max(1, Math.round((durationMs * sampleRate) / 1000));
    const timestampUs = Math.round((this.#oscillator.position * 1e6) / sampleRate);
    const frame = AudioFrame.create({ sampleRate, channels, samplesPerChannel, timestampUs });
    this.#oscillator.fill(frame.data, channels);
    return frame;
  }
}

/**
 * The pitch of a steady tone in Hz, to within about 1 %, by its zero crossings; 0 for silence.
 *
 * @param samples - One channel, some ten periods or more.
 * @throws TypeError or RangeError if an argument is not as it must be.
 */
export function frequencyOf(samples: Int16Array, sampleRate: number): number {
  if (!types.isInt16Array(samples)) {
    throw new TypeError(`samples must be an Int16Array, got ${shown(samples)}.`);
  }
  checkAttached(samples, 'samples');
  checkPositive(sampleRate, 'sampleRate');
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak < 100) return 0;
  // Crossings count only after the signal was clearly below: noise near zero is no period.
  let armed = false;
  let first = -1;
  let last = -1;
  let periods = -1;
  let previous = 0;
  for (const [i, sample] of samples.entries()) {
    if (sample < -peak / 4) armed = true;
    if (armed && previous < 0 && sample >= 0) {
      last = i - sample / (sample - previous);
      if (first < 0) first = last;
      periods += 1;
      armed = false;
    }
    previous = sample;
  }
  return periods > 0 ? (periods * sampleRate) / (last - first) : 0;
}
