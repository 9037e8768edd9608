import { type VideoStreamStats } from 'framewire';
import { VideoMeter } from '../../src/video/video-stats.js';

const FRAME_US = 40_000;
const CAPTURED_US = 1_700_000_000_000_000;
const COUNTS = {
  received: 0,
  delivered: 0,
  dropped: { full: 0, rate: 0, late: 0, size: 0, memory: 0, closed: 0 },
};

/** A meter of a publisher's frames, of which each is captured 40 ms after the one before. */
class Publisher {
  readonly meter = new VideoMeter(undefined);
  frameId = 0;

  /** The next frame comes, so long after it was captured. */
  send(delayUs = 20_000): void {
    const atUs = this.frameId * FRAME_US;
    const captureTimeUs = CAPTURED_US + atUs;
    this.meter.arrived({ frameId: this.frameId, captureTimeUs, timestampUs: atUs }, atUs + delayUs);
    this.frameId += 1;
  }

  sendMany(frames: number): void {
    for (let i = 0; i < frames; i++) this.send();
  }

  get stats(): VideoStreamStats {
    return this.meter.read(COUNTS);
  }
}

function delivery(width: number, height: number): Parameters<VideoMeter['delivered']>[0] {
  return { width, height, timestampUs: 0, metadata: {} };
}

describe('VideoMeter', () => {
  it('has nothing to tell before a frame has come', () => {
    expect(new Publisher().stats).toEqual({
      ...COUNTS,
      missing: undefined,
      fps: 0,
      latencyMs: undefined,
      clockOffset: { us: 0, from: 'assumed' },
      jitterMs: undefined,
      freezes: { count: 0, totalMs: 0 },
      width: undefined,
      height: undefined,
      resolutionChanges: 0,
    });
  });

  it('tells missing frames, jitter and freezes of what came, whether it was read or not', () => {
    const publisher = new Publisher();
    publisher.sendMany(30);
    publisher.frameId += 9;
    publisher.send(28_000);
    expect(publisher.stats).toMatchObject({
      missing: 9,
      jitterMs: 0.5,
      freezes: { count: 1, totalMs: 408 },
    });
  });

  it('measures jitter by time stamps when no capture time comes', () => {
    const meter = new VideoMeter(undefined);
    for (const [timestampUs, nowUs] of [
      [0, 5000],
      [FRAME_US, FRAME_US + 13_000],
    ] as const) {
      meter.arrived({ frameId: undefined, captureTimeUs: undefined, timestampUs }, nowUs);
    }
    expect(meter.read(COUNTS)).toMatchObject({ jitterMs: 0.5, missing: undefined });
  });

  it.each(['interrupt', 'begin'] as const)('leaves out what lies before: %s', (what) => {
    const publisher = new Publisher();
    publisher.sendMany(30);
    publisher.meter[what]();
    publisher.frameId += 50;
    publisher.send(28_000);
    publisher.send(28_000);
    expect(publisher.stats).toMatchObject({
      missing: 0,
      jitterMs: 0,
      freezes: { count: 0, totalMs: 0 },
    });
  });

  it('tells the size of what was delivered, and each change of it', () => {
    const { meter } = new Publisher();
    expect(meter.delivered(delivery(640, 360))).toBeUndefined();
    expect(meter.delivered(delivery(640, 360))).toBeUndefined();
    expect(meter.delivered(delivery(360, 640))).toEqual({
      width: 360,
      height: 640,
      previous: { width: 640, height: 360 },
    });
    expect(meter.delivered(delivery(360, 320))).toBeDefined();
    expect(meter.read(COUNTS)).toMatchObject({ width: 360, height: 320, resolutionChanges: 2 });
  });
});
