import fc from 'fast-check';
import { Histogram } from '../../src/core/histogram.js';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('Histogram', () => {
  it('has no percentiles before there are values', () => {
    const histogram = new Histogram();
    expect(histogram.count).toBe(0);
    expect(histogram.percentiles()).toBeUndefined();
    expect(histogram.quantile(0.5)).toBe(0);
  });

  it('is exact below 64', () => {
    const histogram = histogramOf(Array.from({ length: 64 }, (_, i) => i));
    expect(histogram.quantile(0)).toBe(0);
    expect(histogram.quantile(0.5)).toBe(31);
    expect(histogram.quantile(1)).toBe(63);
  });

  it('gives the usual percentiles in the unit asked for', () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => (i + 1) * 1000));
    const { p50, p95, p99 } = histogram.percentiles(1000)!;
    expect(p50 / 500).toBeCloseTo(1, 1);
    expect(p95 / 950).toBeCloseTo(1, 1);
    expect(p99 / 990).toBeCloseTo(1, 1);
  });

  it('counts negative values as 0 and fractions to the nearest integer', () => {
    expect(histogramOf([-5]).quantile(1)).toBe(0);
    expect(histogramOf([6.6]).quantile(1)).toBe(7);
  });

  it('keeps every quantile of any values to within 1/32', () => {
    const value = fc.integer({ min: 0, max: 2 ** 52 });
    const values = fc.array(value, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, quantile) => {
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(quantile * all.length) - 1)]!;
        const got = histogramOf(all).quantile(quantile);
        expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact / 32);
      }),
    );
  });
});
