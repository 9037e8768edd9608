import { type PixelFormat, planesOf } from '../video/pixel-format.js';

/** A picture as bytes, plane after plane without padding. */
export interface Bitmap<Bytes extends Uint8Array = Uint8Array> {
  readonly bytes: Bytes;
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
}

/** A part of one picture, and where it goes in another; all even. */
export interface AreaCopy {
  readonly fromX: number;
  readonly fromY: number;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Copies a part of one picture into another of the same format. It must lie within both; its corners lie on
 * even pixels, so that subsampled colours are copied as they are.
 */
export function copyArea(from: Bitmap<Buffer>, to: Bitmap, area: AreaCopy): void {
  const sources = planesOf(from.format, from.width, from.height);
  const targets = planesOf(to.format, to.width, to.height);
  for (let i = 0; i < targets.length; i++) {
    const source = sources[i];
    const target = targets[i];
    if (!source || !target) continue;
    const { subsampleX, subsampleY, sampleBytes } = target;
    const rowBytes = Math.ceil(area.width / subsampleX) * sampleBytes;
    const rows = Math.ceil(area.height / subsampleY);
    let read =
      source.offset +
      (area.fromY / subsampleY) * source.stride +
      (area.fromX / subsampleX) * sampleBytes;
    let write =
      target.offset + (area.y / subsampleY) * target.stride + (area.x / subsampleX) * sampleBytes;
    for (let row = 0; row < rows; row++) {
      from.bytes.copy(to.bytes, write, read, read + rowBytes);
      read += source.stride;
      write += target.stride;
    }
  }
}
