import { type ClockOffsetOption, LatencyMeter } from '../../src/video/latency-meter.js';

const CAPTURED_US = 1_700_000_000_000_000;

/** A meter of frames that took so many milliseconds. */
function meterOf(...latenciesMs: readonly number[]): LatencyMeter {
  const meter = new LatencyMeter();
  for (const ms of latenciesMs) meter.add(CAPTURED_US, CAPTURED_US + ms * 1000);
  return meter;
}

describe('LatencyMeter', () => {
  it('gives percentiles in milliseconds', () => {
    const { p50, p99 } = meterOf(10, 20, 30).percentilesMs!;
    expect(p50 / 20).toBeCloseTo(1, 1);
    expect(p99 / 30).toBeCloseTo(1, 1);
  });

  it('has none before there was a frame', () => {
    expect(meterOf().percentilesMs).toBeUndefined();
  });

  it("has none when the publisher's clock is ahead, whatever comes after", () => {
    expect(meterOf(-300).percentilesMs).toBeUndefined();
    expect(meterOf(20, -6, 20, 20).percentilesMs).toBeUndefined();
  });

  it('takes clocks that differ by no more than clocks do for the same', () => {
    expect(meterOf(-4).percentilesMs).toEqual({ p50: 0, p95: 0, p99: 0 });
  });
});

describe('the clock offset of a LatencyMeter', () => {
  /** As if the publisher's clock were so far ahead. */
  function apart(option: ClockOffsetOption | undefined, aheadMs: number): LatencyMeter {
    const meter = new LatencyMeter(option);
    for (let i = 0; i < 100; i++) {
      meter.add(CAPTURED_US + aheadMs * 1000, CAPTURED_US + 20_000 + (i % 11) * 1000);
    }
    return meter;
  }

  it('is assumed to be none until that is disproved', () => {
    expect(new LatencyMeter().clockOffset).toEqual({ us: 0, from: 'assumed' });
    expect(apart(undefined, 0).clockOffset).toEqual({ us: 0, from: 'assumed' });
    expect(apart(undefined, 1000).clockOffset).toBeUndefined();
  });

  it.each([1000, -1000, 3_600_000, 0])('makes up for clocks %i ms apart when given', (aheadMs) => {
    const meter = apart(aheadMs * 1000, aheadMs);
    expect(meter.clockOffset).toEqual({ us: aheadMs * 1000, from: 'given' });
    expect(meter.percentilesMs!.p50 / 25).toBeCloseTo(1, 1);
    expect(meter.percentilesMs!.p99 / 30).toBeCloseTo(1, 1);
  });

  it.each([1000, -1000, 3_600_000, 0])('takes the fastest frame for none at %i ms', (aheadMs) => {
    const meter = apart('estimate', aheadMs);
    expect(meter.clockOffset).toEqual({ us: aheadMs * 1000 - 20_000, from: 'estimated' });
    expect(meter.percentilesMs!.p50 / 5).toBeCloseTo(1, 1);
    expect(meter.percentilesMs!.p99 / 10).toBeCloseTo(1, 1);
  });

  it('is not known by an estimate before the first frame', () => {
    expect(new LatencyMeter('estimate').clockOffset).toBeUndefined();
  });

  it('forgets what a worse estimate measured', () => {
    const meter = new LatencyMeter('estimate');
    for (let i = 0; i < 50; i++) meter.add(CAPTURED_US, CAPTURED_US + 500_000);
    expect(meter.percentilesMs).toEqual({ p50: 0, p95: 0, p99: 0 });
    for (const ms of [20, 30, 30, 30]) meter.add(CAPTURED_US, CAPTURED_US + ms * 1000);
    expect(meter.percentilesMs!.p50 / 10).toBeCloseTo(1, 1);
  });

  it('follows a clock that drifts, either way', () => {
    for (const ppm of [200, -200]) {
      const meter = new LatencyMeter('estimate');
      // Ten minutes at 30 frames a second, which is 120 ms of drift.
      for (let i = 0; i < 18_000; i++) {
        const passedUs = Math.round((i * 1e6) / 30);
        const driftUs = Math.round(passedUs * ppm * 1e-6);
        const delayUs = 20_000 + (i % 10) * 1000;
        meter.add(CAPTURED_US + passedUs + driftUs, CAPTURED_US + passedUs + delayUs);
      }
      // A clock that slows down is only found out when the fastest frame is some hundred frames ago.
      expect(meter.percentilesMs!.p50).toBeGreaterThan(3.5);
      expect(meter.percentilesMs!.p50).toBeLessThan(8);
    }
  });

  it('is estimated anew for another publisher', () => {
    const meter = new LatencyMeter('estimate');
    meter.add(CAPTURED_US, CAPTURED_US + 20_000);
    meter.interrupt();
    expect(meter.clockOffset).toBeUndefined();
    meter.add(CAPTURED_US, CAPTURED_US + 7_000_000);
    expect(meter.clockOffset).toEqual({ us: -7_000_000, from: 'estimated' });
    expect(meter.percentilesMs).toEqual({ p50: 0, p95: 0, p99: 0 });
  });
});
