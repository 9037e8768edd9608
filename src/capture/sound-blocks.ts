import { AudioFrame } from '../audio/audio-frame.js';

/** What {@link SoundBlocks} makes. */
export interface SoundBlocksOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** Length of each frame. */
  readonly frameMs: number;
  /** Time of the first sample, in microseconds. */
  readonly startUs: number;
  /** Takes ownership of each frame. */
  readonly give: (frame: AudioFrame) => void;
}

const SAMPLE_BYTES = 2;

/** Cuts samples that come as bytes, in pieces of any length, into frames whose time is the number of their first. */
export class SoundBlocks {
  readonly #options: SoundBlocksOptions;
  /** Samples of a channel that were taken. */
  #taken = 0;
  /** Of these, those that were given. */
  #given = 0;
  #frames = 0;
  #block: Int16Array<ArrayBuffer>;
  #filledBytes = 0;

  constructor(options: SoundBlocksOptions) {
    this.#options = options;
    this.#block = this.#nextBlock();
  }

  /** When the samples so far end, in microseconds; not always a whole number. */
  get endUs(): number {
    return this.#options.startUs + (this.#taken * 1e6) / this.#options.sampleRate;
  }

  /** Takes interleaved samples of 16 bits, little-endian. A sample may be cut in two. */
  take(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + this.#block.byteLength - this.#filledBytes);
      new Uint8Array(this.#block.buffer).set(part, this.#filledBytes);
      from += part.length;
      this.#advance(part.length);
    }
  }

  /** Takes silence up to a time. */
  silenceUntil(timeUs: number): void {
    const { channels, startUs, sampleRate } = this.#options;
    const until = Math.round(((timeUs - startUs) * sampleRate) / 1e6);
    // The block is silent where nothing was put.
    let missing = (until - this.#taken) * channels * SAMPLE_BYTES;
    while (missing > 0) {
      const part = Math.min(missing, this.#block.byteLength - this.#filledBytes);
      missing -= part;
      this.#advance(part);
    }
  }

  /** Gives what is left, as a frame that is shorter. */
  flush(): void {
    const samples = Math.floor(this.#filledBytes / SAMPLE_BYTES / this.#options.channels);
    if (samples > 0) this.#give(this.#block.slice(0, samples * this.#options.channels));
  }

  #advance(bytes: number): void {
    this.#filledBytes += bytes;
    const { channels } = this.#options;
    this.#taken = this.#given + Math.floor(this.#filledBytes / SAMPLE_BYTES / channels);
    if (this.#filledBytes === this.#block.byteLength) this.#give(this.#block);
  }

  #give(samples: Int16Array<ArrayBuffer>): void {
    const { sampleRate, channels, startUs, give } = this.#options;
    const timestampUs = Math.round(startUs + (this.#given * 1e6) / sampleRate);
    this.#given += samples.length / channels;
    this.#taken = this.#given;
    this.#frames += 1;
    this.#filledBytes = 0;
    this.#block = this.#nextBlock();
    give(new AudioFrame(samples, { sampleRate, channels, timestampUs }));
  }

  /** Frames differ by a sample where one of `frameMs` is no whole number of them. */
  #nextBlock(): Int16Array<ArrayBuffer> {
    const { sampleRate, frameMs, channels } = this.#options;
    const end = Math.round(((this.#frames + 1) * frameMs * sampleRate) / 1000);
    return new Int16Array((end - this.#given) * channels);
  }
}
