import fc from 'fast-check';

import {
  byteLengthOf,
  PIXEL_FORMATS,
  planesOf,
  type PixelFormat,
} from '../../src/video/pixel-format.js';
import { scaleFilter, WEIGHT_BITS } from '../../src/video/scale-filter.js';
import { scalePixels } from '../../src/video/scale-pixels.js';

type Size = readonly [width: number, height: number];

function scale(source: Uint8Array, format: PixelFormat, from: Size, to: Size): Uint8Array {
  const target = new Uint8Array(byteLengthOf(format, ...to));
  const [width, height] = from;
  const [toWidth, toHeight] = to;
  scalePixels(source, target, { format, width, height, toWidth, toHeight });
  return target;
}

/** The values of a frame, plane by plane and channel by channel, 16-bit words where it has them. */
function channelsOf(bytes: Uint8Array, format: PixelFormat, [width, height]: Size): number[][][] {
  return planesOf(format, width, height).flatMap((plane) => {
    const channels = format === 'I010' ? 1 : plane.sampleBytes;
    return Array.from({ length: channels }, (_, channel) =>
      Array.from({ length: plane.height }, (_, y) =>
        Array.from({ length: plane.width }, (_, x) => {
          const at = plane.offset + y * plane.stride + x * plane.sampleBytes;
          return format === 'I010' ? bytes[at]! + 256 * bytes[at + 1]! : bytes[at + channel]!;
        }),
      ),
    );
  });
}

/** One line scaled in floating point, each output sample by itself. */
function scaleLine(line: readonly number[], to: number): number[] {
  const from = line.length;
  return Array.from({ length: to }, (_, x) => {
    if (from > to) {
      const [start, end] = [(x * from) / to, ((x + 1) * from) / to];
      return line.reduce((sum, value, i) => {
        const covered = Math.max(0, Math.min(end, i + 1) - Math.max(start, i));
        return sum + (value * covered) / (end - start);
      }, 0);
    }
    const position = Math.min(Math.max(((x + 0.5) * from) / to - 0.5, 0), from - 1);
    const left = Math.floor(position);
    const right = Math.min(left + 1, from - 1);
    return line[left]! + (position - left) * (line[right]! - line[left]!);
  });
}

function transposed(rows: readonly number[][]): number[][] {
  return rows[0]!.map((_, x) => rows.map((row) => row[x]!));
}

function random(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

const STEPS: readonly (readonly [Size, Size])[] = [
  [
    [40, 20],
    [20, 10],
  ],
  [
    [40, 20],
    [17, 9],
  ],
  [
    [17, 9],
    [40, 20],
  ],
  [
    [5, 3],
    [1, 1],
  ],
  [
    [1, 1],
    [5, 3],
  ],
  [
    [5, 3],
    [3, 5],
  ],
  [
    [40, 6],
    [13, 6],
  ],
  [
    [2, 2],
    [2, 2],
  ],
  [
    [33, 20],
    [32, 19],
  ],
  // More taps than weights of 8 bits can have.
  [
    [30, 4],
    [3, 3],
  ],
  [
    [4, 30],
    [3, 3],
  ],
  [
    [25, 21],
    [2, 2],
  ],
];

describe('scalePixels', () => {
  it.each(PIXEL_FORMATS)('scales %s as floating point arithmetic does', (format) => {
    for (const [from, to] of STEPS) {
      const source = random(byteLengthOf(format, ...from));
      const planes = channelsOf(source, format, from);
      const scaled = channelsOf(scale(source, format, from, to), format, to);
      for (const [i, plane] of planes.entries()) {
        const got = scaled[i]!;
        const wide = plane.map((row) => scaleLine(row, got[0]!.length));
        const wanted = transposed(transposed(wide).map((column) => scaleLine(column, got.length)));
        const worst = Math.max(
          ...wanted.flatMap((row, y) => row.map((value, x) => Math.abs(value - got[y]![x]!))),
        );
        // Rounded twice where weights have 8 bits; words have 16.
        expect(worst).toBeLessThanOrEqual(format === 'I010' ? 8 : 1.6);
      }
    }
  });

  it('changes nothing where the size stays the same', () => {
    for (const format of PIXEL_FORMATS) {
      const source = random(byteLengthOf(format, 17, 9));
      expect(scale(source, format, [17, 9], [17, 9])).toEqual(source);
    }
  });

  it('keeps a solid colour exactly, at every size', () => {
    const side = fc.integer({ min: 1, max: 50 });
    const formats = fc.constantFrom(...PIXEL_FORMATS);
    const value = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(formats, value, side, side, side, side, (format, colour, w, h, toW, toH) => {
        const source = new Uint8Array(byteLengthOf(format, w, h)).fill(colour);
        const wanted = new Uint8Array(byteLengthOf(format, toW, toH)).fill(colour);
        expect(scale(source, format, [w, h], [toW, toH])).toEqual(wanted);
      }),
    );
  });

  it('averages the area that a pixel covers when it shrinks', () => {
    const i444 = Uint8Array.from([0, 100, 200, 100, ...random(8)]);
    expect(scale(i444, 'I444', [2, 2], [1, 1])[0]).toBe(100);
    const line = Uint8Array.from([0, 90, 180, ...random(6)]);
    // 0 and half of 90; half of 90 and 180.
    expect([...scale(line, 'I444', [3, 1], [2, 1]).subarray(0, 2)]).toEqual([30, 150]);
  });

  it('interpolates between neighbours when it enlarges', () => {
    const line = Uint8Array.from([0, 100, ...random(4)]);
    expect([...scale(line, 'I444', [2, 1], [4, 1]).subarray(0, 4)]).toEqual([0, 25, 75, 100]);
  });

  it('keeps channels apart', () => {
    const rgba = Uint8Array.from([255, 0, 10, 0, 255, 0, 30, 0]);
    expect([...scale(rgba, 'RGBA', [2, 1], [1, 1])]).toEqual([255, 0, 20, 0]);
  });

  it('takes unaligned memory', () => {
    for (const format of PIXEL_FORMATS) {
      const source = random(byteLengthOf(format, 9, 7) + 1).subarray(1);
      const target = new Uint8Array(byteLengthOf(format, 5, 4) + 3).subarray(3);
      scalePixels(source, target, { format, width: 9, height: 7, toWidth: 5, toHeight: 4 });
      expect(target).toEqual(scale(source.slice(), format, [9, 7], [5, 4]));
    }
  });

  it('refuses sizes and memory that do not fit', () => {
    const options = { format: 'I420', width: 4, height: 4, toWidth: 2, toHeight: 2 } as const;
    const memory = new Uint8Array(24);
    const wrong = (change: object) => () =>
      scalePixels(memory, new Uint8Array(6), { ...options, ...change });
    expect(wrong({ toWidth: 0 })).toThrow(RangeError);
    expect(wrong({ toHeight: 20_000 })).toThrow(RangeError);
    expect(wrong({ toHeight: 3 })).toThrow(
      new RangeError('target must have at least 10 bytes (I420, 2x3), got 6.'),
    );
    expect(wrong({ width: 5 })).toThrow(RangeError);
  });
});

describe('scaleFilter', () => {
  it('has weights that add up to one and stay within the input', () => {
    const length = fc.integer({ min: 1, max: 16_384 });
    fc.assert(
      fc.property(length, length, (from, to) => {
        const { taps, starts, weights } = scaleFilter(from, to);
        let sumsRight = 0;
        let within = 0;
        for (let x = 0; x < to; x++) {
          let sum = 0;
          for (let tap = 0; tap < taps; tap++) sum += weights[x * taps + tap]!;
          if (sum === 1 << WEIGHT_BITS) sumsRight++;
          if (starts[x]! >= 0 && starts[x]! + taps <= from) within++;
        }
        expect([sumsRight, within]).toEqual([to, to]);
      }),
      { numRuns: 20 },
    );
  });
});
