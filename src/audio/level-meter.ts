import { checkInteger, checkOptions } from '../core/check.js';
import { AudioFrame, checkAudioFrame, MAX_AUDIO_CHANNELS } from './audio-frame.js';
import { peakDb, powerDb } from './dbfs.js';

/** How a {@link LevelMeter} measures. */
export interface LevelMeterOptions {
  /** The time that the levels are of: the last so many milliseconds, 10 to 60,000. Default 300. */
  readonly windowMs?: number;
}

/** The window moves on by one of so many parts, and is up to that much shorter. */
const SLICES = 10;

/**
 * Measures how loud sound is, over the last moments: the mean power (RMS) and the peak, for each channel and
 * over all.
 *
 * Levels are in dBFS: 0 is the largest that samples can be, everything else is below. The RMS of a
 * sine wave that uses all of the range is -3.01. Silence, and no sound at all, is `-Infinity`.
 *
 * It borrows frames, of any length, and allocates nothing while their form stays the same; where that changes, it
 * begins afresh.
 *
 * @example
 * ```ts
 * const meter = new LevelMeter();
 * for await (const frame of new AudioStream(track)) {
 *   meter.push(frame);
 *   draw(meter.rmsDb, meter.peakDb);
 * }
 * ```
 */
export class LevelMeter {
  /** The time that the levels are of. */
  readonly windowMs: number;
  #sampleRate = 0;
  #channels = 0;
  /** Samples of a channel in each part of the window. */
  #sliceLength = 1;
  /** The part that is being filled, and how much of it is. */
  #slice = 0;
  #filled = 0;
  // By part, and in it by channel.
  readonly #squares = new Float64Array(SLICES * MAX_AUDIO_CHANNELS);
  readonly #peaks = new Float64Array(SLICES * MAX_AUDIO_CHANNELS);
  readonly #counts = new Float64Array(SLICES);

  /** @throws TypeError or RangeError if an option is not as it must be. */
  constructor(options: LevelMeterOptions = {}) {
    checkOptions(options, 'options');
    const { windowMs = 300 } = options;
    checkInteger(windowMs, 'options.windowMs', { min: 10, max: 60_000 });
    this.windowMs = windowMs;
  }

  /** How many channels the measured sound has; 0 before there was any. */
  get channels(): number {
    return this.#channels;
  }

  /** The mean power over all channels. */
  get rmsDb(): number {
    let squares = 0;
    for (let channel = 0; channel < this.#channels; channel++) squares += this.#power(channel);
    return powerDb(squares / Math.max(1, this.#channels));
  }

  /** The peak of all channels. */
  get peakDb(): number {
    let peak = 0;
    for (let channel = 0; channel < this.#channels; channel++) {
      peak = Math.max(peak, this.#peak(channel));
    }
    return peakDb(peak);
  }

  /**
   * The mean power of one channel.
   *
   * @param channel - From 0 to one less than {@link LevelMeter.channels}.
   * @throws TypeError or RangeError if there is no such channel.
   */
  channelRmsDb(channel: number): number {
    this.#checkChannel(channel);
    return powerDb(this.#power(channel));
  }

  /**
   * The peak of one channel.
   *
   * @param channel - As for {@link LevelMeter.channelRmsDb}.
   * @throws TypeError or RangeError if there is no such channel.
   */
  channelPeakDb(channel: number): number {
    this.#checkChannel(channel);
    return peakDb(this.#peak(channel));
  }

  /**
   * Measures a frame, which stays the caller's.
   *
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws FramewireError `closed` if it's closed, `invalid-state` if its memory was transferred.
   */
  push(frame: AudioFrame): void {
    checkAudioFrame(frame, 'frame');
    const { data, sampleRate, channels, samplesPerChannel } = frame;
    if (sampleRate !== this.#sampleRate || channels !== this.#channels) {
      this.reset();
      this.#sampleRate = sampleRate;
      this.#channels = channels;
      this.#sliceLength = Math.max(1, Math.round((sampleRate * this.windowMs) / 1000 / SLICES));
    }
    // Of a frame that is longer than the window, the end is enough.
    let at = Math.max(0, samplesPerChannel - this.#sliceLength * SLICES);
    while (at < samplesPerChannel) {
      if (this.#filled === this.#sliceLength) this.#advance();
      const count = Math.min(samplesPerChannel - at, this.#sliceLength - this.#filled);
      this.#measure(data, at, count);
      at += count;
    }
  }

  /** Forgets what was measured. */
  reset(): void {
    this.#slice = 0;
    this.#filled = 0;
    this.#sampleRate = 0;
    this.#channels = 0;
    this.#squares.fill(0);
    this.#peaks.fill(0);
    this.#counts.fill(0);
  }

  #measure(data: Int16Array, from: number, count: number): void {
    const channels = this.#channels;
    for (let channel = 0; channel < channels; channel++) {
      const index = this.#slice * MAX_AUDIO_CHANNELS + channel;
      let squares = 0;
      let peak = this.#peaks[index] ?? 0;
      for (let i = from * channels + channel; i < (from + count) * channels; i += channels) {
        const sample = data[i] ?? 0;
        squares += sample * sample;
        if (sample > peak) peak = sample;
        else if (-sample > peak) peak = -sample;
      }
      this.#squares[index] = (this.#squares[index] ?? 0) + squares;
      this.#peaks[index] = peak;
    }
    this.#filled += count;
    this.#counts[this.#slice] = this.#filled;
  }

  /** Goes on in the oldest part, which is forgotten. */
  #advance(): void {
    this.#slice = (this.#slice + 1) % SLICES;
    this.#filled = 0;
    this.#counts[this.#slice] = 0;
    const from = this.#slice * MAX_AUDIO_CHANNELS;
    this.#squares.fill(0, from, from + MAX_AUDIO_CHANNELS);
    this.#peaks.fill(0, from, from + MAX_AUDIO_CHANNELS);
  }

  /** The mean of the squares of a channel. */
  #power(channel: number): number {
    let squares = 0;
    let count = 0;
    for (let slice = 0; slice < SLICES; slice++) {
      squares += this.#squares[slice * MAX_AUDIO_CHANNELS + channel] ?? 0;
      count += this.#counts[slice] ?? 0;
    }
    return squares / Math.max(1, count);
  }

  #peak(channel: number): number {
    let peak = 0;
    for (let slice = 0; slice < SLICES; slice++) {
      peak = Math.max(peak, this.#peaks[slice * MAX_AUDIO_CHANNELS + channel] ?? 0);
    }
    return peak;
  }

  #checkChannel(channel: unknown): void {
    checkInteger(channel, 'channel', { min: 0, max: this.#channels - 1 });
  }
}
