interface Piece {
  readonly samples: Int16Array;
  /** Time of its first sample. */
  readonly timestampUs: number;
}

/** Samples of all channels, one after the other, on their way from frames of one length to another. */
export class SampleFifo {
  readonly #samplesPerSecond: number;
  readonly #pieces: Piece[] = [];
  /** How much of the first piece was taken. */
  #offset = 0;
  #length = 0;

  /** @param samplesPerSecond - Over all channels. */
  constructor(samplesPerSecond: number) {
    this.#samplesPerSecond = samplesPerSecond;
  }

  /** Samples that are there, over all channels. */
  get length(): number {
    return this.#length;
  }

  /** Time of the first sample that is there. */
  get startUs(): number {
    const timestampUs = this.#pieces[0]?.timestampUs ?? 0;
    return timestampUs + (this.#offset * 1e6) / this.#samplesPerSecond;
  }

  /** Takes ownership of the samples. */
  push(samples: Int16Array, timestampUs: number): void {
    if (samples.length === 0) return;
    this.#pieces.push({ samples, timestampUs });
    this.#length += samples.length;
  }

  /** Takes up to `count` samples out and gives them to `use`, piece by piece, with where each belongs. */
  take(count: number, use: (samples: Int16Array, at: number) => void): void {
    let at = 0;
    for (let [piece] = this.#pieces; piece && at < count; [piece] = this.#pieces) {
      const samples = piece.samples.subarray(this.#offset, this.#offset + count - at);
      use(samples, at);
      at += samples.length;
      this.#offset += samples.length;
      if (this.#offset < piece.samples.length) break;
      this.#pieces.shift();
      this.#offset = 0;
    }
    this.#length -= at;
  }
}
