import { Histogram, type Percentiles } from '../core/histogram.js';

/** Clocks of two machines that are kept by NTP agree to within this. */
const TOLERANCE_US = 5000;

/**
 * Collects how long frames took, by two clocks that may differ. A frame that comes before it was
 * captured proves that they do: then nothing that was measured between them is worth telling.
 */
export class LatencyMeter {
  readonly #latencies = new Histogram();
  #comparable = true;

  /** Adds a frame, with both times in microseconds. */
  add(captureTimeUs: number, nowUs: number): void {
    const latencyUs = nowUs - captureTimeUs;
    if (latencyUs < -TOLERANCE_US) this.#comparable = false;
    else this.#latencies.add(latencyUs);
  }

  /** In milliseconds. `undefined` before there are any, and once the clocks have proved to differ. */
  get percentilesMs(): Percentiles | undefined {
    return this.#comparable ? this.#latencies.percentiles(1000) : undefined;
  }
}
