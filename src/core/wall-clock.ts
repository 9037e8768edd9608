/** What a {@link WallClock} reads, both in milliseconds. */
export interface ClockReadings {
  /** The time of day, which is set now and then, in whole milliseconds. */
  readonly wallMs: () => number;
  /** A time that only goes forwards, and is finer. */
  readonly steadyMs: () => number;
}

/** How far the time of day must be behind to have been set back. */
const TOLERANCE_MS = 5;

/**
 * The time of day as finely and steadily as a monotonic clock gives it. That clock alone would never
 * learn that the time was set, by NTP or by hand, nor how long the machine slept: so this compares
 * the two at every call, and follows the time of day forwards, and backwards by more than 5 ms.
 */
export class WallClock {
  readonly #readings: ClockReadings;
  #offsetMs = -Infinity;

  constructor(readings: ClockReadings) {
    this.#readings = readings;
  }

  /** Integer microseconds since 1970. */
  nowUs(): number {
    // In this order: whole milliseconds, and a pause between the two, make the offset too small and
    // never too large. So the largest is the best, until the time is set back.
    const wallMs = this.#readings.wallMs();
    const steadyMs = this.#readings.steadyMs();
    const offsetMs = wallMs - steadyMs;
    const ahead = this.#offsetMs - offsetMs;
    if (ahead < 0 || ahead > TOLERANCE_MS) this.#offsetMs = offsetMs;
    return Math.round((steadyMs + this.#offsetMs) * 1000);
  }
}
