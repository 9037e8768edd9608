import { byteLengthOf } from '../video/pixel-format.js';
import type { RecordingContainer } from './output-format.js';
import { CONTAINERS } from './output-format.js';

/** How good a picture is when no bit rate is asked for. */
export const RECORDING_QUALITIES = ['low', 'medium', 'high'] as const;

/** One of {@link RECORDING_QUALITIES}. */
export type RecordingQuality = (typeof RECORDING_QUALITIES)[number];

/** Twice as many bits a second, in one number, are the most that ffmpeg takes. */
export const MAX_BITRATE_BPS = 1_000_000_000;

/** So many bits a second of each channel libopus takes. */
export const MAX_OPUS_BPS = 256_000;

/** How pictures come to ffmpeg, and are encoded. */
export interface VideoEncoding {
  readonly encoder: string;
  readonly fps: number;
  /** The size of the I420 pictures that ffmpeg gets. */
  readonly width: number;
  readonly height: number;
  /** What they are scaled to, with black bars; else they are recorded as they come. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly bitrateBps: number | undefined;
  readonly quality: RecordingQuality;
  readonly keyFrameIntervalMs: number;
}

/** How sound comes to ffmpeg, 16-bit samples, interleaved, and is encoded. */
export interface AudioEncoding {
  readonly encoder: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitrateBps: number | undefined;
}

/** One file. */
export interface RecordingJob {
  /** An absolute path. */
  readonly path: string;
  readonly container: RecordingContainer;
  readonly video: VideoEncoding | undefined;
  readonly audio: AudioEncoding | undefined;
  /** Of the program that gets the arguments. */
  readonly ffmpegVersion: string;
}

/** The file descriptors that ffmpeg reads. */
export const VIDEO_FD = 3;
export const AUDIO_FD = 4;

/** What is written in one go, and so at most lost when ffmpeg is killed, besides what it hasn't encoded. */
const FRAGMENT_MS = 200;

/** What libopus looks ahead: 312 samples of 48,000 a second. */
const OPUS_DELAY_S = 0.0065;

/** The arguments with which ffmpeg writes a file of raw pictures and samples that it gets over pipes. */
export function recordingArguments(job: RecordingJob): string[] {
  const { path, container, video, audio } = job;
  return [
    ...(video ? videoInput(video, audio ? picturesAhead(video) : USUAL_AHEAD) : []),
    ...(audio ? audioInput(audio, opusDelay(job)) : []),
    ...(video ? videoOutput(video) : []),
    ...(audio ? audioOutput(audio) : []),
    ...containerOutput(container),
    // The file is there already, and ours. What follows `file:` is a path, whatever it looks like.
    '-y',
    `file:${path}`,
  ];
}

/** The size that is encoded: the codecs want even sides. */
export function encodedSize({ width, height, size }: VideoEncoding): {
  readonly width: number;
  readonly height: number;
} {
  return size ?? { width: width + (width % 2), height: height + (height % 2) };
}

/** Sound that stops is filled in after 0.7 s. */
const AHEAD_S = 0.8;
const MOST_AHEAD_BYTES = 64 * 1024 * 1024;

// Without probing, since there is nothing to find out: else it waits for megabytes before it begins.
const UNPROBED = ['-probesize', '32', '-analyzeduration', '0'];

const USUAL_AHEAD = 4;

/**
 * How many pictures ffmpeg takes while it waits for sound, which it does until we fill in silence. What it has by
 * then is in the file even if this program is killed.
 */
function picturesAhead({ width, height, fps }: VideoEncoding): number {
  const most = Math.floor(MOST_AHEAD_BYTES / byteLengthOf('I420', width, height));
  return Math.max(USUAL_AHEAD, Math.min(most, Math.ceil(AHEAD_S * fps)));
}

function videoInput({ width, height, fps }: VideoEncoding, ahead: number): string[] {
  return [
    ...UNPROBED,
    ...['-thread_queue_size', `${ahead}`, '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ...['-video_size', `${width}x${height}`, '-framerate', `${fps}`, '-i', `pipe:${VIDEO_FD}`],
  ];
}

function audioInput({ sampleRate, channels }: AudioEncoding, delayS: number): string[] {
  return [
    ...(delayS > 0 ? ['-itsoffset', `${delayS}`] : []),
    ...UNPROBED,
    ...['-thread_queue_size', '512', '-f', 's16le', '-ar', `${sampleRate}`, '-ac', `${channels}`],
    ...['-i', `pipe:${AUDIO_FD}`],
  ];
}

/**
 * Up to version 5.1, ffmpeg's Matroska writer has all else begin later by what Opus looks ahead, but takes
 * that off the sound a second time (measured: 7 ms). With the sound later by as much, all of it begins at 0.
 */
function opusDelay({ container, audio, ffmpegVersion }: RecordingJob): number {
  const matroska = container === 'webm' || container === 'mkv';
  const old = /^n?[45]\./.test(ffmpegVersion);
  return matroska && old && audio?.encoder === 'libopus' ? OPUS_DELAY_S : 0;
}

function videoOutput(video: VideoEncoding): string[] {
  const { fps, keyFrameIntervalMs } = video;
  const interval = Math.max(1, Math.round((fps * keyFrameIntervalMs) / 1000));
  return [
    ...filters(video),
    ...encoderOptions(video),
    ...['-g', `${interval}`, '-pix_fmt', 'yuv420p'],
    // WebRTC's colours, which players would else take for BT.709 in large pictures.
    ...['-colorspace', 'smpte170m', '-color_primaries', 'smpte170m', '-color_trc', 'smpte170m'],
    ...['-color_range', 'tv'],
  ];
}

function filters(video: VideoEncoding): string[] {
  const { width, height, size } = video;
  const to = encodedSize(video);
  if (to.width === width && to.height === height) return [];
  const box = `${to.width}:${to.height}`;
  if (size) {
    const scale = `scale=${box}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
    return ['-vf', `${scale},pad=${box}:(ow-iw)/2:(oh-ih)/2,setsar=1`];
  }
  // One more column or row, like the one beside it.
  const smear = `fillborders=right=${to.width - width}:bottom=${to.height - height}:mode=smear`;
  return ['-vf', `pad=${box},${smear}`];
}

const CRF: { readonly [encoder: string]: { readonly [Q in RecordingQuality]: number } } = {
  libx264: { low: 29, medium: 23, high: 18 },
  libvpx: { low: 30, medium: 16, high: 6 },
  'libvpx-vp9': { low: 42, medium: 34, high: 24 },
};

/** Bits a pixel, where an encoder needs a rate. */
const BITS: { readonly [Q in RecordingQuality]: number } = { low: 0.06, medium: 0.12, high: 0.24 };

function encoderOptions(video: VideoEncoding): string[] {
  const { encoder, fps, quality, bitrateBps } = video;
  const { width, height } = encodedSize(video);
  const usual = Math.min(MAX_BITRATE_BPS, Math.ceil(width * height * fps * BITS[quality]));
  const rate = bitrateBps ?? usual;
  const limited = ['-b:v', `${rate}`, '-maxrate', `${rate * 2}`, '-bufsize', `${rate * 2}`];
  const crf = ['-crf', `${CRF[encoder]?.[quality]}`];
  switch (encoder) {
    case 'libx264':
      // What isn't held back is in the file when ffmpeg is killed: 0.3 s are lost, else 0.8 s (measured).
      return [
        ...['-c:v', encoder, '-preset', 'veryfast', '-tune', 'zerolatency'],
        ...(bitrateBps === undefined ? crf : limited),
      ];
    case 'libvpx':
      // Its quality is only constant below a rate.
      return [
        ...['-c:v', encoder, '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
        ...(bitrateBps === undefined ? [...crf, '-b:v', `${rate * 2}`] : limited),
      ];
    case 'libvpx-vp9':
      return [
        ...['-c:v', encoder, '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
        ...['-row-mt', '1'],
        ...(bitrateBps === undefined ? [...crf, '-b:v', '0'] : limited),
      ];
    default:
      return ['-c:v', encoder, ...limited];
  }
}

const AUDIO_BPS: { readonly [encoder: string]: number } = { aac: 80_000, libopus: 56_000 };

/**
 * What comes out of an AAC encoder first is not in the sound, but 21 ms of its own, before 0. In a fragmented
 * file not every player knows that, and plays all sound so much too late: it's left out.
 */
const WITHOUT_PRIMING = ['-bsf:a', 'noise=drop=lt(pts\\,0)'];

function audioOutput({ encoder, channels, bitrateBps }: AudioEncoding): string[] {
  const usual = AUDIO_BPS[encoder];
  if (usual === undefined) return ['-c:a', encoder];
  const asked = bitrateBps ?? usual * channels;
  if (encoder === 'aac') return ['-c:a', encoder, '-b:a', `${asked}`, ...WITHOUT_PRIMING];
  // How many channels there are is known only now.
  const rate = Math.min(asked, MAX_OPUS_BPS * channels);
  return [...opusChannels(channels), '-c:a', encoder, '-b:a', `${rate}`];
}

/** Of 3 and 4 channels, ffmpeg takes one for the bass, or the back, as Opus doesn't know them. */
function opusChannels(channels: number): string[] {
  if (channels === 3) return ['-af', 'channelmap=0|1|2:3.0'];
  return channels === 4 ? ['-af', 'channelmap=0|1|2|3:quad'] : [];
}

function containerOutput(container: RecordingContainer): string[] {
  const { muxer } = CONTAINERS[container];
  const flushed = ['-flush_packets', '1', '-f', muxer];
  switch (container) {
    case 'mp4': {
      const flags = '+empty_moov+default_base_moof+frag_keyframe';
      return ['-movflags', flags, '-frag_duration', `${FRAGMENT_MS * 1000}`, ...flushed];
    }
    case 'webm':
    case 'mkv':
      return ['-cluster_time_limit', `${FRAGMENT_MS}`, ...flushed];
    case 'wav':
      return ['-rf64', 'auto', ...flushed];
  }
}
