import type { PixelFormat } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';
import { type Bitmap, copyArea } from './copy-area.js';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, textDots } from './dot-font.js';
import {
  type Cell,
  even,
  NUMBER_LIMIT,
  NUMBER_STRIP,
  numberCells,
  numberWord,
} from './picture-number.js';

/** The colours of the test pattern's bars from left to right, as red, green and blue. */
export const TEST_PATTERN_COLORS = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
  [0, 0, 0],
] as const;

type Color = readonly [red: number, green: number, blue: number];

const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];
const BOX: Color = [240, 120, 20];

/** Where the bars end and the band begins in which the box moves; the number has the rest. */
const BAND_TOP = 0.65;
/** How long the box takes to the right and back. */
const ROUND_TRIP_US = 4_000_000;

/** `00:00:00.000`, as much as there is room for; the larger of the two texts. */
const TEXT_LENGTH = 13;
const LINES = ['FRAME 0000000', '00:00:00.000'] as const;

/**
 * Paints the test pattern into memory of any content. All that stays the same is one picture, and what
 * changes is copied into it from a sheet of stamps in the same format: so each format is made by the same
 * conversions as everything else, once, and a picture costs little more than a copy.
 */
export class TestPatternPainter {
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly #still: Bitmap<Buffer>;
  readonly #stamps: Bitmap<Buffer>;
  /** Pixels of a dot of the text; 0 where there is no room for any. */
  readonly #dot: number;
  readonly #textX: number;
  readonly #textY: number;
  readonly #cells: readonly Cell[];
  readonly #box: { readonly size: number; readonly y: number; readonly stampX: number };
  readonly #whiteX: number;

  /** @param picture - Its width and height are at least `MIN_NUMBERED_SIZE`. */
  constructor(picture: {
    readonly format: PixelFormat;
    readonly width: number;
    readonly height: number;
  }) {
    const { format, width, height } = picture;
    this.format = format;
    this.width = width;
    this.height = height;
    this.#dot = Math.min(
      Math.floor((width * 0.7) / (TEXT_LENGTH * GLYPH_ADVANCE)),
      Math.floor((height * 0.4) / (2 * (GLYPH_HEIGHT + 2))),
    );
    this.#textX = even((width - TEXT_LENGTH * GLYPH_ADVANCE * this.#dot) / 2);
    this.#textY = even(height * 0.12);
    this.#cells = numberCells(width, height);
    const bandTop = even(height * BAND_TOP);
    const size = Math.max(2, even((height * NUMBER_STRIP.topShare - bandTop) * 0.8));
    const glyphWidth = this.#glyphWidth;
    const glyphHeight = this.#glyphHeight;
    const y = even(bandTop + (height * NUMBER_STRIP.topShare - bandTop - size) / 2);
    this.#box = { size, y, stampX: 10 * glyphWidth };
    this.#whiteX = this.#box.stampX + size;
    const cellWidth = Math.max(...this.#cells.map(({ left, right }) => right - left));
    const cellHeight = Math.max(...this.#cells.map(({ top, bottom }) => bottom - top));
    this.#still = this.#drawStill().bitmap(format);
    const sheet = new Sheet(this.#whiteX + cellWidth, Math.max(size, glyphHeight, cellHeight));
    for (let digit = 0; digit < 10; digit++) {
      sheet.text(String(digit), { x: digit * glyphWidth, y: 0, dot: this.#dot });
    }
    sheet.fill(BOX, { x: this.#box.stampX, y: 0, width: size, height: size });
    sheet.fill(WHITE, { x: this.#whiteX, y: 0, width: cellWidth, height: cellHeight });
    this.#stamps = sheet.bitmap(format);
  }

  /** Room for a glyph and the gap behind it. */
  get #glyphWidth(): number {
    return GLYPH_ADVANCE * this.#dot;
  }

  /** Room for a glyph and the gap below it. */
  get #glyphHeight(): number {
    return (GLYPH_HEIGHT + 1) * this.#dot;
  }

  /** Fills `bytes`, which are a picture's, with the picture of that number and time. */
  paint(bytes: Uint8Array, number: number, timestampUs: number): void {
    const { format, width, height } = this;
    this.#still.bytes.copy(bytes);
    const picture = { bytes, format, width, height };
    const word = numberWord(number);
    for (let i = 0; i < this.#cells.length; i++) {
      const cell = this.#cells[i];
      if (!cell || ((word >>> (31 - i)) & 1) === 0) continue;
      const { left, right, top, bottom } = cell;
      copyArea(this.#stamps, picture, {
        fromX: this.#whiteX,
        fromY: 0,
        width: right - left,
        height: bottom - top,
        x: left,
        y: top,
      });
    }
    const { size, y, stampX } = this.#box;
    const there = (timestampUs % ROUND_TRIP_US) / (ROUND_TRIP_US / 2);
    const x = even((width - size) * (there < 1 ? there : 2 - there));
    copyArea(this.#stamps, picture, { fromX: stampX, fromY: 0, width: size, height: size, x, y });
    if (this.#dot > 0) this.#paintText(picture, number, timestampUs);
  }

  #paintText(picture: Bitmap, number: number, timestampUs: number): void {
    this.#paintDigits(picture, { line: 0, column: 12, digits: 7, value: number % NUMBER_LIMIT });
    const ms = Math.floor(timestampUs / 1000);
    this.#paintDigits(picture, { line: 1, column: 11, digits: 3, value: ms });
    this.#paintDigits(picture, {
      line: 1,
      column: 7,
      digits: 2,
      value: Math.floor(ms / 1000) % 60,
    });
    const minutes = Math.floor(ms / 60_000);
    this.#paintDigits(picture, { line: 1, column: 4, digits: 2, value: minutes % 60 });
    this.#paintDigits(picture, { line: 1, column: 1, digits: 2, value: Math.floor(minutes / 60) });
  }

  /** The last digits of a value, the last of them in that column. */
  #paintDigits(
    picture: Bitmap,
    at: {
      readonly line: number;
      readonly column: number;
      readonly digits: number;
      readonly value: number;
    },
  ): void {
    const width = this.#glyphWidth;
    const height = this.#glyphHeight;
    let rest = at.value;
    for (let i = 0; i < at.digits; i++) {
      const x = this.#textX + (at.column - i) * width;
      const y = this.#lineY(at.line);
      copyArea(this.#stamps, picture, {
        fromX: (rest % 10) * width,
        fromY: 0,
        width,
        height,
        x,
        y,
      });
      rest = Math.floor(rest / 10);
    }
  }

  #lineY(line: number): number {
    return this.#textY + line * even(this.#glyphHeight * 1.4);
  }

  /** All that is the same in each picture. */
  #drawStill(): Sheet {
    const { width, height } = this;
    const sheet = new Sheet(width, height);
    const bandTop = even(height * BAND_TOP);
    const bars = TEST_PATTERN_COLORS.length;
    for (const [i, color] of TEST_PATTERN_COLORS.entries()) {
      const x = even((i * width) / bars);
      const right = i === bars - 1 ? width : even(((i + 1) * width) / bars);
      sheet.fill(color, { x, y: 0, width: right - x, height: bandTop });
    }
    // Behind the box, all greys.
    const bandHeight = even(height * NUMBER_STRIP.topShare) - bandTop;
    for (let x = 0; x < width; x += 2) {
      const grey = Math.round((x * 255) / width);
      sheet.fill([grey, grey, grey], { x, y: bandTop, width: 2, height: bandHeight });
    }
    if (this.#dot === 0) return sheet;
    for (const [line, text] of LINES.entries()) {
      const x = this.#textX;
      const y = this.#lineY(line);
      const [width, height] = [text.length * this.#glyphWidth, this.#glyphHeight];
      const dot = this.#dot;
      sheet.fill(BLACK, { x: x - dot, y: y - dot, width: width + dot, height: height + dot });
      sheet.text(text, { x, y, dot });
    }
    return sheet;
  }
}

/** A black picture to draw rectangles on, in RGBA. */
class Sheet {
  readonly #width: number;
  readonly #height: number;
  readonly #bytes: Buffer;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#bytes = Buffer.alloc(width * height * 4);
    this.fill(BLACK, { x: 0, y: 0, width, height });
  }

  /** What lies outside is left out. */
  fill(
    [red, green, blue]: Color,
    area: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    },
  ): void {
    const right = Math.min(area.x + area.width, this.#width);
    const bottom = Math.min(area.y + area.height, this.#height);
    const pixel = Buffer.of(red, green, blue, 255);
    for (let y = area.y; y < bottom; y++) {
      this.#bytes.fill(pixel, (y * this.#width + area.x) * 4, (y * this.#width + right) * 4);
    }
  }

  text(text: string, at: { readonly x: number; readonly y: number; readonly dot: number }): void {
    const { dot } = at;
    for (const { x, y } of textDots(text)) {
      this.fill(WHITE, { x: at.x + x * dot, y: at.y + y * dot, width: dot, height: dot });
    }
  }

  bitmap(format: PixelFormat): Bitmap<Buffer> {
    const [width, height] = [this.#width, this.#height];
    using drawn = new VideoFrame(this.#bytes, { width, height, format: 'RGBA' });
    using converted = drawn.convert(format);
    return { bytes: converted.borrow((view) => Buffer.from(view)), format, width, height };
  }
}
