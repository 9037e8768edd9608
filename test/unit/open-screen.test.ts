import { type PixelFormat, VideoFrame } from 'framewire';
import { openScreen, type ScreenOptions } from 'framewire/capture';
import { type Color, colorDistance, meanColor } from 'framewire/testing';
import { describeWith } from '../support/tools.js';
import { type Patch, VirtualScreen } from '../support/xvfb.js';

jest.setTimeout(60_000);

/** Not a multiple of anything, so that a row too few or a stride too long shows. */
const SIZE = { width: 318, height: 241 };

const RED: Color = [200, 40, 40];
const BLUE: Color = [1, 60, 254];

/** Single pixels in the corners, and a large patch. */
const PICTURE: readonly Patch[] = [
  { x: 0, y: 0, ...SIZE, color: [10, 20, 30] },
  { x: 0, y: 0, width: 1, height: 1, color: [255, 0, 0] },
  { x: 317, y: 0, width: 1, height: 1, color: [0, 255, 0] },
  { x: 0, y: 240, width: 1, height: 1, color: [0, 0, 255] },
  { x: 317, y: 240, width: 1, height: 1, color: [255, 254, 253] },
  { x: 100, y: 50, width: 64, height: 32, color: RED },
  { x: 164, y: 50, width: 64, height: 32, color: BLUE },
];

/** What is to be where, the last patch that covers it. */
function expectedPixels(): Uint8Array {
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (const { x, y, width, height, color } of PICTURE) {
    for (let row = y; row < y + height; row += 1) {
      for (let column = x; column < x + width; column += 1) {
        pixels.set(color, (row * SIZE.width + column) * 3);
      }
    }
  }
  return pixels;
}

describeWith(['ffmpeg', 'xvfb'], 'a screen', () => {
  let screen: VirtualScreen;
  beforeAll(async () => {
    screen = await VirtualScreen.start(SIZE);
  });
  afterAll(() => screen.close());
  beforeEach(() => screen.draw(PICTURE));

  /** The first frame, which is closed after the test. */
  async function firstFrame(options: ScreenOptions): Promise<VideoFrame> {
    await using stream = await openScreen({ device: screen.display, cursor: false, ...options });
    const { value: frame } = await stream.next();
    return frame!;
  }

  it.each<[PixelFormat, number, readonly [number, number, number]]>([
    ['RGB24', 3, [0, 1, 2]],
    ['RGBA', 4, [0, 1, 2]],
    ['BGRA', 4, [2, 1, 0]],
    ['ARGB', 4, [1, 2, 3]],
    ['ABGR', 4, [3, 2, 1]],
  ])('has each pixel as it is, in %s', async (format, bytes, [red, green, blue]) => {
    using frame = await firstFrame({ format });
    expect(frame).toMatchObject({ ...SIZE, format });
    const { data } = frame;
    const pixels = new Uint8Array(SIZE.width * SIZE.height * 3);
    for (let from = 0, to = 0; from < data.length; from += bytes, to += 3) {
      pixels.set([data[from + red]!, data[from + green]!, data[from + blue]!], to);
    }
    expect(Buffer.compare(pixels, expectedPixels())).toBe(0);
    const alphas = bytes === 4 ? data.filter((_, i) => i % 4 === 6 - red - green - blue) : [];
    expect(new Set(alphas)).toEqual(new Set(bytes === 4 ? [255] : []));
  });

  it.each<PixelFormat>(['I420', 'I422', 'I444', 'I010', 'I420A', 'NV12'])(
    "has the colours that the SDK's own conversions read, in %s",
    async (format) => {
      using frame = await firstFrame({ format });
      using rgba = frame.convert('RGBA');
      // Within the patches: at their edges chroma is shared.
      const inside = { y: 52, width: 56, height: 28 };
      expect(colorDistance(meanColor(rgba, { x: 104, ...inside }), RED)).toBeLessThan(4);
      expect(colorDistance(meanColor(rgba, { x: 168, ...inside }), BLUE)).toBeLessThan(4);
    },
  );

  it.each([
    ['a part', { x: 99, y: 49, width: 66, height: 34 }, [66, 34]],
    ['a part of odd size at an odd place', { x: 99, y: 49, width: 3, height: 5 }, [3, 5]],
    ['one pixel', { x: 99, y: 49, width: 1, height: 1 }, [1, 1]],
    ['the rest from a place on', { x: 99, y: 49 }, [219, 192]],
    ['the rest from a row on', { y: 49 }, [318, 192]],
  ])('may be captured as %s', async (_, area, [width = 0, height = 0]) => {
    using frame = await firstFrame({ format: 'RGB24', area });
    expect([frame.width, frame.height]).toEqual([width, height]);
    const whole = expectedPixels();
    const { x = 0, y } = area as { x?: number; y: number };
    const rows = Array.from({ length: height }, (__, row) => {
      const from = ((y + row) * SIZE.width + x) * 3;
      return whole.subarray(from, from + width * 3);
    });
    expect(Buffer.compare(frame.data, Buffer.concat(rows))).toBe(0);
  });

  it('is scaled to cover a size, and cut in the middle', async () => {
    await screen.draw([
      { x: 0, y: 0, ...SIZE, color: RED },
      { x: 0, y: 0, width: 39, height: 241, color: BLUE },
      { x: 279, y: 0, width: 39, height: 241, color: BLUE },
    ]);
    using frame = await firstFrame({ format: 'RGBA', width: 120, height: 120 });
    // 318x241 covers 120x120 as 158x120, of which 19 columns are cut on each side: about what is blue.
    expect([frame.width, frame.height]).toEqual([120, 120]);
    const middle = meanColor(frame, { x: 4, y: 4, width: 112, height: 112 });
    expect(colorDistance(middle, RED)).toBeLessThan(4);
  });

  it('shows what changes, at the time at which it did', async () => {
    const options = { device: screen.display, format: 'RGBA', cursor: false } as const;
    await using stream = await openScreen(options);
    let lastUs = -1;
    for (const color of [RED, BLUE]) {
      await screen.draw([{ x: 0, y: 0, ...SIZE, color }]);
      const afterMs = Date.now();
      let [withoutMs, withMs] = [0, 0];
      while (withMs === 0) {
        const { value: frame } = await stream.next();
        using shown = frame!;
        expect(shown.timestampUs).toBeGreaterThan(lastUs);
        lastUs = shown.timestampUs;
        const takenMs = Math.floor(shown.metadata.captureTimeUs! / 1_000);
        if (colorDistance(meanColor(shown), color) === 0) withMs = takenMs;
        else withoutMs = takenMs;
      }
      expect(withoutMs).toBeLessThanOrEqual(afterMs);
      expect(withMs).toBeGreaterThan(withoutMs);
    }
  });

  it('is captured as seldom as is wanted, and opens at once all the same', async () => {
    await using stream = await openScreen({ device: screen.display, fps: 0.01, capacity: 2 });
    // The second would come in a hundred seconds.
    const { value: frame } = await stream.next();
    frame!.close();
    expect(stream.stats.delivered).toBe(1);
  });

  it('may be the one of the environment', async () => {
    const before = process.env['DISPLAY'];
    process.env['DISPLAY'] = screen.display;
    try {
      await using stream = await openScreen();
      expect(stream).toMatchObject({ ...SIZE, device: screen.display });
      process.env['DISPLAY'] = '';
      await expect(openScreen()).rejects.toMatchObject({
        code: 'device',
        message: expect.stringContaining('DISPLAY') as string,
      });
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, 'DISPLAY');
      else process.env['DISPLAY'] = before;
    }
  });

  it.each([
    ['reaches beyond it', { x: 300, y: 0, width: 20, height: 20 }],
    ['is beside it', { x: 1_000, y: 0 }],
  ])('is an error with a part that %s', async (_, area) => {
    await expect(openScreen({ device: screen.display, area })).rejects.toMatchObject({
      code: 'device',
    });
  });

  it('is an error that ends the stream when the X server dies, and comes back with it', async () => {
    const other = await VirtualScreen.start(SIZE);
    const device = other.display;
    await using stream = await openScreen({ device });
    await using patient = await openScreen({ device, reopen: true });
    const lost = new Promise<Error>((resolve) => patient.on('deviceLost', resolve));
    const reopened = new Promise<void>((resolve) => patient.on('deviceReopened', resolve));
    await other.kill();
    await expect(
      (async () => {
        for await (const frame of stream) frame.close();
      })(),
    ).rejects.toMatchObject({ code: 'device' });
    expect(await lost).toMatchObject({ code: 'device' });
    await using again = await VirtualScreen.start({ ...SIZE, display: device });
    expect(again.display).toBe(device);
    await reopened;
    for await (const frame of patient) {
      frame.close();
      if (patient.stats.reopened === 1) break;
    }
    expect(patient.stats.reopened).toBe(1);
  });

  it.each<[string, unknown]>([
    ['options must be an object', 'screen'],
    ['options.device must be a display', { device: 'screen' }],
    ['options.device must be a display', { device: ':0+1,1' }],
    ['options.device must have no null characters', { device: ':0\0' }],
    ['options.area must be an object', { area: [0, 0] }],
    ['options.area.x must be an integer', { area: { x: -1 } }],
    ['options.area.y must be an integer', { area: { y: 0.5 } }],
    ['options.area.width must be an integer', { area: { width: 0, height: 5 } }],
    ['options.area.height must be an integer', { area: { width: 5 } }],
    ['options.height must be an integer', { width: 5 }],
    ['options.fps must be a positive number', { fps: 0 }],
    ['options.fps must be a positive number', { fps: Infinity }],
    ['options.cursor must be a boolean', { cursor: 0 }],
    ['options.stallMs must be an integer', { stallMs: 1 }],
    ['options.reopen must be a boolean', { reopen: 'yes' }],
    ['options.readIn must be one of', { readIn: 'thread' }],
    ['options.format must be', { format: 'rgba' }],
    ['options.signal must be an AbortSignal', { signal: {} }],
  ])('takes no options that are none: %s', async (message, options) => {
    const given = typeof options === 'object' ? { device: screen.display, ...options } : options;
    await expect(openScreen(given as ScreenOptions)).rejects.toThrow(message);
  });
});
