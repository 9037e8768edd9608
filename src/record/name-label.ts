import { canvasLibrary } from '../video/canvas-library.js';
import { VideoFrame } from '../video/video-frame.js';
import { evenLength } from './even-length.js';

/** Letters of a name that anybody reads on a tile. */
const MAX_LETTERS = 64;

/** What must not be drawn: control characters, and marks that change the direction of text. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A name in white on a dark box, as high as a line of text, and at most as wide as the tile. As I420.
 *
 * @throws FramewireError `unsupported` without `@napi-rs/canvas`.
 */
export function nameLabel(
  name: string,
  { width, height }: { readonly width: number; readonly height: number },
): VideoFrame {
  const { createCanvas } = canvasLibrary();
  const size = Math.min(28, Math.max(8, Math.round(height / 14)));
  const text = Array.from(name.replace(UNSEEN, '')).slice(0, MAX_LETTERS).join('');
  const font = `${size}px sans-serif`;
  const measuring = createCanvas(2, 2).getContext('2d');
  measuring.font = font;
  const wanted = measuring.measureText(text).width + size;
  const box = {
    width: evenLength(Math.min(width, wanted)),
    height: evenLength(Math.min(height, Math.round(size * 1.5))),
  };
  const canvas = createCanvas(box.width, box.height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#202020';
  context.fillRect(0, 0, box.width, box.height);
  context.fillStyle = '#ffffff';
  context.font = font;
  context.textBaseline = 'middle';
  // Narrower letters, where there is no room for them as they are.
  context.fillText(text, size / 2, box.height / 2, Math.max(2, box.width - size));
  return VideoFrame.fromCanvas(canvas, { format: 'I420' });
}
