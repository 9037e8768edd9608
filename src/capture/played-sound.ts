import { AudioFrame } from '../audio/audio-frame.js';
import type { AudioForm } from './audio-device.js';

/** How much is remembered. */
const MEMORY_MS = 2_000;

/** By how much what is played may be before or behind the clock: it's handed over in bursts. */
const TOLERANCE_MS = 30;

/**
 * What a speaker was given in the last while, and when: as if it played at once what it's given, or when what
 * it was given before is over. So that is always a little earlier than it's heard.
 */
export class PlayedSound {
  readonly #form: AudioForm;
  readonly #ring: Int16Array;
  readonly #length: number;
  /** How far it may be ahead of the clock. */
  readonly #aheadMs: number;
  #startUs: number | undefined;
  /** Samples of a channel since the start. */
  #end = 0;

  /** @param aheadMs - How much the speaker is given ahead of its time at most. */
  constructor(form: AudioForm, aheadMs: number) {
    this.#form = form;
    this.#aheadMs = aheadMs;
    this.#length = Math.ceil((form.sampleRate * MEMORY_MS) / 1000);
    this.#ring = new Int16Array(this.#length * form.channels);
  }

  /** Samples a second. */
  get sampleRate(): number {
    return this.#form.sampleRate;
  }

  /** The sample that belongs to a time of the monotonic clock. */
  indexAt(timeUs: number): number {
    const sinceUs = timeUs - (this.#startUs ?? timeUs);
    return Math.round((sinceUs * this.#form.sampleRate) / 1e6);
  }

  /** The speaker was given these samples. Borrows them. */
  add(samples: Int16Array, nowUs: number): void {
    const { sampleRate, channels } = this.#form;
    this.#startUs ??= nowUs;
    const now = this.indexAt(nowUs);
    const behind = now - (TOLERANCE_MS * sampleRate) / 1000;
    const ahead = now + ((this.#aheadMs + TOLERANCE_MS) * sampleRate) / 1000;
    // It had nothing to play, or its clock isn't ours.
    if (this.#end < behind) this.#silence(now);
    else if (this.#end > ahead) this.#end = Math.round(ahead);
    for (let from = 0; from < samples.length;) {
      const at = (this.#end % this.#length) * channels;
      const piece = samples.subarray(from, from + this.#ring.length - at);
      this.#ring.set(piece, at);
      from += piece.length;
      this.#end += piece.length / channels;
    }
  }

  /** The samples from `start` on; silence where nothing was played, or it's forgotten. */
  read(start: number, count: number): AudioFrame {
    const { sampleRate, channels } = this.#form;
    const data = new Int16Array(count * channels);
    for (let i = 0; i < count; i++) {
      const sample = start + i;
      if (sample < 0 || sample >= this.#end || sample < this.#end - this.#length) continue;
      const at = (sample % this.#length) * channels;
      for (let c = 0; c < channels; c++) data[i * channels + c] = this.#ring[at + c] ?? 0;
    }
    return new AudioFrame(data, { sampleRate, channels });
  }

  #silence(until: number): void {
    const { channels } = this.#form;
    if (until - this.#end >= this.#length) this.#ring.fill(0);
    else {
      for (let i = this.#end; i < until; i++) {
        const at = (i % this.#length) * channels;
        this.#ring.fill(0, at, at + channels);
      }
    }
    this.#end = until;
  }
}
