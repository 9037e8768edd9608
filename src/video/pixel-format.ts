import { checkInteger, checkOneOf } from '../core/check.js';

/**
 * The pixel formats that a {@link VideoFrame} can hold, in the order of LiveKit's numbers for them.
 *
 * The name of a packed format is the order of the bytes in memory: `RGBA` is R, G, B, A. Planar
 * formats lie plane after plane without padding; `I420A` is I420 and then an alpha plane; `NV12` is
 * the Y plane and then interleaved U and V; `I010` is I420 with 10 bits in little-endian 16-bit
 * words. YUV is BT.601, limited range, as WebRTC's.
 */
export const PIXEL_FORMATS = [
  'RGBA',
  'ABGR',
  'ARGB',
  'BGRA',
  'RGB24',
  'I420',
  'I420A',
  'I422',
  'I444',
  'I010',
  'NV12',
] as const;

/** One of {@link PIXEL_FORMATS}. */
export type PixelFormat = (typeof PIXEL_FORMATS)[number];

/** Where a plane lies in a frame's memory. */
export interface PlaneLayout {
  /** First byte of the plane, from the start of the frame's memory. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Samples in a row: pixels for packed formats, U-V pairs for NV12's second plane. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes of one sample: 4 for `RGBA`, 3 for `RGB24`, 2 for NV12's U-V pairs and for `I010`. */
  readonly sampleBytes: number;
  /** Columns of pixels that a sample stands for: 1 or 2. */
  readonly subsampleX: number;
  /** Rows of pixels that a sample stands for: 1 or 2. */
  readonly subsampleY: number;
}

/** The planes of a format: how far each is subsampled, and the bytes of a sample. */
const PLANES: { readonly [F in PixelFormat]: readonly (readonly [number, number, number])[] } = {
  RGBA: [[1, 1, 4]],
  BGRA: [[1, 1, 4]],
  ARGB: [[1, 1, 4]],
  ABGR: [[1, 1, 4]],
  RGB24: [[1, 1, 3]],
  I420: [
    [1, 1, 1],
    [2, 2, 1],
    [2, 2, 1],
  ],
  I420A: [
    [1, 1, 1],
    [2, 2, 1],
    [2, 2, 1],
    [1, 1, 1],
  ],
  I422: [
    [1, 1, 1],
    [2, 1, 1],
    [2, 1, 1],
  ],
  I444: [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  I010: [
    [1, 1, 2],
    [2, 2, 2],
    [2, 2, 2],
  ],
  NV12: [
    [1, 1, 1],
    [2, 2, 2],
  ],
};

/**
 * The largest width and height of a frame: above it, sizes in bytes no longer fit what the native
 * side counts them with.
 */
export const MAX_DIMENSION = 16_384;

/** The planes of a frame without padding, in memory order. Odd sizes round chroma up. */
export function planesOf(
  format: PixelFormat,
  width: number,
  height: number,
): readonly PlaneLayout[] {
  return layoutOf(format, width, height).planes;
}

/** The bytes of a frame without padding. */
export function byteLengthOf(format: PixelFormat, width: number, height: number): number {
  return layoutOf(format, width, height).byteLength;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly PlaneLayout[];
  readonly byteLength: number;
}

/** The last one of each format: frame after frame has the same, and asks for it several times. */
const layouts: Partial<Record<PixelFormat, Layout>> = {};

function layoutOf(format: PixelFormat, width: number, height: number): Layout {
  const last = layouts[format];
  if (last?.width === width && last.height === height) return last;
  let byteLength = 0;
  const planes = PLANES[format].map(([subsampleX, subsampleY, sampleBytes]) => {
    const plane = {
      offset: byteLength,
      width: Math.ceil(width / subsampleX),
      height: Math.ceil(height / subsampleY),
      stride: Math.ceil(width / subsampleX) * sampleBytes,
      sampleBytes,
      subsampleX,
      subsampleY,
    };
    byteLength += plane.stride * plane.height;
    return plane;
  });
  return (layouts[format] = { width, height, planes, byteLength });
}

/** @throws TypeError or RangeError if the format is unknown or a size is not a positive integer. */
export function checkFormatAndSize(
  format: unknown,
  width: unknown,
  height: unknown,
  name: string,
): void {
  checkInteger(width, `${name}.width`, { min: 1, max: MAX_DIMENSION });
  checkInteger(height, `${name}.height`, { min: 1, max: MAX_DIMENSION });
  checkOneOf(format, `${name}.format`, PIXEL_FORMATS);
}
