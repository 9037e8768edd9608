import { monotonicUs, wallClockUs } from '../../src/core/clock.js';
import { WallClock } from '../../src/core/wall-clock.js';

/** The clocks of a machine on which time passes when the test says so. */
class Machine {
  /** What the time of day would be without rounding. */
  dayMs = 1_700_000_000_000.25;
  upMs = 5000;
  readonly clock = new WallClock({
    wallMs: () => Math.floor(this.dayMs),
    steadyMs: () => this.upMs,
  });

  pass(ms: number): void {
    this.dayMs += ms;
    this.upMs += ms;
  }

  /** How far the clock is ahead of the time of day, in milliseconds. */
  get errorMs(): number {
    return this.clock.nowUs() / 1000 - this.dayMs;
  }
}

describe('WallClock', () => {
  it('is finer than a millisecond, and never goes back', () => {
    const machine = new Machine();
    let last = 0;
    for (let i = 0; i < 100; i++) {
      const now = machine.clock.nowUs();
      expect(now).toBeGreaterThan(last);
      last = now;
      machine.pass(0.0625);
    }
    expect(Math.abs(machine.errorMs)).toBeLessThan(0.1);
  });

  it.each([
    ['set forwards', 300],
    ['set forwards a little', 3],
    ['set back', -300],
    ['set back by a year', -31_536_000_000],
  ])('follows when the time is %s', (_, stepMs) => {
    const machine = new Machine();
    machine.clock.nowUs();
    machine.dayMs += stepMs;
    machine.pass(10);
    expect(Math.abs(machine.errorMs)).toBeLessThan(1.1);
  });

  it('follows when the machine slept, which its steady clock does not count', () => {
    const machine = new Machine();
    machine.clock.nowUs();
    machine.dayMs += 3_600_000;
    expect(Math.abs(machine.errorMs)).toBeLessThan(1.1);
  });

  it('goes forwards still when the time is set back by a little', () => {
    const machine = new Machine();
    const before = machine.clock.nowUs();
    machine.pass(1);
    machine.dayMs -= 3;
    expect(machine.clock.nowUs()).toBe(before + 1000);
  });
});

describe('wallClockUs', () => {
  it("is the system's time of day", () => {
    const before = Date.now();
    const nowUs = wallClockUs();
    expect(Number.isInteger(nowUs)).toBe(true);
    expect(nowUs / 1000).toBeGreaterThanOrEqual(before);
    expect(nowUs / 1000).toBeLessThanOrEqual(Date.now() + 6);
  });

  it('follows when that is set', () => {
    const setForwards = Date.now() + 60_000;
    const system = jest.spyOn(Date, 'now').mockReturnValue(setForwards);
    try {
      expect(wallClockUs() / 1000).toBeCloseTo(setForwards, 0);
    } finally {
      system.mockRestore();
    }
    expect(Math.abs(wallClockUs() / 1000 - Date.now())).toBeLessThan(1000);
  });
});

describe('monotonicUs', () => {
  it("is the system's monotonic clock, in whole microseconds", () => {
    const before = Number(process.hrtime.bigint() / 1000n);
    const nowUs = monotonicUs();
    const after = Number(process.hrtime.bigint() / 1000n);
    expect(Number.isInteger(nowUs)).toBe(true);
    expect(nowUs).toBeGreaterThanOrEqual(before - 2000);
    expect(nowUs).toBeLessThanOrEqual(after + 2000);
  });
});
