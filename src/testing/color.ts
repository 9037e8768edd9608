import { checkInteger, shown } from '../core/check.js';
import { VideoFrame, type VideoFrameOptions } from '../video/video-frame.js';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * A frame of one colour.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 */
export function solidFrame(color: Color, options: VideoFrameOptions): VideoFrame {
  if (!Array.isArray(color) || (color as readonly unknown[]).length !== 3) {
    throw new TypeError(`color must be red, green and blue, got ${shown(color)}.`);
  }
  color.forEach((value: unknown, i) => {
    checkInteger(value, `color[${i}]`, { min: 0, max: 255 });
  });
  const { format } = options;
  const frame = VideoFrame.create({ ...options, format: 'RGBA' });
  const { data } = frame;
  data.fill(255);
  for (let i = 0; i < data.length; i += 4) data.set(color, i);
  if (format === 'RGBA') return frame;
  try {
    return frame.convert(format);
  } finally {
    frame.close();
  }
}

/**
 * The mean colour of a frame, or of the part of it given in pixels. The frame stays open.
 *
 * @throws FramewireError `closed` if the frame is closed.
 */
export function meanColor(
  frame: VideoFrame,
  part: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } = {
    x: 0,
    y: 0,
    width: frame.width,
    height: frame.height,
  },
): Color {
  using rgba = frame.convert('RGBA');
  return rgba.borrow((view) => {
    const sums: [number, number, number] = [0, 0, 0];
    for (let y = part.y; y < part.y + part.height; y++) {
      for (let x = part.x; x < part.x + part.width; x++) {
        const i = (y * frame.width + x) * 4;
        sums[0] += view[i] ?? 0;
        sums[1] += view[i + 1] ?? 0;
        sums[2] += view[i + 2] ?? 0;
      }
    }
    const pixels = part.width * part.height;
    return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels] as const;
  });
}

/** The largest difference of two colours in red, green or blue. */
export function colorDistance(one: Color, other: Color): number {
  return Math.max(...one.map((value, i) => Math.abs(value - (other[i] ?? 0))));
}
