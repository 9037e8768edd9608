import type { SKRSContext2D } from '@napi-rs/canvas';
import { type PixelFormat, PIXEL_FORMATS } from 'framewire';
import {
  type CapturedVideoStream,
  drawVideo,
  readPictureNumber,
  testPattern,
} from 'framewire/capture';
import { colorDistance, meanColor } from 'framewire/testing';

const SMALL = { width: 64, height: 48 } as const;

/** The numbers in all pictures of a stream. */
async function numbersOf(stream: CapturedVideoStream): Promise<(number | undefined)[]> {
  const numbers: (number | undefined)[] = [];
  for await (const frame of stream) {
    numbers.push(readPictureNumber(frame));
    frame.close();
  }
  return numbers;
}

/** Resolves when `holds`. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('testPattern() as fast as it is read', () => {
  it('gives exactly as many pictures as asked for, each with its number and time', async () => {
    const pattern = testPattern({ ...SMALL, pace: 'reader', fps: 30, count: 5 });
    const times: number[] = [];
    for await (const frame of pattern) {
      expect(frame).toMatchObject({ ...SMALL, format: 'I420', rotation: 0 });
      expect(readPictureNumber(frame)).toBe(times.length);
      expect(frame.metadata).toEqual({ frameId: times.length });
      times.push(frame.timestampUs);
      frame.close();
    }
    expect(times).toEqual([0, 33_333, 66_667, 100_000, 133_333]);
    expect(pattern.stats).toMatchObject({
      ...SMALL,
      received: 5,
      delivered: 5,
      missing: 0,
      dropped: { full: 0, late: 0, closed: 0 },
    });
  });

  it.each([
    [1000, 30, 30],
    [100, 30, 3],
    [101, 30, 4],
    [1001, 29.97, 30],
    [0, 30, 0],
  ])('lasts %i ms at %d pictures a second: %i of them', async (durationMs, fps, expected) => {
    const pattern = testPattern({ ...SMALL, pace: 'reader', durationMs, fps });
    expect(await numbersOf(pattern)).toHaveLength(expected);
  });

  it('waits for its reader', async () => {
    const pattern = testPattern({ ...SMALL, pace: 'reader', capacity: 3, count: 20 });
    await until(() => pattern.stats.received === 3);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(pattern.stats.received).toBe(3);
    expect(await numbersOf(pattern)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it.each(PIXEL_FORMATS)('comes in %s', async (format: PixelFormat) => {
    const pattern = testPattern({ ...SMALL, pace: 'reader', count: 2, format });
    expect(pattern.format).toBe(format);
    expect(await numbersOf(pattern)).toEqual([0, 1]);
  });
});

describe('testPattern() in real time', () => {
  it('stamps its pictures with the time at which they were to be made', async () => {
    const earliestUs = Date.now() * 1000 - 2_000;
    await using pattern = testPattern({ ...SMALL, fps: 50, capacity: 100, count: 5 });
    const stamps: { us: number; captureUs: number; number: number }[] = [];
    for await (const frame of pattern) {
      const { captureTimeUs = NaN } = frame.metadata;
      const number = readPictureNumber(frame) ?? NaN;
      stamps.push({ us: frame.timestampUs, captureUs: captureTimeUs, number });
      expect(captureTimeUs).toBeGreaterThanOrEqual(earliestUs);
      expect(captureTimeUs).toBeLessThanOrEqual(Date.now() * 1000 + 2_000);
      frame.close();
    }
    const [first] = stamps;
    for (const { us, captureUs, number } of stamps) {
      expect(us - first!.us).toBe((number - first!.number) * 20_000);
      expect(Math.abs(captureUs - first!.captureUs - (us - first!.us))).toBeLessThan(50_000);
    }
    expect(pattern.stats.delivered + (pattern.stats.missing ?? 0)).toBeLessThanOrEqual(5);
    expect(pattern.stats.latencyMs).toBeDefined();
  });

  it('gives a stalled reader the newest picture, and counts the others', async () => {
    await using pattern = testPattern({ ...SMALL, fps: 200 });
    await until(() => pattern.stats.received >= 10);
    const { value: frame } = await pattern.next();
    const { received, dropped } = pattern.stats;
    expect(dropped.full).toBe(received - 1);
    expect(readPictureNumber(frame!)).toBeGreaterThanOrEqual(9);
    frame!.close();
  });

  it('goes on at its rate when the program was busy, and counts what it left out', async () => {
    await using pattern = testPattern({ ...SMALL, fps: 100, capacity: 1000 });
    (await pattern.next()).value?.close();
    const busyUntil = performance.now() + 100;
    while (performance.now() < busyUntil);
    await until(() => (pattern.stats.missing ?? 0) >= 5);
    expect(pattern.stats.dropped.full).toBe(0);
  });

  it('ends for its reader when it is closed, aborted or left', async () => {
    const closed = testPattern(SMALL);
    const reading = numbersOf(closed);
    await closed.close();
    await closed.close();
    expect((await reading).length).toBeLessThan(3);

    const controller = new AbortController();
    const aborted = testPattern({ ...SMALL, signal: controller.signal });
    const failing = numbersOf(aborted);
    controller.abort('enough');
    await expect(failing).rejects.toBe('enough');

    const left = testPattern(SMALL);
    for await (const frame of left) {
      frame.close();
      break;
    }
    expect(left.ended).toBe(true);
    const { received } = left.stats;
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(left.stats.received).toBe(received);
  });

  it('refuses wrong options before it begins', () => {
    const wrong: readonly [object, new () => Error][] = [
      [{ width: 31 }, RangeError],
      [{ height: '48' }, TypeError],
      [{ fps: 0 }, RangeError],
      [{ fps: 1001 }, RangeError],
      [{ pace: 'live' }, RangeError],
      [{ count: 1.5 }, RangeError],
      [{ durationMs: -1 }, RangeError],
      [{ format: 'rgba' }, RangeError],
      [{ overflow: 'wait' }, RangeError],
      [{ pace: 'reader', overflow: 'drop-oldest' }, RangeError],
      [{ capacity: 0 }, RangeError],
      [{ signal: {} }, TypeError],
    ];
    for (const [options, type] of wrong) expect(() => testPattern(options)).toThrow(type);
    expect(() => testPattern(null as never)).toThrow(TypeError);
  });
});

describe('drawVideo()', () => {
  it('gives what is drawn, in the format asked for', async () => {
    const moments: object[] = [];
    const video = drawVideo(
      (context, moment) => {
        moments.push(moment);
        context.fillStyle = moment.frame === 0 ? 'red' : 'blue';
        context.fillRect(0, 0, moment.width, moment.height);
      },
      { ...SMALL, pace: 'reader', count: 2, fps: 10 },
    );
    const colors: readonly number[][] = [
      [255, 0, 0],
      [0, 0, 255],
    ];
    for await (const frame of video) {
      expect(frame).toMatchObject({ ...SMALL, format: 'I420' });
      expect(
        colorDistance(
          meanColor(frame),
          colors[frame.metadata.frameId!] as [number, number, number],
        ),
      ).toBeLessThanOrEqual(4);
      frame.close();
    }
    expect(moments).toEqual([
      { frame: 0, timestampUs: 0, ...SMALL },
      { frame: 1, timestampUs: 100_000, ...SMALL },
    ]);
  });

  it('keeps what was drawn before', async () => {
    const video = drawVideo(
      (context: SKRSContext2D, { frame }) => {
        context.fillStyle = 'white';
        context.fillRect(frame * 16, 0, 16, 48);
      },
      { ...SMALL, pace: 'reader', count: 4, format: 'RGBA' },
    );
    const whites: number[] = [];
    for await (const frame of video) {
      whites.push(frame.data.filter((byte) => byte === 255).length / 4 / 48 / 16);
      frame.close();
    }
    expect(whites).toEqual([1, 2, 3, 4]);
  });

  it('waits for a drawing that takes its time', async () => {
    const video = drawVideo(
      async (context) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        context.fillStyle = 'lime';
        context.fillRect(0, 0, 64, 48);
      },
      { ...SMALL, format: 'RGBA', fps: 1000 },
    );
    const { value: frame } = await video.next();
    expect(meanColor(frame!)).toEqual([0, 255, 0]);
    frame!.close();
    await until(() => (video.stats.missing ?? 0) > 3);
    await video.close();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no brush');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no brush'))],
  ])('ends with the error of a drawing that %s', async (_how, fail) => {
    for (const pace of ['real-time', 'reader'] as const) {
      const video = drawVideo((_context, { frame }) => (frame < 2 ? undefined : fail()), {
        ...SMALL,
        pace,
        fps: 200,
        capacity: 10,
      });
      let frames = 0;
      const reading = (async () => {
        for await (const frame of video) {
          frames += 1;
          frame.close();
        }
      })();
      await expect(reading).rejects.toThrow('no brush');
      expect(frames).toBeLessThanOrEqual(2);
      expect(await video.next()).toEqual({ done: true, value: undefined });
    }
  });

  it('can be closed while a drawing never ends', async () => {
    const video = drawVideo(() => new Promise(() => undefined), SMALL);
    const reading = video.next();
    await video.close();
    expect(await reading).toEqual({ done: true, value: undefined });
  });

  it('comes back to the event loop before each picture, where the canvas frees the last one', async () => {
    let turns = 0;
    let turning = setImmediate(function turn() {
      turns += 1;
      turning = setImmediate(turn);
    });
    const turnsAt: number[] = [];
    const video = drawVideo(() => turnsAt.push(turns), {
      ...SMALL,
      pace: 'reader',
      capacity: Infinity,
      count: 20,
    });
    for await (const frame of video) frame.close();
    clearImmediate(turning);
    expect(turnsAt).toHaveLength(20);
    for (const [i, at] of turnsAt.slice(1).entries()) expect(at).toBeGreaterThan(turnsAt[i]!);
  });

  it('refuses what is no function, and a canvas that cannot be', () => {
    expect(() => drawVideo({} as never)).toThrow(TypeError);
    expect(() => drawVideo(() => undefined, { width: 0 })).toThrow(RangeError);
  });
});
