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
  lineCap: string;
  lineJoin: string;
  font: string;
  textAlign: string;
  textBaseline: string;
  globalCompositeOperation: string;
  globalAlpha: number;
  shadowColor: string;
  shadowBlur: number;
  imageSmoothingEnabled: boolean;

  save(): void;
  restore(): void;
  translate(x: number, y: number): void;
  rotate(radians: number): void;
  scale(x: number, y: number): void;
  resetTransform(): void;

  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  roundRect(x: number, y: number, width: number, height: number, radii?: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number, reverse?: boolean): void;
  quadraticCurveTo(byX: number, byY: number, x: number, y: number): void;
  bezierCurveTo(by1X: number, by1Y: number, by2X: number, by2Y: number, x: number, y: number): void;
  fill(): void;
  stroke(): void;
  clip(): void;
  setLineDash(segments: number[]): void;

  clearRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  strokeText(text: string, x: number, y: number, maxWidth?: number): void;
  measureText(text: string): { readonly width: number };

  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradientPaint;
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
