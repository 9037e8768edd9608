import type { AudioStreamStats } from 'framewire';
import { AudioMeter } from '../../src/audio/audio-stats.js';

const COUNTS = {
  received: 0,
  delivered: 0,
  dropped: { full: 0, rate: 0, late: 0, size: 0, memory: 0, closed: 0 },
};

function statsOf(use: (meter: AudioMeter) => void): AudioStreamStats {
  const meter = new AudioMeter();
  use(meter);
  return meter.read(COUNTS);
}

describe('AudioMeter', () => {
  it('has nothing to tell before a frame has come', () => {
    expect(statsOf(() => undefined)).toEqual({
      ...COUNTS,
      deliveredMs: 0,
      gaps: { count: 0, totalMs: 0 },
      jitterMs: undefined,
    });
  });

  it('adds up what was delivered, of any length, without a gap where time stamps are rounded', () => {
    const stats = statsOf((meter) => {
      // 256 samples of 44,100 Hz.
      const durationUs = (256 * 1e6) / 44_100;
      for (let i = 0; i < 44_100; i++) {
        meter.delivered({ timestampUs: 7 + Math.round(i * durationUs), startUs: 7 }, durationUs);
      }
    });
    expect(stats).toMatchObject({ deliveredMs: 256_000, gaps: { count: 0, totalMs: 0 } });
  });

  it('counts a hole once, however many frames it is made of', () => {
    const stats = statsOf((meter) => {
      for (const timestampUs of [0, 10_000, 50_000, 60_000, 80_000]) {
        meter.delivered({ timestampUs, startUs: 0 }, 10_000);
      }
    });
    expect(stats).toMatchObject({ deliveredMs: 50, gaps: { count: 2, totalMs: 40 } });
  });

  it('sees none before the first frame, nor between two tracks', () => {
    const stats = statsOf((meter) => {
      meter.delivered({ timestampUs: 500_000, startUs: 0 }, 10_000);
      meter.begin();
      meter.delivered({ timestampUs: 900_000, startUs: 900_000 }, 10_000);
      meter.delivered({ timestampUs: 910_000, startUs: 900_000 }, 10_000);
    });
    expect(stats.gaps).toEqual({ count: 0, totalMs: 0 });
  });

  it('measures jitter against the sample clock, of each track by itself', () => {
    const stats = statsOf((meter) => {
      meter.arrived({ timestampUs: 0, startUs: 0 }, 0);
      meter.arrived({ timestampUs: 10_000, startUs: 0 }, 18_000);
      meter.begin();
      meter.arrived({ timestampUs: 900_000, startUs: 900_000 }, 900_000);
    });
    expect(stats.jitterMs).toBe(0.5);
  });
});
