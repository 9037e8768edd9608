import { type ResolutionChange, type VideoFrame, VideoStream } from 'framewire';
import { whenIdle } from 'framewire/testing';
import { Shapeshifter } from '../support/shapeshifter.js';

/** Resolves when the stream has been given so many frames, read or not. */
async function received(stream: VideoStream, frames: number): Promise<void> {
  while (stream.stats.received < frames) await new Promise(setImmediate);
}

async function next(stream: VideoStream): Promise<VideoFrame> {
  const { value } = await stream.next();
  if (!value) throw new Error('The stream ended.');
  return value;
}

afterAll(() => whenIdle());

describe('a resolution that changes', () => {
  it('is told before the reader gets the first frame of another size', async () => {
    using shapeshifter = new Shapeshifter();
    await using stream = new VideoStream(shapeshifter.track, { capacity: 10 });
    const log: (string | ResolutionChange)[] = [];
    stream.on('resolutionChanged', (change) => log.push(change));
    const sizes = [
      [64, 48],
      [64, 48],
      [128, 96],
      [48, 64],
    ] as const;
    for (const [index, [width, height]] of sizes.entries()) {
      shapeshifter.capture(width, height);
      await received(stream, index + 1);
    }
    for (let i = 0; i < sizes.length; i++) {
      using frame = await next(stream);
      log.push(`${frame.width}x${frame.height}`);
    }
    expect(log).toEqual([
      '64x48',
      '64x48',
      { width: 128, height: 96, previous: { width: 64, height: 48 } },
      '128x96',
      { width: 48, height: 64, previous: { width: 128, height: 96 } },
      '48x64',
    ]);
    expect(stream.stats).toMatchObject({ width: 48, height: 64, resolutionChanges: 2 });
  });

  it('reaches no listener that was taken back, and a stream that one closes ends', async () => {
    using shapeshifter = new Shapeshifter();
    const stream = new VideoStream(shapeshifter.track, { capacity: 10 });
    const heard: string[] = [];
    stream.on('resolutionChanged', () => heard.push('never'))();
    stream.once('resolutionChanged', () => {
      heard.push('once');
      return stream.close();
    });
    for (const [index, width] of [64, 96, 128].entries()) {
      shapeshifter.capture(width, 48);
      await received(stream, index + 1);
    }
    const widths: number[] = [];
    for await (using frame of stream) widths.push(frame.width);
    expect(widths).toEqual([64, 96]);
    expect(heard).toEqual(['once']);
    expect(stream.stats.dropped.closed).toBe(1);
  });

  it('goes on when a listener fails, which the error event tells', async () => {
    using shapeshifter = new Shapeshifter();
    await using stream = new VideoStream(shapeshifter.track, { capacity: 10 });
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.on('resolutionChanged', () => {
      throw new Error('thrown');
    });
    stream.on('resolutionChanged', () => Promise.reject(new Error('rejected')));
    for (const [index, width] of [64, 96, 64].entries()) {
      shapeshifter.capture(width, 48);
      await received(stream, index + 1);
    }
    for (const width of [64, 96, 64]) {
      using frame = await next(stream);
      expect(frame.width).toBe(width);
    }
    await new Promise(setImmediate);
    expect(errors.map(String).sort()).toEqual([
      'Error: rejected',
      'Error: rejected',
      'Error: thrown',
      'Error: thrown',
    ]);
  });

  it.each([undefined, 'RGBA', 'NV12'] as const)(
    'at every frame gives frames that are whole, in %s',
    async (format) => {
      using shapeshifter = new Shapeshifter();
      await using stream = new VideoStream(shapeshifter.track, {
        ...(format && { format }),
        maxWidth: 300,
      });
      let [before, changes] = ['', 0];
      stream.on('resolutionChanged', () => (changes += 1));
      for (let i = 0; i < 300; i++) {
        const [width, height] = [16 + ((i * 52) % 400), 16 + ((i * 36) % 300)];
        shapeshifter.capture(width, height);
        await received(stream, i + 1);
        if (stream.stats.dropped.size + stream.stats.delivered === i + 1) continue;
        using frame = await next(stream);
        expect([frame.width, frame.height]).toEqual([width, height]);
        expect(frame.data).toHaveLength(frame.byteLength);
        before = `${width}x${height}`;
      }
      const { stats } = stream;
      expect(stats.received).toBe(300);
      expect(stats.delivered + stats.dropped.size).toBe(300);
      expect(stats.dropped.size).toBeGreaterThan(50);
      expect(stats.resolutionChanges).toBe(stats.delivered - 1);
      expect(changes).toBe(stats.resolutionChanges);
      expect(before).toBe(`${stats.width}x${stats.height}`);
    },
  );
});

describe('a limit to the size', () => {
  it('drops and counts what is wider or higher, and lets the rest pass', async () => {
    using shapeshifter = new Shapeshifter();
    await using stream = new VideoStream(shapeshifter.track, {
      capacity: 10,
      maxWidth: 128,
      maxHeight: 96,
    });
    const sizes = [
      [128, 96],
      [132, 96],
      [128, 100],
      [96, 128],
      [64, 48],
    ] as const;
    for (const [index, [width, height]] of sizes.entries()) {
      shapeshifter.capture(width, height);
      await received(stream, index + 1);
    }
    for (const size of [
      [128, 96],
      [64, 48],
    ]) {
      using frame = await next(stream);
      expect([frame.width, frame.height]).toEqual(size);
    }
    expect(stream.stats).toMatchObject({ received: 5, delivered: 2, resolutionChanges: 1 });
    expect(stream.stats.dropped).toMatchObject({ size: 3, full: 0 });
  });

  it('is 8192x8192 by default', async () => {
    using shapeshifter = new Shapeshifter();
    await using stream = new VideoStream(shapeshifter.track, { capacity: 10 });
    await using wide = new VideoStream(shapeshifter.track, { capacity: 10, maxWidth: 16_384 });
    const widths = [8192, 8196, 16_384, 64];
    for (const [index, width] of widths.entries()) {
      shapeshifter.capture(width, 16);
      await received(stream, index + 1);
      await received(wide, index + 1);
    }
    for (const width of [8192, 64]) {
      using frame = await next(stream);
      expect(frame.width).toBe(width);
    }
    for (const width of widths) {
      using frame = await next(wide);
      expect(frame.width).toBe(width);
    }
    expect(stream.stats.dropped.size).toBe(2);
    expect(wide.stats.dropped.size).toBe(0);
  });

  it.each([
    ['maxWidth', 0],
    ['maxWidth', 16_385],
    ['maxHeight', 1.5],
    ['maxHeight', Infinity],
    ['clockOffsetUs', NaN],
    ['clockOffsetUs', Infinity],
  ])('and the clock are refused out of range: %s %p', (name, value) => {
    using shapeshifter = new Shapeshifter();
    const open = (): unknown => new VideoStream(shapeshifter.track, { [name]: value });
    expect(open).toThrow(RangeError);
    expect(open).toThrow(`options.${name} must be `);
  });

  it.each([
    ['maxWidth', '100'],
    ['maxHeight', null],
    ['clockOffsetUs', '5'],
    ['clockOffsetUs', null],
  ])('and the clock are refused as another type: %s %p', (name, value) => {
    using shapeshifter = new Shapeshifter();
    const open = (): unknown => new VideoStream(shapeshifter.track, { [name]: value });
    expect(open).toThrow(TypeError);
    expect(open).toThrow(`options.${name} must be `);
  });
});
