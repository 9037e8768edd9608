import { planesOf } from '../../video/pixel-format.js';
import { textDots, GLYPH_ADVANCE, GLYPH_HEIGHT } from '../../capture/dot-font.js';
import type { PictureSize } from './frame-code.js';

/** What is left of the picture behind its edges, and how bright an edge shines, in 256ths. */
const BEHIND = 56;
const GLOW = 140;
/** Weaker edges are the codec's, not the picture's. */
const FAINTEST = 24;

/** Colours twice as strong, so that the edges shine in those of the picture. */
const vivid = Uint8Array.from({ length: 256 }, (_, chroma) =>
  Math.min(240, Math.max(16, 128 + (chroma - 128) * 1.8)),
);

/**
 * Draws the edges of an I420 picture, in its colours, before a dim copy of it.
 *
 * It stays in I420: the edges are Sobel's, of the luma plane alone, and the colours are two planes of
 * a quarter of the size. In RGBA the same takes several times as long.
 */
export function drawEdges(from: Uint8Array, to: Uint8Array, { width, height }: PictureSize): void {
  const lumaBytes = width * height;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    drawRow(from, to, {
      row,
      width,
      above: y === 0 ? row : row - width,
      below: y === height - 1 ? row : row + width,
    });
  }
  for (let i = lumaBytes; i < to.length; i++) to[i] = vivid[from[i] as number] as number;
}

// All indexes are within the planes, which the compiler can't know: hence the assertions.
function drawRow(
  from: Uint8Array,
  to: Uint8Array,
  { row, width, above, below }: Readonly<Record<'row' | 'width' | 'above' | 'below', number>>,
): void {
  // For the columns to the left, here and to the right, which slide along: the weighted sum of the
  // three pixels, and the lower one minus the upper one.
  let middle = from[row] as number;
  let sumHere = (from[above] as number) + 2 * middle + (from[below] as number);
  let sumLeft = sumHere;
  let stepHere = (from[below] as number) - (from[above] as number);
  let stepLeft = stepHere;
  for (let x = 0; x < width; x++) {
    // The last column is its own neighbour.
    const right = x + 1 < width ? x + 1 : x;
    const up = from[above + right] as number;
    const next = from[row + right] as number;
    const down = from[below + right] as number;
    const sumRight = up + 2 * next + down;
    const stepRight = down - up;
    const edge = Math.abs(sumRight - sumLeft) + Math.abs(stepLeft + 2 * stepHere + stepRight);
    const glow = edge > FAINTEST ? (edge - FAINTEST) * GLOW : 0;
    const luma = (middle * BEHIND + glow) >> 8;
    to[row + x] = luma > 219 ? 235 : luma + 16;
    middle = next;
    sumLeft = sumHere;
    sumHere = sumRight;
    stepLeft = stepHere;
    stepHere = stepRight;
  }
}

/** Draws a label with a bar behind it into the upper right corner of an I420 picture. */
export function drawLabel(to: Uint8Array, { width, height }: PictureSize, text: string): void {
  const [luma, blue, red] = planesOf('I420', width, height);
  if (!luma || !blue || !red) return;
  const dot = Math.max(1, Math.round(width / 320));
  const right = width - 8 * dot;
  const left = right - (text.length * GLYPH_ADVANCE + 3) * dot;
  const top = 8 * dot;
  const bottom = top + (GLYPH_HEIGHT + 4) * dot;
  for (let y = top; y < bottom; y++) to.fill(60, y * luma.stride + left, y * luma.stride + right);
  for (let y = top >> 1; y < bottom >> 1; y++) {
    const row = y * blue.stride;
    to.fill(80, blue.offset + row + (left >> 1), blue.offset + row + (right >> 1));
    to.fill(190, red.offset + row + (left >> 1), red.offset + row + (right >> 1));
  }
  for (const { x, y } of textDots(text)) {
    const at = left + (x + 2) * dot;
    for (let dy = 0; dy < dot; dy++) {
      const row = (top + (y + 2) * dot + dy) * luma.stride;
      to.fill(235, row + at, row + at + dot);
    }
  }
}
