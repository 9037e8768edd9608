import { PictureClock } from '../../src/capture/picture-clock.js';

const SECOND = 1_000_000;

interface Clocks {
  /** The monotonic clock. */
  now: number;
  /** How far the time of day is ahead of it. */
  ahead: number;
  readonly clock: PictureClock;
}

/** Clocks that are set by hand: the machine has run for an hour. */
function clocks(): Clocks {
  const at = { now: 3600 * SECOND, ahead: 1_795_000_000 * SECOND };
  const clock = new PictureClock({ monotonicUs: () => at.now, wallUs: () => at.now + at.ahead });
  return Object.assign(at, { clock });
}

describe('the time of a picture', () => {
  it('is what the device says by the time of day', () => {
    const at = clocks();
    for (const ageUs of [40_000, 5_000, 90_000]) {
      at.now += 100_000;
      const taken = at.now - ageUs;
      expect(at.clock.stamp(taken + at.ahead, at.now)).toEqual({
        timestampUs: taken,
        captureTimeUs: taken + at.ahead,
      });
    }
  });

  it('is what the device says by the monotonic clock', () => {
    const at = clocks();
    expect(at.clock.stamp(at.now - 7_000, at.now)).toEqual({
      timestampUs: at.now - 7_000,
      captureTimeUs: at.now - 7_000 + at.ahead,
    });
  });

  it('goes by the quickest of a device that counts from zero', () => {
    const at = clocks();
    const startUs = at.now;
    const late = [80_000, 2_000, 30_000, 5_000];
    const times = late.map((lateUs, i) => {
      at.now = startUs + i * 100_000 + lateUs;
      return at.clock.stamp(i * 100_000, at.now).timestampUs - startUs;
    });
    expect(times).toEqual([80_000, 102_000, 202_000, 302_000]);
  });

  it('begins anew with a device that counts anew', () => {
    const at = clocks();
    at.clock.stamp(0, at.now);
    at.now += 60 * SECOND;
    at.clock.stamp(60 * SECOND, at.now);
    at.now += 33_000;
    expect(at.clock.stamp(0, at.now).timestampUs).toBe(at.now);
  });

  it('is when it came where the device says nothing', () => {
    const at = clocks();
    expect(at.clock.stamp(undefined, at.now).timestampUs).toBe(at.now);
  });

  it('only goes forwards, by a microsecond if need be', () => {
    const at = clocks();
    const first = at.clock.stamp(at.now - 1_000, at.now).timestampUs;
    expect(at.clock.stamp(at.now - 2_000, at.now).timestampUs).toBe(first + 1);
    expect(at.clock.stamp(at.now - 2_000, at.now).timestampUs).toBe(first + 2);
  });

  it('follows the time of day where that is set, and stays as it is by the monotonic clock', () => {
    const at = clocks();
    at.clock.stamp(at.now + at.ahead, at.now);
    at.ahead -= 3600 * SECOND;
    at.now += 33_000;
    expect(at.clock.stamp(at.now - 1_000 + at.ahead, at.now)).toEqual({
      timestampUs: at.now - 1_000,
      captureTimeUs: at.now - 1_000 + at.ahead,
    });
  });

  it('is even while two clocks that are read one after the other seem to differ', () => {
    const at = clocks();
    const { ahead } = at;
    const times = [0, 300, -200, 900].map((jitterUs, i) => {
      at.ahead = ahead + jitterUs;
      at.now += 100_000;
      return at.clock.stamp(at.now + ahead - 5_000, at.now).timestampUs - i * 100_000;
    });
    expect(new Set(times).size).toBe(1);
  });

  it('is never from later than the picture came', () => {
    const at = clocks();
    expect(at.clock.stamp(at.now + 5_000, at.now).timestampUs).toBe(at.now);
  });
});
