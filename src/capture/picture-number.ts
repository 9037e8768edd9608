import { shown } from '../core/check.js';
import type { PixelFormat } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';

/**
 * How a number is part of a picture: two rows of black and white cells over the whole width, the lower
 * fifth of the picture. 24 bits of the number, then 8 that say whether they were read rightly.
 */
export const NUMBER_STRIP = { columns: 16, rows: 2, topShare: 0.8 } as const;

/** Numbers begin anew here: after 6.4 days at 30 pictures a second. */
export const NUMBER_LIMIT: number = 2 ** 24;

/** The smallest width and height of a picture that has room for a number. */
export const MIN_NUMBERED_SIZE = 32;

/** The part of a picture that one cell takes. */
export interface Cell {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the cells are, in reading order; all on even pixels, as subsampled colours are. */
export function numberCells(width: number, height: number): Cell[] {
  const { columns, rows, topShare } = NUMBER_STRIP;
  const across = (column: number): number =>
    column === columns ? width : even((column * width) / columns);
  const down = (row: number): number =>
    row === rows ? height : even(height * (topShare + ((1 - topShare) * row) / rows));
  return Array.from({ length: columns * rows }, (_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    return {
      left: across(column),
      right: across(column + 1),
      top: down(row),
      bottom: down(row + 1),
    };
  });
}

/** The word that stands for a number: bit 31 is the first cell, set for white. */
export function numberWord(number: number): number {
  const counted = number % NUMBER_LIMIT;
  return ((counted << 8) | checksum(counted)) >>> 0;
}

/** An even number of pixels, rounded down. */
export function even(pixels: number): number {
  return Math.floor(pixels / 2) * 2;
}

/**
 * The number in a picture of {@link testPattern}, whatever became of the picture on its way: encoded, scaled,
 * turned, or in another format. Modulo 2^24. `undefined` if there is none that is right.
 *
 * @throws TypeError if `frame` is not a VideoFrame.
 * @throws FramewireError `closed` if it's closed.
 */
export function readPictureNumber(frame: VideoFrame): number | undefined {
  if (!(frame instanceof VideoFrame)) {
    throw new TypeError(`frame must be a VideoFrame, got ${shown(frame)}.`);
  }
  if (frame.rotation !== 0) {
    using upright = frame.upright();
    return readPictureNumber(upright);
  }
  if (!LUMA_FIRST.includes(frame.format)) {
    using planar = frame.convert('I420');
    return readPictureNumber(planar);
  }
  const { width, height } = frame;
  return frame.borrow((luma) => {
    let word = 0;
    for (const cell of numberCells(width, height)) {
      word = ((word << 1) | (isWhite(luma, width, cell) ? 1 : 0)) >>> 0;
    }
    const number = word >>> 8;
    return checksum(number) === (word & 0xff) ? number : undefined;
  });
}

/** Formats that begin with a byte of brightness for each pixel. */
const LUMA_FIRST: readonly PixelFormat[] = ['I420', 'I420A', 'I422', 'I444', 'NV12'];

const GREY = 126;

/** By the middle of the cell, where its neighbours don't blur it. */
function isWhite(luma: Uint8Array, width: number, { left, right, top, bottom }: Cell): boolean {
  const marginX = (right - left) >> 2;
  const marginY = (bottom - top) >> 2;
  let sum = 0;
  let count = 0;
  for (let y = top + marginY; y < bottom - marginY; y++) {
    for (let x = left + marginX; x < right - marginX; x++) {
      sum += luma[y * width + x] ?? 0;
      count += 1;
    }
  }
  return sum > count * GREY;
}

/** Of neither an all black nor an all white strip. */
function checksum(number: number): number {
  return (Math.imul(number + 1, 0x9e3779b1) >>> 24) ^ 0x5a;
}
