import { AudioFrame } from '../audio/audio-frame.js';
import { CaptureClock } from './capture-clock.js';
import type { AudioForm } from './audio-device.js';

/** How {@link SampleFrames} cuts. */
export interface SampleFramesOptions extends AudioForm {
  readonly frameMs: number;
}

/** Cuts a microphone's samples, which come in pieces of any length, into frames with the time of their capture. */
export class SampleFrames {
  readonly #options: SampleFramesOptions;
  readonly #use: (frame: AudioFrame) => void;
  readonly #clock: CaptureClock;
  /** Samples of a frame, over all channels. */
  readonly #length: number;
  #gathered: Int16Array<ArrayBuffer>;
  #position = 0;

  /** @param use - Gets each frame, which is its then. */
  constructor(options: SampleFramesOptions, use: (frame: AudioFrame) => void) {
    const { sampleRate, channels, frameMs } = options;
    this.#options = options;
    this.#use = use;
    this.#clock = new CaptureClock(sampleRate);
    this.#length = Math.round((sampleRate * frameMs) / 1000) * channels;
    this.#gathered = new Int16Array(this.#length);
  }

  /** @param endUs - When the last of the samples was captured at the latest, on the monotonic clock. */
  push(samples: Int16Array, endUs: number): void {
    const { sampleRate, channels } = this.#options;
    for (let from = 0; from < samples.length;) {
      const piece = samples.subarray(from, from + this.#length - this.#position);
      this.#gathered.set(piece, this.#position);
      this.#position += piece.length;
      from += piece.length;
      if (this.#position < this.#length) continue;
      const after = (samples.length - from) / channels;
      this.#give(endUs - (after * 1e6) / sampleRate);
    }
  }

  #give(endUs: number): void {
    const { sampleRate, channels } = this.#options;
    const timestampUs = this.#clock.take(this.#length / channels, endUs);
    const data = this.#gathered;
    this.#gathered = new Int16Array(this.#length);
    this.#position = 0;
    this.#use(new AudioFrame(data, { sampleRate, channels, timestampUs }));
  }
}
