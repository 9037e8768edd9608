import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, textDots } from '../../capture/dot-font.js';
import { CODE_AREA, codeCells } from './frame-code.js';
import { paintLandscape } from './landscape.js';
import { PICTURE } from './protocol.js';

/** A rectangle of pixels. */
interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Something of the scene that moves: where it is at some time, and how it's drawn there. */
interface Mover {
  area(seconds: number): Area;
  draw(context: SKRSContext2D, moment: Moment): void;
}

/** What a picture shows. */
export interface Moment {
  /** Since the scene began. */
  readonly seconds: number;
  readonly frameNumber: number;
  readonly clock: Date;
}

const INK = '#fff4dc';

/**
 * The painter's scene: balloons over a bay at dusk, a clock and the number of the frame.
 *
 * Reading a canvas of 1280x720 takes 9 ms, drawing on it next to nothing. So the landscape is drawn
 * and read once, and of each picture only what has moved: the rest of the pixels is still there.
 */
export class Scene {
  /** The picture in RGBA. Changed by {@link Scene.draw}. */
  readonly pixels: Uint8Array;
  readonly #landscape: Canvas;
  readonly #context: SKRSContext2D;
  readonly #movers: readonly Mover[];
  #areas: readonly Area[] = [];

  constructor() {
    const { width, height } = PICTURE;
    this.#landscape = createCanvas(width, height);
    paintLandscape(this.#landscape.getContext('2d'));
    this.#context = createCanvas(width, height).getContext('2d');
    this.#context.drawImage(this.#landscape, 0, 0);
    this.pixels = new Uint8Array(this.#context.getImageData(0, 0, width, height).data);
    this.#movers = [
      boat(),
      balloon({ colors: ['#f4d35e', '#ee964b'], x: 250, y: 250, scale: 1, period: 11 }),
      balloon({ colors: ['#5bc0eb', '#fde74c'], x: 560, y: 180, scale: 0.75, period: 8 }),
      balloon({ colors: ['#e55934', '#fdfcdc'], x: 845, y: 260, scale: 0.9, period: 9.5 }),
      dial(),
      display({ x: 40, y: 40, dot: 6 }, '00:00:00.000', ({ clock }) =>
        clock.toTimeString().slice(0, 8).concat('.', `${clock.getMilliseconds()}`.padStart(3, '0')),
      ),
      display(
        { x: 40, y: 100, dot: 3 },
        'FRAME 0000000',
        ({ frameNumber }) => `FRAME ${`${frameNumber}`.padStart(7, '0')}`,
      ),
      codeStrip(),
    ];
  }

  /** Draws the next picture into {@link Scene.pixels}. */
  draw(moment: Moment): void {
    const context = this.#context;
    for (const { x, y, width, height } of this.#areas) {
      context.drawImage(this.#landscape, x, y, width, height, x, y, width, height);
    }
    const areas = this.#movers.map((mover) => within(mover.area(moment.seconds)));
    for (const mover of this.#movers) mover.draw(context, moment);
    // What a thing has left is as new as what it has come to.
    for (const [i, area] of areas.entries()) this.#read(union(area, this.#areas[i]));
    this.#areas = areas;
  }

  #read({ x, y, width, height }: Area): void {
    const { data } = this.#context.getImageData(x, y, width, height);
    for (let row = 0; row < height; row++) {
      const from = row * width * 4;
      this.pixels.set(data.subarray(from, from + width * 4), ((y + row) * PICTURE.width + x) * 4);
    }
  }
}

/** Whole pixels, none outside the picture. */
function within({ x, y, width, height }: Area): Area {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  return {
    x: left,
    y: top,
    width: Math.min(PICTURE.width, Math.ceil(x + width)) - left,
    height: Math.min(PICTURE.height, Math.ceil(y + height)) - top,
  };
}

function union(one: Area, other: Area = one): Area {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

function balloon(options: {
  readonly colors: readonly [string, string];
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly period: number;
}): Mover {
  const { colors, scale, period } = options;
  const place = (seconds: number) => {
    const turn = (seconds * 2 * Math.PI) / period;
    return { x: options.x + 70 * Math.sin(turn / 2), y: options.y + 32 * Math.sin(turn) };
  };
  return {
    area: (seconds) => {
      const { x, y } = place(seconds);
      return { x: x - 68 * scale, y: y - 72 * scale, width: 136 * scale, height: 182 * scale };
    },
    draw: (context, { seconds }) => {
      const { x, y } = place(seconds);
      context.save();
      context.translate(x, y);
      context.scale(scale, scale);
      context.strokeStyle = '#3b2a20';
      context.lineWidth = 2;
      context.beginPath();
      for (const side of [-1, 1]) {
        context.moveTo(side * 34, 46);
        context.lineTo(side * 11, 86);
      }
      context.stroke();
      context.fillStyle = '#6b4423';
      context.fillRect(-13, 86, 26, 19);
      // Stripes from the widest to the narrowest.
      for (const [i, width] of [60, 42, 24, 8].entries()) {
        context.fillStyle = i % 2 === 0 ? colors[0] : colors[1];
        context.beginPath();
        context.moveTo(0, -70);
        context.bezierCurveTo(width * 1.35, -70, width * 1.3, 8, width * 0.45, 60);
        context.lineTo(-width * 0.45, 60);
        context.bezierCurveTo(-width * 1.3, 8, -width * 1.35, -70, 0, -70);
        context.fill();
      }
      context.restore();
    },
  };
}

function boat(): Mover {
  const place = (seconds: number) => ({
    x: 640 + 420 * Math.sin(seconds / 9),
    y: 600 + 4 * Math.sin(seconds * 1.7),
    tilt: 0.05 * Math.sin(seconds * 1.3),
  });
  return {
    area: (seconds) => {
      const { x, y } = place(seconds);
      return { x: x - 68, y: y - 104, width: 136, height: 136 };
    },
    draw: (context, { seconds }) => {
      const { x, y, tilt } = place(seconds);
      context.save();
      context.translate(x, y);
      context.rotate(tilt);
      context.fillStyle = '#f7efe2';
      triangle(context, [4, -96], [4, -8], [58, -8]);
      context.fillStyle = '#ef8354';
      triangle(context, [-4, -84], [-4, -8], [-44, -8]);
      context.fillStyle = '#4f2d2b';
      context.beginPath();
      context.moveTo(-60, 0);
      context.lineTo(62, 0);
      context.lineTo(44, 22);
      context.lineTo(-44, 22);
      context.fill();
      context.restore();
    },
  };
}

type Point = readonly [x: number, y: number];

function triangle(context: SKRSContext2D, ...points: readonly [Point, Point, Point]): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.fill();
}

/** A round clock whose second hand never stands still. */
function dial(): Mover {
  const center = { x: 1150, y: 250, radius: 84 };
  const { x, y, radius } = center;
  const area = {
    x: x - radius - 4,
    y: y - radius - 4,
    width: radius * 2 + 8,
    height: radius * 2 + 8,
  };
  const hand = (
    context: SKRSContext2D,
    {
      turn,
      length,
      width,
      color,
    }: Readonly<{ turn: number; length: number; width: number; color: string }>,
  ): void => {
    const angle = turn * 2 * Math.PI;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - Math.sin(angle) * 12, y + Math.cos(angle) * 12);
    context.lineTo(x + Math.sin(angle) * length, y - Math.cos(angle) * length);
    context.stroke();
  };
  return {
    area: () => area,
    draw: (context, { clock }) => {
      const seconds = clock.getSeconds() + clock.getMilliseconds() / 1000;
      const minutes = clock.getMinutes() + seconds / 60;
      const hours = (clock.getHours() % 12) + minutes / 60;
      context.save();
      context.lineCap = 'round';
      context.fillStyle = '#1c1533d0';
      context.strokeStyle = INK;
      context.lineWidth = 4;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      context.lineWidth = 3;
      context.beginPath();
      for (let hour = 0; hour < 12; hour++) {
        const angle = (hour * Math.PI) / 6;
        context.moveTo(x + Math.sin(angle) * 70, y - Math.cos(angle) * 70);
        context.lineTo(x + Math.sin(angle) * 76, y - Math.cos(angle) * 76);
      }
      context.stroke();
      hand(context, { turn: hours / 12, length: 40, width: 7, color: INK });
      hand(context, { turn: minutes / 60, length: 58, width: 5, color: INK });
      hand(context, { turn: seconds / 60, length: 66, width: 2.5, color: '#ff7b54' });
      context.restore();
    },
  };
}

/** A text of dots on a dark plate. */
function display(
  { x, y, dot }: { readonly x: number; readonly y: number; readonly dot: number },
  widest: string,
  textOf: (moment: Moment) => string,
): Mover {
  const area = {
    x,
    y,
    width: (widest.length * GLYPH_ADVANCE + 3) * dot,
    height: (GLYPH_HEIGHT + 4) * dot,
  };
  // A glyph is drawn once, and then copied.
  const glyphs = new Map<string, Canvas>();
  const glyph = (char: string): Canvas => {
    const known = glyphs.get(char);
    if (known) return known;
    const canvas = createCanvas(GLYPH_ADVANCE * dot, GLYPH_HEIGHT * dot);
    const context = canvas.getContext('2d');
    context.fillStyle = INK;
    for (const one of textDots(char)) context.fillRect(one.x * dot, one.y * dot, dot, dot);
    glyphs.set(char, canvas);
    return canvas;
  };
  return {
    area: () => area,
    draw: (context, moment) => {
      context.fillStyle = '#1c1533';
      context.fillRect(area.x, area.y, area.width, area.height);
      for (const [i, char] of Array.from(textOf(moment)).entries()) {
        context.drawImage(glyph(char), x + (i * GLYPH_ADVANCE + 2) * dot, y + 2 * dot);
      }
    },
  };
}

/** The number of the frame for the agent and the viewer to read. */
function codeStrip(): Mover {
  const { x, y, cell, cells, height } = CODE_AREA;
  return {
    area: () => ({ x, y, width: cell * cells, height }),
    draw: (context, { frameNumber }) => {
      for (const [i, white] of codeCells({ author: 'painter', number: frameNumber }).entries()) {
        context.fillStyle = white ? '#fff' : '#000';
        context.fillRect(x + i * cell, y, cell, height);
      }
    },
  };
}
