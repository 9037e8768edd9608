import { AudioFrame } from '../audio/audio-frame.js';
import { remix } from '../audio/remix.js';

/** How a {@link MixTimeline} mixes. */
export interface MixTimelineOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** The time of the first sample, in microseconds. */
  readonly startUs: number;
  /** How much is kept, from what was taken last on: what comes for later doesn't count. */
  readonly windowMs: number;
}

/** A voice moves to where its time stamps say it is when it's off by this; less is rounding and jitter. */
const MOST_OFF_US = 20_000;

/**
 * Sounds that are put where their time stamps say, and taken as one in order: unlike an `AudioMixer`, which mixes
 * what is there with what is there, this keeps each in time with the pictures, whatever came late.
 */
export class MixTimeline {
  readonly sampleRate: number;
  readonly channels: number;
  readonly #startUs: number;
  /** Sums of samples over all channels, from `#position` on; a ring. */
  readonly #sums: Float32Array;
  /** Samples of a channel that were taken. */
  #position = 0;
  /** Samples that came when theirs was over, or too early. */
  #lost = 0;

  constructor({ sampleRate, channels, startUs, windowMs }: MixTimelineOptions) {
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#startUs = startUs;
    this.#sums = new Float32Array(Math.ceil((sampleRate * windowMs) / 1000) * channels);
  }

  /** Sound that came too late for its place, or too early, in milliseconds. */
  get lostMs(): number {
    return (this.#lost * 1000) / this.sampleRate;
  }

  /** One more that is mixed; it remembers where it was. */
  voice(): MixVoice {
    return new MixVoice(this);
  }

  /** Where on the timeline a moment is, in samples of a channel. */
  sampleAt(timeUs: number): number {
    return Math.round(((timeUs - this.#startUs) * this.sampleRate) / 1e6);
  }

  /** Adds interleaved samples of the timeline's channels, from a sample on. */
  add(data: Int16Array, from: number): void {
    const { channels } = this;
    const room = this.#sums.length / channels;
    const count = data.length / channels;
    const first = Math.min(count, Math.max(0, this.#position - from));
    const end = Math.max(first, Math.min(count, this.#position + room - from));
    this.#lost += count - (end - first);
    let at = ((from + first) * channels) % this.#sums.length;
    for (let i = first * channels; i < end * channels; i++) {
      this.#sums[at] = (this.#sums[at] ?? 0) + (data[i] ?? 0);
      at += 1;
      if (at === this.#sums.length) at = 0;
    }
  }

  /** The mix from where it was taken last until a moment; `undefined` if that is not later. */
  takeUntil(timeUs: number): AudioFrame | undefined {
    const { sampleRate, channels } = this;
    const room = this.#sums.length / channels;
    const until = this.sampleAt(timeUs);
    const count = Math.min(until - this.#position, room);
    if (count <= 0) return undefined;
    const data = new Int16Array(count * channels);
    let at = (this.#position * channels) % this.#sums.length;
    for (let i = 0; i < data.length; i++) {
      data[i] = Math.max(-32_768, Math.min(32_767, Math.round(this.#sums[at] ?? 0)));
      this.#sums[at] = 0;
      at += 1;
      if (at === this.#sums.length) at = 0;
    }
    const timestampUs = Math.round(this.#startUs + (this.#position * 1e6) / sampleRate);
    // After a long stall, what nobody took is left out.
    this.#position = until;
    return new AudioFrame(data, { sampleRate, channels, timestampUs });
  }
}

/** One of those that are mixed. */
export class MixVoice {
  readonly #timeline: MixTimeline;
  /** The sample after its last one. */
  #next: number | undefined;

  constructor(timeline: MixTimeline) {
    this.#timeline = timeline;
  }

  /** Mixes a frame of the timeline's sample rate, which begins at a moment. Borrows it. */
  push(frame: AudioFrame, timeUs: number): void {
    const { sampleRate, channels } = this.#timeline;
    const wanted = this.#timeline.sampleAt(timeUs);
    const next = this.#next ?? wanted;
    const off = (Math.abs(wanted - next) * 1e6) / sampleRate;
    const from = off > MOST_OFF_US ? wanted : next;
    const data = remix(frame.data, frame.channels, channels);
    this.#timeline.add(data, from);
    this.#next = from + data.length / channels;
  }
}
