import { shown } from '../core/check.js';
import { AudioFrame } from './audio-frame.js';
import { AudioResampler } from './audio-resampler.js';
import { remix } from './remix.js';
import { SampleFifo } from './sample-fifo.js';

/** What is mixed. */
export type AudioInput = AsyncIterable<AudioFrame>;

/** What an input needs to know of its mixer. */
export interface MixerInputOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly gain: number;
  /** Samples, over all channels, from which on no more is read ahead. */
  readonly limit: number;
  /** Something changed: there are more samples, or there will be none. */
  readonly onChange: () => void;
  /** The stream, or what it gave, is broken. It has ended. */
  readonly onFailed: (error: unknown) => void;
}

/** One stream of a mixer: reads it ahead, as far as it may, and brings it to the mixer's form. */
export class MixerInput {
  gain: number;
  /** Whether the mixer no longer waits for it, since it was too late. */
  lagging = false;
  /** Samples of a channel that were mixed, and those that were missing when it was their time. */
  mixed = 0;
  missed = 0;
  readonly #options: MixerInputOptions;
  readonly #iterator: AsyncIterator<AudioFrame>;
  readonly #fifo: SampleFifo;
  #resampler: AudioResampler | undefined;
  /** Samples of all channels, still to come, whose time has passed. */
  #overdue = 0;
  #ended = false;
  #resume: (() => void) | undefined;

  constructor(stream: AudioInput, options: MixerInputOptions) {
    this.#options = options;
    this.gain = options.gain;
    this.#fifo = new SampleFifo(options.sampleRate * options.channels);
    this.#iterator = iteratorOf(stream);
    void this.#read();
  }

  /** Samples, over all channels, that are ready to be mixed. */
  get available(): number {
    return this.#fifo.length;
  }

  /** Whether nothing comes any more, besides what is ready. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Time of the first sample that is there, by the time stamps of the stream. */
  get startUs(): number {
    return this.#fifo.startUs;
  }

  /** Adds the next samples to `sum`, as loud as wanted. */
  addTo(sum: Float64Array): void {
    const { gain } = this;
    const there = Math.min(sum.length, this.#fifo.length);
    this.#fifo.take(sum.length, (samples, at) => {
      for (let i = 0; i < samples.length; i++) {
        sum[at + i] = (sum[at + i] ?? 0) + gain * (samples[i] ?? 0);
      }
    });
    this.mixed += there / this.#options.channels;
    this.#resume?.();
  }

  /** Counts samples that were not there when it was their time. */
  miss(count: number): void {
    if (!this.#ended) this.missed += count / this.#options.channels;
  }

  /** Drops samples whose time has passed: those that are there, and those that come next. */
  skip(count: number): void {
    const now = Math.min(count, this.#fifo.length);
    this.#fifo.take(now, () => undefined);
    if (!this.#ended) this.#overdue += count - now;
    this.#resume?.();
  }

  /** Stops reading, and lets go of the stream as leaving a loop does. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resume?.();
    this.#resampler?.close();
    try {
      // It may end only after the read that is under way; nobody waits for that.
      this.#iterator.return?.().then(undefined, () => undefined);
    } catch {
      // As little our concern as a rejection.
    }
  }

  async #read(): Promise<void> {
    try {
      while (!this.#ended) {
        const result = await this.#iterator.next();
        // Closed meanwhile: a frame that comes all the same is nobody's.
        if (this.#isEnded()) {
          closeFrame(result.value);
          return;
        }
        if (result.done) break;
        this.#take(result.value);
        this.#options.onChange();
        if (this.#fifo.length >= this.#options.limit) await this.#room();
      }
      this.#flush();
    } catch (error) {
      if (this.#ended) return;
      // Also when it was `next()` that failed: a generator doesn't mind, and it may have been the frame.
      this.close();
      this.#options.onFailed(error);
    } finally {
      this.#ended = true;
      this.#resampler?.close();
      this.#options.onChange();
    }
  }

  /** What it is now: between two awaits it may have been closed, which the compiler doesn't see. */
  #isEnded(): boolean {
    return this.#ended;
  }

  async #room(): Promise<void> {
    while (this.#fifo.length >= this.#options.limit && !this.#ended) {
      await new Promise<void>((resolve) => (this.#resume = resolve));
    }
    this.#resume = undefined;
  }

  /** Takes ownership of the frame. */
  #take(frame: unknown): void {
    if (!(frame instanceof AudioFrame)) {
      throw new TypeError(`A mixed stream must give AudioFrames, got ${shown(frame)}.`);
    }
    const { sampleRate, channels } = this.#options;
    const { timestampUs } = frame;
    const remixed = remix(frame.data, frame.channels, channels);
    if (frame.sampleRate === sampleRate) {
      this.#flush();
      // A copy: the stream may use its memory again.
      const own = remixed === frame.data ? new Int16Array(remixed) : remixed;
      this.#keep(new AudioFrame(own, { sampleRate, channels, timestampUs }));
    } else {
      this.#resample(
        new AudioFrame(remixed, { sampleRate: frame.sampleRate, channels, timestampUs }),
      );
    }
    frame.close();
  }

  #resample(frame: AudioFrame): void {
    const { sampleRate: outputRate, channels } = this.#options;
    if (this.#resampler?.inputRate !== frame.sampleRate) {
      this.#flush();
      this.#resampler = new AudioResampler({ inputRate: frame.sampleRate, outputRate, channels });
    }
    for (const resampled of this.#resampler.push(frame)) this.#keep(resampled);
  }

  /** Gets what is left in the resampler, when sound of another rate comes, or none. */
  #flush(): void {
    const resampler = this.#resampler;
    if (!resampler) return;
    this.#resampler = undefined;
    for (const rest of resampler.flush()) this.#keep(rest);
    resampler.close();
  }

  /** Takes ownership of a frame in the mixer's form. */
  #keep({ data, timestampUs }: AudioFrame): void {
    const late = Math.min(this.#overdue, data.length);
    this.#overdue -= late;
    const { sampleRate, channels } = this.#options;
    this.#fifo.push(data.subarray(late), timestampUs + (late * 1e6) / (sampleRate * channels));
  }
}

function iteratorOf(stream: AudioInput): AsyncIterator<AudioFrame> {
  const iterator = stream[Symbol.asyncIterator]() as
    Partial<AsyncIterator<AudioFrame>> | undefined | null;
  if (typeof iterator?.next === 'function') return iterator as AsyncIterator<AudioFrame>;
  throw new TypeError(
    `stream must be an async iterable of AudioFrame, got one whose iterator is ${shown(iterator)}.`,
  );
}

function closeFrame(frame: unknown): void {
  if (frame instanceof AudioFrame) frame.close();
}
