import type { AudioFrame } from '../audio/audio-frame.js';
import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { byteLengthOf, MAX_DIMENSION } from '../video/pixel-format.js';
import type { VideoFrame } from '../video/video-frame.js';
import { type CapturedAudioSettings, CapturedAudioStream } from './captured-audio-stream.js';
import { CapturedVideoStream } from './captured-video-stream.js';
import type { WantedPictures } from './file-arguments.js';
import { FileClock } from './file-clock.js';
import {
  type FileDescription,
  type FilePictures,
  type FileSound,
  isStill,
} from './file-description.js';
import { FileLane, type FileLaneOptions } from './file-lane.js';
import { fileLocation } from './file-location.js';
import {
  checkSeek,
  type OpenFileOptions,
  type ResolvedFileOptions,
  resolveFileOptions,
  type SeekOptions,
} from './file-options.js';
import { FilePlayer } from './file-player.js';
import { probeFile } from './file-probe.js';

/** Pictures that wait between ffmpeg and the stream. */
const FEW_PICTURES = 3;
/** What may wait there when the sound's reader has nothing, since pictures come first in the file. */
const MOST_PICTURE_BYTES = 128 * 2 ** 20;
const MOST_PICTURES = 100;
const FEW_SOUND_MS = 300;
const MOST_SOUND_MS = 30_000;

/** What a {@link CapturedFile} is made of. */
interface FileParts {
  readonly description: FileDescription;
  readonly wanted: ResolvedFileOptions;
  readonly pictures: WantedPictures | undefined;
  readonly player: FilePlayer;
  readonly video: CapturedVideoStream | undefined;
  readonly audio: CapturedAudioStream | undefined;
}

/**
 * A file that is played: its pictures and its sound as two streams in step, decoded by one ffmpeg.
 *
 * `timestampUs` of both is the position in the file, from 0, where it's played again and again it goes on
 * rising. A stream ends after the last frame or sample. Read both at once, or open the file with `video: false` or
 * `audio: false`: if only one is read, the other drops and counts what it can't keep.
 *
 * Leaving the loop of a stream closes that stream; when all of them are closed, so is the file. An open file keeps
 * the process alive.
 *
 * @example
 * ```ts
 * await using file = await openFile('clip.mp4', { audio: false });
 * for await (using frame of file.video ?? []) console.log(frame.timestampUs);
 * ```
 */
export class CapturedFile implements AsyncDisposable {
  /** The pictures. `undefined` if the file has none, or none are wanted. */
  readonly video: CapturedVideoStream | undefined;
  /** The sound. `undefined` if the file has none, or none is wanted. */
  readonly audio: CapturedAudioStream | undefined;
  /** How long the whole file is, as its container says, to 10 ms. `undefined` if that isn't known. */
  readonly durationMs: number | undefined;
  /** Width of the frames in pixels. */
  readonly width: number | undefined;
  /** Height of the frames in pixels. */
  readonly height: number | undefined;
  /** Frames a second, on average; the rate asked for, if one was. */
  readonly fps: number | undefined;
  readonly #player: FilePlayer;
  #closed = false;

  /** @internal */
  constructor({ description, pictures, player, video, audio }: FileParts) {
    const { durationUs } = description;
    this.durationMs = durationUs === undefined ? undefined : durationUs / 1000;
    this.width = pictures?.width;
    this.height = pictures?.height;
    this.fps = pictures?.fps ?? pictures?.of.fps;
    this.video = video;
    this.audio = audio;
    this.#player = player;
  }

  /** Whether it gives no more than what is queued: at its end, after an error, or since it was closed. */
  get ended(): boolean {
    return this.#player.over;
  }

  /**
   * Goes on at another position: what is queued is dropped, and the next frame of each stream is the first one at
   * or after it, with that position as its time stamp. Past the end, the streams end; where it's played again and
   * again, it begins anew, as do the time stamps.
   *
   * @throws TypeError or RangeError if an argument is wrong.
   * @throws FramewireError `invalid-state` if the streams have ended, `closed` if the file is closed. The signal's
   * reason, once it aborts.
   */
  async seek(positionMs: number, options: SeekOptions = {}): Promise<void> {
    const signal = checkSeek(positionMs, options);
    if (this.#closed) throw new FramewireError('closed', 'The file is closed.');
    if (this.#player.ended) {
      throw new FramewireError('invalid-state', 'The streams of the file have ended.');
    }
    await untilAborted(this.#player.seek(Math.round(positionMs * 1000)), signal);
  }

  /** Ends the streams, drops what is queued and ends ffmpeg. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.video?.close(), this.audio?.close()]);
    await this.#player.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a file: whatever container and codecs the installed ffmpeg reads, also by URL where
 * {@link OpenFileOptions.protocols} allows that.
 *
 * @param pathOrUrl - What begins with the name of a protocol and a colon is a URL, everything else a path.
 * @throws TypeError or RangeError if an argument is wrong.
 * @throws FramewireError `not-found` if there is no such file, or no ffmpeg; `file` if it can't be read or has
 * nothing that is wanted; `forbidden` if its protocol isn't allowed; `unsupported` if ffmpeg is too old. The
 * signal's reason, once it aborts.
 */
export async function openFile(
  pathOrUrl: string | URL,
  options: OpenFileOptions = {},
): Promise<CapturedFile> {
  return await openResolved(pathOrUrl, resolveFileOptions(options), () => 1);
}

/**
 * {@link openFile} with options that were checked.
 *
 * @param channelsOf - How many channels the sound is given in where the options don't say.
 */
export async function openResolved(
  pathOrUrl: string | URL,
  wanted: ResolvedFileOptions,
  channelsOf: (sound: FileSound) => number,
): Promise<CapturedFile> {
  const location = fileLocation(pathOrUrl, wanted.protocols);
  const { signal, startUs, endUs, ffmpegPath } = wanted;
  signal?.throwIfAborted();
  const program = await findFfmpeg({ ffmpegPath }, signal);
  const description = await probeFile(program, location, signal);
  const still = wanted.times > 1 && isStill(description);
  const pictures = picturesOf(description.pictures, wanted.video);
  const sound = soundOf(description.sound, wanted.audio, channelsOf);
  if (!pictures && !sound) {
    const { video, audio } = wanted;
    const what = video && audio ? 'neither pictures nor sound' : video ? 'no pictures' : 'no sound';
    throw new FramewireError('file', `${location.name} has ${what} that ffmpeg can decode.`);
  }
  const clock = wanted.pace === 'real-time' ? new FileClock() : undefined;
  const video = pictures && {
    ...pictures,
    lane: new FileLane<VideoFrame>(laneOptions(FEW_PICTURES, mostPictures(pictures))),
  };
  const audio = sound && {
    ...sound,
    lane: new FileLane<AudioFrame>(
      laneOptions(inFrames(FEW_SOUND_MS, sound.frameMs), inFrames(MOST_SOUND_MS, sound.frameMs)),
    ),
  };
  const player = new FilePlayer({
    ...{ program, location, description, clock, startUs },
    endUs: still ? undefined : endUs,
    // For a picture each, an ffmpeg each would be too much.
    times: still ? 1 : wanted.times,
    pictures: video && (still ? { ...video, repeats: wanted.times } : video),
    sound: audio,
  });
  function laneOptions(few: number, many: number): FileLaneOptions {
    return {
      ...{ few, many, clock },
      onChange: () => player.balance(),
      onClosed: async () => {
        player.balance();
        if (video?.lane.closed !== false && audio?.lane.closed !== false) await player.close();
      },
    };
  }
  await player.start();
  const file = new CapturedFile({
    ...{ description, wanted, pictures, player },
    video:
      video &&
      wanted.video &&
      CapturedVideoStream.open(video.lane.feed, {
        ...wanted.video,
        width: video.width,
        height: video.height,
        fps: video.fps ?? video.of.fps,
      }),
    audio: audio && CapturedAudioStream.open(audio.lane.feed, audio),
  });
  // It may have aborted meanwhile: then the streams never began.
  if (signal?.aborted) await file.close();
  signal?.throwIfAborted();
  return file;
}

function inFrames(ms: number, frameMs: number): number {
  return Math.max(2, Math.ceil(ms / frameMs));
}

function mostPictures({ format, width, height }: WantedPictures): number {
  const most = Math.floor(MOST_PICTURE_BYTES / byteLengthOf(format, width, height));
  return Math.min(MOST_PICTURES, Math.max(2 * FEW_PICTURES, most));
}

/** What is wanted of the sound, if there is any. */
function soundOf(
  of: FileSound | undefined,
  wanted: ResolvedFileOptions['audio'],
  channelsOf: (sound: FileSound) => number,
): (CapturedAudioSettings & { readonly index: number }) | undefined {
  if (!of || !wanted) return undefined;
  return { ...wanted, index: of.index, channels: wanted.channels ?? channelsOf(of) };
}

/** The size at which pictures are seen as they are meant: upright, and with square pixels. */
function picturesOf(
  of: FilePictures | undefined,
  wanted: ResolvedFileOptions['video'],
): WantedPictures | undefined {
  if (!of || !wanted) return undefined;
  const { codedWidth, codedHeight, pixelAspect, rotation } = of;
  // The longer way, as players do: no line is lost.
  const across = pixelAspect > 1 ? codedWidth * pixelAspect : codedWidth;
  const down = pixelAspect < 1 ? codedHeight / pixelAspect : codedHeight;
  const onItsSide = Math.round(Math.abs(rotation) / 90) % 2 === 1;
  const [seenWidth, seenHeight] = onItsSide ? [down, across] : [across, down];
  const { format, fps, width: askedWidth, height: askedHeight } = wanted;
  const fit = (px: number): number => Math.min(MAX_DIMENSION, Math.max(1, Math.round(px)));
  const width = askedWidth ?? fit(askedHeight ? (seenWidth * askedHeight) / seenHeight : seenWidth);
  const height = askedHeight ?? fit((seenHeight * width) / seenWidth);
  return { of, format, width, height, fps };
}
