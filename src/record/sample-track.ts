import { AudioFrame } from '../audio/audio-frame.js';
import { AudioResampler } from '../audio/audio-resampler.js';
import { remix } from '../audio/remix.js';

/** What a {@link SampleTrack} makes of the frames that it's given. */
export interface SampleSink {
  /** The next samples, interleaved, to be read until this returns. */
  readonly samples: (samples: Int16Array) => void;
  /** The next so many samples of each channel are silent. */
  readonly silence: (count: number) => void;
  /** Sound of a time for which there is some already, in samples of each channel. */
  readonly late: (count: number) => void;
}

/** Sound that is so far from where the sound before it ended is not at its end: some was lost, or came twice. */
const GAP_US = 9_000;
/** What it may be off by without being moved. */
const DEADBAND_US = 2_000;
/** How far frames are off is the mean of those of about so long: single time stamps jitter. */
const SMOOTHING_US = 1_000_000;
/** A sample is left out or doubled at most so often: 0.4 % of them can't be heard. */
const ADJUST_EVERY = 240;

/** The slowest and the fastest sound that a resampler knows. */
const SLOWEST = 4_000;

/**
 * One track of sound without gaps at a constant rate, of frames of any rate that come at any times: silence
 * where none comes, and nothing twice.
 *
 * Frames follow each other by their samples. What their time stamps say otherwise, as those of two clocks do
 * that drift apart, is made up for by single samples.
 */
export class SampleTrack {
  readonly #rate: number;
  readonly #channels: number;
  readonly #sink: SampleSink;
  /** Samples of each channel that there are. */
  #count = 0;
  /** What comes out of the resampler later. */
  #run: { readonly inputRate: number; readonly resampler: AudioResampler | undefined } | undefined;
  /** Where the next frame is expected. */
  #expectedUs = 0;
  #offUs = 0;
  #sinceAdjusted = 0;

  constructor(
    format: { readonly sampleRate: number; readonly channels: number },
    sink: SampleSink,
  ) {
    this.#rate = format.sampleRate;
    this.#channels = format.channels;
    this.#sink = sink;
  }

  /** Samples of each channel that there are. */
  get count(): number {
    return this.#count;
  }

  /** The time up to which there is sound, in microseconds, what the resampler holds back included. */
  get endUs(): number {
    return this.#run
      ? Math.max(this.#expectedUs, this.#timeOf(this.#count))
      : this.#timeOf(this.#count);
  }

  /** Sound whose place is `placeUs`. Borrows the frame. */
  add(frame: AudioFrame, placeUs: number): void {
    if (this.#run && this.#run.inputRate !== frame.sampleRate) this.#endRun();
    if (this.#run && Math.abs(placeUs - this.#expectedUs) >= GAP_US) this.#endRun();
    const data = remix(frame.data, frame.channels, this.#channels);
    const durationUs = (frame.samplesPerChannel * 1e6) / frame.sampleRate;
    const run = this.#run;
    if (run) {
      const share = Math.min(1, durationUs / SMOOTHING_US);
      this.#offUs += (placeUs - this.#expectedUs - this.#offUs) * share;
      this.#expectedUs += durationUs;
      this.#take(data, frame.sampleRate, run.resampler);
      return;
    }
    const skipped = this.#beginRun(frame, placeUs);
    this.#expectedUs = placeUs + durationUs;
    if (skipped >= frame.samplesPerChannel) {
      this.#run = undefined;
      return;
    }
    const rest = data.subarray(skipped * this.#channels);
    this.#take(rest, frame.sampleRate, this.#newRun(frame.sampleRate));
  }

  /** Silence for what is missing before a time. */
  fillTo(timeUs: number): void {
    if (timeUs <= this.endUs) return;
    this.#endRun();
    this.#fill(Math.round((timeUs * this.#rate) / 1e6));
  }

  /** What is held back, and silence up to a time. */
  finish(timeUs: number): void {
    this.#endRun();
    this.#fill(Math.round((timeUs * this.#rate) / 1e6));
  }

  /** Lets go of what is held back. */
  close(): void {
    this.#run?.resampler?.close();
    this.#run = undefined;
  }

  /** Silence up to where the frame is. @returns how many of its samples are late. */
  #beginRun({ sampleRate, samplesPerChannel }: AudioFrame, placeUs: number): number {
    const at = Math.round((placeUs * this.#rate) / 1e6);
    if (at >= this.#count) {
      this.#fill(at);
      return 0;
    }
    const lateUs = this.#timeOf(this.#count) - placeUs;
    const late = Math.min(samplesPerChannel, Math.round((lateUs * sampleRate) / 1e6));
    this.#sink.late(Math.round((late * this.#rate) / sampleRate));
    return late;
  }

  #newRun(inputRate: number): AudioResampler | undefined {
    const resampler =
      inputRate === this.#rate
        ? undefined
        : new AudioResampler({ inputRate, outputRate: this.#rate, channels: this.#channels });
    this.#run = { inputRate, resampler };
    this.#offUs = 0;
    this.#sinceAdjusted = 0;
    return resampler;
  }

  #take(data: Int16Array, sampleRate: number, resampler: AudioResampler | undefined): void {
    if (!resampler) {
      this.#put(data);
      return;
    }
    const frame = new AudioFrame(data, { sampleRate, channels: this.#channels });
    for (const one of resampler.push(frame)) this.#put(one.data);
  }

  #endRun(): void {
    const resampler = this.#run?.resampler;
    this.#run = undefined;
    if (!resampler) return;
    for (const one of resampler.flush()) this.#put(one.data);
    resampler.close();
  }

  /** Hands on samples, one more or less of them while they are off. */
  #put(data: Int16Array): void {
    const adjusted = this.#adjusted(data);
    this.#count += adjusted.length / this.#channels;
    if (adjusted.length > 0) this.#sink.samples(adjusted);
  }

  #adjusted(data: Int16Array): Int16Array {
    const channels = this.#channels;
    const sampleUs = 1e6 / this.#rate;
    this.#sinceAdjusted += data.length / channels;
    const due = Math.floor(this.#sinceAdjusted / ADJUST_EVERY);
    this.#sinceAdjusted -= due * ADJUST_EVERY;
    const off = Math.abs(this.#offUs) < DEADBAND_US ? 0 : Math.trunc(this.#offUs / sampleUs);
    const moved = Math.sign(off) * Math.min(due, Math.abs(off), data.length / channels);
    if (moved === 0) return data;
    this.#offUs -= moved * sampleUs;
    this.#expectedUs += moved * sampleUs;
    return spread(data, channels, moved);
  }

  #fill(count: number): void {
    const missing = count - this.#count;
    if (missing <= 0) return;
    this.#count = count;
    this.#sink.silence(missing);
  }

  #timeOf(count: number): number {
    return (count * 1e6) / this.#rate;
  }
}

/** The samples with so many more of them, doubled, or fewer, at equal distances. */
function spread(data: Int16Array, channels: number, more: number): Int16Array {
  const count = data.length / channels;
  const moved = new Int16Array(data.length + more * channels);
  const places = Math.abs(more);
  let from = 0;
  let to = 0;
  for (let i = 0; i < places; i++) {
    const end = Math.floor(((i + 1) * count) / places);
    const block = data.subarray(from * channels, (more > 0 ? end : end - 1) * channels);
    moved.set(block, to);
    to += block.length;
    if (more > 0) {
      moved.set(data.subarray((end - 1) * channels, end * channels), to);
      to += channels;
    }
    from = end;
  }
  return moved;
}

/** Whether sound of a rate can be made that of another. */
export function canResample(rate: number): boolean {
  return rate >= SLOWEST;
}
