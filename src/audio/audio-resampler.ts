import { checkInteger, checkObject, checkOneOf } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { flushResampler, newResampler, pushToResampler } from '../native/audio-resampling.js';
import type { OwnedHandle } from '../native/owned-handle.js';
import { AudioFrame, checkAudioFrame, MAX_AUDIO_CHANNELS, MAX_SAMPLE_RATE } from './audio-frame.js';
import { SampleClock } from './sample-clock.js';

/**
 * How well an {@link AudioResampler} works. `quick` interpolates, almost without a delay, without a filter: what is
 * above half the output rate is heard as other tones. The others filter that out, by some 80 dB, and
 * differ in how much of the highest tones is left.
 */
export const RESAMPLER_QUALITIES = ['quick', 'low', 'medium', 'high', 'very-high'] as const;

/** One of {@link RESAMPLER_QUALITIES}. */
export type ResamplerQuality = (typeof RESAMPLER_QUALITIES)[number];

/** What an {@link AudioResampler} does. */
export interface AudioResamplerOptions {
  /** Samples a second of what goes in, from 4,000 to 384,000. */
  readonly inputRate: number;
  /** Samples a second of what comes out, from 4,000 to 384,000. */
  readonly outputRate: number;
  /** From 1 to 8. Default 1. */
  readonly channels?: number;
  /** Default `medium`. */
  readonly quality?: ResamplerQuality;
}

const MIN_RATE = 4_000;

/** The native side is given no more at once, so that it needs no more memory than for this. */
const PIECE_MS = 100;

/** The most samples that one frame is resampled to, over all channels. */
const MAX_OUTPUT_SAMPLES = 2 ** 28;

/**
 * Changes the sample rate of sound, with the library soxr.
 *
 * What comes out lags behind, since a filter looks ahead and works in blocks: by a few samples with
 * `quick`, by 40 ms from 48,000 or 44,100 to 16,000, and by up to 170 ms with `very-high` at low rates. In
 * the end, after {@link AudioResampler.flush}, there are as many samples as the rates say, to within
 * one. Silence comes out as samples of -1 to 1, which is dither.
 *
 * @example
 * ```ts
 * using resampler = new AudioResampler({ inputRate: 22_050, outputRate: 48_000 });
 * for (const frame of speech) {
 *   for (const resampled of resampler.push(frame)) await source.captureFrame(resampled);
 * }
 * for (const rest of resampler.flush()) await source.captureFrame(rest);
 * ```
 */
export class AudioResampler implements Disposable {
  /** Samples a second of what goes in. */
  readonly inputRate: number;
  /** Samples a second of what comes out. */
  readonly outputRate: number;
  /** How many channels go in, and come out. */
  readonly channels: number;
  /** How well it works. */
  readonly quality: ResamplerQuality;
  #clock: SampleClock;
  /** None between a flush and the next push. */
  #native: OwnedHandle | undefined;
  #closed = false;

  /**
   * @throws TypeError or RangeError if an option is not as it must be.
   * @throws FramewireError `unsupported` with another version of the binding than the one needed.
   */
  constructor(options: AudioResamplerOptions) {
    checkObject(options, 'options');
    const { inputRate, outputRate, channels = 1, quality = 'medium' } = options;
    checkInteger(inputRate, 'options.inputRate', { min: MIN_RATE, max: MAX_SAMPLE_RATE });
    checkInteger(outputRate, 'options.outputRate', { min: MIN_RATE, max: MAX_SAMPLE_RATE });
    checkInteger(channels, 'options.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
    checkOneOf(quality, 'options.quality', RESAMPLER_QUALITIES);
    this.inputRate = inputRate;
    this.outputRate = outputRate;
    this.channels = channels;
    this.quality = quality;
    this.#clock = new SampleClock(this);
    this.#native = this.#begin();
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Takes the next frame, of any length, and gives what is ready: no frame, or one. Where a frame's time
   * stamp is later than the end of the one before it, by 5 ms or more, the time jumps too, and
   * there are two frames; else the time stamps count samples from the first frame's on.
   *
   * Borrows the frame, and leaves it as it is. What is returned is the caller's, in memory of its own.
   *
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws RangeError if its rate or channels are not the resampler's, or what came of it were more than
   * 2^28 samples.
   * @throws FramewireError `closed` if the resampler or the frame is closed, `invalid-state` if the frame's
   * memory was transferred.
   */
  push(frame: AudioFrame): AudioFrame[] {
    checkAudioFrame(frame, 'frame');
    this.#checkOpen();
    checkSame(frame.sampleRate, this.inputRate, 'frame.sampleRate');
    checkSame(frame.channels, this.channels, 'frame.channels');
    const { data } = frame;
    if ((data.length * this.outputRate) / this.inputRate > MAX_OUTPUT_SAMPLES) {
      throw new RangeError(
        `frame must give ${MAX_OUTPUT_SAMPLES} samples at most, got one of ${data.length}.`,
      );
    }
    const native = (this.#native ??= this.#begin());
    this.#clock.take(frame);
    const most = Math.ceil((this.inputRate * PIECE_MS) / 1000) * this.channels;
    const pieces: Int16Array[] = [];
    for (let from = 0; from < data.length; from += most) {
      pieces.push(pushToResampler(native, data.subarray(from, from + most)));
    }
    return this.#frames(pieces);
  }

  /**
   * Gives what is left: no frame, or one, or more if the time jumped. The resampler may be used for other
   * sound afterwards, whose first frame's time counts.
   *
   * @throws FramewireError `closed` if the resampler is closed.
   */
  flush(): AudioFrame[] {
    this.#checkOpen();
    const native = this.#native;
    if (!native) return [];
    const frames = this.#frames([flushResampler(native)]);
    // After a flush soxr mixes up its old sound and the new.
    native.close();
    this.#native = undefined;
    this.#clock = new SampleClock(this);
    return frames;
  }

  /** Frees what is native, and drops what was not read by a flush. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#native?.close();
    this.#native = undefined;
  }

  /** Calls {@link AudioResampler.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): OwnedHandle {
    const { inputRate, outputRate, channels } = this;
    const quality = RESAMPLER_QUALITIES.indexOf(this.quality);
    return newResampler({ inputRate, outputRate, channels, quality });
  }

  #frames(pieces: readonly Int16Array[]): AudioFrame[] {
    const samples = joined(pieces);
    const { outputRate: sampleRate, channels } = this;
    let from = 0;
    return this.#clock.give(samples.length / channels).map(({ length, timestampUs }) => {
      const data = samples.subarray(from, (from += length * channels));
      return new AudioFrame(data, { sampleRate, channels, timestampUs });
    });
  }

  #checkOpen(): void {
    if (this.#closed) throw new FramewireError('closed', 'The audio resampler is closed.');
  }
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const all = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

function checkSame(value: number, expected: number, name: string): void {
  if (value !== expected) {
    throw new RangeError(`${name} must be ${expected} as the resampler's, got ${value}.`);
  }
}
