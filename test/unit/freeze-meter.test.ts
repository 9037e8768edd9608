import { FreezeMeter, type Freezes } from '../../src/video/freeze-meter.js';

const MS = 1000;

/** What is counted of frames that come after such intervals, the first at 0. */
function freezesOf(intervalsMs: readonly number[]): Freezes {
  const meter = new FreezeMeter();
  let atUs = 0;
  meter.add(atUs);
  for (const intervalMs of intervalsMs) meter.add((atUs += intervalMs * MS));
  return meter.freezes;
}

function steady(frames: number, intervalMs = 40): number[] {
  return Array.from({ length: frames }, () => intervalMs);
}

describe('FreezeMeter', () => {
  it('counts none while frames come steadily', () => {
    expect(freezesOf(steady(500))).toEqual({ count: 0, totalMs: 0 });
  });

  it('counts an interval of the average and 150 ms, and its whole length', () => {
    expect(freezesOf([...steady(30), 189.999])).toEqual({ count: 0, totalMs: 0 });
    expect(freezesOf([...steady(30), 190])).toEqual({ count: 1, totalMs: 190 });
    expect(freezesOf([...steady(30), 2000, ...steady(30), 300])).toEqual({
      count: 2,
      totalMs: 2300,
    });
  });

  it('asks for three times the average where frames are slow', () => {
    expect(freezesOf([...steady(30, 200), 599])).toEqual({ count: 0, totalMs: 0 });
    expect(freezesOf([...steady(30, 200), 600])).toEqual({ count: 1, totalMs: 600 });
  });

  it('knows the average of the last 30 intervals only, the freezes among them too', () => {
    expect(freezesOf([...steady(100, 1000), ...steady(30), 190]).count).toBe(1);
    // 29 of 40 ms and one of 240: 46.67 and 150.
    expect(freezesOf([...steady(30), 240, ...steady(5), 196]).count).toBe(1);
    expect(freezesOf([...steady(30), 240, ...steady(5), 197])).toEqual({ count: 2, totalMs: 437 });
    expect(freezesOf([...steady(30), 240, ...steady(30), 190]).count).toBe(2);
  });

  it('stays exact over a long time', () => {
    const uneven = Array.from({ length: 100_000 }, (_, i) => 33 + (i % 3) / 3);
    expect(freezesOf([...uneven, ...steady(30), 189.999]).count).toBe(0);
    expect(freezesOf([...uneven, ...steady(30), 190]).count).toBe(1);
  });

  it('judges nothing before there is an average', () => {
    expect(freezesOf([40, 40, 40, 40, 900]).count).toBe(0);
    expect(freezesOf([40, 40, 40, 40, 40, 900]).count).toBe(1);
  });

  it('takes more than 5 seconds for a pause, which is not for the average either', () => {
    expect(freezesOf([...steady(30), 5000])).toEqual({ count: 1, totalMs: 5000 });
    expect(freezesOf([...steady(30), 5001])).toEqual({ count: 0, totalMs: 0 });
    expect(freezesOf([...steady(30), 60_000, 190])).toEqual({ count: 1, totalMs: 190 });
  });

  it('leaves an interruption out', () => {
    const meter = new FreezeMeter();
    for (let i = 0; i <= 30; i++) meter.add(i * 40 * MS);
    meter.interrupt();
    meter.add(2000 * MS);
    expect(meter.freezes.count).toBe(0);
    meter.add(2190 * MS);
    expect(meter.freezes).toEqual({ count: 1, totalMs: 190 });
  });
});
