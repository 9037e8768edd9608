import { untilAborted } from '../core/abort.js';
import {
  checkBoolean,
  checkInteger,
  checkPath,
  checkSignal,
  type OptionNames,
  readOnce,
  shown,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { checkTrack, type TrackHandle } from '../core/track-handle.js';
import { VideoFrame } from '../video/video-frame.js';
import { VideoStream } from '../video/video-stream.js';
import { imageTypeOf } from './image-name.js';
import { writeWholeFile } from './whole-file.js';

/** How {@link saveSnapshot} saves. */
export interface SnapshotOptions {
  /** From 1, small, to 100, for JPEG and WebP. Default 90. */
  readonly quality?: number;
  /** Replaces a file of that name. Default `false`: the call fails. */
  readonly overwrite?: boolean;
  /** Ends the wait for a frame, and the writing. A track that is muted gives no frame. */
  readonly signal?: AbortSignal;
}

/** An image that was written. */
export interface WrittenImage {
  /** Where it is. */
  readonly path: string;
  /** Columns, of the picture as it's seen upright. */
  readonly width: number;
  /** Rows, of the picture as it's seen upright. */
  readonly height: number;
  /** The size of the file. */
  readonly bytes: number;
  /** The frame's time, in integer microseconds on the clock of its stream. */
  readonly timestampUs: number;
  /** When the picture was taken, by the publisher's clock in microseconds since 1970, if it said so. */
  readonly captureTimeUs?: number;
}

const SNAPSHOT: OptionNames<SnapshotOptions> = { quality: true, overwrite: true, signal: true };

/**
 * Saves one picture as a PNG, JPEG or WebP file, by the extension of `path`: the next frame of a track or of a
 * stream, or a frame that you have. The file has its name only when it's whole; encoding and writing happen on
 * other threads.
 *
 * @param from - A track, of which a stream is opened and closed again; frames from wherever, of which the next one
 * is taken and which stay open; or a frame, which stays yours.
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `closed` if the track or the stream ended before it gave a frame, or the frame is closed;
 * `not-found` without the folder, `file` if the file is there already or can't be written; `unsupported` without
 * `@napi-rs/canvas`. The signal's reason, once it aborts.
 * @example
 * ```ts
 * const { width, height } = await saveSnapshot(track, 'door.jpg', { quality: 80, overwrite: true });
 * ```
 */
export async function saveSnapshot(
  from: TrackHandle | AsyncIterable<VideoFrame> | VideoFrame,
  path: string,
  options: SnapshotOptions = {},
): Promise<WrittenImage> {
  checkPath(path, 'path');
  const type = imageTypeOf(path, 'path');
  const given = readOnce(options, 'options', SNAPSHOT);
  const { quality, overwrite = false, signal } = given;
  checkQuality(quality);
  checkBoolean(overwrite, 'options.overwrite');
  checkSignal(signal, 'options.signal');
  if (!(from instanceof VideoFrame)) checkVideoInput(from, 'from');
  signal?.throwIfAborted();
  using frame = from instanceof VideoFrame ? from.clone() : await nextFrame(from, signal);
  const bytes = await frame.toImage(type, given);
  if (!(await writeWholeFile(path, bytes, { overwrite, signal }))) {
    throw new FramewireError('file', `${shown(path)} is there already.`);
  }
  return describeImage(path, frame, bytes.byteLength);
}

/** Frames to make images of: a track, or whatever gives frames. */
export type VideoInput = TrackHandle | AsyncIterable<VideoFrame>;

/** @throws TypeError or RangeError unless it's a video track or an async iterable. */
export function checkVideoInput(from: unknown, name: string): asserts from is VideoInput {
  if (isIterable(from)) return;
  if (typeof (from as Partial<TrackHandle> | null | undefined)?.nativeTrack === 'function') {
    checkTrack(from, 'video');
    return;
  }
  throw new TypeError(
    `${name} must be a video track or an async iterable of VideoFrames, got ${shown(from)}.`,
  );
}

/** @throws TypeError or RangeError unless it's left out, or from 1 to 100. */
export function checkQuality(quality: unknown): void {
  if (quality !== undefined) checkInteger(quality, 'options.quality', { min: 1, max: 100 });
}

/** Whether it's frames, rather than a track. */
export function isIterable(from: unknown): from is AsyncIterable<VideoFrame> {
  const { [Symbol.asyncIterator]: iterate } = (from ?? {}) as Partial<AsyncIterable<VideoFrame>>;
  return typeof iterate === 'function';
}

/** @throws TypeError, having let go of it, if what a stream gave is no frame. */
export function checkedFrame(frame: unknown): VideoFrame {
  if (frame instanceof VideoFrame) return frame;
  throw new TypeError(`The stream must give VideoFrames, got ${shown(frame)}.`);
}

/** What is told of an image that was written. */
export function describeImage(path: string, frame: VideoFrame, bytes: number): WrittenImage {
  const { timestampUs, rotation, metadata } = frame;
  const lying = rotation % 180 !== 0;
  return {
    path,
    width: lying ? frame.height : frame.width,
    height: lying ? frame.width : frame.height,
    bytes,
    timestampUs,
    ...(metadata.captureTimeUs !== undefined && { captureTimeUs: metadata.captureTimeUs }),
  };
}

async function nextFrame(from: VideoInput, signal: AbortSignal | undefined): Promise<VideoFrame> {
  if (!isIterable(from)) {
    await using stream = new VideoStream(from, { ...(signal && { signal }) });
    return took(await stream.next());
  }
  const iterator = from[Symbol.asyncIterator]();
  try {
    return took(await untilAborted(iterator.next(), signal, closeLate));
  } finally {
    // One of its own, as an array's or a generator function's object gives, is nobody else's.
    if ((iterator as unknown) !== from) {
      // It may be no promise. The picture is there, however that ends.
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }
}

function took(result: IteratorResult<unknown>): VideoFrame {
  if (!result.done) return checkedFrame(result.value);
  throw new FramewireError('closed', 'The video ended before it gave a frame.');
}

/** Nobody waits any longer for the frame that came. */
function closeLate({ value }: IteratorResult<unknown>): void {
  if (value instanceof VideoFrame) value.close();
}
