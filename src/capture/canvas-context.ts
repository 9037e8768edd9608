import type { DrawingContext } from '../video/frame-canvas.js';

/** A colour as CSS, or what `createLinearGradient()` and its kind made. */
export type CanvasPaint = string | object;

/** A gradient. */
export interface CanvasGradientPaint {
  /** A colour at a place from 0 to 1. */
  addColorStop(offset: number, color: string): void;
}

/**
 * The `2d` context of a canvas of `@napi-rs/canvas`, as far as most drawings need it: the web's. In TypeScript,
 * a parameter of the library's own type, `SKRSContext2D`, has all its members.
 */
export interface CanvasContext extends DrawingContext {
  /** The canvas that it draws on. */
  readonly canvas: { readonly width: number; readonly height: number };
  fillStyle: CanvasPaint;
  strokeStyle: CanvasPaint;
  lineWidth: number;
  /** How lines end: `butt`, `round` or `square`. */
  lineCap: string;
  /** How lines meet: `miter`, `round` or `bevel`. */
  lineJoin: string;
  /** As in CSS: `16px sans-serif`. */
  font: string;
  /** Where a text lies by its x: `left`, `center`, `right`, `start` or `end`. */
  textAlign: string;
  /** Where a text lies by its y: `top`, `middle`, `alphabetic`, `bottom` and others. */
  textBaseline: string;
  /** How what is drawn joins what is there: `source-over`, `multiply` and others. */
  globalCompositeOperation: string;
  globalAlpha: number;
  /** The colour of shadows, as in CSS; transparent for none. */
  shadowColor: string;
  shadowBlur: number;
  imageSmoothingEnabled: boolean;

  /** Keeps the state: styles, place and clip. */
  save(): void;
  /** Goes back to the state kept last. */
  restore(): void;
  /** Moves the origin. */
  translate(x: number, y: number): void;
  /** Turns around the origin, clockwise. */
  rotate(radians: number): void;
  /** Stretches from the origin. */
  scale(x: number, y: number): void;
  /** Undoes `translate()`, `rotate()` and `scale()`. */
  resetTransform(): void;

  /** Forgets the path, and begins another. */
  beginPath(): void;
  /** A line to where the path began. */
  closePath(): void;
  /** Begins a part of the path here. */
  moveTo(x: number, y: number): void;
  /** Adds a line. */
  lineTo(x: number, y: number): void;
  /** Adds a rectangle. */
  rect(x: number, y: number, width: number, height: number): void;
  /** Adds a rectangle with round corners. */
  roundRect(x: number, y: number, width: number, height: number, radii?: number): void;
  /** Adds a part of a circle, between two angles in radians. */
  arc(x: number, y: number, radius: number, from: number, to: number, reverse?: boolean): void;
  /** Adds a quadratic Bézier curve. */
  quadraticCurveTo(byX: number, byY: number, x: number, y: number): void;
  /** Adds a cubic Bézier curve. */
  bezierCurveTo(by1X: number, by1Y: number, by2X: number, by2Y: number, x: number, y: number): void;
  /** Fills the path. */
  fill(): void;
  /** Draws the path as a line. */
  stroke(): void;
  /** From here on, draws only within the path. */
  clip(): void;
  /** The lengths of dashes and gaps in turn; none for a whole line. */
  setLineDash(segments: number[]): void;

  /** Makes a rectangle transparent. */
  clearRect(x: number, y: number, width: number, height: number): void;
  /** Fills a rectangle. */
  fillRect(x: number, y: number, width: number, height: number): void;
  /** Draws the outline of a rectangle. */
  strokeRect(x: number, y: number, width: number, height: number): void;
  /** Writes, at most as wide as `maxWidth`. */
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  /** Writes outlines, at most as wide as `maxWidth`. */
  strokeText(text: string, x: number, y: number, maxWidth?: number): void;
  /** How wide a text would be, in pixels. */
  measureText(text: string): { readonly width: number };

  /** A gradient from one point to another. */
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradientPaint;
  /** A gradient from one circle to another. */
  createRadialGradient(
    x0: number,
    y0: number,
    radius0: number,
    x1: number,
    y1: number,
    radius1: number,
  ): CanvasGradientPaint;

  /** Draws what is on a canvas, or an image. */
  drawImage(image: object, x: number, y: number): void;
  drawImage(image: object, x: number, y: number, width: number, height: number): void;

  /** A copy of the pixels. */
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
  ): { readonly data: Uint8ClampedArray };
}
