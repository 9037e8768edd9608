/**
 * Wall-clock time in integer microseconds since 1970, for time stamps that are compared between
 * machines. Finer than `Date.now()`, and steady within the process.
 */
export function wallClockUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

// Both read the system's monotonic clock; only `performance.now()` makes no garbage.
const startUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/**
 * Monotonic time in integer microseconds on the system's clock, for intervals within the machine.
 * LiveKit's native side reads the same clock.
 */
export function monotonicUs(): number {
  return Math.round(startUs + performance.now() * 1000);
}
