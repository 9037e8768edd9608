import {
  checkInteger,
  checkNotNegative,
  checkObject,
  checkOneOf,
  checkOptions,
  shown,
} from '../core/check.js';
import { PIXEL_FORMATS } from '../video/pixel-format.js';
import { VideoFrame, type VideoFrameOptions } from '../video/video-frame.js';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A part of a picture, in pixels. */
export interface ColorArea {
  /** The first column. */
  readonly x: number;
  /** The first row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * A frame of one colour.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 */
export function solidFrame(color: Color, options: VideoFrameOptions): VideoFrame {
  const [red, green, blue] = checkedColor(color, 'color');
  checkObject(options, 'options');
  const { format, ...rest } = options;
  checkOneOf(format, 'options.format', PIXEL_FORMATS);
  const frame = VideoFrame.create({ ...rest, format: 'RGBA' });
  const { data } = frame;
  data.fill(255);
  for (let i = 0; i < data.length; i += 4) {
    data[i] = red;
    data[i + 1] = green;
    data[i + 2] = blue;
  }
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
 * @throws TypeError or RangeError if an argument is not as it must be, or the part lies outside of the frame.
 * @throws FramewireError `closed` if the frame is closed.
 */
export function meanColor(frame: VideoFrame, part?: ColorArea): Color {
  if (!(frame instanceof VideoFrame)) {
    throw new TypeError(`frame must be a VideoFrame, got ${shown(frame)}.`);
  }
  const { x, y, width, height } = checkedArea(part, frame);
  using rgba = frame.convert('RGBA');
  return rgba.borrow((view) => {
    const sums: [number, number, number] = [0, 0, 0];
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        const i = (row * frame.width + column) * 4;
        sums[0] += view[i] ?? 0;
        sums[1] += view[i + 1] ?? 0;
        sums[2] += view[i + 2] ?? 0;
      }
    }
    const pixels = width * height;
    return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels] as const;
  });
}

/**
 * The largest difference of two colours in red, green or blue.
 *
 * @throws TypeError or RangeError if one of them is no colour.
 */
export function colorDistance(one: Color, other: Color): number {
  const [red, green, blue] = checkedChannels(one, 'one');
  const [otherRed, otherGreen, otherBlue] = checkedChannels(other, 'other');
  return Math.max(
    Math.abs(red - otherRed),
    Math.abs(green - otherGreen),
    Math.abs(blue - otherBlue),
  );
}

function checkedColor(color: unknown, name: string): Color {
  const channels = checkedChannels(color, name);
  channels.forEach((value, i) => {
    checkInteger(value, `${name}[${i}]`, { min: 0, max: 255 });
  });
  return channels;
}

/** Of a mean colour they are no integers. */
function checkedChannels(color: unknown, name: string): Color {
  if (!Array.isArray(color) || color.length !== 3) {
    throw new TypeError(`${name} must be red, green and blue, got ${shown(color)}.`);
  }
  const [red, green, blue] = [color[0], color[1], color[2]] as unknown[];
  checkNotNegative(red, `${name}[0]`);
  checkNotNegative(green, `${name}[1]`);
  checkNotNegative(blue, `${name}[2]`);
  return [red, green, blue];
}

function checkedArea(part: ColorArea | undefined, frame: VideoFrame): ColorArea {
  if (part === undefined) return { x: 0, y: 0, width: frame.width, height: frame.height };
  checkOptions(part, 'part');
  const { x, y, width, height } = part;
  checkInteger(x, 'part.x', { min: 0, max: frame.width - 1 });
  checkInteger(y, 'part.y', { min: 0, max: frame.height - 1 });
  checkInteger(width, 'part.width', { min: 1, max: frame.width - x });
  checkInteger(height, 'part.height', { min: 1, max: frame.height - y });
  return { x, y, width, height };
}
