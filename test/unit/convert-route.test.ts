import fc from 'fast-check';
import { PIXEL_FORMATS, type PixelFormat, VideoFrame } from 'framewire';
import { whenIdle } from 'framewire/testing';
import { convertPixels } from '../../src/video/convert-pixels.js';
import { conversionRoute } from '../../src/video/convert-route.js';
import { byteLengthOf } from '../../src/video/pixel-format.js';

afterAll(() => whenIdle());

const PAIRS = PIXEL_FORMATS.flatMap((from) => PIXEL_FORMATS.map((to) => ({ from, to })));
const HD = { width: 1920, height: 1080 };

/** The pixels of a colour gradient with noise, whose alpha is noise too, in any format. */
function picture(format: PixelFormat, width: number, height: number, seed: number): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  let state = seed;
  for (let i = 0; i < rgba.length; i++) {
    state = (state * 48271) % 2147483647;
    rgba[i] = i % 4 === 3 ? state & 255 : ((i * 3) & 127) + (state & 63);
  }
  const pixels = new Uint8Array(byteLengthOf(format, width, height));
  convertPixels(rgba, pixels, { from: 'RGBA', to: format, width, height });
  return pixels;
}

/** The largest difference of two pictures in the same format, in steps of 8 bits. */
function difference(one: Uint8Array, other: Uint8Array, format: PixelFormat): number {
  let worst = one.length === other.length ? 0 : Infinity;
  const step = format === 'I010' ? 2 : 1;
  for (let i = 0; i < one.length; i += step) {
    const value = (bytes: Uint8Array): number =>
      step === 1 ? bytes[i]! : (bytes[i]! + 256 * bytes[i + 1]!) / 4;
    worst = Math.max(worst, Math.abs(value(one) - value(other)));
  }
  return worst;
}

describe('The way of a conversion', () => {
  it.each(PAIRS)('leads from $from to $to', ({ from, to }) => {
    for (const size of [HD, { width: 5, height: 3 }]) {
      const { steps } = conversionRoute(from, to, size);
      expect(steps[0]!.from).toBe(from);
      expect(steps.at(-1)!.to).toBe(to);
      for (const [i, step] of steps.slice(1).entries()) expect(step.from).toBe(steps[i]!.to);
      expect(steps.filter((step) => step.flips)).toHaveLength(1);
      // What is left as it is would be the result's memory and the source's at once.
      expect(steps.at(-1)!.way).not.toBe('none');
      expect(steps.find((step) => step.flips)!.way).not.toBe('none');
    }
  });

  it('gives native code nothing that it aborts on, refuses or gets wrong', () => {
    const steps = PAIRS.flatMap(({ from, to }) =>
      [1, 2, 3, 4, 5].flatMap((width) =>
        [1, 2, 3, 4].flatMap((height) =>
          conversionRoute(from, to, { width, height }).steps.map((step) => ({
            ...step,
            width,
            height,
          })),
        ),
      ),
    );
    const native = steps.filter(({ way }) => way === 'native');
    expect(new Set(native.map(({ from }) => from))).toEqual(
      new Set(['RGBA', 'BGRA', 'ARGB', 'RGB24', 'I420', 'I422', 'I444', 'NV12']),
    );
    expect(new Set(native.map(({ to }) => to))).toEqual(
      new Set(['RGBA', 'BGRA', 'ARGB', 'ABGR', 'RGB24', 'I420']),
    );
    // At these sizes it takes chroma from between the samples (measured).
    const wrong = native.filter(
      ({ from, to, width, height }) =>
        to === 'I420' &&
        ((from === 'I444' && (width % 2 === 1 || height % 2 === 1)) ||
          (from === 'I422' && (width <= 2 || height % 2 === 1))),
    );
    expect(wrong).toEqual([]);
  });

  it.each(PIXEL_FORMATS)('gives what our own arithmetic gives of any %s, alpha too', (from) => {
    const side = fc.integer({ min: 1, max: 40 });
    const run = fc.property(
      fc.constantFrom(...PIXEL_FORMATS),
      side,
      side,
      fc.boolean(),
      fc.integer({ min: 1, max: 1000 }),
      (to, width, height, flipY, seed) => {
        const pixels = picture(from, width, height, seed);
        const wanted = new Uint8Array(byteLengthOf(to, width, height));
        convertPixels(pixels, wanted, { from, to, width, height, flipY });
        using frame = new VideoFrame(pixels, { width, height, format: from });
        using converted = frame.convert(to, { flipY });
        // Rounding: ours, the native code's, and that of a stop on the way.
        expect(difference(converted.data, wanted, to)).toBeLessThanOrEqual(3);
      },
    );
    fc.assert(run, { numRuns: 25 });
  });

  it.each(PAIRS)('leaves the frame alone, $from to $to', ({ from, to }) => {
    const pixels = picture(from, 6, 4, 9);
    using frame = new VideoFrame(pixels.slice(), { width: 6, height: 4, format: from });
    using converted = frame.convert(to);
    converted.data.fill(1);
    expect(Buffer.compare(frame.data, pixels)).toBe(0);
  });
});
