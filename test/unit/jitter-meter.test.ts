import { JitterMeter } from '../../src/core/jitter-meter.js';

const FRAME_US = 33_333;

/** Adds frames that were sent evenly and took so many microseconds each. */
function meterOf(delaysUs: readonly number[], clockUs = 0): JitterMeter {
  const meter = new JitterMeter();
  for (const [i, delayUs] of delaysUs.entries()) {
    meter.add(i * FRAME_US + delayUs, clockUs + i * FRAME_US);
  }
  return meter;
}

describe('JitterMeter', () => {
  it('knows nothing before two frames have come', () => {
    expect(meterOf([]).jitterMs).toBeUndefined();
    expect(meterOf([5000]).jitterMs).toBeUndefined();
    expect(meterOf([5000, 5000]).jitterMs).toBe(0);
  });

  it('is 0 however long frames take, if it is always as long', () => {
    expect(meterOf(Array.from({ length: 100 }, () => 250_000)).jitterMs).toBe(0);
  });

  it('moves by a sixteenth of each difference, as RFC 3550 says', () => {
    // J = 0 + 8/16, then 0.5 + (|-8| - 0.5)/16, then 0.96875 + (0 - 0.96875)/16.
    expect(meterOf([0, 8000]).jitterMs).toBe(0.5);
    expect(meterOf([0, 8000, 0]).jitterMs).toBe(0.96875);
    expect(meterOf([0, 8000, 0, 0]).jitterMs).toBe(0.908203125);
  });

  it('comes to the difference that all frames have', () => {
    const delays = Array.from({ length: 400 }, (_, i) => (i % 2) * 6000);
    expect(meterOf(delays).jitterMs).toBeCloseTo(6, 6);
  });

  it.each([0, 1_700_000_000_000_000, -5_000_000_000])('does not mind a clock at %i', (clockUs) => {
    expect(meterOf([0, 8000, 0], clockUs).jitterMs).toBe(0.96875);
  });

  it('bears a clock that is set, and an interruption', () => {
    const meter = meterOf([0, 8000]);
    meter.add(10 * FRAME_US, 1_700_000_000_000_000);
    expect(meter.jitterMs).toBe(0.5);
    meter.interrupt();
    meter.add(11 * FRAME_US + 900_000, 1_700_000_000_000_000 + FRAME_US);
    expect(meter.jitterMs).toBe(0.5);
    meter.add(12 * FRAME_US + 900_000, 1_700_000_000_000_000 + 2 * FRAME_US);
    expect(meter.jitterMs).toBe(0.46875);
  });
});
