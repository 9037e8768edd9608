import fc from 'fast-check';

import { cropPixels, type CropArea } from '../../src/video/crop-pixels.js';
import {
  byteLengthOf,
  PIXEL_FORMATS,
  planesOf,
  type PixelFormat,
} from '../../src/video/pixel-format.js';

type Size = readonly [width: number, height: number];

function random(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

function crop(source: Uint8Array, format: PixelFormat, size: Size, area: CropArea): Uint8Array {
  const target = new Uint8Array(byteLengthOf(format, area.width, area.height));
  cropPixels(source, target, { format, width: size[0], height: size[1], area });
  return target;
}

/** For each plane, what a pixel of the picture has of it: its channels, each by itself. */
function pixelsOf(bytes: Uint8Array, format: PixelFormat, [width, height]: Size): number[][][][] {
  return planesOf(format, width, height).map((plane) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => {
        const column = Math.floor(x / plane.subsampleX);
        const row = Math.floor(y / plane.subsampleY);
        const at = plane.offset + row * plane.stride + column * plane.sampleBytes;
        const sample = [...bytes.subarray(at, at + plane.sampleBytes)];
        return format === 'I010' ? [sample[0]! + 256 * sample[1]!] : sample;
      }),
    ),
  );
}

/** The area of each pixel cut out, and then the samples made of what pixels they stand for. */
function expected(source: Uint8Array, format: PixelFormat, size: Size, area: CropArea): number[] {
  const pixels = pixelsOf(source, format, size);
  return planesOf(format, area.width, area.height).flatMap((plane, i) => {
    const cut = pixels[i]!.slice(area.y, area.y + area.height).map((row) =>
      row.slice(area.x, area.x + area.width),
    );
    return Array.from({ length: plane.height * plane.width }, (_, n) => {
      const [column, row] = [n % plane.width, Math.floor(n / plane.width)];
      const block = [0, 1, 2, 3].map((corner) => {
        const y = Math.min(
          row * plane.subsampleY + (corner >> 1) * (plane.subsampleY - 1),
          area.height - 1,
        );
        const x = Math.min(
          column * plane.subsampleX + (corner & 1) * (plane.subsampleX - 1),
          area.width - 1,
        );
        return cut[y]![x]!;
      });
      return block[0]!.flatMap((_, channel) => {
        const sum = block.reduce((total, one) => total + one[channel]!, 0);
        const average = Math.floor((sum + 2) / 4);
        return format === 'I010' ? [average % 256, Math.floor(average / 256)] : [average];
      });
    }).flat();
  });
}

describe('cropPixels', () => {
  it.each(PIXEL_FORMATS)(
    'cuts any rectangle out of %s, as if each pixel had its own chroma',
    (format) => {
      const side = fc.integer({ min: 1, max: 13 });
      const share = fc.double({ min: 0, max: 0.999, noNaN: true });
      const run = fc.property(
        side,
        side,
        share,
        share,
        share,
        share,
        (width, height, a, b, c, d) => {
          const x = Math.floor(a * width);
          const y = Math.floor(b * height);
          const area = {
            x,
            y,
            width: 1 + Math.floor(c * (width - x)),
            height: 1 + Math.floor(d * (height - y)),
          };
          const source = random(byteLengthOf(format, width, height));
          const cut = crop(source, format, [width, height], area);
          expect([...cut]).toEqual(expected(source, format, [width, height], area));
        },
      );
      fc.assert(run);
    },
  );

  it.each(PIXEL_FORMATS)('copies all of %s', (format) => {
    const source = random(byteLengthOf(format, 17, 9));
    expect(crop(source, format, [17, 9], { x: 0, y: 0, width: 17, height: 9 })).toEqual(source);
  });

  it('takes unaligned memory', () => {
    for (const format of PIXEL_FORMATS) {
      const source = random(byteLengthOf(format, 9, 7) + 1).subarray(1);
      const area = { x: 3, y: 1, width: 5, height: 4 };
      const target = new Uint8Array(byteLengthOf(format, 5, 4) + 3).subarray(3);
      cropPixels(source, target, { format, width: 9, height: 7, area });
      expect(target).toEqual(crop(source.slice(), format, [9, 7], area));
    }
  });

  it('refuses what lies outside, and memory that is too short', () => {
    const options = { format: 'I420', width: 4, height: 4 } as const;
    const cut =
      (area: object, target = new Uint8Array(24)) =>
      () =>
        cropPixels(new Uint8Array(24), target, { ...options, area: area as CropArea });
    expect(cut({ x: 1, y: 0, width: 4, height: 4 })).toThrow(
      new RangeError('options.area.width must be an integer from 1 to 3, got 4.'),
    );
    expect(cut({ x: 0, y: 4, width: 1, height: 1 })).toThrow(RangeError);
    expect(cut({ x: 0, y: 0, width: 0, height: 1 })).toThrow(RangeError);
    expect(cut({ x: 0.5, y: 0, width: 1, height: 1 })).toThrow(RangeError);
    expect(cut({ x: -1, y: 0, width: 1, height: 1 })).toThrow(RangeError);
    expect(cut({ x: 0, y: 0, width: 1 })).toThrow(TypeError);
    expect(cut({ x: 0, y: 0, width: 2, height: 2 }, new Uint8Array(5))).toThrow(RangeError);
  });
});
