import { FpsThinner, thinFps } from '../../src/video/fps-thinner.js';

/** Time stamps of a source; `jitter` is in intervals to either side, the same in each run. */
function source(fps: number, seconds: number, jitter = 0): number[] {
  let state = 12_345;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 31) * 2 - 1;
  };
  return Array.from({ length: Math.round(fps * seconds) }, (_, i) =>
    Math.round(((i + 1 + jitter * random()) * 1_000_000) / fps),
  );
}

function keep(thinner: FpsThinner, timestampsUs: readonly number[]): number[] {
  return timestampsUs.filter((timestampUs) => thinner.accept(timestampUs));
}

/** Which frames were kept, as a picture. */
function picture(thinner: FpsThinner, timestampsUs: readonly number[]): string {
  return timestampsUs.map((timestampUs) => (thinner.accept(timestampUs) ? 'X' : '.')).join('');
}

describe('FpsThinner', () => {
  it.each([
    [30, 20],
    [60, 30],
    [30, 15],
    [30, 29.97],
    [60, 59.94],
    [30, 24],
    [60, 25],
    [25, 10],
    [30, 7.5],
    [30, 1],
    [30, 0.5],
    [1000, 30],
  ])('makes %d frames a second to %d', (from, to) => {
    const seconds = 100;
    const kept = keep(new FpsThinner(to), source(from, seconds)).length;
    expect(Math.abs(kept - to * seconds)).toBeLessThanOrEqual(1);
  });

  it.each([
    [30, 20],
    [60, 30],
    [30, 15],
    [30, 29.97],
    [30, 24],
    [60, 25],
    [25, 10],
    [30, 7.5],
    [30, 1],
  ])('makes %d frames a second to %d when the time stamps jitter', (from, to) => {
    const seconds = 100;
    const kept = keep(new FpsThinner(to), source(from, seconds, 0.2)).length;
    expect(Math.abs(kept - to * seconds)).toBeLessThanOrEqual(1);
  });

  it('spreads the frames that it keeps', () => {
    expect(picture(new FpsThinner(20), source(30, 0.5))).toBe('X.XX.XX.XX.XX.X');
    expect(picture(new FpsThinner(30), source(60, 0.25))).toBe('X.X.X.X.X.X.X.X');
    expect(picture(new FpsThinner(24), source(60, 0.25))).toBe('X..X.X..X.X..X.');
  });

  it('keeps every second frame of a jittering source, never two in a row', () => {
    expect(picture(new FpsThinner(30), source(60, 1, 0.3))).toBe('X.'.repeat(30));
  });

  it.each([
    [30, 60, 0.4],
    [30, 31, 0.2],
    [30, 1000, 0.4],
    [15, 30, 0.4],
    [29.97, 30, 0.2],
    [30, 30, 0],
    [30, 30, 0.2],
  ])('passes a source of %d whole when the target is %d', (from, to, jitter) => {
    const timestampsUs = source(from, 60, jitter);
    expect(keep(new FpsThinner(to), timestampsUs)).toEqual(timestampsUs);
  });

  it.each([
    [30, 20, 'XX.XX.XX.XX.'],
    [60, 30, 'X.X.X.X.X.X.'],
    [60, 15, 'X...X...X...'],
    [30, 10, 'X..X..X..X..'],
  ])('doesn’t make up for a gap, from %d to %d', (from, to, after) => {
    const thinner = new FpsThinner(to);
    const before = source(from, 2);
    keep(thinner, before);
    const gapUs = 3_456_789;
    const later = before.slice(0, 12).map((timestampUs) => timestampUs + 2_000_000 + gapUs);
    expect(picture(thinner, later)).toBe(after);
  });

  it('keeps its rate after a first interval that was a gap', () => {
    const thinner = new FpsThinner(15);
    expect(thinner.accept(0)).toBe(true);
    const later = source(30, 100).map((timestampUs) => timestampUs + 60_000_000);
    expect(Math.abs(keep(thinner, later).length - 1500)).toBeLessThanOrEqual(1);
  });

  it('follows a source that changes its rate', () => {
    const thinner = new FpsThinner(20);
    for (const fps of [60, 30, 60, 25]) {
      keep(thinner, source(fps, 5));
      const later = source(fps, 10).map((timestampUs) => timestampUs + 5_000_000);
      expect(Math.abs(keep(thinner, later).length - 200)).toBeLessThanOrEqual(1);
      thinner.accept(0);
    }
  });

  it('starts anew when time goes back', () => {
    const thinner = new FpsThinner(10);
    expect(picture(thinner, [9_000_000, 9_033_333, 9_066_667])).toBe('X..');
    expect(picture(thinner, [1000, 34_333, 67_667, 101_000])).toBe('X..X');
  });

  it('keeps one of several frames with the same time', () => {
    expect(picture(new FpsThinner(30), [5, 5, 5, 5])).toBe('X...');
  });

  it('keeps the next frame after reset', () => {
    const thinner = new FpsThinner(1);
    expect(picture(thinner, [0, 100_000])).toBe('X.');
    thinner.reset();
    expect(picture(thinner, [200_000, 300_000])).toBe('X.');
  });

  it('says its rate', () => {
    expect(new FpsThinner(29.97).fps).toBe(29.97);
  });

  it.each([NaN, 0, -1, Infinity])('refuses a rate of %p', (fps) => {
    expect(() => new FpsThinner(fps)).toThrow(RangeError);
    expect(() => new FpsThinner(fps)).toThrow(`fps must be a positive number, got ${fps}.`);
  });

  it.each([undefined, null, '30', 30n, {}])('refuses %p as a rate by its type', (fps) => {
    expect(() => new FpsThinner(fps as never)).toThrow(TypeError);
  });

  it.each([NaN, 0.5, Infinity, 2 ** 53])('refuses the time stamp %p and keeps its state', (bad) => {
    const thinner = new FpsThinner(1);
    thinner.accept(0);
    expect(() => thinner.accept(bad)).toThrow(RangeError);
    expect(thinner.accept(500_000)).toBe(false);
    expect(thinner.accept(1_000_000)).toBe(true);
  });

  it.each([undefined, null, '1', 1n])('refuses the time stamp %p by its type', (bad) => {
    expect(() => new FpsThinner(1).accept(bad as never)).toThrow(TypeError);
  });
});

class TestFrame {
  closed = 0;
  readonly timestampUs: number;

  constructor(timestampUs: number) {
    this.timestampUs = timestampUs;
  }

  close(): void {
    this.closed++;
  }
}

/** A source that remembers its frames and whether it was ended. */
class TestSource {
  readonly frames: readonly TestFrame[];
  read = 0;
  ended = false;

  constructor(timestampsUs: readonly number[]) {
    this.frames = timestampsUs.map((timestampUs) => new TestFrame(timestampUs));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TestFrame, void, undefined> {
    try {
      for (const frame of this.frames) {
        this.read++;
        yield await Promise.resolve(frame);
      }
    } finally {
      this.ended = true;
    }
  }
}

describe('thinFps', () => {
  it('gives on the frames that it keeps and closes the others, once', async () => {
    const frames = new TestSource(source(30, 1));
    const kept: TestFrame[] = [];
    for await (const frame of thinFps(frames, 10)) kept.push(frame);
    expect(kept).toHaveLength(10);
    expect(frames.ended).toBe(true);
    for (const frame of frames.frames) expect(frame.closed).toBe(kept.includes(frame) ? 0 : 1);
  });

  it('ends its source when it is left early, and reads no further', async () => {
    const frames = new TestSource(source(30, 1));
    for await (const frame of thinFps(frames, 10)) {
      expect(frame.closed).toBe(0);
      if (frames.read > 1) break;
    }
    expect(frames.ended).toBe(true);
    expect(frames.read).toBe(4);
    expect(frames.frames.map((frame) => frame.closed).slice(0, 5)).toEqual([0, 1, 1, 0, 0]);
  });

  it('ends its source when the reader throws', async () => {
    const frames = new TestSource(source(30, 1));
    const reading = (async () => {
      for await (const frame of thinFps(frames, 10)) throw new Error(`at ${frame.timestampUs}`);
    })();
    await expect(reading).rejects.toThrow('at 33333');
    expect(frames.ended).toBe(true);
  });

  it('passes on the failure of its source', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a source may be synchronous
    async function* failing(): AsyncGenerator<TestFrame, void, undefined> {
      yield new TestFrame(0);
      throw new Error('unplugged');
    }
    const thinned = thinFps(failing(), 10);
    await expect(thinned.next()).resolves.toMatchObject({ done: false });
    await expect(thinned.next()).rejects.toThrow('unplugged');
    await expect(thinned.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('closes a frame without a valid time stamp, and ends its source', async () => {
    const frames = new TestSource([0, NaN]);
    const thinned = thinFps(frames, 10);
    await thinned.next();
    await expect(thinned.next()).rejects.toThrow(RangeError);
    expect(frames.frames[1]!.closed).toBe(1);
    expect(frames.ended).toBe(true);
  });

  it('gives nothing from a source that is empty', async () => {
    await expect(thinFps(new TestSource([]), 10).next()).resolves.toMatchObject({ done: true });
  });

  it('refuses wrong arguments at once', () => {
    expect(() => thinFps([] as never, 10)).toThrow('frames must be an async iterable, got [].');
    expect(() => thinFps(null as never, 10)).toThrow(TypeError);
    expect(() => thinFps(undefined as never, 10)).toThrow(TypeError);
    expect(() => thinFps(new TestSource([]), 0)).toThrow(RangeError);
    expect(() => thinFps(new TestSource([]), '10' as never)).toThrow(TypeError);
  });
});
