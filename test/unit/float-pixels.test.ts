import { toFloat32Pixels } from '../../src/video/float-pixels.js';

const PLAIN = { width: 2, height: 2, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;

// Four pixels whose channels say what they are: red 1 to 4, green 11 to 14, blue 21 to 24.
const RGBA = Uint8Array.from([1, 2, 3, 4].flatMap((i) => [i, 10 + i, 20 + i, 255]));

describe('toFloat32Pixels', () => {
  it('puts channel after channel in the layout CHW', () => {
    expect([...toFloat32Pixels(RGBA, { ...PLAIN, layout: 'CHW' })]).toEqual([
      1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24,
    ]);
  });

  it('puts pixel after pixel in the layout HWC', () => {
    expect([...toFloat32Pixels(RGBA, { ...PLAIN, layout: 'HWC' })]).toEqual([
      1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24,
    ]);
  });

  it('scales, then subtracts the mean, then divides by the deviation of each channel', () => {
    const mean = [0.485, 0.456, 0.406] as const;
    const std = [0.229, 0.224, 0.225] as const;
    const rgba = Uint8Array.from({ length: 256 * 4 }, (_, i) => (i * 7) & 255);
    const floats = toFloat32Pixels(rgba, {
      width: 16,
      height: 16,
      layout: 'HWC',
      scale: 1 / 255,
      mean,
      std,
    });
    const wanted = Array.from({ length: 256 * 3 }, (_, i) => {
      const channel = i % 3;
      const value = rgba[Math.floor(i / 3) * 4 + channel]!;
      return Math.fround((value / 255 - mean[channel]!) / std[channel]!);
    });
    const worst = wanted.reduce((most, one, i) => Math.max(most, Math.abs(one - floats[i]!)), 0);
    expect(worst).toBeLessThan(1e-6);
  });

  it('takes memory that starts at an odd byte', () => {
    const odd = new Uint8Array(RGBA.length + 1).subarray(1);
    odd.set(RGBA);
    const options = { ...PLAIN, layout: 'CHW' } as const;
    expect(toFloat32Pixels(odd, options)).toEqual(toFloat32Pixels(RGBA, options));
  });

  it('refuses options and memory that do not fit', () => {
    const wrong = (change: object) => () =>
      toFloat32Pixels(RGBA, { ...PLAIN, layout: 'CHW', ...change });
    expect(wrong({ layout: 'NCHW' })).toThrow(RangeError);
    expect(wrong({ scale: Infinity })).toThrow(RangeError);
    expect(wrong({ scale: '1' })).toThrow(TypeError);
    expect(wrong({ mean: [0, 0] })).toThrow(TypeError);
    expect(wrong({ mean: [0, 0, NaN] })).toThrow(
      new RangeError('options.mean[2] must be a finite number, got NaN.'),
    );
    expect(wrong({ std: [1, 0, 1] })).toThrow(
      new RangeError('options.std must not contain 0, got [ 1, 0, 1 ].'),
    );
    expect(wrong({ height: 3 })).toThrow(
      new RangeError('rgba must have at least 24 bytes (RGBA, 2x3), got 16.'),
    );
  });
});
