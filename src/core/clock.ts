import { WallClock } from './wall-clock.js';

const wallClock = new WallClock({
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
});

/**
 * Wall-clock time in integer microseconds since 1970, for time stamps that are compared between
 * machines. Finer than `Date.now()`; it goes forwards unless the system's clock is set back.
 */
export function wallClockUs(): number {
  return wallClock.nowUs();
}

// Both read the system's monotonic clock; only `performance.now()` makes no garbage.
const startUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/**
 * Monotonic time in integer microseconds on the system's clock, for intervals within the machine.
 * LiveKit's native side reads the same clock on Linux; elsewhere that isn't known.
 */
export function monotonicUs(): number {
  return Math.round(startUs + performance.now() * 1000);
}
