import { extname } from 'node:path';
import { checkOneOf } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { MAX_DIMENSION } from '../video/pixel-format.js';

/** The kinds of file that a `MediaRecorder` writes, by the path's extension. */
export const RECORDING_CONTAINERS = ['mp4', 'webm', 'mkv', 'wav'] as const;

/** One of {@link RECORDING_CONTAINERS}. */
export type RecordingContainer = (typeof RECORDING_CONTAINERS)[number];

/** The codecs that pictures are recorded in. */
export const RECORDING_VIDEO_CODECS = ['h264', 'vp8', 'vp9'] as const;

/** One of {@link RECORDING_VIDEO_CODECS}. */
export type RecordingVideoCodec = (typeof RECORDING_VIDEO_CODECS)[number];

/** The codecs that sound is recorded in; `pcm` is not compressed. */
export const RECORDING_AUDIO_CODECS = ['aac', 'opus', 'pcm'] as const;

/** One of {@link RECORDING_AUDIO_CODECS}. */
export type RecordingAudioCodec = (typeof RECORDING_AUDIO_CODECS)[number];

/** What a container can hold, the default first, and what ffmpeg calls its writer. */
interface ContainerFormat {
  readonly muxer: string;
  readonly video: readonly RecordingVideoCodec[];
  readonly audio: readonly RecordingAudioCodec[];
}

export const CONTAINERS: { readonly [C in RecordingContainer]: ContainerFormat } = {
  mp4: { muxer: 'mp4', video: ['h264', 'vp9'], audio: ['aac', 'opus'] },
  webm: { muxer: 'webm', video: ['vp8', 'vp9'], audio: ['opus'] },
  mkv: { muxer: 'matroska', video: ['h264', 'vp8', 'vp9'], audio: ['opus', 'aac', 'pcm'] },
  wav: { muxer: 'wav', video: [], audio: ['pcm'] },
};

/** ffmpeg's encoders of each codec, the best first; those that need special hardware are left out. */
const ENCODERS: {
  readonly [C in RecordingVideoCodec | RecordingAudioCodec]: readonly string[];
} = {
  h264: ['libx264', 'libopenh264', 'h264_videotoolbox', 'h264_mf'],
  vp8: ['libvpx'],
  vp9: ['libvpx-vp9'],
  aac: ['aac'],
  opus: ['libopus'],
  pcm: ['pcm_s16le'],
};

/** The longest even side of a picture that a codec's encoders take. */
export const LARGEST_PICTURE: { readonly [C in RecordingVideoCodec]: number } = {
  h264: MAX_DIMENSION,
  vp8: 16_382,
  vp9: MAX_DIMENSION,
};

/**
 * The container that a path's extension names.
 *
 * @throws FramewireError `unsupported` if it's none that can be recorded to.
 */
export function containerOf(path: string): RecordingContainer {
  const extension = extname(path).slice(1).toLowerCase();
  const container = RECORDING_CONTAINERS.find((one) => one === extension);
  if (container) return container;
  const known = RECORDING_CONTAINERS.map((one) => `.${one}`).join(', ');
  const given = extension === '' ? 'no extension' : `the extension ${JSON.stringify(extension)}`;
  throw new FramewireError(
    'unsupported',
    `A recording's path must end in one of ${known}: this has ${given}.`,
  );
}

/**
 * The codec asked for, or the container's default.
 *
 * @throws TypeError or RangeError if the container can't hold it.
 */
export function codecFor<K extends 'video' | 'audio'>(
  container: RecordingContainer,
  kind: K,
  asked: unknown,
): ContainerFormat[K][number] {
  const held: readonly ContainerFormat[K][number][] = CONTAINERS[container][kind];
  const codec = asked ?? held[0];
  checkOneOf(codec, `options.${kind}.codec`, held);
  return codec;
}

/**
 * The encoder of a codec that the program has.
 *
 * @throws FramewireError `unsupported` if it has none.
 */
export async function encoderOf(
  program: FfmpegProgram,
  codec: RecordingVideoCodec | RecordingAudioCodec,
): Promise<string> {
  for (const name of ENCODERS[codec]) if (await program.has('encoder', name)) return name;
  throw new FramewireError(
    'unsupported',
    `${program.path} has no encoder of ${codec}: of ${ENCODERS[codec].join(', ')} it needs one.`,
  );
}
