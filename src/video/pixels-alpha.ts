import { planesOf, type PixelFormat } from './pixel-format.js';
import { isPackedFormat, PACKED_LAYOUTS } from './pixels-rgb.js';
import { copySamples } from './pixels-yuv.js';

/** A picture's format, and its size. */
interface Described {
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
}

/** Whether a format has alpha. */
export function hasAlpha(format: PixelFormat): boolean {
  return alphaOf({ format, width: 1, height: 1 }) !== undefined;
}

/**
 * Moves alpha, and nothing else, between two pictures of one size that both have it.
 *
 * @param source - the pixels that have the alpha wanted; borrowed.
 * @param target - the pixels whose alpha is replaced.
 */
export function copyAlpha(
  source: Uint8Array,
  target: Uint8Array,
  options: { readonly from: Described; readonly to: PixelFormat; readonly flipY: boolean },
): void {
  const { from, to, flipY } = options;
  const { width, height } = from;
  const there = alphaOf(from);
  const here = alphaOf({ ...from, format: to });
  if (!there || !here) return;
  for (let y = 0; y < height; y++) {
    const row = flipY ? height - 1 - y : y;
    const at = there.offset + row * width * there.step;
    const toAt = here.offset + y * width * here.step;
    copySamples(source, target, at, there.step, toAt, here.step, width, 0);
  }
}

/** Where the alpha of the first pixel lies, and how far it is to the next. */
function alphaOf({
  format,
  width,
  height,
}: Described): { offset: number; step: number } | undefined {
  if (isPackedFormat(format)) {
    const { a, bytes, hasAlpha: has } = PACKED_LAYOUTS[format];
    return has ? { offset: a, step: bytes } : undefined;
  }
  const plane = planesOf(format, width, height)[3];
  return plane && { offset: plane.offset, step: 1 };
}
