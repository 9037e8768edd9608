/** Each frame moves the estimate by this share of its difference: RFC 3550's. */
const GAIN = 1 / 16;

/** A difference above this is none of the network's: one of the clocks was set. */
const MOST_PLAUSIBLE_US = 10_000_000;

/**
 * How unevenly what was sent evenly arrives: the interarrival jitter of RFC 3550, section 6.4.1, of frames
 * instead of packets.
 *
 * With S the time stamp of a frame and R its arrival, D = (R2 - R1) - (S2 - S1) is by how much more the
 * second of two frames was delayed than the first, and J, which begins at 0, becomes J + (|D| - J) / 16.
 */
export class JitterMeter {
  // Numbers throughout: a field that may also be undefined costs an object for each new value.
  #transitUs = NaN;
  #jitterUs = NaN;

  /** Adds a frame. The clocks need not agree. */
  add(arrivedUs: number, timestampUs: number): void {
    const transitUs = arrivedUs - timestampUs;
    const differenceUs = Math.abs(transitUs - this.#transitUs);
    this.#transitUs = transitUs;
    if (!(differenceUs <= MOST_PLAUSIBLE_US)) return;
    if (Number.isNaN(this.#jitterUs)) this.#jitterUs = 0;
    this.#jitterUs += (differenceUs - this.#jitterUs) * GAIN;
  }

  /** The next frame isn't compared with the last one. */
  interrupt(): void {
    this.#transitUs = NaN;
  }

  /** In milliseconds; `undefined` before two frames were compared. */
  get jitterMs(): number | undefined {
    return Number.isNaN(this.#jitterUs) ? undefined : this.#jitterUs / 1000;
  }
}
