import { LatencyMeter } from '../../src/video/latency-meter.js';

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
