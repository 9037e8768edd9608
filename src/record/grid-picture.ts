import { blackenPixels } from '../video/black-pixels.js';
import type { CropArea } from '../video/crop-pixels.js';
import { FrameMemory } from '../video/frame-memory.js';
import { byteLengthOf, planesOf } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';
import { gridAreas } from './grid-layout.js';
import { nameLabel } from './name-label.js';

/** How a {@link GridPicture} looks. */
export interface GridPictureOptions {
  /** Its width, even. */
  readonly width: number;
  /** Its height, even. */
  readonly height: number;
  /** The most tiles that are shown; those that came first. */
  readonly maxTiles: number;
}

interface Tile {
  readonly name: string;
  area: CropArea | undefined;
  /** The name as it's drawn at this size. */
  label: VideoFrame | undefined;
  /** What it shows, in its size; black if there is none. */
  shown: VideoFrame | undefined;
  /** What it shows next, in the order of their time. */
  next: TimedPicture[];
  /** Whether something else is to be seen there than before. */
  changed: boolean;
}

/** A picture in the size of its tile, and when it's to be seen. */
interface TimedPicture {
  readonly timeUs: number;
  readonly frame: VideoFrame;
}

const FORMAT = 'I420';
/** Of one video, so many wait at most for their time. */
const MOST_WAITING = 30;

/**
 * Several videos as one picture, side by side, each at its time. They keep their shape, between black bars; turned
 * ones are upright.
 *
 * A picture is scaled when it comes, and what waits is as small as its tile: one of 720p in a 720p grid costs 2.7 ms
 * if there are four, 1.7 if there are nine.
 */
export class GridPicture implements Disposable {
  readonly #options: GridPictureOptions;
  readonly #pixels: Uint8Array;
  /** By whatever stands for a video: what is the same for two of them is one. */
  readonly #tiles = new Map<unknown, Tile>();

  constructor(options: GridPictureOptions) {
    const { width, height } = options;
    this.#options = options;
    this.#pixels = new Uint8Array(byteLengthOf(FORMAT, width, height));
    blackenPixels(this.#pixels, { format: FORMAT, width, height });
  }

  /** How many videos there are, shown or not. */
  get size(): number {
    return this.#tiles.size;
  }

  /** Whether a video is in the grid, and there was room for it. */
  shows(key: unknown): boolean {
    return this.#tiles.get(key)?.area !== undefined;
  }

  /** One more video, black at first, with a name drawn on it; `''` for none. */
  add(key: unknown, name: string): void {
    const empty = { area: undefined, label: undefined, shown: undefined, changed: true };
    this.#closeTile(key);
    this.#tiles.set(key, { name, ...empty, next: [] });
    this.#arrange();
  }

  /** One video less; the others move together. One that isn't there is no error. */
  remove(key: unknown): void {
    if (!this.#tiles.has(key)) return;
    this.#closeTile(key);
    this.#tiles.delete(key);
    this.#arrange();
  }

  /** A frame of a video, which is seen from a time on. Takes ownership. */
  show(key: unknown, frame: VideoFrame, timeUs: number): void {
    using own = frame;
    const tile = this.#tiles.get(key);
    if (!tile?.area) return;
    tile.next.push({ timeUs, frame: fitted(own, tile.area) });
    if (tile.next.length > MOST_WAITING) this.#step(tile);
  }

  /** Shows nothing of a video any more, until its next frame. */
  hide(key: unknown): void {
    const tile = this.#tiles.get(key);
    if (!tile) return;
    for (const { frame } of tile.next.splice(0)) frame.close();
    tile.changed ||= tile.shown !== undefined;
    tile.shown?.close();
    tile.shown = undefined;
  }

  /** The picture of a time, which is then the caller's. Times only go forwards. */
  render(timestampUs: number): VideoFrame {
    for (const tile of this.#tiles.values()) {
      while (tile.next[0] && tile.next[0].timeUs <= timestampUs) this.#step(tile);
      if (tile.changed && tile.area) this.#draw(tile, tile.area);
      tile.changed = false;
    }
    const { width, height } = this.#options;
    const memory = FrameMemory.pooled(this.#pixels.byteLength);
    memory.bytes().set(this.#pixels);
    return new VideoFrame(memory, { width, height, format: FORMAT, timestampUs });
  }

  /** Lets go of all frames. Safe to call twice. */
  [Symbol.dispose](): void {
    for (const key of this.#tiles.keys()) this.#closeTile(key);
    this.#tiles.clear();
  }

  #closeTile(key: unknown): void {
    this.hide(key);
    this.#tiles.get(key)?.label?.close();
  }

  #step(tile: Tile): void {
    const next = tile.next.shift();
    tile.shown?.close();
    tile.shown = next?.frame;
    tile.changed = true;
  }

  /** Gives every tile its place anew. */
  #arrange(): void {
    const { width, height, maxTiles } = this.#options;
    blackenPixels(this.#pixels, { format: FORMAT, width, height });
    const areas = gridAreas(Math.min(this.#tiles.size, maxTiles), { width, height });
    let i = 0;
    for (const tile of this.#tiles.values()) {
      tile.area = areas[i];
      tile.label?.close();
      tile.label = undefined;
      tile.changed = true;
      i += 1;
    }
  }

  #draw(tile: Tile, area: CropArea): void {
    const { shown, name } = tile;
    if (shown) {
      // Of another size, it's from before somebody came or left.
      using picture = fitted(shown, area);
      this.#put(picture, area);
    } else {
      using black = blackFrame(area);
      this.#put(black, area);
    }
    if (name === '') return;
    tile.label ??= nameLabel(name, area);
    this.#put(tile.label, { x: area.x, y: area.y + area.height - tile.label.height });
  }

  /** Puts a picture at a place, with its own size. */
  #put(picture: VideoFrame, { x, y }: { readonly x: number; readonly y: number }): void {
    const { width, height } = this.#options;
    const to = planesOf(FORMAT, width, height);
    picture.borrow((view) => {
      for (const [i, from] of planesOf(FORMAT, picture.width, picture.height).entries()) {
        const plane = to[i];
        if (!plane) continue;
        const { offset, stride, subsampleX, subsampleY } = plane;
        const start = offset + (y / subsampleY) * stride + x / subsampleX;
        for (let row = 0; row < from.height; row++) {
          const at = from.offset + row * from.stride;
          this.#pixels.set(view.subarray(at, at + from.width), start + row * stride);
        }
      }
    });
  }
}

/** A frame as it's seen, in a size: all of it, between black bars. */
function fitted(frame: VideoFrame, { width, height }: CropArea): VideoFrame {
  using planar = frame.format === FORMAT ? frame.clone() : frame.convert(FORMAT);
  using upright = planar.upright();
  return upright.scale({ width, height, fit: 'contain' });
}

function blackFrame({ width, height }: CropArea): VideoFrame {
  const memory = FrameMemory.pooled(byteLengthOf(FORMAT, width, height));
  blackenPixels(memory.bytes(), { format: FORMAT, width, height });
  return new VideoFrame(memory, { width, height, format: FORMAT });
}
