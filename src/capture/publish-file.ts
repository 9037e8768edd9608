import { randomUUID } from 'node:crypto';
import { checkOptions } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { givenOptions } from '../core/given-options.js';
import type { TrackKind } from '../core/track-handle.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import type { PublishOptions } from '../room/publish-options.js';
import type { Room } from '../room/room.js';
import {
  checkSeek,
  type OpenFileOptions,
  resolveFileOptions,
  type SeekOptions,
} from './file-options.js';
import { FilePlayback } from './file-playback.js';
import { openResolved } from './open-file.js';
import {
  checkPublishing,
  type PublishCaptureOptions,
  type PublishVideoCaptureOptions,
} from './publish-capture.js';
import { type CaptureEnd, PublishedCapture } from './published-capture.js';
import type { TrackFeed } from './track-feed.js';

/** How a file's pictures are published. */
export interface PublishFileVideoOptions extends Omit<PublishVideoCaptureOptions, 'signal'> {
  /** Width in pixels. Default: the file's, or what goes with `height`. */
  readonly width?: number;
  /** Height in pixels. Default: the file's, or what goes with `width`. */
  readonly height?: number;
  /** A constant rate. Default: each frame of the file at its time. */
  readonly fps?: number;
}

/** How a file's sound is published. */
export interface PublishFileAudioOptions extends Omit<PublishCaptureOptions, 'signal'> {
  /** 1 or 2. Default: the file's, but 2 at most. */
  readonly channels?: number;
}

/** How a file is published. */
export interface PublishFileOptions
  extends FfmpegOptions, Pick<OpenFileOptions, 'loop' | 'startMs' | 'durationMs' | 'protocols'> {
  /** How the pictures are published; `false` if they are not to be. */
  readonly video?: PublishFileVideoOptions | false;
  /** How the sound is published; `false` if it's not to be. */
  readonly audio?: PublishFileAudioOptions | false;
  /**
   * Ends it: while it's being opened and published, the caller gets the signal's reason; later it's as
   * `close()`, for the reason `aborted`.
   */
  readonly signal?: AbortSignal;
}

/**
 * A file that is played to a room: its pictures and its sound as a track each, in step.
 *
 * However it ends, the tracks are unpublished and closed, and everything is freed.
 *
 * @example
 * ```ts
 * await using film = await publishFile(room, 'clip.mp4', { loop: true });
 * await film.seek(30_000);
 * ```
 */
export class PublishedFile implements AsyncDisposable {
  /** The pictures, with their track and what was counted. `undefined` if there are none. */
  readonly video: PublishedCapture<'video'> | undefined;
  /** The sound, with its track and what was counted. `undefined` if there is none. */
  readonly audio: PublishedCapture<'audio'> | undefined;
  /** How long the whole file is, to 10 ms. `undefined` if its container doesn't say. */
  readonly durationMs: number | undefined;
  /** Resolves when everything is freed, with the reason: `ended` after the last frame. Never rejects. */
  readonly closed: Promise<CaptureEnd>;
  /**
   * Resolves when the file was played to its end, and everything is freed. Rejects with what ended it sooner:
   * a FramewireError `closed`, `disconnected`, `aborted` (or the signal's reason) or what the file failed with.
   * That nobody listens is no unhandled rejection.
   */
  readonly finished: Promise<void>;
  readonly #playback: FilePlayback;

  /** @internal */
  constructor(parts: {
    readonly video: PublishedCapture<'video'> | undefined;
    readonly audio: PublishedCapture<'audio'> | undefined;
    readonly durationMs: number | undefined;
    readonly playback: FilePlayback;
  }) {
    const { video, audio, durationMs, playback } = parts;
    this.video = video;
    this.audio = audio;
    this.durationMs = durationMs;
    this.#playback = playback;
    this.closed = Promise.all([video?.closed, audio?.closed]).then(async (ends) => {
      await playback.close();
      return ends.find((end) => end && end.reason !== 'ended') ?? { reason: 'ended' };
    });
    this.finished = this.closed.then((end) => {
      if (end.reason !== 'ended') throw endedSooner(end);
    });
    this.finished.catch(() => undefined);
  }

  /**
   * Goes on at another position: what waits to be sent is dropped.
   *
   * @throws TypeError or RangeError if an argument is wrong.
   * @throws FramewireError `invalid-state` if it was played to its end, `closed` if it's closed. The signal's
   * reason, once it aborts.
   */
  async seek(positionMs: number, options: SeekOptions = {}): Promise<void> {
    const signal = checkSeek(positionMs, options);
    await this.#playback.seek(positionMs, signal);
  }

  /** Unpublishes and closes the tracks, and frees everything. Safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([this.video?.close(), this.audio?.close()]);
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Plays a file to a room: its pictures as a camera, its sound as a microphone unless told otherwise, in real
 * time and in step. It begins when both are published.
 *
 * @param room - Must be connected.
 * @param pathOrUrl - As {@link openFile}'s.
 * @throws TypeError or RangeError if an argument is wrong.
 * @throws FramewireError as {@link openFile}; `disconnected` if the room is not connected, or left meanwhile; and
 * what `publishTrack()` throws. The signal's reason, once it aborts.
 * @example
 * ```ts
 * await using film = await publishFile(room, 'clip.mp4');
 * await film.finished;
 * ```
 */
export async function publishFile(
  room: Room,
  pathOrUrl: string | URL,
  options: PublishFileOptions = {},
): Promise<PublishedFile> {
  checkOptions(options, 'options');
  const { video = {}, audio = {}, signal, ...rest } = options;
  if (video !== false) checkPublishing(room, 'video', video);
  if (audio !== false) checkPublishing(room, 'audio', audio);
  const resolved = resolveFileOptions({
    ...rest,
    ...(signal && { signal }),
    video: video && givenOptions({ width: video.width, height: video.height, fps: video.fps }),
    audio: audio && givenOptions({ channels: audio.channels }),
  });
  const screencast = video !== false && video.screencast === true;
  signal?.throwIfAborted();
  if (!room.connected) throw notConnected();
  const file = await openResolved(pathOrUrl, resolved, ({ channels }) => Math.min(2, channels));
  const playback = new FilePlayback(file, { screencast });
  // Browsers play tracks of one name in step.
  const stream = randomUUID();
  let pictures: PublishedCapture<'video'> | undefined;
  try {
    pictures = await publish(room, playback.video, {
      ...{ stream, name: 'video', ...video },
      ...(signal && { signal }),
    });
    const sound = await publish(room, playback.audio, {
      ...{ stream, name: 'audio', ...audio },
      ...(signal && { signal }),
    });
    playback.begin();
    const { durationMs } = file;
    return new PublishedFile({ video: pictures, audio: sound, durationMs, playback });
  } catch (error) {
    await pictures?.close();
    await playback.close();
    throw error;
  }
}

async function publish<Kind extends TrackKind>(
  room: Room,
  feed: TrackFeed<Kind> | undefined,
  options: PublishOptions & { readonly name: string },
): Promise<PublishedCapture<Kind> | undefined> {
  if (!feed) return undefined;
  const { name, signal, ...how } = options;
  return await PublishedCapture.publish(room, { open: () => feed, name, publish: how, signal });
}

function endedSooner({ reason, error }: CaptureEnd): unknown {
  if (error !== undefined) return error;
  if (reason === 'disconnected') return notConnected();
  const how = reason === 'unpublished' ? 'unpublished' : 'closed';
  return new FramewireError('closed', `The file was ${how} before its end.`);
}
