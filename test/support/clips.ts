// Clips whose every picture and sound says where it belongs.

import type { VideoFrame } from 'framewire';
import { runFfmpeg } from './ffmpeg.js';

/** What {@link makeNumberedClip} makes. */
export interface NumberedClipOptions {
  /** Default 2. */
  readonly seconds?: number;
  /** Default 25. */
  readonly fps?: number;
  /** Width in pixels. Default 64. */
  readonly width?: number;
  /** Height in pixels. Default 48. */
  readonly height?: number;
  /** Whether it has sound: a beep of 40 ms where each flash begins. Default true. */
  readonly sound?: boolean;
  /** Filters that the pictures go through. */
  readonly filters?: readonly string[];
  /** Arguments for the output, such as codecs. By default those that ffmpeg chooses by the file's name. */
  readonly output?: readonly string[];
}

/** Pictures from one flash to the next. */
export const FLASH_EVERY = 12;
/** Numbers begin anew after so many pictures. */
export const NUMBERS = 50;

/**
 * Makes a clip whose left half tells each picture's number by its grey, and whose right half flashes while
 * the sound beeps.
 */
export async function makeNumberedClip(
  path: string,
  options: NumberedClipOptions = {},
): Promise<void> {
  const { seconds = 2, fps = 25, width = 64, height = 48, sound = true } = options;
  const { filters = [], output = [] } = options;
  const flash = `if(eq(mod(N,${FLASH_EVERY}),${FLASH_EVERY - 1}),220,30)`;
  const grey = `if(lt(X,W/2),20+4*mod(N,${NUMBERS}),${flash})`;
  const pictures = [
    `color=black:size=${width}x${height}:rate=${fps}:duration=${seconds},format=yuv444p`,
    `geq=lum='${grey}':cb=128:cr=128`,
    'format=yuv420p',
    ...filters,
  ].join(',');
  const period = FLASH_EVERY / fps;
  const beeps = `if(gte(mod(t,${period}),${(FLASH_EVERY - 1) / fps}),0.5*sin(2*PI*1000*t),0)`;
  await runFfmpeg([
    ...['-f', 'lavfi', '-i', pictures],
    ...(sound
      ? ['-f', 'lavfi', '-i', `aevalsrc='${beeps}':sample_rate=48000:duration=${seconds}`]
      : []),
    ...output,
    path,
  ]);
}

/** The number of a picture of {@link makeNumberedClip}, from its I420 pixels. */
export function numberOf(frame: VideoFrame): number {
  const grey = frame.borrow((pixels) => pixels[(frame.height >> 1) * frame.width + 8] ?? 0);
  return Math.round((grey - 20) / 4);
}
