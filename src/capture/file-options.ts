import { AUDIO_PACES, type AudioPace } from '../audio/generated-audio.js';
import { checkAudioFormat } from '../audio/audio-format.js';
import {
  checkInteger,
  checkNotNegative,
  checkOneOf,
  checkOptions,
  checkPositive,
  checkSignal,
  shown,
} from '../core/check.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import { MAX_DIMENSION, type PixelFormat } from '../video/pixel-format.js';
import { resolveCapturedAudioOptions } from './captured-audio-stream.js';
import {
  CAPTURE_OVERFLOWS,
  type CapturedStreamSettings,
  type CaptureOverflow,
} from './captured-stream.js';
import { checkVideoShape, resolveCapturedVideoOptions } from './captured-video-stream.js';

/** How a file's pictures are given. */
export interface FileVideoOptions {
  /** Format of the frames. Default `I420`, which is what is published without conversion. */
  readonly format?: PixelFormat;
  /**
   * Width in pixels. Default: the file's, or what goes with `height`. The picture is as it's meant to be seen:
   * upright, and its pixels are square.
   */
  readonly width?: number;
  /** Height in pixels. Default: the file's, or what goes with `width`. */
  readonly height?: number;
  /** A constant rate: frames are repeated or left out. Default: each frame of the file at its time. */
  readonly fps?: number;
  /** Most frames that wait for the reader. Default 1. */
  readonly capacity?: number;
  /** What a full queue does with one more frame. Default `wait` at the reader's pace, `drop-oldest` in real time. */
  readonly overflow?: CaptureOverflow;
  /** Frames that waited longer than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
}

/** How a file's sound is given. */
export interface FileAudioOptions {
  /** Samples a second, resampled by ffmpeg. Default 48,000. */
  readonly sampleRate?: number;
  /** 1 or 2, mixed by ffmpeg. Default 1. */
  readonly channels?: number;
  /** Length of each frame, 10 to 1,000 ms; the last one may be shorter. Default 10. */
  readonly frameMs?: number;
  /** Most audio that waits for the reader. Default 500. */
  readonly capacityMs?: number;
  /** What a full queue does with one more frame. Default `wait` at the reader's pace, `drop-oldest` in real time. */
  readonly overflow?: CaptureOverflow;
  /** Frames that waited longer than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
}

/** How a file is opened. */
export interface OpenFileOptions extends FfmpegOptions {
  /** How the pictures are given; `false` if they are not wanted. */
  readonly video?: FileVideoOptions | false;
  /** How the sound is given; `false` if it's not wanted. */
  readonly audio?: FileAudioOptions | false;
  /**
   * `reader`, which is the default: as fast as the frames are taken, and none is lost. `real-time`: as long as each
   * frame lasts, from when a stream is first read; what isn't taken in time is dropped and counted.
   */
  readonly pace?: AudioPace;
  /** Whether it's played again and again, or how many times in all. Default `false`: once. */
  readonly loop?: boolean | number;
  /** Where to begin, in milliseconds from the beginning of the file. Default 0. */
  readonly startMs?: number;
  /** How much of it is played, from `startMs` on. Default: up to the end. */
  readonly durationMs?: number;
  /**
   * The protocols that may be used, also by what the file names, as playlists do. Default `['file']`: nothing
   * but files of this system. `https` stands for what it's made of, too. A playlist that is allowed to name
   * files may name any file of media that the program may read.
   */
  readonly protocols?: readonly string[];
  /** Ends the opening, and aborts the streams: their readers get the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The options with their defaults. */
export interface ResolvedFileOptions {
  readonly video:
    | (CapturedStreamSettings & {
        readonly format: PixelFormat;
        readonly width: number | undefined;
        readonly height: number | undefined;
        readonly fps: number | undefined;
      })
    | undefined;
  readonly audio:
    | (CapturedStreamSettings & {
        readonly sampleRate: number;
        readonly channels: number | undefined;
        readonly frameMs: number;
      })
    | undefined;
  readonly pace: AudioPace;
  readonly times: number;
  readonly startUs: number;
  readonly endUs: number | undefined;
  readonly protocols: unknown;
  readonly ffmpegPath: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Some three years: as times in microseconds it's still exact. */
const MOST_MS = 1e11;

/** @throws TypeError or RangeError if an option is not as it must be. */
export function resolveFileOptions(options: OpenFileOptions): ResolvedFileOptions {
  checkOptions(options, 'options');
  const { video, audio, pace = 'reader', loop = false, startMs = 0, durationMs } = options;
  const { protocols = ['file'], ffmpegPath, signal } = options;
  checkOneOf(pace, 'options.pace', AUDIO_PACES);
  if (typeof loop !== 'boolean') checkInteger(loop, 'options.loop', { min: 1 });
  checkPlace(startMs, 'options.startMs');
  if (durationMs !== undefined) {
    checkPositive(durationMs, 'options.durationMs');
    checkPlace(durationMs, 'options.durationMs');
  }
  checkSignal(signal, 'options.signal');
  if (video === false && audio === false) {
    throw new RangeError('options.video and options.audio must not both be false.');
  }
  const startUs = Math.round(startMs * 1000);
  return {
    video: video === false ? undefined : resolveVideo(video, pace, signal),
    audio: audio === false ? undefined : resolveAudio(audio, pace, signal),
    pace,
    times: typeof loop === 'number' ? loop : loop ? Infinity : 1,
    startUs,
    endUs: durationMs === undefined ? undefined : startUs + Math.round(durationMs * 1000),
    ...{ protocols, ffmpegPath, signal },
  };
}

/** @throws TypeError or RangeError if it's no place in a file. */
function checkPlace(ms: unknown, name: string): asserts ms is number {
  checkNotNegative(ms, name);
  if (ms > MOST_MS) throw new RangeError(`${name} must be at most ${MOST_MS}, got ${shown(ms)}.`);
}

/** What seeking takes besides the place. */
export interface SeekOptions {
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The signal of a seek.
 *
 * @throws TypeError or RangeError if an argument is wrong. The signal's reason, if it has aborted.
 */
export function checkSeek(positionMs: unknown, options: SeekOptions): AbortSignal | undefined {
  checkPlace(positionMs, 'positionMs');
  checkOptions(options, 'options');
  const { signal } = options;
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  return signal;
}

function overflowAt(pace: AudioPace): CaptureOverflow {
  return pace === 'reader' ? 'wait' : 'drop-oldest';
}

function resolveVideo(
  video: FileVideoOptions = {},
  pace: AudioPace,
  signal: AbortSignal | undefined,
): ResolvedFileOptions['video'] {
  checkOptions(video, 'options.video');
  const { width, height, fps, ...stream } = video;
  checkVideoShape({ width, height, fps }, MAX_DIMENSION);
  const settings = resolveCapturedVideoOptions(
    withSignal(stream, signal),
    CAPTURE_OVERFLOWS,
    overflowAt(pace),
  );
  return { ...settings, width, height, fps };
}

function resolveAudio(
  audio: FileAudioOptions = {},
  pace: AudioPace,
  signal: AbortSignal | undefined,
): ResolvedFileOptions['audio'] {
  checkOptions(audio, 'options.audio');
  const { sampleRate = 48_000, channels, frameMs = 10, ...stream } = audio;
  checkAudioFormat(sampleRate, channels ?? 1);
  checkInteger(frameMs, 'options.frameMs', { min: 10, max: 1000 });
  const settings = resolveCapturedAudioOptions(
    withSignal(stream, signal),
    frameMs,
    CAPTURE_OVERFLOWS,
    overflowAt(pace),
  );
  return { ...settings, sampleRate, channels, frameMs };
}

function withSignal<T extends object>(
  options: T,
  signal: AbortSignal | undefined,
): T & { readonly signal?: AbortSignal } {
  return signal ? { ...options, signal } : options;
}
