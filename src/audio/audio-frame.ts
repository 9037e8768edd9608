import { types } from 'node:util';

import { checkInteger, checkObject, checkOneOf, checkOptions, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { int16FromFloat } from './int16-from-float.js';
import { checkAttached, plainView } from '../core/plain-view.js';
import { decodeWav, encodeWav } from './wav.js';

/** The highest sample rate of a frame, in Hz: the highest that WebRTC's audio processing knows. */
export const MAX_SAMPLE_RATE = 384_000;

/** The most channels of a frame: 7.1 surround. */
export const MAX_AUDIO_CHANNELS = 8;

// Over all channels: 2 GiB, so that a frame always fits into a WAV file, whose sizes have 32 bits.
const MAX_SAMPLES = 2 ** 30;

/** What an {@link AudioFrame}'s samples are. */
export interface AudioFrameOptions {
  /** Samples per second and channel, from 1 to {@link MAX_SAMPLE_RATE}. */
  readonly sampleRate: number;
  /** From 1 to {@link MAX_AUDIO_CHANNELS}. */
  readonly channels: number;
  /** Time of the first sample, in integer microseconds from 0. Default 0. */
  readonly timestampUs?: number;
}

/** What {@link AudioFrame.create} makes. */
export interface AudioFrameCreateOptions extends AudioFrameOptions {
  /** Samples of each channel. */
  readonly samplesPerChannel: number;
}

/** How samples lie: `L R L R`, or one array for each channel. */
export const AUDIO_LAYOUTS = ['interleaved', 'planar'] as const;

/** One of {@link AUDIO_LAYOUTS}. */
export type AudioLayout = (typeof AUDIO_LAYOUTS)[number];

/**
 * A piece of sound: 16-bit samples, interleaved, at a time.
 *
 * The frame refers to the memory that it was made with and never copies it; who changes that
 * memory changes the frame. Whoever holds the frame owns it, and closes it or gives it away.
 *
 * @example
 * ```ts
 * const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
 * for (let i = 0; i < frame.data.length; i++) {
 *   frame.data[i] = 8_000 * Math.sin((2 * Math.PI * 440 * i) / frame.sampleRate);
 * }
 * await source.captureFrame(frame);
 * ```
 */
export class AudioFrame {
  /** Samples per second and channel. */
  readonly sampleRate: number;
  /** How many channels the samples are of. */
  readonly channels: number;
  /** Samples of each channel. */
  readonly samplesPerChannel: number;
  /** Time of the first sample, in integer microseconds. */
  readonly timestampUs: number;
  #data: Int16Array | undefined;

  /**
   * Wraps samples without copying them.
   *
   * @param data - interleaved samples, over any memory at any offset, shared memory too.
   * @param options - what the samples are.
   * @throws TypeError if `data` is not an `Int16Array`, or is detached.
   * @throws RangeError if `data` is empty or not a multiple of `channels`, or a number is out of
   * its bounds.
   */
  constructor(data: Int16Array, options: AudioFrameOptions) {
    const { sampleRate, channels, timestampUs } = checkAudioOptions(options);
    checkSamples(data, 'data', types.isInt16Array(data), 'an Int16Array');
    const samples = plainView(data);
    checkLength(samples.length, channels, 'data.length');
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.timestampUs = timestampUs;
    this.samplesPerChannel = samples.length / channels;
    this.#data = samples;
  }

  /**
   * A frame of silence, in memory of its own.
   *
   * @throws TypeError or RangeError if an option is not within its bounds.
   */
  static create(options: AudioFrameCreateOptions): AudioFrame {
    const { channels, ...rest } = checkAudioOptions(options);
    const { samplesPerChannel } = options;
    checkInteger(samplesPerChannel, 'options.samplesPerChannel', {
      min: 1,
      max: Math.floor(MAX_SAMPLES / channels),
    });
    return new AudioFrame(new Int16Array(samplesPerChannel * channels), { channels, ...rest });
  }

  /**
   * A frame from samples between -1 and 1, in memory of its own; `data` stays the caller's.
   *
   * What lies outside of -1 and 1 is clamped, `NaN` becomes silence, and the rest is rounded to
   * steps of 1/32767, the same in both directions.
   *
   * @param data - one interleaved array, or one array for each channel, all of the same length.
   * @param options - what the samples are.
   * @throws TypeError if `data` is neither, or is detached.
   * @throws RangeError if `data` doesn't fit `options.channels`, or a number is out of its bounds.
   */
  static fromFloat32(
    data: Float32Array | readonly Float32Array[],
    options: AudioFrameOptions,
  ): AudioFrame {
    const checked = checkAudioOptions(options);
    const { channels } = checked;
    if (Array.isArray(data)) {
      const planes = checkPlanes(data, channels);
      const samples = new Int16Array((planes[0]?.length ?? 0) * channels);
      for (const [channel, plane] of planes.entries()) {
        writePlane(samples, plane, channel, channels);
      }
      return new AudioFrame(samples, checked);
    }
    const rule = 'a Float32Array, or an array with one for each channel';
    checkSamples(data, 'data', types.isFloat32Array(data), rule);
    const interleaved = plainView(data as Float32Array);
    checkLength(interleaved.length, channels, 'data.length');
    const samples = new Int16Array(interleaved.length);
    writePlane(samples, interleaved, 0, 1);
    return new AudioFrame(samples, checked);
  }

  /**
   * A frame from a WAV file, in memory of its own.
   *
   * PCM of 8, 16, 24 and 32 bits and float of 32 and 64 bits are read. A file that was cut off, or
   * that a streaming writer left without a size, gives the samples that are there.
   *
   * @param bytes - the whole file.
   * @param options - `timestampUs` is the time of the first sample; 0 if not given.
   * @throws TypeError if `bytes` is not a `Uint8Array` (a `Buffer` is one), or is detached.
   * @throws RangeError if it isn't such a WAV file, has no samples, or more channels or a higher
   * rate than a frame can have.
   */
  static fromWav(bytes: Uint8Array, options: { readonly timestampUs?: number } = {}): AudioFrame {
    checkOptions(options, 'options');
    const { timestampUs = 0 } = options;
    checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
    const { data, sampleRate, channels } = decodeWav(bytes);
    checkInteger(sampleRate, "the WAV file's sample rate", { min: 1, max: MAX_SAMPLE_RATE });
    checkInteger(channels, "the WAV file's channels", { min: 1, max: MAX_AUDIO_CHANNELS });
    return new AudioFrame(data, { sampleRate, channels, timestampUs });
  }

  /**
   * One frame with the samples of all, in memory of its own and at the time of the first.
   *
   * Borrows the frames. Gaps between their time stamps are not filled.
   *
   * @throws TypeError if `frames` is not an array of frames.
   * @throws RangeError if it's empty, or the sample rates or the channels differ.
   * @throws FramewireError `closed` if one of them was closed.
   */
  static concat(frames: readonly AudioFrame[]): AudioFrame {
    if (!Array.isArray(frames)) {
      throw new TypeError(`frames must be an array of AudioFrame, got ${shown(frames)}.`);
    }
    const all = Array.from(frames as readonly unknown[], (frame, i) => {
      checkAudioFrame(frame, `frames[${i}]`);
      return frame;
    });
    const [first] = all;
    if (!first) throw new RangeError('frames must not be empty, got [].');
    const { sampleRate, channels, timestampUs } = first;
    let length = 0;
    for (const [i, frame] of all.entries()) {
      checkSame(frame.sampleRate, sampleRate, `frames[${i}].sampleRate`);
      checkSame(frame.channels, channels, `frames[${i}].channels`);
      length += frame.data.length;
    }
    checkLength(length, channels, 'the sum of the lengths of frames');
    const data = new Int16Array(length);
    let offset = 0;
    for (const frame of all) {
      data.set(frame.data, offset);
      offset += frame.data.length;
    }
    return new AudioFrame(data, { sampleRate, channels, timestampUs });
  }

  /**
   * The samples, interleaved: the memory that the frame was made with.
   *
   * @throws FramewireError `closed` after `close()`; `invalid-state` if the memory was transferred
   * or resized while the frame referred to it.
   */
  get data(): Int16Array {
    const data = this.#data;
    if (!data) throw new FramewireError('closed', 'The audio frame was closed.');
    // By bytes: on Node 20 optimized code goes on with the length that detached memory had (measured).
    if (data.byteLength !== this.samplesPerChannel * this.channels * data.BYTES_PER_ELEMENT) {
      throw new FramewireError(
        'invalid-state',
        "The audio frame's memory was transferred or resized while the frame referred to it.",
      );
    }
    return data;
  }

  /** How long the frame sounds, in milliseconds; not always a whole number. */
  get durationMs(): number {
    return (this.samplesPerChannel * 1000) / this.sampleRate;
  }

  /** Whether the frame was closed. */
  get closed(): boolean {
    return this.#data === undefined;
  }

  /**
   * A frame of its own with a copy of the samples, at the same time.
   *
   * @throws FramewireError as {@link AudioFrame.data}.
   */
  clone(): AudioFrame {
    return new AudioFrame(new Int16Array(this.data), this);
  }

  /**
   * A copy of the samples as numbers from -1 to 1. What {@link AudioFrame.fromFloat32} made comes
   * back to within half a step; the one value below its range, -32768, is -1.
   *
   * @throws TypeError or RangeError if the layout is unknown.
   * @throws FramewireError as {@link AudioFrame.data}.
   */
  toFloat32(options?: { readonly layout?: 'interleaved' }): Float32Array<ArrayBuffer>;
  toFloat32(options: { readonly layout: 'planar' }): Float32Array<ArrayBuffer>[];
  toFloat32(
    options: { readonly layout?: AudioLayout } = {},
  ): Float32Array<ArrayBuffer> | Float32Array<ArrayBuffer>[] {
    checkOptions(options, 'options');
    const { layout = 'interleaved' } = options;
    checkOneOf(layout, 'options.layout', AUDIO_LAYOUTS);
    const { data, channels } = this;
    if (layout === 'interleaved') return readPlane(data, 0, 1);
    return Array.from({ length: channels }, (_, channel) => readPlane(data, channel, channels));
  }

  /**
   * The frame as a WAV file of 16-bit PCM, in memory of its own.
   *
   * @throws FramewireError as {@link AudioFrame.data}.
   */
  toWav(): Uint8Array<ArrayBuffer> {
    return encodeWav(this);
  }

  /** Lets go of the samples; the memory itself stays as it is. Safe to call twice. */
  close(): void {
    this.#data = undefined;
  }

  /** Calls {@link AudioFrame.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

// A loop, since `Float32Array.from` with a function takes 20 times longer.
/** @throws TypeError if `frame` is not an AudioFrame. */
export function checkAudioFrame(frame: unknown, name: string): asserts frame is AudioFrame {
  if (frame instanceof AudioFrame) return;
  throw new TypeError(`${name} must be an AudioFrame, got ${shown(frame)}.`);
}

/** Every `step`th sample from `first` on. */
function readPlane(samples: Int16Array, first: number, step: number): Float32Array<ArrayBuffer> {
  const plane = new Float32Array(samples.length / step);
  for (let i = 0; i < plane.length; i++) {
    plane[i] = Math.max(-1, (samples[first + i * step] ?? 0) / 32_767);
  }
  return plane;
}

/** The inverse of {@link readPlane}. */
function writePlane(samples: Int16Array, plane: Float32Array, first: number, step: number): void {
  for (let i = 0; i < plane.length; i++) {
    samples[first + i * step] = int16FromFloat(plane[i] ?? 0);
  }
}

function checkPlanes(planes: readonly unknown[], channels: number): readonly Float32Array[] {
  if (planes.length !== channels) {
    throw new RangeError(
      `data must have one array for each channel: options.channels is ${channels}, ` +
        `got ${planes.length} arrays.`,
    );
  }
  // From, and not map: a hole in the array is an array that is missing.
  const arrays = Array.from(planes, (plane, i) => {
    checkSamples(plane, `data[${i}]`, types.isFloat32Array(plane), 'a Float32Array');
    return plainView(plane as Float32Array);
  });
  const length = arrays[0]?.length ?? 0;
  for (const [i, plane] of arrays.entries()) {
    if (plane.length === length) continue;
    throw new RangeError(
      `data[${i}] must be as long as data[0], which has ${length} samples, got ${plane.length}.`,
    );
  }
  checkLength(length * channels, channels, 'the sum of the lengths of data');
  return arrays;
}

/** The options as they were when they were checked. */
function checkAudioOptions(options: AudioFrameOptions): Required<AudioFrameOptions> {
  checkObject(options, 'options');
  const { sampleRate, channels, timestampUs = 0 } = options;
  checkInteger(sampleRate, 'options.sampleRate', { min: 1, max: MAX_SAMPLE_RATE });
  checkInteger(channels, 'options.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
  checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
  return { sampleRate, channels, timestampUs };
}

function checkSamples(value: unknown, name: string, isOne: boolean, rule: string): void {
  if (!isOne) {
    const hint = types.isFloat32Array(value) ? ' AudioFrame.fromFloat32 takes these.' : '';
    throw new TypeError(`${name} must be ${rule}, got ${shown(value)}.${hint}`);
  }
  checkAttached(value as Int16Array | Float32Array, name);
}

function checkSame(value: number, first: number, name: string): void {
  if (value !== first) {
    throw new RangeError(`${name} must be that of frames[0], ${first}, got ${value}.`);
  }
}

function checkLength(length: number, channels: number, name: string): void {
  if (length < 1 || length > MAX_SAMPLES || length % channels !== 0) {
    throw new RangeError(
      `${name} must be a multiple of the ${channels} channels, from ${channels} to ` +
        `${MAX_SAMPLES}, got ${length}.`,
    );
  }
}
