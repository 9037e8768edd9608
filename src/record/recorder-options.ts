import { resolve } from 'node:path';
import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOneOf,
  checkOptions,
  checkPath,
  checkPositive,
  checkSignal,
  checkWithin,
  shown,
} from '../core/check.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import { MAX_AUDIO_CHANNELS } from '../audio/audio-frame.js';
import {
  codecFor,
  containerOf,
  type RecordingAudioCodec,
  type RecordingContainer,
  LARGEST_PICTURE,
  type RecordingVideoCodec,
} from './output-format.js';
import {
  MAX_BITRATE_BPS,
  MAX_OPUS_BPS,
  RECORDING_QUALITIES,
  type RecordingQuality,
} from './recording-arguments.js';

/** What becomes of pictures of another size than the first. */
export const RECORDING_RESIZES = ['scale', 'part'] as const;

/** One of {@link RECORDING_RESIZES}. */
export type RecordingResize = (typeof RECORDING_RESIZES)[number];

/** What a `MediaRecorder` does with a frame that there is no room for: leaves it out, or has its writer wait. */
export const RECORDING_OVERFLOWS = ['drop-newest', 'wait'] as const;

/** One of {@link RECORDING_OVERFLOWS}. */
export type RecordingOverflow = (typeof RECORDING_OVERFLOWS)[number];

/** How pictures are recorded. */
export interface RecordingVideoOptions {
  /** Pictures a second in the file, from 0.001 to 240, however many come. Default 30. */
  readonly fps?: number;
  /** Default: `h264` in `.mp4` and `.mkv`, `vp8` in `.webm`. */
  readonly codec?: RecordingVideoCodec;
  /** Bits a second, up to 1,000,000,000. Default: what `quality` needs. */
  readonly bitrateBps?: number;
  /** Default `medium`. */
  readonly quality?: RecordingQuality;
  /**
   * How far apart pictures are at most at which a player can begin, in milliseconds, up to an hour.
   * Default 2000.
   */
  readonly keyFrameIntervalMs?: number;
  /**
   * The size of the recording, both sides even, and up to 16,384, of VP8 16,382: pictures are scaled to it, between black bars if they have
   * another shape. Default: that of the first picture.
   */
  readonly size?: { readonly width: number; readonly height: number };
  /**
   * What becomes of pictures of another size than the first: `scale` fits them into that, between black
   * bars; `part` begins a new file. Default `scale`.
   */
  readonly onResize?: RecordingResize;
}

/** How sound is recorded. */
export interface RecordingAudioOptions {
  /** Default: 48,000; in `.wav` that of the first frame. */
  readonly sampleRate?: number;
  /** Default: those of the first frame; 1 if there is none when the file begins. */
  readonly channels?: number;
  /** Default: `aac` in `.mp4`, `opus` in `.webm` and `.mkv`, `pcm` in `.wav`. */
  readonly codec?: RecordingAudioCodec;
  /** Bits a second; of Opus up to 256,000 a channel. Default: what the codec needs for good sound. */
  readonly bitrateBps?: number;
}

/** How a `MediaRecorder` records. */
export interface MediaRecorderOptions extends FfmpegOptions {
  /** `false` for a recording without pictures. */
  readonly video?: false | RecordingVideoOptions;
  /** `false` for a recording without sound. */
  readonly audio?: false | RecordingAudioOptions;
  /**
   * Begins a new file after so much, from 100 ms on: `talk.mp4` becomes `talk-001.mp4`, `talk-002.mp4` and so
   * on; a path with a `%d` or `%04d` in its name has the number there. Default: a single file.
   */
  readonly segmentMs?: number;
  /** How many pictures may wait to be encoded. Default: those of 1.5 seconds. */
  readonly capacity?: number;
  /** Default: `drop-newest`; for what `record()` reads and isn't the stream of a track, `wait`. */
  readonly overflow?: RecordingOverflow;
  /**
   * Time stamps that jump forwards by more than this are not filled, unless it really took so long, and nor
   * are such that jump back: the recording goes on without a gap. Default 30,000.
   */
  readonly maxGapMs?: number;
  /** Whether files that are there already are replaced. Default: they are an error. */
  readonly overwrite?: boolean;
  /** Ends the recording, as `stop()` does. */
  readonly signal?: AbortSignal;
}

type Resolved<T, Optional extends keyof T> = Required<Omit<T, Optional>> & {
  readonly [K in Optional]-?: T[K] | undefined;
};

/** {@link RecordingVideoOptions} without gaps. */
export type ResolvedVideo = Resolved<RecordingVideoOptions, 'bitrateBps' | 'size'>;

/** {@link RecordingAudioOptions} without gaps. */
export type ResolvedAudio = Resolved<
  RecordingAudioOptions,
  'bitrateBps' | 'sampleRate' | 'channels'
>;

/** {@link MediaRecorderOptions} without gaps. */
export interface ResolvedRecorder {
  readonly path: string;
  readonly container: RecordingContainer;
  readonly video: ResolvedVideo | undefined;
  readonly audio: ResolvedAudio | undefined;
  readonly segmentMs: number;
  readonly capacity: number;
  readonly overflow: RecordingOverflow | undefined;
  readonly maxGapMs: number;
  readonly overwrite: boolean;
  readonly signal: AbortSignal | undefined;
  readonly ffmpegPath: string | undefined;
}

const FPS = 30;
const FPS_RANGE = { min: 0.001, max: 240 };
const KEY_FRAME_INTERVAL_MS = 2_000;
const MAX_KEY_FRAME_INTERVAL_MS = 3_600_000;
const MAX_GAP_MS = 30_000;
const LEAST_SEGMENT_MS = 100;
const WAITING_S = 1.5;

/**
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `unsupported` if the path has no extension that can be recorded to.
 */
export function resolveRecorderOptions(
  path: string,
  options: MediaRecorderOptions,
): ResolvedRecorder {
  checkPath(path, 'path');
  checkOptions(options, 'options');
  const container = containerOf(path);
  const { segmentMs = Infinity, overflow, maxGapMs = MAX_GAP_MS, overwrite = false } = options;
  const { signal, ffmpegPath } = options;
  const video = checkedVideo(container, options.video);
  const audio = checkedAudio(container, options.audio);
  if (!video && !audio) {
    throw new RangeError('options must leave video or audio, got both of them false.');
  }
  if (segmentMs !== Infinity) {
    checkInteger(segmentMs, 'options.segmentMs', { min: LEAST_SEGMENT_MS });
  }
  const { capacity = Math.max(2, Math.ceil((video?.fps ?? FPS) * WAITING_S)) } = options;
  checkInteger(capacity, 'options.capacity', { min: 1 });
  if (overflow !== undefined) checkOneOf(overflow, 'options.overflow', RECORDING_OVERFLOWS);
  checkPositive(maxGapMs, 'options.maxGapMs');
  checkBoolean(overwrite, 'options.overwrite');
  checkSignal(signal, 'options.signal');
  if (ffmpegPath !== undefined) checkPath(ffmpegPath, 'options.ffmpegPath');
  return {
    ...{ path: resolve(path), container, video, audio, segmentMs, capacity, overflow, maxGapMs },
    ...{ overwrite, signal, ffmpegPath },
  };
}

function checkedVideo(
  container: RecordingContainer,
  video: MediaRecorderOptions['video'],
): ResolvedVideo | undefined {
  if (video === false) return undefined;
  if (container === 'wav') {
    if (video === undefined) return undefined;
    throw new RangeError(`options.video must be false for a .wav file, got ${shown(video)}.`);
  }
  checkOptions(video, 'options.video');
  const { fps = FPS, bitrateBps, quality = 'medium', size, onResize = 'scale' } = video ?? {};
  const { keyFrameIntervalMs = KEY_FRAME_INTERVAL_MS } = video ?? {};
  checkWithin(fps, 'options.video.fps', FPS_RANGE);
  const codec = codecFor(container, 'video', video?.codec);
  if (bitrateBps !== undefined) {
    const bounds = { min: 1000, max: MAX_BITRATE_BPS };
    checkInteger(bitrateBps, 'options.video.bitrateBps', bounds);
  }
  checkOneOf(quality, 'options.video.quality', RECORDING_QUALITIES);
  const keyFrames = { min: 0, max: MAX_KEY_FRAME_INTERVAL_MS };
  checkWithin(keyFrameIntervalMs, 'options.video.keyFrameIntervalMs', keyFrames);
  checkOneOf(onResize, 'options.video.onResize', RECORDING_RESIZES);
  return {
    ...{ fps, codec, bitrateBps, quality, keyFrameIntervalMs, onResize },
    size: checkedSize(size, LARGEST_PICTURE[codec]),
  };
}

function checkedSize(
  size: RecordingVideoOptions['size'],
  max: number,
): RecordingVideoOptions['size'] {
  if (size === undefined) return undefined;
  checkObject(size, 'options.video.size');
  const { width, height } = size;
  for (const [name, side] of Object.entries({ width, height })) {
    checkInteger(side, `options.video.size.${name}`, { min: 2, max });
    if (side % 2 === 0) continue;
    throw new RangeError(`options.video.size.${name} must be even, got ${side}.`);
  }
  return { width, height };
}

function checkedAudio(
  container: RecordingContainer,
  audio: MediaRecorderOptions['audio'] = {},
): ResolvedAudio | undefined {
  if (audio === false) return undefined;
  checkObject(audio, 'options.audio');
  const { channels, bitrateBps } = audio;
  const codec = codecFor(container, 'audio', audio.codec);
  if (channels !== undefined) {
    checkInteger(channels, 'options.audio.channels', { min: 1, max: MAX_AUDIO_CHANNELS });
  }
  if (bitrateBps !== undefined) {
    const opusBps = MAX_OPUS_BPS * (channels ?? MAX_AUDIO_CHANNELS);
    const max = codec === 'opus' ? opusBps : MAX_BITRATE_BPS;
    checkInteger(bitrateBps, 'options.audio.bitrateBps', { min: 6000, max });
  }
  const { sampleRate = container === 'wav' ? undefined : 48_000 } = audio;
  if (sampleRate !== undefined) checkSampleRate(codec, sampleRate);
  return { sampleRate, channels, codec, bitrateBps };
}

/** What the encoders take. */
const RATES: { readonly [C in RecordingAudioCodec]: readonly number[] | undefined } = {
  aac: [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 96_000],
  opus: [8_000, 12_000, 16_000, 24_000, 48_000],
  pcm: undefined,
};

function checkSampleRate(codec: RecordingAudioCodec, sampleRate: number): void {
  const rates = RATES[codec];
  if (rates) checkOneOf(sampleRate, 'options.audio.sampleRate', rates);
  else checkInteger(sampleRate, 'options.audio.sampleRate', { min: 4_000, max: 384_000 });
}
