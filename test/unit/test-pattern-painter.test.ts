import { PIXEL_FORMATS, type PixelFormat, VideoFrame } from 'framewire';
import { colorDistance, meanColor } from 'framewire/testing';
import { readPictureNumber } from '../../src/capture/picture-number.js';
import { TEST_PATTERN_COLORS, TestPatternPainter } from '../../src/capture/test-pattern-painter.js';

function painted(
  picture: { readonly format: PixelFormat; readonly width: number; readonly height: number },
  number: number,
  timestampUs = 0,
): VideoFrame {
  const frame = VideoFrame.create(picture);
  // Memory that was used before has any content.
  frame.data.fill(0x5a);
  new TestPatternPainter(picture).paint(frame.data, number, timestampUs);
  return frame;
}

describe("the test pattern's picture", () => {
  it.each(PIXEL_FORMATS)('has its bars and its number in %s', (format) => {
    const { width, height } = { width: 320, height: 180 };
    using frame = painted({ format, width, height }, 1_234_567);
    expect(readPictureNumber(frame)).toBe(1_234_567);
    using rgba = frame.convert('RGBA');
    for (const [i, color] of TEST_PATTERN_COLORS.entries()) {
      const bar = { x: i * 40 + 4, y: 2, width: 32, height: 16 };
      expect(colorDistance(meanColor(rgba, bar), color)).toBeLessThanOrEqual(4);
    }
  });

  it.each([
    [32, 32],
    [33, 131],
    [131, 33],
    [64, 48],
    [333, 187],
    [1920, 1080],
  ])('has its number at %ix%i', (width, height) => {
    for (const format of ['I420', 'RGB24', 'NV12', 'I444'] as const) {
      using frame = painted({ format, width, height }, 0xabcdef);
      expect(readPictureNumber(frame)).toBe(0xabcdef);
    }
  });

  it.each([0, 1, 255, 256, 0x555555, 0xaaaaaa, 0xffffff])('can be the %ith', (number) => {
    using frame = painted({ format: 'I420', width: 160, height: 90 }, number);
    expect(readPictureNumber(frame)).toBe(number);
  });

  it('begins to count anew after 2^24 pictures', () => {
    using frame = painted({ format: 'I420', width: 160, height: 90 }, 2 ** 24 + 7);
    expect(readPictureNumber(frame)).toBe(7);
  });

  it('has its number also scaled and turned', () => {
    using frame = painted({ format: 'I420', width: 640, height: 360 }, 4711);
    using small = frame.scale({ width: 160, height: 90 });
    expect(readPictureNumber(small)).toBe(4711);
    using turned = frame.rotate(90);
    const { width, height, format } = turned;
    using marked = new VideoFrame(turned.data, { width, height, format, rotation: 270 });
    expect(readPictureNumber(marked)).toBe(4711);
  });

  it('differs from one picture to the next in number and time, for people too', () => {
    const picture = { format: 'RGBA', width: 640, height: 360 } as const;
    using one = painted(picture, 8, 266_666);
    using other = painted(picture, 9, 300_000);
    const top = { x: 0, y: 40, width: 640, height: 100 };
    expect(meanColor(one, top)).not.toEqual(meanColor(other, top));
    using same = painted(picture, 9, 300_000);
    expect(Buffer.compare(same.data, other.data)).toBe(0);
  });

  it('has a box that moves to the right and back', () => {
    const picture = { format: 'RGBA', width: 640, height: 360 } as const;
    const boxAt = (timestampUs: number): number => {
      using frame = painted(picture, 0, timestampUs);
      const y = 260;
      for (let x = 0; x < 640; x++) {
        const [red = 0, , blue = 0] = frame.data.subarray((y * 640 + x) * 4);
        if (red - blue > 150) return x;
      }
      return NaN;
    };
    const places = [0, 1, 2, 3].map((second) => boxAt(second * 1_000_000));
    expect(places[0]).toBe(0);
    expect(places[2]).toBeGreaterThan(570);
    expect(places[1]).toBeCloseTo(places[2]! / 2, -1);
    expect(places[3]).toBe(places[1]);
    expect(boxAt(4_000_000)).toBe(0);
  });
});

describe('readPictureNumber()', () => {
  it('finds none in other pictures', () => {
    for (const byte of [0, 16, 128, 235, 255]) {
      using frame = VideoFrame.create({ format: 'I420', width: 320, height: 180 });
      frame.data.fill(byte);
      expect(readPictureNumber(frame)).toBeUndefined();
    }
    using frame = painted({ format: 'I420', width: 320, height: 180 }, 5);
    using half = frame.crop({ x: 0, y: 0, width: 160, height: 180 });
    expect(readPictureNumber(half)).toBeUndefined();
  });

  it('refuses what is no open frame', () => {
    expect(() => readPictureNumber(undefined as unknown as VideoFrame)).toThrow(TypeError);
    const frame = VideoFrame.create({ format: 'I420', width: 64, height: 64 });
    frame.close();
    expect(() => readPictureNumber(frame)).toThrow('The video frame is closed.');
  });
});
