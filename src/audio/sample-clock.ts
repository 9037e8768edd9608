/** Gaps between frames that are shorter than this are the rounding and the jitter of time stamps. */
export const SHORTEST_GAP_US = 5_000;

interface Anchor {
  /** The first sample of a channel that this counts for. */
  readonly sample: number;
  readonly timestampUs: number;
}

/**
 * The times of samples that come out of something at one rate, from the time stamps of the frames that
 * went in at another.
 *
 * It counts samples from the first time stamp on. A frame that comes later than the one before it ended,
 * by 5 ms or more, moves the time on from its first sample; one that seems to come earlier does not, as frames
 * without time stamps do.
 */
export class SampleClock {
  readonly #inputRate: number;
  readonly #outputRate: number;
  /** Those from which samples are still to come. */
  readonly #anchors: Anchor[] = [];
  #endUs = 0;
  #taken = 0;
  #given = 0;

  constructor(rates: { readonly inputRate: number; readonly outputRate: number }) {
    this.#inputRate = rates.inputRate;
    this.#outputRate = rates.outputRate;
  }

  /** Notes a frame that goes in. */
  take(frame: { readonly timestampUs: number; readonly samplesPerChannel: number }): void {
    const { timestampUs, samplesPerChannel } = frame;
    const first = this.#anchors.length === 0;
    if (first || timestampUs - this.#endUs >= SHORTEST_GAP_US) {
      const sample = Math.round((this.#taken * this.#outputRate) / this.#inputRate);
      this.#anchors.push({ sample, timestampUs });
      this.#endUs = timestampUs;
    }
    this.#taken += samplesPerChannel;
    this.#endUs += (samplesPerChannel * 1e6) / this.#inputRate;
  }

  /**
   * Cuts samples that come out where the time jumps.
   *
   * @param count - How many there are of a channel.
   * @returns The length of each piece, and the time of its first sample.
   */
  give(count: number): { readonly length: number; readonly timestampUs: number }[] {
    const pieces = [];
    const end = this.#given + count;
    while (this.#given < end) {
      while (this.#anchors[1] && this.#anchors[1].sample <= this.#given) this.#anchors.shift();
      const [anchor, next] = this.#anchors;
      const until = Math.min(end, next?.sample ?? end);
      const sinceUs = ((this.#given - (anchor?.sample ?? 0)) * 1e6) / this.#outputRate;
      const exactUs = (anchor?.timestampUs ?? 0) + sinceUs;
      const timestampUs = Math.min(Number.MAX_SAFE_INTEGER, Math.round(exactUs));
      pieces.push({ length: until - this.#given, timestampUs });
      this.#given = until;
    }
    return pieces;
  }
}
