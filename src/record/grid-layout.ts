import type { CropArea } from '../video/crop-pixels.js';
import { evenLength } from './even-length.js';

/** The shape of a tile: what most cameras give. */
const SHAPE = { width: 16, height: 9 };

/**
 * Where the tiles of a grid lie: all of one size, as large as so many of 16:9 fit, in rows that are centred. Edges
 * are even, where chroma has samples.
 *
 * @returns As many areas as there are tiles, row by row; none has a side of less than 2.
 */
export function gridAreas(
  count: number,
  { width, height }: { readonly width: number; readonly height: number },
): CropArea[] {
  let best = { columns: 1, scale: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const scale = Math.min(width / columns / SHAPE.width, height / rows / SHAPE.height);
    // Of two that are as large, the wider one: side by side rather than on top of each other.
    if (scale > best.scale - 1e-9) best = { columns, scale };
  }
  const { columns, scale } = best;
  const rows = Math.ceil(count / columns);
  const tile = { width: evenLength(SHAPE.width * scale), height: evenLength(SHAPE.height * scale) };
  const top = evenLength((height - rows * tile.height) / 2, 0);
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = evenLength((width - inRow * tile.width) / 2, 0);
    return { x: left + (i % columns) * tile.width, y: top + row * tile.height, ...tile };
  });
}
