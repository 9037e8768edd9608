import fc from 'fast-check';

import { convertPixels } from '../../src/video/convert-pixels.js';
import {
  byteLengthOf,
  PIXEL_FORMATS,
  planesOf,
  type PixelFormat,
} from '../../src/video/pixel-format.js';
import { ROTATE_DEGREES, rotatePixels, type RotateDegrees } from '../../src/video/rotate-pixels.js';

// 70x35 is larger than a tile in both directions.
const SIZES = [
  [1, 1],
  [2, 2],
  [5, 3],
  [17, 9],
  [70, 35],
] as const;

// All but those that resample chroma.
const TURNS = PIXEL_FORMATS.flatMap((format) =>
  ROTATE_DEGREES.map((degrees) => ({ format, degrees })),
).filter(({ format, degrees }) => format !== 'I422' || degrees === 180);

function rotate(
  source: Uint8Array,
  format: PixelFormat,
  width: number,
  height: number,
  degrees: RotateDegrees,
): Uint8Array {
  const [toWidth, toHeight] = degrees === 180 ? [width, height] : [height, width];
  const target = new Uint8Array(byteLengthOf(format, toWidth, toHeight));
  rotatePixels(source, target, { format, width, height, degrees });
  return target;
}

function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 8)) & 255);
}

/** Where a sample is after a clockwise rotation. */
function moved(
  x: number,
  y: number,
  width: number,
  height: number,
  degrees: RotateDegrees,
): readonly [number, number] {
  if (degrees === 90) return [height - 1 - y, x];
  if (degrees === 180) return [width - 1 - x, height - 1 - y];
  return [y, width - 1 - x];
}

/** Every sample of every plane moved by itself. */
function reference(
  source: Uint8Array,
  format: PixelFormat,
  width: number,
  height: number,
  degrees: RotateDegrees,
): Uint8Array {
  const [toWidth, toHeight] = degrees === 180 ? [width, height] : [height, width];
  const planes = planesOf(format, toWidth, toHeight);
  const target = new Uint8Array(byteLengthOf(format, toWidth, toHeight));
  for (const [i, plane] of planesOf(format, width, height).entries()) {
    const size = plane.sampleBytes;
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width; x++) {
        const [toX, toY] = moved(x, y, plane.width, plane.height, degrees);
        const from = plane.offset + y * plane.stride + x * size;
        target.set(
          source.subarray(from, from + size),
          planes[i]!.offset + toY * planes[i]!.stride + toX * size,
        );
      }
    }
  }
  return target;
}

describe('rotatePixels', () => {
  it('rotates clockwise', () => {
    // 1 2 3      4 1
    // 4 5 6  ->  5 2
    //            6 3
    const source = Uint8Array.from([1, 2, 3, 4, 5, 6].flatMap((value) => [value, 0, 0]));
    const reds = (degrees: RotateDegrees) =>
      [...rotate(source, 'RGB24', 3, 2, degrees)].filter((_, i) => i % 3 === 0);
    expect(reds(90)).toEqual([4, 1, 5, 2, 6, 3]);
    expect(reds(180)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(reds(270)).toEqual([3, 6, 2, 5, 1, 4]);
  });

  it.each(TURNS)('moves every sample of $format by $degrees degrees', ({ format, degrees }) => {
    for (const [width, height] of SIZES) {
      const source = numbered(byteLengthOf(format, width, height));
      const rotated = rotate(source, format, width, height, degrees);
      expect(rotated).toEqual(reference(source, format, width, height, degrees));
    }
  });

  it.each(PIXEL_FORMATS)('takes %s from unaligned memory to unaligned memory', (format) => {
    const bytes = byteLengthOf(format, 17, 9);
    const source = numbered(bytes + 1).subarray(1);
    const target = new Uint8Array(bytes * 2 + 3).subarray(3);
    rotatePixels(source, target, { format, width: 17, height: 9, degrees: 90 });
    const wanted = rotate(source.slice(), format, 17, 9, 90);
    expect(target.subarray(0, wanted.length)).toEqual(wanted);
  });

  it('gives back every picture that was rotated four times', () => {
    const formats = PIXEL_FORMATS.filter((format) => format !== 'I422');
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...formats), side, side, (format, width, height) => {
        const source = numbered(byteLengthOf(format, width, height));
        const once = rotate(source, format, width, height, 90);
        const twice = rotate(once, format, height, width, 90);
        expect(twice).toEqual(rotate(source, format, width, height, 180));
        const thrice = rotate(twice, format, width, height, 90);
        expect(thrice).toEqual(rotate(source, format, width, height, 270));
        expect(rotate(thrice, format, height, width, 90)).toEqual(source);
      }),
    );
  });

  it('averages the chroma of I422 where rotating halves it, and repeats it where it doubles', () => {
    // 4x2 pixels: two columns and two rows of U and of V.
    const luma = [1, 2, 3, 4, 5, 6, 7, 8];
    const source = Uint8Array.from([...luma, 10, 20, 30, 40, 110, 120, 130, 140]);
    const rotated = rotate(source, 'I422', 4, 2, 90);
    expect([...rotated.subarray(0, 8)]).toEqual([5, 1, 6, 2, 7, 3, 8, 4]);
    expect([...rotated.subarray(8, 12)]).toEqual([20, 20, 30, 30]);
    expect([...rotated.subarray(12)]).toEqual([120, 120, 130, 130]);
    const other = rotate(source, 'I422', 4, 2, 270);
    expect([...other.subarray(8)]).toEqual([30, 30, 20, 20, 130, 130, 120, 120]);
  });

  it.each(SIZES)('rotates a %ix%i gradient in I422 as it does in RGBA', (width, height) => {
    const rgba = new Uint8Array(width * height * 4);
    for (let i = 0; i < width * height; i++) {
      rgba.set([(80 * (i % width)) / width, (80 * Math.floor(i / width)) / height, 40, 255], 4 * i);
    }
    const i422 = new Uint8Array(byteLengthOf('I422', width, height));
    convertPixels(rgba, i422, { from: 'RGBA', to: 'I422', width, height });
    const direct = new Uint8Array(byteLengthOf('I422', height, width));
    const rotated = rotate(rgba, 'RGBA', width, height, 270);
    convertPixels(rotated, direct, { from: 'RGBA', to: 'I422', width: height, height: width });
    const largest = rotate(i422, 'I422', width, height, 270).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - direct[i]!)),
      0,
    );
    // What a step of the steepest gradient here changes in chroma.
    expect(largest).toBeLessThanOrEqual(Math.ceil(40 / Math.min(width, height)));
  });

  it('refuses angles, sizes and memory that do not fit', () => {
    const options = { format: 'RGBA', width: 3, height: 2, degrees: 90 } as const;
    const memory = new Uint8Array(24);
    const wrong = (change: object) => () =>
      rotatePixels(memory, new Uint8Array(24), { ...options, ...change });
    expect(wrong({ degrees: 45 })).toThrow(
      new RangeError('options.degrees must be one of 90, 180, 270, got 45.'),
    );
    expect(wrong({ format: 'RGB' })).toThrow(RangeError);
    expect(wrong({ width: 4 })).toThrow(RangeError);
    expect(() => rotatePixels(memory, new Uint8Array(23), options)).toThrow(
      new RangeError('target must have at least 24 bytes (RGBA, 2x3), got 23.'),
    );
  });
});
