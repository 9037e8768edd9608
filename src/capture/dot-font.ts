/**
 * Glyphs of 5x7 dots, as on a station's display: our own, since a machine may have no fonts at all. Each
 * row is five bits, the left dot first.
 */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  ':': [0, 4, 4, 0, 4, 4, 0],
  '.': [0, 0, 0, 0, 0, 6, 6],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 15],
  I: [14, 4, 4, 4, 4, 4, 14],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  W: [17, 17, 17, 21, 21, 27, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
};

/** Dots from one glyph to the next. */
export const GLYPH_ADVANCE = 6;

/** Dots from the top of a glyph to its bottom. */
export const GLYPH_HEIGHT = 7;

/** The dots of a text, in dots from its upper left corner. Unknown characters are blank. */
export function textDots(text: string): { readonly x: number; readonly y: number }[] {
  return Array.from(text).flatMap((char, i) =>
    (GLYPHS[char] ?? []).flatMap((row, y) =>
      [0, 1, 2, 3, 4]
        .filter((x) => (row >> (4 - x)) & 1)
        .map((x) => ({ x: i * GLYPH_ADVANCE + x, y })),
    ),
  );
}
