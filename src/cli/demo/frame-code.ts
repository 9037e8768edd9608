import { planesOf } from '../../video/pixel-format.js';

/** Who has written a frame code into a picture. */
export type CodeAuthor = 'painter' | 'agent';

/** A frame number that is part of the picture, so that it's proof of what was seen. */
export interface FrameCode {
  readonly author: CodeAuthor;
  /** Modulo 2^20: 9.7 hours at 30 fps. */
  readonly number: number;
}

/** The size of a picture. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the code is in a picture of 1280x720: one row of black and white cells, which lie on the
 * encoder's blocks of 16x16. In other sizes it's in proportion.
 */
export const CODE_AREA = { x: 384, y: 672, cell: 16, height: 32, cells: 32 } as const;

const FULL = { width: 1280, height: 720 };
const NUMBER_BITS = 20;
const BLACK = 16;
const WHITE = 235;
const AUTHOR_BITS = { painter: 0b0101, agent: 0b1010 } as const;
/** Blue and red difference: the painter's code is grey, the agent's is orange. */
const AUTHOR_CHROMA = { painter: [128, 128], agent: [80, 170] } as const;
const CHROMA_TOLERANCE = 24;

/** The cells of a code, left to right; true is white. */
export function codeCells({ author, number }: FrameCode): boolean[] {
  const counted = number % 2 ** NUMBER_BITS;
  const word = AUTHOR_BITS[author] * 2 ** NUMBER_BITS + counted;
  const bits = word * 256 + checksum(word);
  return Array.from({ length: CODE_AREA.cells }, (_, i) => {
    return Math.floor(bits / 2 ** (CODE_AREA.cells - 1 - i)) % 2 === 1;
  });
}

/** Writes a code into the pixels of an I420 picture. */
export function writeFrameCode(pixels: Uint8Array, size: PictureSize, code: FrameCode): void {
  const [luma, blue, red] = planesOf('I420', size.width, size.height);
  if (!luma || !blue || !red) return;
  const [blueness, redness] = AUTHOR_CHROMA[code.author];
  for (const [i, white] of codeCells(code).entries()) {
    const { left, right, top, bottom } = cellArea(i, size);
    for (let y = top; y < bottom; y++) {
      pixels.fill(white ? WHITE : BLACK, y * luma.stride + left, y * luma.stride + right);
    }
    for (let y = top >> 1; y < bottom >> 1; y++) {
      const row = y * blue.stride;
      pixels.fill(blueness, blue.offset + row + (left >> 1), blue.offset + row + (right >> 1));
      pixels.fill(redness, red.offset + row + (left >> 1), red.offset + row + (right >> 1));
    }
  }
}

/** Reads the code out of an I420 picture, or undefined if there is none that is right. */
export function readFrameCode(pixels: Uint8Array, size: PictureSize): FrameCode | undefined {
  const [luma, blue, red] = planesOf('I420', size.width, size.height);
  if (!luma || !blue || !red) return undefined;
  let bits = 0;
  let blueness = 0;
  let redness = 0;
  for (let i = 0; i < CODE_AREA.cells; i++) {
    const { left, right, top, bottom } = cellArea(i, size);
    const x = (left + right) >> 1;
    const y = (top + bottom) >> 1;
    // The middle alone: encoders blur edges.
    let sum = 0;
    for (let dy = -2; dy < 2; dy++) {
      for (let dx = -2; dx < 2; dx++) sum += pixels[(y + dy) * luma.stride + x + dx] ?? 0;
    }
    bits = bits * 2 + (sum / 16 > 125 ? 1 : 0);
    const chroma = (y >> 1) * blue.stride + (x >> 1);
    blueness += (pixels[blue.offset + chroma] ?? 0) / CODE_AREA.cells;
    redness += (pixels[red.offset + chroma] ?? 0) / CODE_AREA.cells;
  }
  const word = Math.floor(bits / 256);
  if (bits % 256 !== checksum(word)) return undefined;
  const number = word % 2 ** NUMBER_BITS;
  for (const author of ['painter', 'agent'] as const) {
    const [wantedBlue, wantedRed] = AUTHOR_CHROMA[author];
    const coloured =
      Math.abs(blueness - wantedBlue) < CHROMA_TOLERANCE &&
      Math.abs(redness - wantedRed) < CHROMA_TOLERANCE;
    if (coloured && Math.floor(word / 2 ** NUMBER_BITS) === AUTHOR_BITS[author]) {
      return { author, number };
    }
  }
  return undefined;
}

/** The pixels of a cell. */
function cellArea(index: number, { width, height }: PictureSize) {
  const { x, y, cell, height: rows } = CODE_AREA;
  return {
    left: Math.round(((x + index * cell) * width) / FULL.width),
    right: Math.round(((x + (index + 1) * cell) * width) / FULL.width),
    top: Math.round((y * height) / FULL.height),
    bottom: Math.round(((y + rows) * height) / FULL.height),
  };
}

/** So that neither a plain area nor noise passes for a code. */
function checksum(word: number): number {
  let sum = 0xa5;
  for (let left = word; left > 0; left = Math.floor(left / 256))
    sum = (sum * 31 + (left % 256)) % 256;
  return sum;
}
