import { AUDIO_PACES, type AudioPace } from '../audio/generated-audio.js';
import { checkInteger, checkNotNegative, checkOneOf, checkOptions, shown } from '../core/check.js';
import { monotonicUs, wallClockUs } from '../core/clock.js';
import { FramePacer } from '../video/frame-pacer.js';
import type { FrameMetadata } from '../video/frame-metadata.js';
import { MAX_DIMENSION } from '../video/pixel-format.js';
import type { VideoFrame } from '../video/video-frame.js';
import { CAPTURE_OVERFLOWS, type CaptureFeed } from './captured-stream.js';
import {
  type CapturedVideoOptions,
  type CapturedVideoSettings,
  resolveCapturedVideoOptions,
} from './captured-video-stream.js';
import { checkFrameRate } from '../video/frame-rate.js';

/** How generated video is made and given. */
export interface GeneratedVideoOptions extends CapturedVideoOptions {
  /** Width in pixels. Default 1280. */
  readonly width?: number;
  /** Height in pixels. Default 720. */
  readonly height?: number;
  /** Pictures a second, above 0 and up to 1000. Default 30. */
  readonly fps?: number;
  /**
   * `real-time`: as a camera does, whether somebody reads or not; what a busy program has no time to make
   * is left out and counted in `stats.missing`. `reader`: as fast as it's read, without a drop, with time
   * stamps from 0 on and no capture time. Default `real-time`.
   */
  readonly pace?: AudioPace;
  /** How many pictures there are; those that were left out or dropped count too. Default: without an end. */
  readonly count?: number;
  /** How long it takes. Default: without an end. */
  readonly durationMs?: number;
}

/** Which picture is to be made. */
export interface PictureMoment {
  /** Its number, from 0. */
  readonly frame: number;
  /** When it's shown, in integer microseconds since the first: `frame / fps`. */
  readonly timestampUs: number;
}

/** What a frame gets besides its picture. */
export interface PictureTimes {
  readonly timestampUs: number;
  readonly metadata: FrameMetadata;
}

/** Makes a picture; takes its time, if need be. */
export type MakePicture = (
  moment: PictureMoment,
  times: PictureTimes,
) => VideoFrame | Promise<VideoFrame>;

/** How generated video is made and given, and none left out. */
export interface GeneratedVideoSettings extends CapturedVideoSettings {
  readonly fps: number;
  readonly pace: AudioPace;
  readonly count: number;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function resolveGeneratedVideoOptions(
  options: GeneratedVideoOptions,
  minDimension = 1,
): GeneratedVideoSettings {
  checkOptions(options, 'options');
  const { width = 1280, height = 720, fps = 30, pace = 'real-time' } = options;
  const { count = Infinity, durationMs = Infinity, overflow } = options;
  checkInteger(width, 'options.width', { min: minDimension, max: MAX_DIMENSION });
  checkInteger(height, 'options.height', { min: minDimension, max: MAX_DIMENSION });
  checkFrameRate(fps);
  checkOneOf(pace, 'options.pace', AUDIO_PACES);
  if (count !== Infinity) checkInteger(count, 'options.count', { min: 0 });
  checkNotNegative(durationMs, 'options.durationMs');
  const live = pace === 'real-time';
  if (!live && overflow !== undefined) {
    throw new RangeError(
      `options.overflow must be left out with options.pace 'reader', got ${shown(overflow)}.`,
    );
  }
  const resolved = live
    ? resolveCapturedVideoOptions(options)
    : resolveCapturedVideoOptions(options, CAPTURE_OVERFLOWS, 'wait');
  // Pictures that begin within the time; a rounding error is none.
  const within = Math.ceil((durationMs * fps) / 1000 - 1e-6);
  return { ...resolved, width, height, fps, pace, count: Math.min(count, within) };
}

/** Feeds a stream with pictures that are made in time, until all are made, one fails, or it's closed. */
export function generatedVideo(
  { pace, fps, count }: GeneratedVideoSettings,
  make: MakePicture,
): CaptureFeed<VideoFrame> {
  return (sink) => {
    const over = new AbortController();
    const { signal } = over;
    const inTime = async (): Promise<void> => {
      using pacer = new FramePacer({ fps, signal });
      let startUs: number | undefined;
      // The last one is shown for its time, too.
      for await (const { index, timestampUs } of pacer) {
        if (index >= count) return;
        startUs ??= monotonicUs() - timestampUs;
        const atUs = startUs + timestampUs;
        const captureTimeUs = wallClockUs() - (monotonicUs() - atUs);
        const metadata = { captureTimeUs, frameId: index };
        sink.push(await make({ frame: index, timestampUs }, { timestampUs: atUs, metadata }), atUs);
      }
    };
    const asRead = async (): Promise<void> => {
      for (let frame = 0; frame < count; frame++) {
        await sink.ready();
        // Always a turn of the event loop: others get theirs, and canvases free their memory in it.
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) return;
        const timestampUs = Math.round((frame * 1e6) / fps);
        const metadata = { frameId: frame };
        sink.push(await make({ frame, timestampUs }, { timestampUs, metadata }));
      }
    };
    (pace === 'real-time' ? inTime() : asRead()).then(sink.end, sink.fail);
    return () => {
      over.abort();
    };
  };
}
