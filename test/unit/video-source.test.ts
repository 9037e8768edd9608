import {
  type CaptureFrameOptions,
  FramewireError,
  LocalVideoTrack,
  PIXEL_FORMATS,
  VideoFrame,
  VideoSource,
  VideoStream,
  type VideoStreamOptions,
} from 'framewire';
import { type Color, colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';

const ORANGE: Color = [200, 90, 30];

const sources: VideoSource[] = [];

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
});
afterAll(() => whenIdle());

function sourceOf(
  options: Partial<ConstructorParameters<typeof VideoSource>[0]> = {},
): VideoSource {
  const source = new VideoSource({ width: 64, height: 48, ...options });
  sources.push(source);
  return source;
}

function orange(options: Partial<ConstructorParameters<typeof VideoFrame>[1]> = {}): VideoFrame {
  return solidFrame(ORANGE, { width: 64, height: 48, format: 'RGBA', ...options });
}

/** What a stream on a track of `source` gives first, while `frame` is captured again and again. */
async function seen(
  source: VideoSource,
  frame: VideoFrame,
  options: CaptureFrameOptions & VideoStreamOptions = {},
): Promise<VideoFrame> {
  const { rotation, ...streamOptions } = options;
  await using stream = new VideoStream(LocalVideoTrack.create('test', source), streamOptions);
  const capture = (): void => source.captureFrame(frame, { ...(rotation && { rotation }) });
  const publisher = setInterval(capture, 5);
  try {
    const { value } = await stream.next();
    return value!;
  } finally {
    clearInterval(publisher);
  }
}

function failureOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not throw.');
}

describe('VideoSource', () => {
  it.each(PIXEL_FORMATS)('shows the right colours of a frame in %s', async (format) => {
    using frame = orange({ format });
    using shown = await seen(sourceOf(), frame);
    expect(shown).toMatchObject({ width: 64, height: 48, rotation: 0 });
    expect(colorDistance(meanColor(shown), ORANGE)).toBeLessThanOrEqual(5);
  });

  it.each(PIXEL_FORMATS)('shows the right half of a picture in %s at the right', async (format) => {
    using rgba = VideoFrame.create({ width: 64, height: 48, format: 'RGBA' });
    for (let i = 0; i < rgba.data.length; i += 4) {
      rgba.data.set((i / 4) % 64 < 32 ? [255, 0, 0, 255] : [0, 0, 255, 255], i);
    }
    using frame = rgba.convert(format);
    using shown = await seen(sourceOf(), frame);
    const left = meanColor(shown, { x: 2, y: 2, width: 26, height: 44 });
    const right = meanColor(shown, { x: 36, y: 2, width: 26, height: 44 });
    expect(colorDistance(left, [255, 0, 0])).toBeLessThanOrEqual(8);
    expect(colorDistance(right, [0, 0, 255])).toBeLessThanOrEqual(8);
  });

  it('takes odd sizes, which are cropped to what can be sent', async () => {
    using frame = orange({ width: 67, height: 51 });
    using shown = await seen(sourceOf({ width: 67, height: 51 }), frame);
    expect([shown.width, shown.height]).toEqual([64, 48]);
    expect(colorDistance(meanColor(shown), ORANGE)).toBeLessThanOrEqual(5);
  });

  it('passes the rotation on: the one given, else that of the frame', async () => {
    using frame = orange({ rotation: 90 });
    using own = await seen(sourceOf(), frame);
    using given = await seen(sourceOf(), frame, { rotation: 270 });
    expect([own.rotation, given.rotation]).toEqual([90, 270]);
  });

  it('gives a stream that is upright pictures that are', async () => {
    using frame = VideoFrame.create({ width: 64, height: 48, format: 'RGBA', rotation: 90 });
    // Red on top; a quarter turn clockwise brings it to the right.
    frame.data.fill(255);
    for (let i = 0; i < frame.data.length / 2; i += 4) frame.data.set([255, 0, 0], i);
    using shown = await seen(sourceOf(), frame, { upright: true, format: 'RGBA' });
    expect(shown).toMatchObject({ width: 48, height: 64, rotation: 0 });
    const left = meanColor(shown, { x: 2, y: 2, width: 18, height: 60 });
    const right = meanColor(shown, { x: 28, y: 2, width: 18, height: 60 });
    expect(colorDistance(left, [255, 255, 255])).toBeLessThanOrEqual(8);
    expect(colorDistance(right, [255, 0, 0])).toBeLessThanOrEqual(8);
  });

  it('refuses a frame of another size', () => {
    const source = sourceOf();
    using frame = orange({ width: 48, height: 64 });
    expect(failureOf(() => source.captureFrame(frame))).toEqual(
      new RangeError('frame must be 64x48 as its source, got 48x64.'),
    );
    expect(source.framesCaptured).toBe(0);
  });

  it.each(PIXEL_FORMATS)('scales a frame of another size in %s when told to', async (format) => {
    using frame = orange({ width: 33, height: 129, format });
    using shown = await seen(sourceOf({ onResize: 'scale' }), frame);
    expect([shown.width, shown.height]).toEqual([64, 48]);
    expect(colorDistance(meanColor(shown), ORANGE)).toBeLessThanOrEqual(6);
  });

  it.each(PIXEL_FORMATS)(
    'sends a frame of another size in %s as it is when told to',
    async (format) => {
      using frame = orange({ width: 80, height: 96, format });
      using shown = await seen(sourceOf({ onResize: 'follow' }), frame);
      expect([shown.width, shown.height]).toEqual([80, 96]);
      expect(colorDistance(meanColor(shown), ORANGE)).toBeLessThanOrEqual(6);
    },
  );

  it('sends no frame that is too small for every codec', () => {
    using frame = orange({ width: 64, height: 12 });
    const source = sourceOf({ onResize: 'follow' });
    expect(failureOf(() => source.captureFrame(frame))).toEqual(
      new RangeError('frame.height must be an integer of at least 16, got 12.'),
    );
  });

  it('borrows the frame, which may be changed or closed at once', async () => {
    const source = sourceOf();
    await using stream = new VideoStream(LocalVideoTrack.create('test', source));
    const publisher = setInterval(() => {
      const frame = orange();
      source.captureFrame(frame);
      frame.data.fill(0);
      frame.close();
    }, 5);
    const { value } = await stream.next();
    clearInterval(publisher);
    using shown = value!;
    expect(colorDistance(meanColor(shown), ORANGE)).toBeLessThanOrEqual(5);
  });

  it('counts its frames', () => {
    const source = sourceOf();
    using frame = orange();
    for (let i = 0; i < 3; i++) source.captureFrame(frame);
    expect(source.framesCaptured).toBe(3);
  });

  it('refuses time stamps that do not go forwards, and takes the next that does', () => {
    const source = sourceOf();
    using frame = orange();
    source.captureFrame(frame, { timestampUs: 1000 });
    for (const timestampUs of [1000, 999, 0]) {
      expect(failureOf(() => source.captureFrame(frame, { timestampUs }))).toEqual(
        new RangeError(
          `options.timestampUs must be later than that of the frame before, 1000, got ${timestampUs}.`,
        ),
      );
    }
    source.captureFrame(frame, { timestampUs: 1001 });
    source.captureFrame(frame, { timestampUs: Number.MAX_SAFE_INTEGER });
    expect(source.framesCaptured).toBe(3);
  });

  it('refuses to mix time stamps of its own and of the caller', () => {
    using frame = orange();
    const automatic = sourceOf();
    automatic.captureFrame(frame);
    const callers = sourceOf();
    callers.captureFrame(frame, { timestampUs: 0 });
    for (const mixed of [
      () => automatic.captureFrame(frame, { timestampUs: 2 ** 50 }),
      () => callers.captureFrame(frame),
    ]) {
      expect(failureOf(mixed)).toBeInstanceOf(FramewireError);
      expect(failureOf(mixed)).toMatchObject({ code: 'invalid-state' });
    }
    automatic.captureFrame(frame);
    callers.captureFrame(frame, { timestampUs: 1 });
  });

  it('does not decide on time stamps by a frame that it refused', () => {
    const source = sourceOf();
    using frame = orange();
    using other = orange({ width: 16 });
    expect(failureOf(() => source.captureFrame(other, { timestampUs: 5 }))).toBeInstanceOf(
      RangeError,
    );
    source.captureFrame(frame);
    expect(source.framesCaptured).toBe(1);
  });

  it('refuses a closed frame, and everything once it is closed', () => {
    const source = sourceOf();
    const frame = orange();
    frame.close();
    expect(failureOf(() => source.captureFrame(frame))).toMatchObject({ code: 'closed' });
    source.close();
    source.close();
    source[Symbol.dispose]();
    expect(source.closed).toBe(true);
    using open = orange();
    expect(failureOf(() => source.captureFrame(open))).toMatchObject({ code: 'closed' });
    expect(failureOf(() => LocalVideoTrack.create('late', source))).toMatchObject({
      code: 'closed',
    });
  });

  it('refuses a frame whose memory is gone, and goes on', () => {
    const source = sourceOf();
    const pixels = new Uint8Array(64 * 48 * 4);
    using frame = new VideoFrame(pixels, { width: 64, height: 48, format: 'RGBA' });
    structuredClone(pixels.buffer, { transfer: [pixels.buffer] });
    expect(failureOf(() => source.captureFrame(frame))).toMatchObject({ code: 'invalid-state' });
    using good = orange();
    source.captureFrame(good);
    expect(source.framesCaptured).toBe(1);
  });

  it('takes the largest user data that arrives, and refuses more', () => {
    const source = sourceOf();
    using frame = orange();
    const capture = (bytes: number) => () =>
      source.captureFrame(frame, { metadata: { userData: new Uint8Array(bytes) } });
    capture(0)();
    capture(232)();
    expect(failureOf(capture(233))).toEqual(
      new RangeError('options.metadata.userData must have at most 232 bytes, got 233.'),
    );
  });

  it('passes on a frame whose own user data is too much, without that', () => {
    const source = sourceOf();
    const userData = new Uint8Array(248);
    using frame = orange({ metadata: { captureTimeUs: 1000, userData } });
    source.captureFrame(frame);
    source.captureFrame(frame, { metadata: { captureTimeUs: 2000 } });
    expect(source.framesCaptured).toBe(2);
    expect(failureOf(() => source.captureFrame(frame, { metadata: { userData } }))).toEqual(
      new RangeError('options.metadata.userData must have at most 232 bytes, got 248.'),
    );
  });

  it('ends its tracks when it is closed', () => {
    const source = sourceOf();
    const tracks = [LocalVideoTrack.create('a', source), LocalVideoTrack.create('b', source)];
    source.close();
    expect(tracks.map(({ ended }) => ended)).toEqual([true, true]);
  });
});
