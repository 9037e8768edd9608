import type { PixelFormat } from '../video/pixel-format.js';
import { FFMPEG_PIXEL_FORMATS } from './ffmpeg-pixel-format.js';
import type { FilePictures } from './file-description.js';
import type { FileLocation } from './file-location.js';

/** The pictures that are wanted. */
export interface WantedPictures {
  readonly of: FilePictures;
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
  /** A constant rate, if one is wanted. */
  readonly fps: number | undefined;
  /** Of a still image: how often it's shown, each time as long as a picture of its rate lasts. */
  readonly repeats?: number;
}

/** The sound that is wanted. */
export interface WantedSound {
  readonly index: number;
  readonly sampleRate: number;
  readonly channels: number;
}

/** The file's part that is wanted, in microseconds from its beginning. */
export interface WantedPart {
  readonly startUs: number;
  /** Where it ends; `undefined` for the file's end. */
  readonly endUs: number | undefined;
  /**
   * Where to begin to decode, at or before the start: not every container can be entered anywhere. 0 for the
   * beginning.
   */
  readonly seekUs: number;
}

/** More than a frame of any medium lasts. */
const MARGIN_US = 1_000_000;

/** Of ffmpeg's file descriptors, who writes what. */
export const FILE_PIPES = { pictures: 1, times: 3, sound: 4 } as const;

/**
 * What makes ffmpeg decode pictures and sound of one file at once: raw pictures, the time of each as text, and
 * samples, each into a pipe of its own. Times are places in the file; the first sample is that of `seekUs`.
 */
export function fileArguments(
  { input, protocols }: Pick<FileLocation, 'input' | 'protocols'>,
  wanted: {
    readonly pictures: WantedPictures | undefined;
    readonly sound: WantedSound | undefined;
    readonly part: WantedPart;
  },
): readonly string[] {
  const { pictures, sound, part } = wanted;
  return [
    // Times as they are: counted from the place where it's entered they would be rounded twice.
    ...['-copyts', '-start_at_zero', '-protocol_whitelist', protocols],
    // Not even 0 where that isn't meant: in FLV it finds the second key frame.
    ...(part.seekUs > 0 ? ['-ss', seconds(part.seekUs)] : []),
    // Only so that it ends: it's up to a frame too much.
    ...(part.endUs === undefined ? [] : ['-t', seconds(part.endUs - part.seekUs + MARGIN_US)]),
    ...['-i', input],
    ...(pictures ? picturesArguments(pictures, part) : []),
    ...(sound ? soundArguments(sound, part) : []),
  ];
}

function picturesArguments(pictures: WantedPictures, part: WantedPart): readonly string[] {
  const { of, format, width, height } = pictures;
  const filters = [
    ...rate(pictures),
    ...trimPictures(part),
    `scale=${width}:${height}:${colors(of)}`,
    `format=${FFMPEG_PIXEL_FORMATS[format]}`,
    // Pixels are square from here on.
    'setsar=1',
    'settb=1/1000000',
    // Without an entry a picture isn't printed.
    'metadata=add:key=k:value=1',
    `metadata=print:file='pipe\\:${FILE_PIPES.times}':direct=1`,
  ];
  return [
    ...['-map', `0:${of.index}`, '-fps_mode', 'passthrough', '-enc_time_base', '1:1000000'],
    ...['-vf', filters.join(',')],
    ...['-pix_fmt', FFMPEG_PIXEL_FORMATS[format], '-threads', '1'],
    ...['-c:v', 'rawvideo', '-f', 'rawvideo', `pipe:${FILE_PIPES.pictures}`],
  ];
}

function rate({ of, fps, repeats }: WantedPictures): readonly string[] {
  if (repeats === undefined) return fps === undefined ? [] : [`fps=${fps}`];
  const again = repeats === Infinity ? -1 : repeats - 1;
  return [`loop=loop=${again}:size=1`, `setpts=N/(${fps ?? of.fps ?? 25}*TB)`];
}

/**
 * WebRTC's colours are BT.601, limited range. HD is BT.709 if it doesn't say otherwise, as players take it;
 * ffmpeg would take it for BT.601.
 */
function colors({ matrixTold, codedWidth, codedHeight }: FilePictures): string {
  const high = codedWidth >= 1280 || codedHeight >= 720;
  const from = matrixTold || !high ? 'auto' : 'bt709';
  return `in_color_matrix=${from}:out_color_matrix=bt601:out_range=tv`;
}

function soundArguments(sound: WantedSound, part: WantedPart): readonly string[] {
  const { index, sampleRate, channels } = sound;
  const firstSample = Math.round((part.seekUs * sampleRate) / 1_000_000);
  // What is missing in the file is silence, so that the number of a sample is its time; the default lets up to
  // 100 ms pass.
  const filters = [
    `aresample=${sampleRate}:async=1:min_hard_comp=0.01:first_pts=${firstSample}`,
    ...trimSound(part, sampleRate),
  ];
  return [
    ...['-map', `0:${index}`, '-af', filters.join(','), '-ac', `${channels}`],
    ...['-c:a', 'pcm_s16le', '-f', 's16le', `pipe:${FILE_PIPES.sound}`],
  ];
}

function trimPictures({ startUs, endUs, seekUs }: WantedPart): readonly string[] {
  const bounds = [
    ...(startUs > seekUs ? [`start=${seconds(startUs)}`] : []),
    ...(endUs === undefined ? [] : [`end=${seconds(endUs)}`]),
  ];
  return bounds.length === 0 ? [] : [`trim=${bounds.join(':')}`];
}

function trimSound({ startUs, endUs, seekUs }: WantedPart, sampleRate: number): readonly string[] {
  const sampleAt = (us: number): number => Math.round(((us - seekUs) * sampleRate) / 1_000_000);
  const bounds = [
    ...(startUs > seekUs ? [`start_sample=${sampleAt(startUs)}`] : []),
    ...(endUs === undefined ? [] : [`end_sample=${sampleAt(endUs)}`]),
  ];
  return bounds.length === 0 ? [] : [`atrim=${bounds.join(':')}`];
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(6);
}
