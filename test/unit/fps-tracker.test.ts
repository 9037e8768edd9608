import { FpsTracker } from '../../src/video/fps-tracker.js';

function track(timestampsUs: readonly number[], window?: number): FpsTracker {
  const tracker = new FpsTracker(window === undefined ? {} : { window });
  for (const timestampUs of timestampsUs) tracker.add(timestampUs);
  return tracker;
}

describe('FpsTracker', () => {
  it('says 0 until two frames have come', () => {
    expect(track([]).fps).toBe(0);
    expect(track([]).count).toBe(0);
    expect(track([5_000_000]).fps).toBe(0);
    expect(track([5_000_000]).count).toBe(1);
  });

  it('divides the intervals, not the frames, by the span', () => {
    expect(track([0, 500_000]).fps).toBe(2);
    expect(track([0, 40_000, 80_000, 120_000]).fps).toBe(25);
  });

  it('says 0 when all frames have the same time', () => {
    expect(track([7, 7, 7]).fps).toBe(0);
  });

  it('measures the last frames of its window only', () => {
    // Ten intervals of a second and then three of 10 ms.
    const slow = Array.from({ length: 11 }, (_, i) => i * 1_000_000);
    const tracker = track([...slow, 10_010_000, 10_020_000, 10_030_000], 4);
    expect(tracker.count).toBe(4);
    expect(tracker.fps).toBe(100);
  });

  it('has a window of 30 time stamps unless told', () => {
    const tracker = track(Array.from({ length: 100 }, (_, i) => i * 20_000));
    expect(tracker.count).toBe(30);
    expect(tracker.fps).toBe(50);
  });

  it.each([2, 3, 7, 30])('stays right while a ring of %i goes round many times', (window) => {
    const tracker = new FpsTracker({ window });
    for (let i = 0; i < 200; i++) {
      tracker.add(i * i * 1000);
      const oldest = Math.max(0, i - window + 1);
      const spanUs = (i * i - oldest * oldest) * 1000;
      expect(tracker.count).toBe(i - oldest + 1);
      expect(tracker.fps).toBe(i === 0 ? 0 : ((i - oldest) * 1_000_000) / spanUs);
    }
  });

  it('starts anew when time goes back', () => {
    const tracker = track([9_000_000, 9_040_000, 9_080_000, 1000]);
    expect(tracker.count).toBe(1);
    expect(tracker.fps).toBe(0);
    tracker.add(101_000);
    expect(tracker.fps).toBe(10);
  });

  it('counts from any origin, before zero too', () => {
    expect(track([-100_000, 0, 100_000]).fps).toBe(10);
    expect(track([Number.MAX_SAFE_INTEGER - 100_000, Number.MAX_SAFE_INTEGER]).fps).toBe(10);
  });

  it('forgets everything on reset', () => {
    const tracker = track([0, 40_000]);
    tracker.reset();
    expect([tracker.count, tracker.fps]).toEqual([0, 0]);
    tracker.add(10);
    tracker.add(100_010);
    expect(tracker.fps).toBe(10);
  });

  it.each([NaN, Infinity, 0.5, 2 ** 53])('refuses the time stamp %p and keeps its state', (bad) => {
    const tracker = track([0, 40_000]);
    expect(() => tracker.add(bad)).toThrow(RangeError);
    expect([tracker.count, tracker.fps]).toEqual([2, 25]);
  });

  it.each([undefined, null, '1', 1n, {}])('refuses the time stamp %p by its type', (bad) => {
    expect(() => new FpsTracker().add(bad as never)).toThrow(
      /^timestampUs must be an integer, got /,
    );
    expect(() => new FpsTracker().add(bad as never)).toThrow(TypeError);
  });

  it.each([NaN, -1, 0, 1, 2.5, 10_001, Infinity])('refuses a window of %p', (window) => {
    expect(() => new FpsTracker({ window })).toThrow(RangeError);
    expect(() => new FpsTracker({ window })).toThrow(
      `options.window must be an integer from 2 to 10000, got ${window}.`,
    );
  });

  it.each([null, 30, 'x', []])('refuses %p as options', (options) => {
    expect(() => new FpsTracker(options as never)).toThrow(TypeError);
  });

  it('refuses a window that is not a number', () => {
    expect(() => new FpsTracker({ window: '30' as never })).toThrow(TypeError);
  });
});
