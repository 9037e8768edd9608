import { listenForAbort, MAX_TIMER_MS } from '../core/abort.js';
import {
  checkInteger,
  checkOneOf,
  checkOptions,
  checkSignal,
  shown,
  checkWithin,
} from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { OneAtATime } from '../core/one-at-a-time.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { AudioFrame, MAX_AUDIO_CHANNELS, MAX_SAMPLE_RATE } from './audio-frame.js';
import { type AudioInput, MixerInput } from './mixer-input.js';
import { SHORTEST_GAP_US } from './sample-clock.js';

/**
 * What an {@link AudioMixer} goes by: `streams`, the pace of those who bring sound, or `live`, a clock of its own.
 */
export const MIXER_PACES = ['streams', 'live'] as const;

/** One of {@link MIXER_PACES}. */
export type MixerPace = (typeof MIXER_PACES)[number];

/** How an {@link AudioMixer} is made. */
export interface AudioMixerOptions {
  /** Samples a second of what comes out, from 4,000 to 384,000. Default 48,000. */
  readonly sampleRate?: number;
  /** Channels of what comes out, from 1 to 8. Default 1. */
  readonly channels?: number;
  /** Length of each frame, 1 to 1,000 ms. Default 10. */
  readonly frameMs?: number;
  /** Default `streams`. */
  readonly pace?: MixerPace;
  /**
   * With the pace of streams: how long a stream that lags is waited for while others have sound. It
   * is silent from then on until it has a frame again. 0 to 10,000, or `Infinity` for files, which are then
   * mixed to the sample however busy the machine is. Default 100.
   */
  readonly maxWaitMs?: number;
  /** How much of each stream is read ahead, 10 to 10,000 ms. Default 200. */
  readonly bufferMs?: number;
  /** Ends the mixer: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How {@link AudioMixer.add} adds a stream. */
export interface AddStreamOptions {
  /** What its samples are multiplied by, 0 to 100. Default 1. */
  readonly gain?: number;
}

/** What an {@link AudioMixer} tells of, besides `error`: a stream failed, with what it threw. */
export interface AudioMixerEvents {
  /** A stream ended by itself, or failed, and all of it was given. */
  readonly streamEnded: readonly [stream: AsyncIterable<AudioFrame>];
}

/** What an {@link AudioMixer} has counted since it was made. */
export interface AudioMixerStats {
  /** Streams that are mixed now. */
  readonly streams: number;
  /** Frames that the reader got. */
  readonly frames: number;
  /** Samples that were too loud together, and were cut off. */
  readonly clipped: number;
  /** Time that a live mixer left out, since nobody read it. */
  readonly skippedMs: number;
}

/** What an {@link AudioMixer} has counted of one stream. */
export interface MixedStreamStats {
  /** How much of it was mixed. */
  readonly mixedMs: number;
  /** How much silence stood in for it, since it lagged. */
  readonly laggedMs: number;
}

const GAINS = { min: 0, max: 100 } as const;

/**
 * Mixes any number of streams of sound into one, as an async iterator of frames of equal length. Streams join
 * and leave while it runs.
 *
 * Streams may have any sample rate and number of channels: they are resampled, mono is heard in every channel,
 * and more channels than wanted are averaged. Samples are added up; what is too loud is cut off at the
 * largest value.
 *
 * **Pace.** `streams` gives a frame as soon as every stream has sound for it, or has kept the others waiting
 * for `maxWaitMs`: for live tracks, that is real time, and for files as fast as it's read. While no
 * stream has sound, nothing is given. Time stamps go on from the first stream's, and jump
 * where all streams have a gap. `live` gives a frame
 * every `frameMs`, with or without sound in it, with time stamps of the monotonic clock, as received media
 * have; frames that nobody read for `bufferMs` are left out.
 *
 * **Bounds.** Of each stream at most `bufferMs` and a frame is read ahead. Nothing is mixed ahead.
 *
 * **End.** After {@link AudioMixer.end} the iterator ends with the last stream; without, it waits for streams
 * to come. Leaving the loop closes the mixer, and it closes its streams.
 *
 * @example
 * ```ts
 * const mixer = new AudioMixer({ sampleRate: 48_000, channels: 1, signal });
 * mixer.on('error', (error) => console.warn('a stream failed', error));
 * room.on('trackSubscribed', (track) => {
 *   if (track.kind === 'audio') mixer.add(new AudioStream(track));
 * });
 * for await (const frame of mixer) await source.captureFrame(frame);
 * ```
 */
export class AudioMixer
  extends TypedEmitter<AudioMixerEvents>
  implements AsyncIterableIterator<AudioFrame, undefined, undefined>, AsyncDisposable
{
  /** Samples a second of what comes out. */
  readonly sampleRate: number;
  /** Channels of what comes out. */
  readonly channels: number;
  /** Length of each frame, in milliseconds. */
  readonly frameMs: number;
  /** What the mixer goes by. */
  readonly pace: MixerPace;
  readonly #maxWaitMs: number;
  readonly #bufferMs: number;
  readonly #inputs = new Map<AudioInput, MixerInput>();
  readonly #signal: AbortSignal | undefined;
  readonly #forgetSignal: () => void;
  /** Samples of a frame, over all channels. */
  readonly #length: number;
  readonly #sum: Float64Array;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #failure: { readonly reason: unknown } | undefined;
  readonly #reads = new OneAtATime();
  #wake: (() => void) | undefined;
  /** Since when the frame that is due is waited for. */
  #waitingSinceUs: number | undefined;
  #startUs: number | undefined;
  /** Samples of a channel since the start. */
  #position = 0;
  #frames = 0;
  #clipped = 0;
  #skipped = 0;

  /** @throws TypeError or RangeError if an option is not as it must be. */
  constructor(options: AudioMixerOptions = {}) {
    checkOptions(options, 'options');
    const { sampleRate = 48_000, channels = 1, frameMs = 10, pace = 'streams', signal } = options;
    const { maxWaitMs = 100, bufferMs = 200 } = options;
    checkInteger(sampleRate, 'options.sampleRate', { min: 4_000, max: MAX_SAMPLE_RATE });
    checkInteger(channels, 'options.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
    checkInteger(frameMs, 'options.frameMs', { min: 1, max: 1_000 });
    checkOneOf(pace, 'options.pace', MIXER_PACES);
    if (maxWaitMs !== Infinity)
      checkInteger(maxWaitMs, 'options.maxWaitMs', { min: 0, max: 10_000 });
    checkInteger(bufferMs, 'options.bufferMs', { min: 10, max: 10_000 });
    checkSignal(signal, 'options.signal');
    super();
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.frameMs = frameMs;
    this.pace = pace;
    this.#maxWaitMs = maxWaitMs;
    this.#bufferMs = bufferMs;
    this.#length = Math.round((sampleRate * frameMs) / 1000) * channels;
    this.#sum = new Float64Array(this.#length);
    this.#signal = signal;
    this.#forgetSignal = signal ? listenForAbort(signal, this.#onAbort) : () => undefined;
    if (signal?.aborted) this.#onAbort();
  }

  /** The streams that are mixed now, in the order they were added. */
  get streams(): AsyncIterable<AudioFrame>[] {
    return [...this.#inputs.keys()];
  }

  /** Whether the mixer was closed, or has ended. */
  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** What was counted so far. */
  get stats(): AudioMixerStats {
    return {
      streams: this.#inputs.size,
      frames: this.#frames,
      clipped: this.#clipped,
      skippedMs: (this.#skipped * 1000) / this.sampleRate,
    };
  }

  /** What was counted of a stream; `undefined` if it isn't mixed, or no longer. */
  statsOf(stream: AsyncIterable<AudioFrame>): MixedStreamStats | undefined {
    const input = this.#inputs.get(stream);
    if (!input) return undefined;
    return {
      mixedMs: (input.mixed * 1000) / this.sampleRate,
      laggedMs: (input.missed * 1000) / this.sampleRate,
    };
  }

  /**
   * Begins to mix a stream, which is the mixer's from now on: it's read until it ends, is removed or the
   * mixer is closed, and then closed as leaving a loop closes it.
   *
   * What it throws, or gives that is no AudioFrame, reaches the `error` event; the others go on.
   *
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `closed` after `end()` or `close()`, `invalid-state` if it's mixed already.
   */
  add(stream: AsyncIterable<AudioFrame>, options: AddStreamOptions = {}): void {
    checkStream(stream);
    // It would wait for itself for ever.
    if (stream === this) throw new RangeError('stream must not be the mixer itself.');
    checkOptions(options, 'options');
    const { gain = 1 } = options;
    checkWithin(gain, 'options.gain', GAINS);
    this.#checkAddable(stream);
    const { sampleRate, channels } = this;
    const ahead = Math.ceil((sampleRate * this.#bufferMs) / 1000) * channels;
    const input = new MixerInput(stream, {
      sampleRate,
      channels,
      gain,
      limit: Math.max(this.#length, ahead),
      onChange: () => {
        // The clock of a live one wakes it, nothing else.
        if (this.pace === 'streams') this.#wake?.();
      },
      onFailed: (error) => {
        this.emitError(error);
      },
    });
    try {
      // The stream's own code has run meanwhile, which may have closed the mixer, or added the stream.
      this.#checkAddable(stream);
    } catch (error) {
      input.close();
      throw error;
    }
    this.#inputs.set(stream, input);
    this.#wake?.();
  }

  /**
   * Takes a stream out at once, and closes it. What was read ahead of it is not heard.
   *
   * @returns Whether it was there.
   */
  remove(stream: AsyncIterable<AudioFrame>): boolean {
    const input = this.#inputs.get(stream);
    if (!input) return false;
    this.#inputs.delete(stream);
    input.close();
    this.#wake?.();
    return true;
  }

  /**
   * Changes how loud a stream is, from the next frame on.
   *
   * @throws TypeError or RangeError if `gain` is not a number from 0 to 100.
   * @throws FramewireError `not-found` if the stream isn't mixed, or no longer.
   */
  setGain(stream: AsyncIterable<AudioFrame>, gain: number): void {
    checkWithin(gain, 'gain', GAINS);
    const input = this.#inputs.get(stream);
    if (!input) throw new FramewireError('not-found', 'The audio mixer does not mix this stream.');
    input.gain = gain;
  }

  /** Takes no more streams, and ends when those that are mixed have. Safe to call twice. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ending';
    this.#wake?.();
  }

  /** Ends the mixer and closes its streams. A `next()` that waits gets the end. Safe to call twice. */
  close(): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    this.#state = 'closed';
    this.#forgetSignal();
    for (const input of this.#inputs.values()) input.close();
    this.#inputs.clear();
    this.#wake?.();
    return Promise.resolve();
  }

  /** Calls {@link AudioMixer.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
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

  /** Closes the mixer, as leaving a `for await` loop does. */
  async return(): Promise<IteratorResult<AudioFrame, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #checkAddable(stream: AsyncIterable<AudioFrame>): void {
    if (this.#state !== 'open') {
      throw new FramewireError(
        'closed',
        'The audio mixer takes no more streams: it was ended or closed.',
      );
    }
    if (this.#inputs.has(stream)) {
      throw new FramewireError('invalid-state', 'The audio mixer mixes this stream already.');
    }
  }

  async #next(): Promise<IteratorResult<AudioFrame, undefined>> {
    // A turn of the event loop for each frame: else streams that are read at once leave none to others.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      this.#dropEnded();
      if (this.#state === 'ending' && this.#inputs.size === 0) await this.close();
      if (this.#state === 'closed') {
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure) throw failure.reason;
        return { done: true, value: undefined };
      }
      const waitMs = this.pace === 'live' ? this.#untilTick() : this.#untilReady();
      if (waitMs === 0) return { done: false, value: this.#mix() };
      await this.#sleep(waitMs);
    }
  }

  /** How long a live mixer waits for its clock. */
  #untilTick(): number {
    const nowUs = monotonicUs();
    this.#startUs ??= nowUs;
    const lateUs = nowUs - this.#timeUs();
    if (lateUs < 0) return Math.ceil(-lateUs / 1000);
    if (lateUs > this.#bufferMs * 1000) {
      const frames = Math.floor(lateUs / (this.frameMs * 1000));
      for (const input of this.#inputs.values()) input.skip(frames * this.#length);
      this.#position += (frames * this.#length) / this.channels;
      this.#skipped += (frames * this.#length) / this.channels;
    }
    return 0;
  }

  /** How long the others are to be waited for. For ever while none has sound. */
  #untilReady(): number {
    const inputs = [...this.#inputs.values()];
    const ready = inputs.filter((input) => this.#isReady(input));
    for (const input of ready) input.lagging = false;
    const late = inputs.filter((input) => !this.#isReady(input) && !input.lagging);
    if (ready.length === 0) {
      this.#waitingSinceUs = undefined;
      return Infinity;
    }
    if (late.length > 0) {
      this.#waitingSinceUs ??= monotonicUs();
      const waitedMs = (monotonicUs() - this.#waitingSinceUs) / 1000;
      if (waitedMs < this.#maxWaitMs) return Math.ceil(this.#maxWaitMs - waitedMs);
      for (const input of late) input.lagging = true;
    }
    this.#waitingSinceUs = undefined;
    this.#goTo(Math.min(...ready.map((input) => input.startUs)));
    return 0;
  }

  /** Whether a stream has its part of the next frame; the last of it may be shorter. */
  #isReady(input: MixerInput): boolean {
    return input.available >= this.#length || (input.ended && input.available > 0);
  }

  /** Jumps to the time of the next sound, at the start and over a gap that all streams have. Never back. */
  #goTo(timeUs: number): void {
    if (this.#startUs !== undefined && timeUs - this.#timeUs() < SHORTEST_GAP_US) return;
    this.#startUs = Math.round(timeUs);
    this.#position = 0;
  }

  /** Time of the next frame. */
  #timeUs(): number {
    return Math.round((this.#startUs ?? 0) + (this.#position * 1e6) / this.sampleRate);
  }

  #mix(): AudioFrame {
    const { sampleRate, channels } = this;
    const sum = this.#sum.fill(0);
    for (const input of this.#inputs.values()) {
      // Of one that lags, no shreds: it's heard again when it has a frame.
      if (this.#isReady(input)) input.addTo(sum);
      else input.miss(this.#length);
    }
    const data = new Int16Array(this.#length);
    for (let i = 0; i < data.length; i++) {
      const sample = Math.round(sum[i] ?? 0);
      const fits = sample >= -32_768 && sample <= 32_767;
      if (!fits) this.#clipped += 1;
      data[i] = fits ? sample : sample < 0 ? -32_768 : 32_767;
    }
    const timestampUs = this.#timeUs();
    this.#position += this.#length / channels;
    this.#frames += 1;
    return new AudioFrame(data, { sampleRate, channels, timestampUs });
  }

  #dropEnded(): void {
    for (const [stream, input] of this.#inputs) {
      if (!input.ended || input.available > 0) continue;
      this.#inputs.delete(stream);
      this.emit('streamEnded', stream);
    }
  }

  readonly #onAbort = (): void => {
    if (this.#state === 'closed') return;
    this.#failure = { reason: this.#signal?.reason };
    void this.close();
  };

  /** Sleeps until something changes, or that time is over. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = ms === Infinity ? undefined : setTimeout(finish, Math.min(ms, MAX_TIMER_MS));
      this.#wake = finish;
    });
  }
}

function checkStream(stream: unknown): void {
  if (
    typeof stream === 'object' &&
    stream !== null &&
    Symbol.asyncIterator in stream &&
    typeof stream[Symbol.asyncIterator] === 'function'
  ) {
    return;
  }
  throw new TypeError(`stream must be an async iterable of AudioFrame, got ${shown(stream)}.`);
}
