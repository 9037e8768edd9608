/** Gives the samples of a sine wave, piece after piece without a seam. */
export class Oscillator {
  readonly #frequencyHz: number;
  readonly #sampleRate: number;
  readonly #peak: number;
  #position = 0;

  /** @param options - `peak` is the highest sample, up to 32,767; with 0 it's silence. */
  constructor(options: {
    readonly frequencyHz: number;
    readonly sampleRate: number;
    readonly peak: number;
  }) {
    this.#frequencyHz = options.frequencyHz;
    this.#sampleRate = options.sampleRate;
    this.#peak = options.peak;
  }

  /** Samples of a channel that were given so far. */
  get position(): number {
    return this.#position;
  }

  /** Fills `data`, interleaved samples; each channel gets the same. */
  fill(data: Int16Array, channels: number): void {
    const samples = data.length / channels;
    if (this.#peak > 0) {
      const periods = this.#frequencyHz / this.#sampleRate;
      for (let i = 0, at = 0; i < samples; i++) {
        // Only the part of a period that has begun: a sine of large numbers is slow, and less exact.
        const phase = ((this.#position + i) * periods) % 1;
        const sample = Math.round(this.#peak * Math.sin(2 * Math.PI * phase));
        for (let channel = 0; channel < channels; channel++) data[at++] = sample;
      }
    }
    this.#position += samples;
  }
}
