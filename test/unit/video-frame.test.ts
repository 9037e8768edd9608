import { VideoBufferType } from '@livekit/rtc-ffi-bindings';
import { PIXEL_FORMATS, type PixelFormat, VideoFrame } from 'framewire';
import { colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';
import { convertPixels } from '../../src/video/convert-pixels.js';
import { byteLengthOf } from '../../src/video/pixel-format.js';

afterAll(() => whenIdle());

/** A picture that differs in every direction, opaque. */
function gradient(width: number, height: number, format: PixelFormat): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const blue = 255 - (255 * (x + y)) / (width + height);
      rgba.set([(255 * x) / width, (255 * y) / height, blue, 255], (y * width + x) * 4);
    }
  }
  const pixels = new Uint8Array(byteLengthOf(format, width, height));
  convertPixels(rgba, pixels, { from: 'RGBA', to: format, width, height });
  return pixels;
}

/** The largest difference between samples, which have two bytes in I010. */
function difference(one: Uint8Array, other: Uint8Array, format: PixelFormat): number {
  const samples = (bytes: Uint8Array): Uint8Array | Uint16Array =>
    format === 'I010' ? new Uint16Array(bytes.slice().buffer) : bytes;
  const others = samples(other);
  const scale = format === 'I010' ? 4 : 1;
  let worst = one.length === other.length ? 0 : Infinity;
  for (const [i, sample] of samples(one).entries()) {
    worst = Math.max(worst, Math.abs(sample - others[i]!) / scale);
  }
  return worst;
}

describe('VideoFrame', () => {
  it('has the pixels, the size, the time and the metadata that it was made with', () => {
    const userData = new Uint8Array([1, 2]);
    const metadata = { captureTimeUs: 5, frameId: 7, userData };
    const options = { width: 3, height: 1, format: 'RGB24', timestampUs: 9, rotation: 90 } as const;
    using frame = new VideoFrame(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]), {
      ...options,
      metadata,
    });
    expect(frame).toMatchObject({ ...options, byteLength: 9, closed: false, metadata });
    expect([...frame.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps its metadata when the object it came from changes', () => {
    const metadata = { captureTimeUs: 5 };
    using frame = VideoFrame.create({ width: 1, height: 1, format: 'RGBA', metadata });
    metadata.captureTimeUs = -1;
    expect(frame.metadata).toEqual({ captureTimeUs: 5 });
  });

  it('is zeroed when created, also in memory that was used before', () => {
    const options = { width: 5, height: 3, format: 'I420' } as const;
    const used = VideoFrame.create(options);
    used.data.fill(200);
    used.close();
    using frame = VideoFrame.create(options);
    expect(frame.data).toEqual(new Uint8Array(15 + 6 + 6));
    expect(frame).toMatchObject({ timestampUs: 0, rotation: 0, metadata: {} });
  });

  it('can be written in place', () => {
    using frame = VideoFrame.create({ width: 2, height: 2, format: 'RGBA' });
    frame.data.set([255, 0, 0, 255], 12);
    frame.plane(0).data[0] = 9;
    using converted = frame.convert('RGB24');
    expect([...converted.data]).toEqual([9, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0]);
  });

  it.each([
    ['RGBA', [[20, 5, 3]]],
    ['RGB24', [[15, 5, 3]]],
    ['I420', [[5, 5, 3], [3, 3, 2], [3, 3, 2]]], // prettier-ignore
    ['I420A', [[5, 5, 3], [3, 3, 2], [3, 3, 2], [5, 5, 3]]], // prettier-ignore
    ['I422', [[5, 5, 3], [3, 3, 3], [3, 3, 3]]], // prettier-ignore
    ['I444', [[5, 5, 3], [5, 5, 3], [5, 5, 3]]], // prettier-ignore
    ['I010', [[10, 5, 3], [6, 3, 2], [6, 3, 2]]], // prettier-ignore
    ['NV12', [[5, 5, 3], [6, 3, 2]]], // prettier-ignore
  ] as const)('has the planes of %s, as views of its data', (format, layouts) => {
    using frame = VideoFrame.create({ width: 5, height: 3, format });
    let offset = 0;
    for (const [i, [stride, width, height]] of layouts.entries()) {
      const plane = frame.plane(i);
      expect(plane).toMatchObject({ stride, width, height });
      expect(plane.data.byteLength).toBe(stride * height);
      expect(plane.data.byteOffset).toBe(frame.data.byteOffset + offset);
      expect(plane.data.buffer).toBe(frame.data.buffer);
      offset += stride * height;
    }
    expect(offset).toBe(frame.byteLength);
    expect(() => frame.plane(layouts.length)).toThrow(RangeError);
  });

  it('gives other pixels the same time, rotation and metadata', () => {
    const metadata = { captureTimeUs: 5 };
    const options = { width: 2, height: 2, timestampUs: 9, rotation: 270, metadata } as const;
    using frame = VideoFrame.create({ ...options, format: 'RGBA' });
    using same = frame.replace(new Uint8Array(16).fill(1));
    expect(same).toMatchObject({ ...options, format: 'RGBA' });
    using other = frame.replace(new Uint8Array(3), { width: 1, height: 1, format: 'RGB24' });
    expect(other).toMatchObject({ width: 1, height: 1, timestampUs: 9, rotation: 270, metadata });
    expect(frame.closed).toBe(false);
    expect(() => frame.replace(new Uint8Array(15))).toThrow(
      new RangeError('data must have 16 bytes for RGBA of 2x2, got 15.'),
    );
  });

  it('turns the picture upright by its rotation', () => {
    const pixels = new Uint8Array([1, 1, 1, 2, 2, 2]);
    const options = { width: 2, height: 1, format: 'RGB24' } as const;
    const turned = ([0, 90, 180, 270] as const).map((rotation) => {
      using frame = new VideoFrame(pixels, { ...options, rotation, timestampUs: 3 });
      using upright = frame.upright();
      expect(upright).toMatchObject({ rotation: 0, timestampUs: 3 });
      return [upright.width, upright.height, upright.data[0], upright.data[3]];
    });
    expect(turned).toEqual([
      [2, 1, 1, 2],
      [1, 2, 1, 2],
      [2, 1, 2, 1],
      [1, 2, 2, 1],
    ]);
  });

  it('gives models floating-point numbers', () => {
    using frame = new VideoFrame(new Uint8Array([255, 0, 51, 0, 255, 102]), {
      width: 2,
      height: 1,
      format: 'RGB24',
    });
    expect([...frame.toFloat32({ layout: 'HWC' })].map((v) => Math.round(v * 10))).toEqual([
      10, 0, 2, 0, 10, 4,
    ]);
    expect([...frame.toFloat32({ layout: 'CHW', scale: 1 })]).toEqual([255, 0, 0, 255, 51, 102]);
  });

  it("has formats whose order is that of LiveKit's numbers", () => {
    for (const [number, format] of PIXEL_FORMATS.entries()) {
      expect(VideoBufferType[number]).toBe(format);
    }
  });
});

describe('VideoFrame.convert', () => {
  const SIZES = [
    [1, 1],
    [1, 7],
    [7, 1],
    [5, 4],
    [17, 9],
    [64, 6],
  ] as const;

  it.each(PIXEL_FORMATS)('gives the pixels that arithmetic gives, from %s to all', (from) => {
    for (const [width, height] of SIZES) {
      const pixels = gradient(width, height, from);
      using frame = new VideoFrame(pixels, { width, height, format: from });
      for (const to of PIXEL_FORMATS) {
        for (const flipY of [false, true]) {
          const wanted = new Uint8Array(byteLengthOf(to, width, height));
          convertPixels(pixels, wanted, { from, to, width, height, flipY });
          using converted = frame.convert(to, { flipY });
          expect(converted).toMatchObject({ width, height, format: to });
          expect(difference(converted.data, wanted, to)).toBeLessThanOrEqual(3);
        }
      }
    }
  });

  it.each(PIXEL_FORMATS)('keeps colours over a chain through %s', (format) => {
    for (const color of [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [200, 60, 30],
    ] as const) {
      using frame = solidFrame(color, { width: 17, height: 9, format });
      using converted = frame.convert('BGRA');
      using back = converted.convert(format);
      // Four conversions, and 8 bits in between.
      expect(colorDistance(meanColor(back), color)).toBeLessThanOrEqual(10);
    }
  });

  it('keeps time, rotation and metadata, and leaves the frame open', () => {
    const metadata = { frameId: 3 };
    const options = { width: 4, height: 4, timestampUs: 8, rotation: 180, metadata } as const;
    using frame = VideoFrame.create({ ...options, format: 'RGBA' });
    using same = frame.convert('RGBA');
    using other = frame.convert('I420');
    for (const converted of [same, other]) expect(converted).toMatchObject(options);
    same.data[0] = 77;
    expect(frame.data[0]).toBe(0);
    expect(frame.closed).toBe(false);
  });

  it('converts what was itself converted natively', () => {
    using frame = solidFrame([200, 60, 30], { width: 33, height: 17, format: 'RGBA' });
    using native = frame.convert('I420');
    for (const format of PIXEL_FORMATS) {
      using again = native.convert(format);
      expect(colorDistance(meanColor(again), [200, 60, 30])).toBeLessThanOrEqual(4);
    }
  });
});
