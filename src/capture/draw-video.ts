import { checkFunction } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { canvasLibrary } from '../video/canvas-library.js';
import { VideoFrame } from '../video/video-frame.js';
import { CapturedVideoStream } from './captured-video-stream.js';
import type { CanvasContext } from './canvas-context.js';
import {
  generatedVideo,
  type GeneratedVideoOptions,
  type PictureMoment,
  resolveGeneratedVideoOptions,
} from './generated-video.js';

/** How {@link drawVideo} makes and gives its pictures. */
export type DrawVideoOptions = GeneratedVideoOptions;

/** Which picture is to be drawn, and how large it is. */
export interface DrawMoment extends PictureMoment {
  /** Width of the canvas in pixels. */
  readonly width: number;
  /** Height of the canvas in pixels. */
  readonly height: number;
}

/**
 * Draws a picture; may be asynchronous. The canvas is the same every time: what was drawn before is still
 * there, as are the context's settings.
 */
export type DrawPicture = {
  // A method, so that in TypeScript `context` may be declared as what it is: @napi-rs/canvas's.
  draw(context: CanvasContext, moment: DrawMoment): unknown;
}['draw'];

/**
 * Video that your code draws, on a canvas of `@napi-rs/canvas`. What `draw` throws, or rejects with, ends the
 * stream with that error. While an asynchronous one takes longer than a picture lasts, pictures are left out.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `unsupported` if there is no canvas library for this machine, `native` if there can
 * be no canvas of that size.
 * @example
 * ```ts
 * await using video = drawVideo((context, { frame, width, height }) => {
 *   context.fillStyle = 'navy';
 *   context.fillRect(0, 0, width, height);
 *   context.fillStyle = 'white';
 *   context.fillText(`picture ${frame}`, 20, 40);
 * }, { width: 640, height: 360, fps: 15 });
 * for await (using frame of video) source.captureFrame(frame);
 * ```
 */
export function drawVideo(draw: DrawPicture, options: DrawVideoOptions = {}): CapturedVideoStream {
  checkFunction(draw, 'draw');
  const settings = resolveGeneratedVideoOptions(options);
  const { width, height } = settings;
  const context = contextOf(width, height);
  const feed = generatedVideo(settings, async ({ frame, timestampUs }, times) => {
    await draw(context, { frame, timestampUs, width, height });
    // Whoever makes pictures in turns of the event loop, as generated video does, has no trouble with the
    // canvas's memory: it's freed in between. In the format asked for it's made when it's read, if at all.
    const { data } = context.getImageData(0, 0, width, height);
    return new VideoFrame(data, { width, height, format: 'RGBA', ...times });
  });
  return CapturedVideoStream.open(feed, settings);
}

function contextOf(width: number, height: number): CanvasContext {
  const { createCanvas } = canvasLibrary();
  try {
    return createCanvas(width, height).getContext('2d');
  } catch (cause) {
    throw new FramewireError('native', `A canvas of ${width}x${height} could not be made.`, {
      cause,
    });
  }
}
