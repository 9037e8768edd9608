import { CaptureClock } from '../../src/capture/capture-clock.js';

const RATE = 48_000;
const BLOCK = 480;
const BLOCK_US = 10_000;
const START_US = 1_000_000_000;

/** The clock's time stamps for blocks that are over at these times, besides their delay. */
function stamps(clock: CaptureClock, from: number, delaysUs: readonly number[]): number[] {
  return delaysUs.map((delayUs, i) =>
    clock.take(BLOCK, START_US + (from + i + 1) * BLOCK_US + delayUs),
  );
}

function none(count: number): number[] {
  return new Array<number>(count).fill(0);
}

describe('the time of captured sound', () => {
  it('is that of its first sample, and goes on sample by sample', () => {
    const clock = new CaptureClock(RATE);
    expect(stamps(clock, 0, none(3))).toEqual([
      START_US,
      START_US + BLOCK_US,
      START_US + 2 * BLOCK_US,
    ]);
  });

  it('does not follow what wakes us late', () => {
    const clock = new CaptureClock(RATE);
    const delays = Array.from({ length: 500 }, (_, i) => (i % 7) * 3_000);
    const times = stamps(clock, 0, delays);
    for (const [i, time] of times.entries()) expect(time).toBe(START_US + i * BLOCK_US);
  });

  it('is that of the capture for what has waited while this program was busy', () => {
    const clock = new CaptureClock(RATE);
    stamps(clock, 0, none(200));
    // Three seconds at once, the last of them in time.
    const burst = Array.from({ length: 300 }, (_, i) => (299 - i) * BLOCK_US);
    const times = stamps(clock, 200, burst);
    expect(times[0]).toBe(START_US + 200 * BLOCK_US);
    expect(stamps(clock, 500, none(300)).at(-1)).toBe(START_US + 799 * BLOCK_US);
  });

  it('goes back little by little when the first sound was the late one', () => {
    const clock = new CaptureClock(RATE);
    const times = stamps(clock, 0, [50_000, ...none(99)]);
    expect(times[0]).toBe(START_US + 50_000);
    for (const [i, time] of times.slice(1).entries()) expect(time).toBeGreaterThan(times[i]!);
    expect(times.at(-1)).toBe(START_US + 99 * BLOCK_US);
  });

  it('jumps where samples are missing', () => {
    const clock = new CaptureClock(RATE);
    stamps(clock, 0, none(100));
    // Half a second was lost.
    const times = stamps(clock, 150, none(201));
    expect(times[0]).toBe(START_US + 100 * BLOCK_US);
    expect(times.at(-1)).toBe(START_US + 350 * BLOCK_US);
  });

  it('follows a device whose crystal is slow or fast, without a jump', () => {
    for (const drift of [200e-6, -200e-6]) {
      const clock = new CaptureClock(RATE);
      let last = NaN;
      let behindUs = 0;
      const steps: number[] = [];
      for (let i = 1; i <= 6_000; i++) {
        const endUs = START_US + i * BLOCK_US * (1 + drift);
        const time = clock.take(BLOCK, endUs);
        if (i > 1) steps.push(Math.abs(time - last - BLOCK_US));
        last = time;
        behindUs = endUs - BLOCK_US - time;
      }
      expect(Math.max(...steps)).toBeLessThan(1_000);
      expect(Math.abs(behindUs)).toBeLessThan(1_000);
    }
  });
});
