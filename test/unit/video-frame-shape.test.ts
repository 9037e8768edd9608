import { FramewireError, PIXEL_FORMATS, type PixelFormat, VideoFrame } from 'framewire';
import { colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';

afterAll(() => whenIdle());

const META = { timestampUs: 9, rotation: 90, metadata: { frameId: 3 } } as const;

/** A grey frame in RGB24 with these values, row by row. */
function greys(rows: readonly (readonly number[])[]): VideoFrame {
  const pixels = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  const size = { width: rows[0]!.length, height: rows.length };
  return new VideoFrame(pixels, { ...size, format: 'RGB24', ...META });
}

/** The values of such a frame. */
function valuesOf(frame: VideoFrame): number[][] {
  return Array.from({ length: frame.height }, (_, y) =>
    Array.from({ length: frame.width }, (_, x) => frame.data[3 * (y * frame.width + x)]!),
  );
}

/** The same picture in native memory, as received frames have it. */
function native(frame: VideoFrame): VideoFrame {
  return frame.convert('I420');
}

const PICTURE = [
  [1, 2, 3],
  [4, 5, 6],
];

describe('VideoFrame.rotate', () => {
  it.each([
    [0, PICTURE],
    [90, [[4, 1], [5, 2], [6, 3]]], // prettier-ignore
    [180, [[6, 5, 4], [3, 2, 1]]], // prettier-ignore
    [270, [[3, 6], [2, 5], [1, 4]]], // prettier-ignore
  ] as const)('turns the picture clockwise by %d degrees', (degrees, wanted) => {
    using frame = greys(PICTURE);
    using turned = frame.rotate(degrees);
    expect(valuesOf(turned)).toEqual(wanted);
    expect(turned).toMatchObject({ ...META, format: 'RGB24' });
  });

  it.each(PIXEL_FORMATS)('gives back a frame in %s that was turned four times', (format) => {
    using frame = solidFrame([200, 60, 30], { width: 7, height: 4, format });
    using once = frame.rotate(90);
    expect(once).toMatchObject({ width: 4, height: 7, format });
    using twice = once.rotate(90);
    using thrice = twice.rotate(90);
    using again = thrice.rotate(90);
    expect(again.data).toEqual(frame.data);
    using half = frame.rotate(180);
    expect(half.data).toEqual(twice.data);
  });

  it('refuses other angles', () => {
    using frame = greys(PICTURE);
    expect(() => frame.rotate(45 as 90)).toThrow(
      new RangeError('degrees must be one of 0, 90, 180, 270, got 45.'),
    );
    expect(() => frame.rotate('90' as unknown as 90)).toThrow(TypeError);
  });
});

describe('VideoFrame.crop', () => {
  it('cuts out a part, with the time, the rotation and the metadata of the whole', () => {
    using frame = greys([...PICTURE, [7, 8, 9]]);
    using part = frame.crop({ x: 1, y: 1, width: 2, height: 2 });
    expect(valuesOf(part)).toEqual([
      [5, 6],
      [8, 9],
    ]);
    expect(part).toMatchObject({ ...META, width: 2, height: 2 });
    part.data[0] = 77;
    expect(valuesOf(frame)[1]![1]).toBe(5);
  });

  it.each(PIXEL_FORMATS)('cuts odd parts out of %s', (format) => {
    using frame = solidFrame([200, 60, 30], { width: 17, height: 9, format });
    using part = frame.crop({ x: 3, y: 5, width: 7, height: 3 });
    expect(part).toMatchObject({ width: 7, height: 3, format });
    expect(colorDistance(meanColor(part), [200, 60, 30])).toBeLessThanOrEqual(4);
  });

  it('refuses what lies outside of the picture', () => {
    using frame = greys(PICTURE);
    expect(() => frame.crop({ x: 2, y: 0, width: 2, height: 1 })).toThrow(
      new RangeError('area.width must be an integer from 1 to 1, got 2.'),
    );
    expect(() => frame.crop({ x: 3, y: 0, width: 1, height: 1 })).toThrow(RangeError);
    for (const area of [undefined, null, 3, [], {}]) {
      expect(() => frame.crop(area as never)).toThrow(TypeError);
    }
  });
});

describe('VideoFrame.scale', () => {
  it('stretches the picture to the size asked for', () => {
    using frame = greys([
      [0, 100, 40, 60],
      [0, 100, 40, 60],
    ]);
    using scaled = frame.scale({ width: 2, height: 1 });
    expect(valuesOf(scaled)).toEqual([[50, 50]]);
    expect(scaled).toMatchObject({ ...META, width: 2, height: 1 });
  });

  it('keeps the shape when one side is given', () => {
    using frame = VideoFrame.create({ width: 192, height: 108, format: 'I420' });
    using wide = frame.scale({ width: 64 });
    expect([wide.width, wide.height]).toEqual([64, 36]);
    using high = frame.scale({ height: 27 });
    expect([high.width, high.height]).toEqual([48, 27]);
    using line = frame.scale({ width: 1 });
    expect([line.width, line.height]).toEqual([1, 1]);
  });

  it('shows all of the picture between bars with contain', () => {
    using frame = greys([[200, 200]]);
    using above = frame.scale({ width: 2, height: 5, fit: 'contain' });
    expect(valuesOf(above)).toEqual([[0, 0], [0, 0], [200, 200], [0, 0], [0, 0]]); // prettier-ignore
    using beside = frame.scale({ width: 8, height: 2, fit: 'contain' });
    expect(valuesOf(beside)).toEqual(Array(2).fill([0, 0, 200, 200, 200, 200, 0, 0]));
  });

  it('fills the size with cover, and cuts off both ends', () => {
    using frame = greys([[9, 9, 50, 70, 9, 9]]);
    using covered = frame.scale({ width: 2, height: 1, fit: 'cover' });
    expect(valuesOf(covered)).toEqual([[50, 70]]);
  });

  it.each(PIXEL_FORMATS)('has black bars and the colour in %s', (format) => {
    using frame = solidFrame([200, 60, 30], { width: 32, height: 16, format });
    using boxed = frame.scale({ width: 16, height: 16, fit: 'contain' });
    const mean = (y: number, height: number): readonly number[] => {
      using part = boxed.crop({ x: 0, y, width: 16, height });
      return meanColor(part);
    };
    expect(colorDistance(mean(0, 4) as [number, number, number], [0, 0, 0])).toBeLessThanOrEqual(2);
    expect(
      colorDistance(mean(4, 8) as [number, number, number], [200, 60, 30]),
    ).toBeLessThanOrEqual(4);
    expect(colorDistance(mean(12, 4) as [number, number, number], [0, 0, 0])).toBeLessThanOrEqual(
      2,
    );
    using rgba = boxed.convert('RGBA');
    expect(new Set(rgba.data.filter((_, i) => i % 4 === 3))).toEqual(new Set([255]));
  });

  it.each([
    [17, 9, 5, 16],
    [5, 16, 17, 9],
    [1, 1, 7, 3],
    [7, 3, 1, 1],
    [3, 1000, 9, 2],
  ])('takes %dx%d to %dx%d in every format and fit', (width, height, toWidth, toHeight) => {
    for (const format of PIXEL_FORMATS) {
      using frame = solidFrame([200, 60, 30], { width, height, format });
      for (const fit of ['fill', 'cover', 'contain'] as const) {
        using scaled = frame.scale({ width: toWidth, height: toHeight, fit });
        expect(scaled).toMatchObject({ width: toWidth, height: toHeight, format });
        if (fit === 'contain') continue;
        expect(colorDistance(meanColor(scaled), [200, 60, 30])).toBeLessThanOrEqual(4);
      }
    }
  });

  it('is a clone where nothing changes', () => {
    using frame = greys(PICTURE);
    using same = frame.scale({ width: 3 });
    expect(valuesOf(same)).toEqual(PICTURE);
  });

  it('refuses sizes and fits that there are not', () => {
    using frame = greys(PICTURE);
    expect(() => frame.scale({})).toThrow(TypeError);
    expect(() => frame.scale(undefined as never)).toThrow(TypeError);
    expect(() => frame.scale({ width: 0 })).toThrow(RangeError);
    expect(() => frame.scale({ width: 20_000 })).toThrow(RangeError);
    expect(() => frame.scale({ height: 1.5 })).toThrow(RangeError);
    expect(() => frame.scale({ width: '3' as unknown as number })).toThrow(TypeError);
    expect(() => frame.scale({ width: 3, fit: 'inside' as 'fill' })).toThrow(RangeError);
  });
});

describe('A frame in native memory', () => {
  const shapes: [string, (frame: VideoFrame) => VideoFrame, PixelFormat][] = [
    ['rotated', (frame) => frame.rotate(90), 'I420'],
    ['cropped', (frame) => frame.crop({ x: 1, y: 1, width: 9, height: 5 }), 'I420'],
    ['scaled', (frame) => frame.scale({ width: 8, height: 3, fit: 'cover' }), 'I420'],
  ];

  it.each(shapes)('is %s as one of the same pixels in our own', (_, shape) => {
    using rgba = solidFrame([200, 60, 30], { width: 17, height: 9, format: 'RGBA' });
    rgba.data.set([9, 99, 199, 255], 40);
    using first = native(rgba);
    using second = native(rgba);
    using own = second.clone();
    expect(own.data.byteLength).toBe(own.byteLength);
    using one = shape(first);
    using other = shape(own);
    expect(one.data).toEqual(other.data);
  });

  it.each(shapes)('stays open when it is %s, and refuses once it is closed', (_, shape) => {
    using rgba = solidFrame([200, 60, 30], { width: 17, height: 9, format: 'RGBA' });
    const frame = native(rgba);
    shape(frame).close();
    expect(frame.closed).toBe(false);
    frame.close();
    expect(() => shape(frame)).toThrow(FramewireError);
  });
});
