import { Histogram, type Percentiles } from '../core/histogram.js';
import { RECENT_FRAMES, RecentLeast } from '../core/recent-least.js';

/** Clocks of two machines that are kept by NTP agree to within this. */
const TOLERANCE_US = 5000;

/** An estimate that is better by this makes what was measured by the one before worthless. */
const BETTER_ESTIMATE_US = 1000;

/** By how much the publisher's clock is ahead of ours, and how that is known. */
export interface ClockOffset {
  /** In microseconds; negative if it's behind. */
  readonly us: number;
  /**
   * - `given` by the stream's option `clockOffsetUs`;
   * - `assumed` to be 0: on one machine it is, and NTP keeps two within some milliseconds of each other;
   * - `estimated` by the fastest of the last few hundred frames, which is taken to have needed no time. So
   *   it's too small by that frame's latency, which nobody can know from frames that go one way.
   */
  readonly from: 'given' | 'assumed' | 'estimated';
}

/** What `clockOffsetUs` may be. */
export type ClockOffsetOption = number | 'estimate';

/** Collects how long frames took, by two clocks that may differ. */
export class LatencyMeter {
  readonly #latencies = new Histogram();
  readonly #option: ClockOffsetOption | undefined;
  #least = new RecentLeast(RECENT_FRAMES);
  #clearedAtUs = Infinity;
  // A frame that comes before it was captured proves that the clocks differ: then nothing that was
  // measured on the assumption that they don't is worth telling.
  #disproved = false;

  constructor(option?: ClockOffsetOption) {
    this.#option = option;
  }

  /** Adds a frame, with both times in microseconds, each by the clock of its side. */
  add(captureTimeUs: number, nowUs: number): void {
    const delayUs = nowUs - captureTimeUs;
    if (typeof this.#option === 'number') {
      this.#latencies.add(delayUs + this.#option);
    } else if (this.#option === 'estimate') {
      this.#addEstimated(delayUs);
    } else if (delayUs < -TOLERANCE_US) {
      this.#disproved = true;
    } else {
      this.#latencies.add(delayUs);
    }
  }

  /** The frames that follow may come from another machine. */
  interrupt(): void {
    this.#least = new RecentLeast(RECENT_FRAMES);
    this.#clearedAtUs = Infinity;
  }

  /** In milliseconds. `undefined` before there are any, and once the clocks have proved to differ. */
  get percentilesMs(): Percentiles | undefined {
    return this.#disproved ? undefined : this.#latencies.percentiles(1000);
  }

  /** `undefined` if it can't be known, or not yet. */
  get clockOffset(): ClockOffset | undefined {
    if (typeof this.#option === 'number') return { us: this.#option, from: 'given' };
    if (this.#option === undefined) {
      return this.#disproved ? undefined : { us: 0, from: 'assumed' };
    }
    const leastUs = this.#least.value;
    return leastUs === undefined ? undefined : { us: -leastUs, from: 'estimated' };
  }

  #addEstimated(delayUs: number): void {
    this.#least.add(delayUs);
    const leastUs = this.#least.value ?? delayUs;
    if (leastUs < this.#clearedAtUs - BETTER_ESTIMATE_US) {
      this.#latencies.clear();
      this.#clearedAtUs = leastUs;
    }
    this.#latencies.add(delayUs - leastUs);
  }
}
