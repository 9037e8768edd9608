import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoadFigures } from './protocol.js';

const RESOLUTION_MS = 10;

/** Measures how busy this process is, from when it was made. */
export class LoadMeter implements Disposable {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #cpu = process.cpuUsage();
  readonly #startMs = performance.now();

  constructor() {
    this.#delay.enable();
  }

  /** What was measured so far. */
  get figures(): LoadFigures {
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedUs = (performance.now() - this.#startMs) * 1000;
    const { count } = this.#delay;
    // The histogram holds the times between two timers, which are that long at least.
    const lagMs = count === 0 ? 0 : this.#delay.percentile(95) / 1e6 - RESOLUTION_MS;
    return {
      eventLoopLagMs: Math.max(0, lagMs),
      cpuPercent: elapsedUs > 0 ? ((user + system) * 100) / elapsedUs : 0,
    };
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
