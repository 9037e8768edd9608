import { VideoFrame } from 'framewire';
import type { CaptureSink } from '../../src/capture/captured-stream.js';
import { FreshestPicture } from '../../src/capture/freshest-picture.js';

const INTERVAL_US = 33_333;

let nowUs: number;
let given: number[];
let missed: number;
let freshest: FreshestPicture;

beforeEach(() => {
  jest.useFakeTimers();
  nowUs = 1_000_000_000;
  given = [];
  missed = 0;
  const sink: Partial<CaptureSink<VideoFrame>> = {
    push: (frame) => {
      given.push(frame.timestampUs);
      frame.close();
    },
    missed: () => (missed += 1),
  };
  freshest = new FreshestPicture(sink as CaptureSink<VideoFrame>, () => nowUs);
});

afterEach(() => {
  freshest.close();
  jest.useRealTimers();
});

/** A picture comes that was taken then; all are taken at an even rate. */
function come(n: number, ageUs: number): number {
  const timestampUs = 1_000_000_000 + n * INTERVAL_US;
  nowUs = timestampUs + ageUs;
  freshest.take(VideoFrame.create({ width: 2, height: 2, format: 'I420', timestampUs }));
  return timestampUs;
}

describe('a reader that wants the newest picture', () => {
  it('gets each one that comes in time, at once', () => {
    const times = [0, 1, 2, 3].map((n) => come(n, 5_000 + n * 1_000));
    expect(given).toEqual(times);
  });

  it('gets none that got old meanwhile, where a newer one follows', () => {
    come(0, 5_000);
    come(1, 5_000);
    come(2, 200_000);
    come(3, 170_000);
    come(4, 140_000);
    expect(given).toHaveLength(2);
    const last = come(9, 6_000);
    expect(given.at(-1)).toBe(last);
    expect(given).toHaveLength(3);
    expect(missed).toBe(3);
  });

  it('gets an old one where none follows', () => {
    come(0, 5_000);
    come(1, 5_000);
    const old = come(2, 200_000);
    jest.advanceTimersByTime(60);
    expect(given.at(-1)).toBe(old);
    expect(missed).toBe(0);
  });

  it('gets some where all are old, for want of time', () => {
    come(0, 5_000);
    come(1, 5_000);
    for (let n = 2; n < 32; n++) {
      come(n, 200_000 + n);
      jest.advanceTimersByTime(INTERVAL_US / 1000);
    }
    expect(given.length).toBeGreaterThan(10);
  });

  it('gets nothing after the end', () => {
    come(0, 5_000);
    come(1, 200_000);
    freshest.close();
    jest.advanceTimersByTime(1_000);
    expect(given).toHaveLength(1);
  });
});
