/**
 * Takes samples in pieces of any length to one who takes blocks of one length only.
 *
 * As long as the pieces are whole blocks nothing is delayed. From the first one on that isn't, what
 * comes out is one block late, and begins with a block of silence: so that each piece gives as many
 * samples as it took.
 */
export class BlockCutter {
  readonly #process: (block: Int16Array) => void;
  /** What is being gathered; handed over when it's full. */
  #gathered: Int16Array;
  /** What was processed last and is given out where more is gathered. */
  #ready: Int16Array;
  #position = 0;
  #delayed = false;

  /**
   * @param length - Samples of a block, over all channels.
   * @param process - Changes a block in place. It's always memory of the cutter's own.
   */
  constructor(length: number, process: (block: Int16Array) => void) {
    this.#process = process;
    this.#gathered = new Int16Array(length);
    this.#ready = new Int16Array(length);
  }

  /** Whether what comes out is one block late. */
  get delayed(): boolean {
    return this.#delayed;
  }

  /** Replaces the samples by processed ones. */
  replace(samples: Int16Array): void {
    const { length } = this.#gathered;
    if (samples.length % length !== 0) this.#delayed = true;
    if (this.#delayed) {
      this.#exchange(samples);
      return;
    }
    for (let from = 0; from < samples.length; from += length) {
      this.#gathered.set(samples.subarray(from, from + length));
      this.#process(this.#gathered);
      samples.set(this.#gathered, from);
    }
  }

  /** Has the samples processed, and leaves them as they are. */
  feed(samples: Int16Array): void {
    for (let from = 0; from < samples.length;) {
      const piece = samples.subarray(from, from + this.#room);
      this.#gathered.set(piece, this.#position);
      this.#advance(piece.length);
      from += piece.length;
    }
  }

  get #room(): number {
    return this.#gathered.length - this.#position;
  }

  #exchange(samples: Int16Array): void {
    for (let from = 0; from < samples.length;) {
      const piece = samples.subarray(from, from + this.#room);
      this.#gathered.set(piece, this.#position);
      piece.set(this.#ready.subarray(this.#position, this.#position + piece.length));
      this.#advance(piece.length);
      from += piece.length;
    }
  }

  #advance(count: number): void {
    this.#position += count;
    if (this.#room > 0) return;
    this.#position = 0;
    const full = this.#gathered;
    this.#gathered = this.#ready;
    this.#ready = full;
    this.#process(full);
  }
}
