// Clips to read, and what is in recordings. Everything is judged by ffmpeg and ffprobe themselves.

import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';
import type { Color } from 'framewire/testing';
import { toolPath } from './tools.js';

const run = promisify(execFile);

/** More than the tests' clips are when they are decoded. */
const MAX_OUTPUT = 512 * 1024 * 1024;

/** The path of ffmpeg. */
export function ffmpegPath(): string {
  return toolPath('ffmpeg');
}

/** The path of ffprobe. */
export function ffprobePath(): string {
  return toolPath('ffprobe');
}

/** Runs ffmpeg to its end. @returns What it wrote to stdout. */
export async function runFfmpeg(
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<Buffer> {
  const { stdout } = await run(
    ffmpegPath(),
    ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args],
    { maxBuffer: MAX_OUTPUT, encoding: 'buffer', ...options },
  );
  return Buffer.from(stdout);
}

/** What {@link makeClip} makes. */
export interface ClipOptions {
  /** Width in pixels. Default 320. */
  readonly width?: number;
  /** Height in pixels. Default 180. */
  readonly height?: number;
  /** Frames a second. Default 30. */
  readonly fps?: number;
  /** How long each part is. Default 1 s. */
  readonly partMs?: number;
  /** The colours that fill the picture one after the other; none for a clip without video. Default red, green, blue. */
  readonly colors?: readonly Color[];
  /** The tones of the parts in Hz, 0 for silence; none for a clip without audio. Default one of 440 Hz throughout. */
  readonly tones?: readonly number[];
  /** Default 48,000. */
  readonly sampleRate?: number;
  /** Default 1. */
  readonly channels?: number;
  /** Arguments for the output, such as codecs. By default those that ffmpeg chooses by the file's name. */
  readonly output?: readonly string[];
}

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];
const BLUE: Color = [40, 60, 200];

/** Makes a clip of plain colours and pure tones, in the container that its name says. */
export async function makeClip(path: string, options: ClipOptions = {}): Promise<void> {
  const { width = 320, height = 180, fps = 30, partMs = 1_000 } = options;
  const { colors = [RED, GREEN, BLUE], sampleRate = 48_000, channels = 1, output = [] } = options;
  const seconds = partMs / 1_000;
  const { tones = [440] } = options;
  // One tone for all: without seams.
  const toneSeconds = tones.length === 1 ? seconds * Math.max(1, colors.length) : seconds;
  const pictures = colors.map(
    (color) => `color=0x${hex(color)}:size=${width}x${height}:rate=${fps}:duration=${seconds}`,
  );
  const sounds = tones.map((hz) => {
    const wave = hz === 0 ? '0' : `0.25*sin(2*PI*${hz}*t)`;
    return `aevalsrc=${wave}:sample_rate=${sampleRate}:duration=${toneSeconds}`;
  });
  await runFfmpeg([
    ...inputs([...pictures, ...sounds]),
    '-filter_complex',
    [
      ...joined(
        pictures.length,
        0,
        'v',
        'scale=out_color_matrix=bt601:out_range=tv,format=yuv420p',
      ),
      ...joined(sounds.length, pictures.length, 'a', 'anull'),
    ].join(';'),
    ...(pictures.length > 0 ? ['-map', '[v]', '-colorspace', 'smpte170m'] : []),
    ...(sounds.length > 0 ? ['-map', '[a]', '-ac', String(channels)] : []),
    ...output,
    path,
  ]);
}

function inputs(graphs: readonly string[]): string[] {
  return graphs.flatMap((graph) => ['-f', 'lavfi', '-i', graph]);
}

function joined(count: number, first: number, kind: 'v' | 'a', last: string): string[] {
  if (count === 0) return [];
  const pads = Array.from({ length: count }, (_, i) => `[${first + i}:${kind}]`).join('');
  return [
    `${pads}concat=n=${count}:v=${kind === 'v' ? 1 : 0}:a=${kind === 'a' ? 1 : 0},${last}[${kind}]`,
  ];
}

function hex(color: Color): string {
  return Buffer.from(color).toString('hex');
}

/** One stream of a file, as ffprobe says. Not all are in every file. */
export interface ProbedStream {
  readonly index: number;
  readonly codec_type: 'video' | 'audio' | 'subtitle' | 'data';
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly start_time?: string;
  readonly duration?: string;
  readonly nb_read_packets?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A file, as ffprobe says. */
export interface Probed {
  readonly format: {
    readonly format_name: string;
    readonly duration?: string;
    readonly start_time?: string;
    readonly size: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly streams: readonly ProbedStream[];
  /** The first video stream. */
  readonly video: ProbedStream | undefined;
  /** The first audio stream. */
  readonly audio: ProbedStream | undefined;
}

/** What is in a file. All of its packets are read, so that `nb_read_packets` is true. */
export async function probe(path: string): Promise<Probed> {
  const { stdout } = await run(
    ffprobePath(),
    ['-v', 'error', '-of', 'json', '-count_packets', '-show_format', '-show_streams', path],
    { maxBuffer: MAX_OUTPUT },
  );
  const { format, streams } = JSON.parse(stdout) as Pick<Probed, 'format' | 'streams'>;
  const first = (kind: string): ProbedStream | undefined =>
    streams.find(({ codec_type: type }) => type === kind);
  return { format, streams, video: first('video'), audio: first('audio') };
}

/** When each frame of a file is shown or heard, in seconds, in that order. */
export async function frameTimes(path: string, kind: 'video' | 'audio'): Promise<number[]> {
  const { stdout } = await run(
    ffprobePath(),
    [
      ...['-v', 'error', '-of', 'csv=p=0', '-select_streams', kind === 'video' ? 'v:0' : 'a:0'],
      ...['-show_entries', 'frame=best_effort_timestamp_time', path],
    ],
    { maxBuffer: MAX_OUTPUT },
  );
  // Some versions put a comma after each.
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Number.parseFloat(line));
}

/** The pictures of a file, each as width * height * 3 bytes of red, green and blue, in the order in which they are shown. */
export async function decodeFrames(
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array[]> {
  const pixels = await runFfmpeg([
    ...['-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough'],
    ...['-vf', `scale=${width}:${height}:in_color_matrix=bt601`],
    ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const size = width * height * 3;
  return Array.from({ length: Math.floor(pixels.length / size) }, (_, i) =>
    Uint8Array.from(pixels.subarray(i * size, (i + 1) * size)),
  );
}

/** The mean colour of a picture of {@link decodeFrames}. */
export function meanRgb(pixels: Uint8Array): Color {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < pixels.length; i += 3) {
    sums[0] += pixels[i]!;
    sums[1] += pixels[i + 1]!;
    sums[2] += pixels[i + 2]!;
  }
  const count = pixels.length / 3;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}

/** The first audio of a file, from the start of the file on: silence where it begins later. */
export async function decodeAudio(
  path: string,
  {
    sampleRate = 48_000,
    channels = 1,
  }: { readonly sampleRate?: number; readonly channels?: number } = {},
): Promise<Int16Array> {
  const bytes = await runFfmpeg([
    ...['-i', path, '-map', '0:a:0', '-af', 'aresample=async=1:first_pts=0'],
    ...['-ar', String(sampleRate), '-ac', String(channels), '-f', 's16le', 'pipe:1'],
  ]);
  const copy = Uint8Array.from(bytes);
  return new Int16Array(copy.buffer, 0, Math.floor(copy.length / 2));
}
