import { readdir } from 'node:fs/promises';
import { untilAborted } from '../core/abort.js';
import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOneOf,
  checkPath,
  checkPositive,
  checkSignal,
  type OptionNames,
  readOnce,
} from '../core/check.js';
import { fileError } from '../core/file-error.js';
import { VideoStream } from '../video/video-stream.js';
import { ImagePattern } from './image-name.js';
import {
  IMAGE_OVERFLOWS,
  type ImageOverflow,
  ImageRecording,
  type ImageRecordingSettings,
} from './image-recording.js';
import { checkQuality, checkVideoInput, isIterable, type VideoInput } from './snapshot.js';
import { checkFolder } from './whole-file.js';

/** How {@link recordImages} records. */
export interface RecordImagesOptions {
  /** The folder for the images, which must be there. */
  readonly dir: string;
  /**
   * The images' names, with one number: `%d` as it is, `%04d` with at least four digits; `%%` is a percent sign. It
   * ends with `.png`, `.jpg`, `.jpeg` or `.webp`, and has no folders in it. Default `frame-%04d.png`.
   */
  readonly pattern?: string;
  /**
   * The time from one image to the next, by the frames' time stamps; after a gap, the next frame is taken at once.
   * Default: every frame is an image.
   */
  readonly intervalMs?: number;
  /** From 1, small, to 100, for JPEG and WebP. Default 90. */
  readonly quality?: number;
  /** Ends after so many images. Default: goes on until the frames end or `stop()` is called. */
  readonly limit?: number;
  /** The first image's number. Default 1, or what follows the highest number in the folder. */
  readonly firstNumber?: number;
  /**
   * Replaces files of the same name. Default `false`: numbers begin after the highest that the folder has of this
   * pattern, and a name that is taken meanwhile is left out.
   */
  readonly overwrite?: boolean;
  /**
   * What becomes of a frame whose time it is while others are still being written: `wait` reads no further until
   * there is room, `drop-oldest` keeps the newest for then and counts the rest. Default: `drop-oldest` for tracks
   * and a `VideoStream`, `wait` for other frames, which a file or a generator can make later.
   */
  readonly overflow?: ImageOverflow;
  /** Ends the recording, as `stop()` does. */
  readonly signal?: AbortSignal;
}

const OPTIONS: OptionNames<RecordImagesOptions> = {
  dir: true,
  pattern: true,
  intervalMs: true,
  quality: true,
  limit: true,
  firstNumber: true,
  overwrite: true,
  overflow: true,
  signal: true,
};

const PATTERN = 'frame-%04d.png';
/** A day. */
const LONGEST_INTERVAL_MS = 86_400_000;

/**
 * Saves pictures of a video as a sequence of images: at an interval, or all of them. Encoding and writing happen on
 * other threads, and each file has its name only when it's whole.
 *
 * @param from - A track, of which a stream is opened; or frames from wherever, which are the recording's from now
 * on: it reads them to their end, or closes them as leaving a loop does.
 * @returns The recording, which has begun.
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `not-found` without the folder, `file` if it's none or can't be read. The signal's
 * reason, if it has aborted before that.
 * @example
 * ```ts
 * const recording = await recordImages(track, { dir: 'shots', pattern: 'door-%05d.jpg', intervalMs: 1000, signal });
 * recording.on('imageWritten', ({ path }) => console.log(path));
 * const { written, dropped, lastPath } = await recording.finished;
 * ```
 */
export async function recordImages(
  from: VideoInput,
  options: RecordImagesOptions,
): Promise<ImageRecording> {
  checkVideoInput(from, 'from');
  checkObject(options, 'options');
  const given = readOnce(options, 'options', OPTIONS);
  const { dir, intervalMs, quality, limit = Infinity, firstNumber, signal } = given;
  const { overwrite = false, overflow = isLive(from) ? 'drop-oldest' : 'wait' } = given;
  checkPath(dir, 'options.dir');
  const pattern = new ImagePattern(given.pattern ?? PATTERN, 'options.pattern');
  if (intervalMs !== undefined) checkInterval(intervalMs);
  checkQuality(quality);
  if (limit !== Infinity) checkInteger(limit, 'options.limit', { min: 1 });
  if (firstNumber !== undefined) {
    // As many more may come.
    checkInteger(firstNumber, 'options.firstNumber', { min: 0, max: 2 ** 52 });
  }
  checkBoolean(overwrite, 'options.overwrite');
  checkOneOf(overflow, 'options.overflow', IMAGE_OVERFLOWS);
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  await untilAborted(checkFolder(dir), signal);
  const taken = overwrite ? 0 : await untilAborted(highestNumber(dir, pattern), signal);
  return new ImageRecording({
    dir,
    pattern,
    firstNumber: Math.max(firstNumber ?? 1, taken + 1),
    overwrite,
    quality,
    limit,
    overflow,
    signal,
    ...framesOf(from, intervalMs),
  });
}

function isLive(from: VideoInput): boolean {
  return !isIterable(from) || from instanceof VideoStream;
}

function checkInterval(intervalMs: unknown): void {
  checkPositive(intervalMs, 'options.intervalMs');
  if (intervalMs <= LONGEST_INTERVAL_MS) return;
  throw new RangeError(
    `options.intervalMs must be at most ${LONGEST_INTERVAL_MS}, got ${intervalMs}.`,
  );
}

/** What is recorded. */
function framesOf(
  from: VideoInput,
  intervalMs: number | undefined,
): Pick<ImageRecordingSettings, 'frames' | 'intervalMs' | 'droppedBefore'> {
  if (isIterable(from)) return { frames: from, intervalMs, droppedBefore: () => 0 };
  // It leaves out what isn't due before that costs anything.
  const stream = new VideoStream(from, intervalMs === undefined ? {} : { fps: 1000 / intervalMs });
  return {
    frames: stream,
    intervalMs: undefined,
    droppedBefore: () => stream.stats.dropped.full + stream.stats.dropped.memory,
  };
}

async function highestNumber(dir: string, pattern: ImagePattern): Promise<number> {
  try {
    let highest = 0;
    for (const name of await readdir(dir)) {
      highest = Math.max(highest, pattern.numberIn(name) ?? 0);
    }
    return highest;
  } catch (error) {
    throw fileError(error, 'The folder for the images could not be read');
  }
}
