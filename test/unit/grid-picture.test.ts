import { VideoFrame } from 'framewire';
import { type Color, colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';
import { gridAreas } from '../../src/record/grid-layout.js';
import { GridPicture } from '../../src/record/grid-picture.js';

afterAll(() => whenIdle());

const RED: Color = [220, 30, 30];
const GREEN: Color = [30, 200, 40];
const BLUE: Color = [40, 40, 220];
const WHITE: Color = [240, 240, 240];
const BLACK: Color = [0, 0, 0];

const SIZE = { width: 128, height: 72 };

function grid(options: { maxTiles?: number } = {}): GridPicture {
  return new GridPicture({ ...SIZE, maxTiles: 16, ...options });
}

function solid(color: Color, width = 32, height = 18): VideoFrame {
  return solidFrame(color, { width, height, format: 'I420' });
}

/** The colour of a part of what a grid shows now, its sides in eighths of the picture. */
function seen(picture: GridPicture, x: number, y: number, width = 1, height = 1): Color {
  using frame = picture.render(0);
  const [column, row] = [SIZE.width / 8, SIZE.height / 8];
  const area = { x: x * column, y: y * row, width: width * column, height: height * row };
  return meanColor(frame, area);
}

describe('the places of tiles', () => {
  it.each([
    [1, [[0, 0]], [1280, 720]],
    [
      2,
      [
        [0, 180],
        [640, 180],
      ],
      [640, 360],
    ],
    [
      3,
      [
        [0, 0],
        [640, 0],
        [320, 360],
      ],
      [640, 360],
    ],
    [
      5,
      [
        [0, 120],
        [426, 120],
        [852, 120],
        [214, 360],
        [640, 360],
      ],
      [426, 240],
    ],
  ])('of %d are in rows that are centred', (count, places, [width, height]) => {
    const areas = gridAreas(count, { width: 1280, height: 720 });
    expect(areas.map(({ x, y }) => [x, y])).toEqual(places);
    for (const area of areas) expect(area).toMatchObject({ width, height });
  });

  it.each([
    [1280, 720],
    [720, 1280],
    [64, 64],
    [2, 2],
    [4096, 16],
  ])('lie in the picture at even edges and not over each other, in %dx%d', (width, height) => {
    for (let count = 0; count <= 40; count++) {
      const areas = gridAreas(count, { width, height });
      expect(areas).toHaveLength(count);
      const fits = count <= Math.floor(width / 40) * Math.floor(height / 40);
      for (const [i, one] of areas.entries()) {
        for (const side of Object.values(one)) expect(side % 2).toBe(0);
        const within = one.x + one.width <= width && one.y + one.height <= height;
        expect([count, fits && !within]).toEqual([count, false]);
        const apart = areas
          .slice(i + 1)
          .every(
            (other) =>
              other.x >= one.x + one.width || other.x + other.width <= one.x || other.y > one.y,
          );
        expect([count, fits && !apart]).toEqual([count, false]);
      }
    }
  });
});

describe('a grid of pictures', () => {
  it('is black while there is nobody, and a frame of its own each time', () => {
    using picture = grid();
    using first = picture.render(5);
    expect(first).toMatchObject({ ...SIZE, format: 'I420', timestampUs: 5 });
    expect(colorDistance(meanColor(first), BLACK)).toBeLessThan(12);
    picture.add('a', '');
    picture.show('a', solid(RED), 0);
    using second = picture.render(6);
    expect(colorDistance(meanColor(second), RED)).toBeLessThan(12);
    expect(colorDistance(meanColor(first), BLACK)).toBeLessThan(12);
  });

  it('shows who comes, who changes, and who is left', () => {
    using picture = grid();
    for (const key of ['a', 'b', 'c']) picture.add(key, '');
    picture.show('a', solid(RED), 0);
    picture.show('b', solid(GREEN), 0);
    picture.show('c', solid(BLUE), 0);
    expect(colorDistance(seen(picture, 0, 0, 4, 4), RED)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 4, 0, 4, 4), GREEN)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 2, 4, 4, 4), BLUE)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 0, 4, 2, 4), BLACK)).toBeLessThan(12);
    picture.show('b', solid(WHITE, 64, 36), 0);
    expect(colorDistance(seen(picture, 4, 0, 4, 4), WHITE)).toBeLessThan(12);
    picture.remove('a');
    expect(colorDistance(seen(picture, 0, 2, 4, 4), WHITE)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 4, 2, 4, 4), BLUE)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 0, 0, 8, 2), BLACK)).toBeLessThan(12);
    picture.remove('b');
    picture.remove('b');
    expect(colorDistance(seen(picture, 0, 0, 8, 8), BLUE)).toBeLessThan(12);
    picture.remove('c');
    expect(colorDistance(seen(picture, 0, 0, 8, 8), BLACK)).toBeLessThan(12);
    expect(picture.size).toBe(0);
  });

  it('keeps the shape of a picture, upright, between black bars', () => {
    using picture = grid();
    picture.add('a', '');
    // 9:16, held upright.
    using tall = solidFrame(RED, { width: 32, height: 18, format: 'RGBA', rotation: 90 });
    picture.show('a', tall.clone(), 0);
    expect(colorDistance(seen(picture, 0, 0, 2, 8), BLACK)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 6, 0, 2, 8), BLACK)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 3.25, 0, 1.5, 8), RED)).toBeLessThan(12);
  });

  it('shows each when it is its time, and leaves out what is over', () => {
    using picture = grid();
    picture.add('a', '');
    picture.show('a', solid(RED), 100);
    picture.show('a', solid(GREEN), 200);
    picture.show('a', solid(BLUE), 250);
    const colors = [99, 100, 199, 300].map((timeUs) => {
      using frame = picture.render(timeUs);
      return meanColor(frame);
    });
    for (const [i, wanted] of [BLACK, RED, RED, BLUE].entries()) {
      expect(colorDistance(colors[i]!, wanted)).toBeLessThan(12);
    }
  });

  it('scales what it shows when others come or go', () => {
    using picture = grid();
    picture.add('a', '');
    picture.show('a', solid(RED), 0);
    expect(colorDistance(seen(picture, 0, 0, 8, 8), RED)).toBeLessThan(12);
    picture.add('b', '');
    expect(colorDistance(seen(picture, 0, 2, 4, 4), RED)).toBeLessThan(12);
    expect(colorDistance(seen(picture, 4, 2, 4, 4), BLACK)).toBeLessThan(12);
    picture.remove('b');
    expect(colorDistance(seen(picture, 0, 0, 8, 8), RED)).toBeLessThan(12);
  });

  it('makes a tile black that shows nothing any more', () => {
    using picture = grid();
    picture.add('a', '');
    picture.show('a', solid(RED), 0);
    expect(colorDistance(seen(picture, 0, 0, 8, 8), RED)).toBeLessThan(12);
    picture.hide('a');
    expect(colorDistance(seen(picture, 0, 0, 8, 8), BLACK)).toBeLessThan(12);
  });

  it('shows those that came first, and the next when one leaves', () => {
    using picture = grid({ maxTiles: 1 });
    picture.add('a', '');
    picture.add('b', '');
    picture.show('a', solid(RED), 0);
    picture.show('b', solid(GREEN), 0);
    expect([picture.shows('a'), picture.shows('b')]).toEqual([true, false]);
    expect(colorDistance(seen(picture, 0, 0, 8, 8), RED)).toBeLessThan(12);
    picture.remove('a');
    expect(picture.shows('b')).toBe(true);
    picture.show('b', solid(GREEN), 0);
    expect(colorDistance(seen(picture, 0, 0, 8, 8), GREEN)).toBeLessThan(12);
  });

  it('closes every frame that it was given', () => {
    const picture = grid();
    picture.add('a', '');
    const frames = [solid(RED), solid(GREEN), solid(BLUE), solid(WHITE)] as const;
    picture.show('a', frames[0], 0);
    picture.show('a', frames[1], 0);
    picture.show('nobody', frames[2], 0);
    picture.add('b', '');
    picture.show('b', frames[3], 0);
    picture[Symbol.dispose]();
    picture[Symbol.dispose]();
    expect(frames.every(({ closed }) => closed)).toBe(true);
  });

  it.each(['Ada', 'Ада', '\u202e\n\u0000', 'x'.repeat(2000), '<b>"%s"</b>'])(
    'writes a name at the bottom: %j',
    (name) => {
      using picture = grid();
      picture.add('a', name);
      picture.show('a', solid(RED), 0);
      expect(colorDistance(seen(picture, 0, 0, 8, 5), RED)).toBeLessThan(12);
      // At the very left the box is dark, letters or not.
      using frame = picture.render(0);
      const corner = meanColor(frame, { x: 0, y: 68, width: 2, height: 4 });
      expect(colorDistance(corner, [32, 32, 32])).toBeLessThan(12);
    },
  );
});
