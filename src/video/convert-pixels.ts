import { checkBoolean, checkOptions } from '../core/check.js';
import { checkPixels } from './check-pixels.js';
import { byteLengthOf, planesOf, type PixelFormat } from './pixel-format.js';
import { rgbToYuv, yuvToRgb } from './pixels-color.js';
import { isPackedFormat, PACKED_LAYOUTS, shufflePixels, type PixelArea } from './pixels-rgb.js';
import { narrowSamples, widenSamples } from './pixels-ten-bit.js';
import { copyRows, resampleYuv, yuvLayoutOf } from './pixels-yuv.js';

/** What {@link convertPixels} does. */
export interface ConvertPixelsOptions {
  /** The format of the source. */
  readonly from: PixelFormat;
  /** The format wanted. Equal to `from`, the pixels are copied. */
  readonly to: PixelFormat;
  /** Pixels in a row, of both. */
  readonly width: number;
  /** Rows, of both. */
  readonly height: number;
  /** Whether to turn the picture upside down on the way. Default: false. */
  readonly flipY?: boolean;
}

/**
 * Converts pixels between any two formats, in JavaScript alone.
 *
 * YUV is BT.601, limited range. Alpha is kept between formats that have it, and is 255 where the
 * source has none. Both memories are without padding, may start at any byte, and are fastest where
 * that is a multiple of four.
 *
 * @param source - the pixels; borrowed, not changed.
 * @param target - where the converted pixels are written; must not overlap `source`.
 * @throws TypeError or RangeError if an option is wrong or a memory is too short; nothing has been
 * written then.
 */
export function convertPixels(
  source: Uint8Array,
  target: Uint8Array,
  options: ConvertPixelsOptions,
): void {
  checkOptions(options, 'options');
  const { from, to, width, height, flipY = false } = options;
  checkBoolean(flipY, 'options.flipY');
  checkPixels(source, 'source', { format: from, width, height });
  checkPixels(target, 'target', { format: to, width, height });
  convertChecked(source, target, from, to, { width, height, flipY });
}

/**
 * Two families, packed RGB and 8-bit YUV, with one routine for each of the four ways between them;
 * formats of a family differ only in numbers. I010 goes by way of I420, which has its planes.
 */
function convertChecked(
  source: Uint8Array,
  target: Uint8Array,
  from: PixelFormat,
  to: PixelFormat,
  area: PixelArea,
): void {
  const { width, height, flipY } = area;
  if (from === to) {
    copyPixels(source, target, from, area);
  } else if (from === 'I010' && to === 'I420' && !flipY) {
    narrowSamples(source, target, byteLengthOf(to, width, height));
  } else if (from === 'I420' && to === 'I010' && !flipY) {
    widenSamples(source, target, byteLengthOf(from, width, height));
  } else if (from === 'I010') {
    const narrow = new Uint8Array(byteLengthOf('I420', width, height));
    narrowSamples(source, narrow, narrow.length);
    convertChecked(narrow, target, 'I420', to, area);
  } else if (to === 'I010') {
    const narrow = new Uint8Array(byteLengthOf('I420', width, height));
    convertChecked(source, narrow, from, 'I420', area);
    widenSamples(narrow, target, narrow.length);
  } else if (isPackedFormat(from)) {
    if (isPackedFormat(to)) {
      shufflePixels(source, target, PACKED_LAYOUTS[from], PACKED_LAYOUTS[to], area);
    } else {
      rgbToYuv(source, target, PACKED_LAYOUTS[from], yuvLayoutOf(to, width, height), flipY);
    }
  } else if (isPackedFormat(to)) {
    yuvToRgb(source, target, yuvLayoutOf(from, width, height), PACKED_LAYOUTS[to], flipY);
  } else {
    const layout = yuvLayoutOf(from, width, height);
    resampleYuv(source, target, layout, yuvLayoutOf(to, width, height), flipY);
  }
}

/** A copy, or a flipped one: plane by plane, since a flip stays within its plane. */
function copyPixels(
  source: Uint8Array,
  target: Uint8Array,
  format: PixelFormat,
  area: PixelArea,
): void {
  for (const { offset, stride, height } of planesOf(format, area.width, area.height)) {
    copyRows(source, target, offset, { width: stride, height, flipY: area.flipY });
  }
}
