import { planesOf, type PixelFormat } from './pixel-format.js';
import { isPackedFormat, PACKED_LAYOUTS } from './pixels-rgb.js';

/** Makes a picture black, and opaque. */
export function blackenPixels(
  target: Uint8Array,
  picture: { readonly format: PixelFormat; readonly width: number; readonly height: number },
): void {
  const { format, width, height } = picture;
  if (isPackedFormat(format)) {
    const { bytes, a, hasAlpha } = PACKED_LAYOUTS[format];
    target.fill(0);
    for (let at = a; hasAlpha && at < target.length; at += bytes) target[at] = 255;
    return;
  }
  for (const [i, { offset, stride, height: rows }] of planesOf(format, width, height).entries()) {
    const end = offset + stride * rows;
    if (format === 'I010') fillWords(target, i === 0 ? 64 : 512, offset, end);
    else target.fill(i === 0 ? 16 : i === 3 ? 255 : 128, offset, end);
  }
}

function fillWords(target: Uint8Array, word: number, start: number, end: number): void {
  for (let at = start; at < end; at += 2) {
    target[at] = word;
    target[at + 1] = word >> 8;
  }
}
