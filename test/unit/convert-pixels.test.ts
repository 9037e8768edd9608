import fc from 'fast-check';

import { convertPixels } from '../../src/video/convert-pixels.js';
import { byteLengthOf, PIXEL_FORMATS, type PixelFormat } from '../../src/video/pixel-format.js';

// The reference: a picture is one [y, u, v, alpha] or [r, g, b, alpha] of floats for each pixel, and
// every step is written down plainly.

type Channels = readonly [number, number, number, number];
type Picture = Channels[][];
type PackedFormat = 'RGBA' | 'BGRA' | 'ARGB' | 'ABGR' | 'RGB24';

/** Which of red, green, blue and alpha is each byte of a pixel. */
const PACKED: Record<PackedFormat, readonly number[]> = {
  RGBA: [0, 1, 2, 3],
  BGRA: [2, 1, 0, 3],
  ARGB: [3, 0, 1, 2],
  ABGR: [3, 2, 1, 0],
  RGB24: [0, 1, 2],
};

const SUBSAMPLING: Partial<Record<PixelFormat, readonly [number, number]>> = {
  I420: [2, 2],
  I420A: [2, 2],
  I422: [2, 1],
  I444: [1, 1],
  I010: [2, 2],
  NV12: [2, 2],
};

const SIZES = [
  [1, 1],
  [2, 2],
  [5, 3],
  [17, 9],
  [48, 4],
] as const;

function isPacked(format: PixelFormat): format is PackedFormat {
  return format in PACKED;
}

function hasAlpha(format: PixelFormat): boolean {
  return (isPacked(format) && format !== 'RGB24') || format === 'I420A';
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}

function toYuv([r, g, b, alpha]: Channels): Channels {
  const luma = 0.299 * r + 0.587 * g + 0.114 * b;
  return [
    16 + (219 / 255) * luma,
    128 + ((224 / 255) * (b - luma)) / 1.772,
    128 + ((224 / 255) * (r - luma)) / 1.402,
    alpha,
  ];
}

function toRgb([y, u, v, alpha]: Channels): Channels {
  const luma = ((y - 16) * 255) / 219;
  const r = luma + (((v - 128) * 255) / 224) * 1.402;
  const b = luma + (((u - 128) * 255) / 224) * 1.772;
  const g = (luma - 0.299 * r - 0.114 * b) / 0.587;
  return [clamp(r), clamp(g), clamp(b), alpha];
}

/** Reads the memory of a frame, one sample at a time, as the format's own channels. */
function decode(bytes: Uint8Array, format: PixelFormat, width: number, height: number): Picture {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x): Channels => {
      const pixel = y * width + x;
      if (isPacked(format)) {
        const order = PACKED[format];
        const channel = (which: number): number =>
          order.includes(which) ? bytes[pixel * order.length + order.indexOf(which)]! : 255;
        return [channel(0), channel(1), channel(2), channel(3)];
      }
      const [subsampleX, subsampleY] = SUBSAMPLING[format]!;
      const chromaWidth = Math.ceil(width / subsampleX);
      const chromaSize = chromaWidth * Math.ceil(height / subsampleY);
      const chroma = Math.floor(y / subsampleY) * chromaWidth + Math.floor(x / subsampleX);
      const luma = width * height;
      if (format === 'NV12') {
        return [bytes[pixel]!, bytes[luma + 2 * chroma]!, bytes[luma + 2 * chroma + 1]!, 255];
      }
      const sample = (i: number): number =>
        format === 'I010' ? (bytes[2 * i]! + 256 * bytes[2 * i + 1]!) / 4 : bytes[i]!;
      const alpha = format === 'I420A' ? sample(luma + 2 * chromaSize + pixel) : 255;
      return [sample(pixel), sample(luma + chroma), sample(luma + chromaSize + chroma), alpha];
    }),
  );
}

/** What decoding the converted picture should give: chroma averaged over the target's blocks. */
function expected(picture: Picture, from: PixelFormat, to: PixelFormat): Picture {
  if (isPacked(to)) {
    return picture.map((row) =>
      row.map((pixel) => {
        const [r, g, b, alpha] = isPacked(from) ? pixel : toRgb(pixel);
        return [r, g, b, hasAlpha(to) ? alpha : 255];
      }),
    );
  }
  const yuv = isPacked(from) ? picture.map((row) => row.map(toYuv)) : picture;
  const [subsampleX, subsampleY] = SUBSAMPLING[to]!;
  return yuv.map((row, y) =>
    row.map(([luma, , , alpha], x): Channels => {
      const block: Channels[] = [];
      // At an odd edge the last pixel counts twice.
      for (let dy = 0; dy < subsampleY; dy++) {
        for (let dx = 0; dx < subsampleX; dx++) {
          const blockY = Math.min(y - (y % subsampleY) + dy, yuv.length - 1);
          const blockX = Math.min(x - (x % subsampleX) + dx, row.length - 1);
          block.push(yuv[blockY]![blockX]!);
        }
      }
      const average = (channel: 1 | 2): number =>
        block.reduce((sum, one) => sum + one[channel], 0) / block.length;
      return [luma, average(1), average(2), hasAlpha(to) ? alpha : 255];
    }),
  );
}

/** The largest difference between two pictures in any channel. */
function difference(a: Picture, b: Picture): number {
  let largest = 0;
  for (const [y, row] of a.entries()) {
    for (const [x, pixel] of row.entries()) {
      for (const [i, value] of pixel.entries()) {
        largest = Math.max(largest, Math.abs(value - b[y]![x]![i]!));
      }
    }
  }
  return largest;
}

/** One for rounding; the 10 bits of I010 are rounded to 8 before a difference is amplified. */
function toleranceOf(from: PixelFormat): number {
  return from === 'I010' ? 3 : 1.01;
}

/** A picture of the format, painted by what is at each pixel. */
function paint(
  format: PixelFormat,
  width: number,
  height: number,
  colour: (x: number, y: number) => Channels,
): Uint8Array {
  const bytes = new Uint8Array(byteLengthOf(format, width, height));
  if (isPacked(format)) {
    const order = PACKED[format];
    for (let i = 0; i < width * height; i++) {
      const pixel = colour(i % width, Math.floor(i / width));
      for (const [offset, channel] of order.entries()) {
        bytes[i * order.length + offset] = Math.round(pixel[channel]!);
      }
    }
    return bytes;
  }
  const [subsampleX, subsampleY] = SUBSAMPLING[format]!;
  const chromaWidth = Math.ceil(width / subsampleX);
  const chromaHeight = Math.ceil(height / subsampleY);
  const samples: number[] = [];
  const plane = (channel: number, columns: number, rows: number, stepX: number, stepY: number) =>
    Array.from({ length: columns * rows }, (_, i) => {
      const x = Math.min((i % columns) * stepX, width - 1);
      const y = Math.min(Math.floor(i / columns) * stepY, height - 1);
      return toYuv(colour(x, y))[channel]!;
    });
  samples.push(...plane(0, width, height, 1, 1));
  const u = plane(1, chromaWidth, chromaHeight, subsampleX, subsampleY);
  const v = plane(2, chromaWidth, chromaHeight, subsampleX, subsampleY);
  if (format === 'NV12') samples.push(...u.flatMap((one, i) => [one, v[i]!]));
  else samples.push(...u, ...v);
  if (format === 'I420A') samples.push(...plane(3, width, height, 1, 1));
  for (const [i, value] of samples.entries()) {
    if (format === 'I010') {
      const word = Math.round(value * 4);
      bytes[2 * i] = word % 256;
      bytes[2 * i + 1] = Math.floor(word / 256);
    } else {
      bytes[i] = Math.round(value);
    }
  }
  return bytes;
}

function gradient(width: number, height: number): (x: number, y: number) => Channels {
  return (x, y) => [
    (255 * x) / width,
    (255 * y) / height,
    255 - (255 * (x + y)) / (width + height),
    (255 * (x + 1)) / (width + 1),
  ];
}

function convert(
  source: Uint8Array,
  from: PixelFormat,
  to: PixelFormat,
  width: number,
  height: number,
  flipY = false,
): Uint8Array {
  const target = new Uint8Array(byteLengthOf(to, width, height));
  convertPixels(source, target, { from, to, width, height, flipY });
  return target;
}

/** The same bytes in memory that starts at an odd address. */
function unaligned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 3).subarray(3);
  copy.set(bytes);
  return copy;
}

const PAIRS = PIXEL_FORMATS.flatMap((from) => PIXEL_FORMATS.map((to) => ({ from, to })));

describe('convertPixels', () => {
  it.each(PAIRS)('converts $from to $to as floating point arithmetic does', ({ from, to }) => {
    for (const [width, height] of SIZES) {
      const source = paint(from, width, height, gradient(width, height));
      const converted = convert(source, from, to, width, height);
      const wanted = expected(decode(source, from, width, height), from, to);
      const got = decode(converted, to, width, height);
      expect(difference(wanted, got)).toBeLessThanOrEqual(toleranceOf(from));
    }
  });

  it.each(PAIRS)('converts extreme and random samples from $from to $to', ({ from, to }) => {
    const [width, height] = [17, 9];
    const random = new Uint8Array(byteLengthOf(from, width, height));
    let state = 1;
    for (let i = 0; i < random.length; i++) {
      state = (state * 48271) % 2147483647;
      random[i] = state % 3 === 0 ? 0 : state % 3 === 1 ? 255 : state & 255;
      // 10 bits in a word of 16.
      if (from === 'I010' && i % 2 === 1) random[i]! &= 3;
    }
    const converted = convert(random, from, to, width, height);
    const wanted = expected(decode(random, from, width, height), from, to);
    const got = decode(converted, to, width, height);
    expect(difference(wanted, got)).toBeLessThanOrEqual(toleranceOf(from));
  });

  it.each(PAIRS)('gives the same pixels of unaligned memory, $from to $to', ({ from, to }) => {
    for (const [width, height] of SIZES) {
      const source = paint(from, width, height, gradient(width, height));
      const wanted = convert(source, from, to, width, height);
      const options = { from, to, width, height };
      // Aligned to unaligned and the other way round are not done as both unaligned.
      for (const one of [source, unaligned(source)]) {
        const target = unaligned(new Uint8Array(wanted.length));
        convertPixels(one, target, options);
        expect(Buffer.compare(target, wanted)).toBe(0);
      }
      expect(Buffer.compare(convert(unaligned(source), from, to, width, height), wanted)).toBe(0);
    }
  });

  it.each(PAIRS)('turns the picture upside down on the way, $from to $to', ({ from, to }) => {
    for (const [width, height] of SIZES) {
      const source = paint(from, width, height, gradient(width, height));
      const flipped = decode(convert(source, from, to, width, height, true), to, width, height);
      const turned = decode(source, from, width, height).reverse();
      const wanted = expected(turned, from, to);
      // Where both have a chroma row for two rows, an odd height puts its rows one apart: the plane
      // itself is flipped, so only luma and alpha are at the same place.
      const both = SUBSAMPLING[from]?.[1] === 2 && SUBSAMPLING[to]?.[1] === 2;
      const comparable = height % 2 === 0 || !both;
      const channels = ([a, b, c, d]: Channels): Channels =>
        comparable ? [a, b, c, d] : [a, 0, 0, d];
      expect(
        difference(
          wanted.map((row) => row.map(channels)),
          flipped.map((row) => row.map(channels)),
        ),
      ).toBeLessThanOrEqual(toleranceOf(from));
    }
  });

  it.each(PIXEL_FORMATS)('flips %s back to what it was', (format) => {
    for (const [width, height] of SIZES) {
      const source = paint(format, width, height, gradient(width, height));
      const flipped = convert(source, format, format, width, height, true);
      expect(convert(flipped, format, format, width, height, true)).toEqual(source);
      expect(convert(source, format, format, width, height)).toEqual(source);
    }
  });

  it.each([
    ['black', [0, 0, 0, 255], [16, 128, 128]],
    ['white', [255, 255, 255, 255], [235, 128, 128]],
    ['red', [255, 0, 0, 255], [81, 90, 240]],
    ['green', [0, 255, 0, 255], [145, 54, 34]],
    ['blue', [0, 0, 255, 255], [41, 240, 110]],
    ['grey', [128, 128, 128, 255], [126, 128, 128]],
  ] as const)('knows %s in limited range', (_, rgba, [y, u, v]) => {
    const source = paint('RGBA', 5, 3, () => rgba);
    const i420 = convert(source, 'RGBA', 'I420', 5, 3);
    expect([...new Set(i420.subarray(0, 15))]).toEqual([y]);
    expect([...new Set(i420.subarray(15, 21))]).toEqual([u]);
    expect([...new Set(i420.subarray(21, 27))]).toEqual([v]);
    const back = decode(convert(i420, 'I420', 'RGBA', 5, 3), 'RGBA', 5, 3);
    expect(difference(back, decode(source, 'RGBA', 5, 3))).toBeLessThanOrEqual(2);
  });

  it('clamps samples outside of the limited range', () => {
    const i444 = new Uint8Array([0, 255, 128, 128, 128, 128]);
    expect([...convert(i444, 'I444', 'RGB24', 2, 1)]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('rounds 10 bits to 8, and words beyond 10 bits to 255', () => {
    const i010 = new Uint8Array(new Uint16Array([1, 2, 1021, 1023, 512, 0xffff]).buffer);
    expect([...convert(i010, 'I010', 'I420', 2, 2).subarray(0, 4)]).toEqual([0, 1, 255, 255]);
    expect([...convert(i010, 'I010', 'I420', 2, 2).subarray(4)]).toEqual([128, 255]);
  });

  it('rounds any words as their numbers say, four at a time or one by one', () => {
    const words = fc.uint16Array({ minLength: 12, maxLength: 12 });
    // Whole numbers of four, all of them within 10 bits or some beyond.
    const tenBits = words.map((all) => all.map((word) => word & 1023));
    fc.assert(
      fc.property(fc.oneof(words, tenBits), (samples) => {
        const i010 = new Uint8Array(samples.slice().buffer);
        const wanted = Array.from(samples, (word) => Math.min(255, Math.floor((word + 2) / 4)));
        expect([...convert(i010, 'I010', 'I420', 4, 2)]).toEqual(wanted);
        expect([...convert(unaligned(i010), 'I010', 'I420', 4, 2)]).toEqual(wanted);
      }),
    );
  });

  it('gives back every packed picture that was shuffled there and back', () => {
    const formats = fc.constantFrom('RGBA', 'BGRA', 'ARGB', 'ABGR');
    const picture = fc
      .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 5 }) })
      .chain(({ width, height }) => {
        const length = width * height * 4;
        const pixels = fc.uint8Array({ minLength: length, maxLength: length });
        return fc.record({ width: fc.constant(width), height: fc.constant(height), pixels });
      });
    fc.assert(
      fc.property(formats, formats, picture, fc.boolean(), (from, to, image, flipY) => {
        const { pixels, width, height } = image;
        const there = convert(pixels, from, to, width, height, flipY);
        expect(convert(there, to, from, width, height, flipY)).toEqual(pixels);
      }),
    );
  });

  it.each(['I444', 'I422', 'NV12', 'I420A', 'I010'] as const)(
    'gives back every I420 picture that became %s',
    (format) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 9 }),
          fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
          (width, height, stream) => {
            const bytes = stream.take(byteLengthOf('I420', width, height));
            const source = Uint8Array.from(bytes);
            const there = convert(source, 'I420', format, width, height);
            expect(convert(there, format, 'I420', width, height)).toEqual(source);
          },
        ),
      );
    },
  );

  it('writes nothing beyond the frame', () => {
    for (const { from, to } of PAIRS) {
      const source = paint(from, 5, 3, gradient(5, 3));
      const needed = byteLengthOf(to, 5, 3);
      const target = new Uint8Array(needed + 8).fill(77);
      convertPixels(source, target, { from, to, width: 5, height: 3 });
      expect(target.subarray(needed)).toEqual(new Uint8Array(8).fill(77));
    }
  });

  it('refuses memory that is too short, naming what it needs', () => {
    const options = { from: 'RGBA', to: 'I420', width: 4, height: 4 } as const;
    expect(() => convertPixels(new Uint8Array(63), new Uint8Array(24), options)).toThrow(
      new RangeError('source must have at least 64 bytes (RGBA, 4x4), got 63.'),
    );
    expect(() => convertPixels(new Uint8Array(64), new Uint8Array(23), options)).toThrow(
      new RangeError('target must have at least 24 bytes (I420, 4x4), got 23.'),
    );
  });

  it('refuses wrong options before it writes', () => {
    const target = new Uint8Array(64);
    const options = { from: 'RGBA', to: 'RGBA', width: 4, height: 4 } as const;
    const source = new Uint8Array(64).fill(1);
    const wrong = (change: object) => () =>
      convertPixels(source, target, { ...options, ...change });
    expect(wrong({ from: 'RGBX' })).toThrow(RangeError);
    expect(wrong({ to: 7 })).toThrow(TypeError);
    expect(wrong({ width: 0 })).toThrow(RangeError);
    expect(wrong({ height: 1.5 })).toThrow(RangeError);
    expect(wrong({ flipY: 1 })).toThrow(TypeError);
    expect(() => convertPixels([] as unknown as Uint8Array, target, options)).toThrow(TypeError);
    expect(target).toEqual(new Uint8Array(64));
  });
});
