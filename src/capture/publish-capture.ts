import { checkBoolean, checkOptions, checkSignal, checkString, shown } from '../core/check.js';
import type { TrackKind } from '../core/track-handle.js';
import { checkPublishOptions, type PublishOptions } from '../room/publish-options.js';
import { Room } from '../room/room.js';
import { CapturedAudioStream } from './captured-audio-stream.js';
import { CapturedVideoStream } from './captured-video-stream.js';
import { PublishedCapture } from './published-capture.js';
import { AudioFeed, VideoFeed } from './track-feed.js';

/** How what is captured is published. */
export interface PublishCaptureOptions extends PublishOptions {
  /** What others see the track as. Default: the kind of device, such as `camera`. */
  readonly name?: string;
  /**
   * Ends it: while it's being opened and published, the caller gets the signal's reason; later it's as
   * `close()`, for the reason `aborted`.
   */
  readonly signal?: AbortSignal;
}

/** How pictures that are captured are published. */
export interface PublishVideoCaptureOptions extends PublishCaptureOptions {
  /** Text and drawings rather than camera pictures: the encoder favours sharpness. Default `false`. */
  readonly screencast?: boolean;
}

/**
 * Publishes what is captured, of whatever kind: a device that was opened, a {@link testPattern}, a
 * {@link tone}, a {@link drawVideo}. The stream is no longer yours: it's closed when this fails, or when
 * what is published ends.
 *
 * @throws TypeError or RangeError if an argument is not as it must be; the stream is still yours then.
 * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile; `incomplete` if the stream
 * ends before its first frame; and what the stream and `publishTrack()` throw. The signal's reason if it aborts.
 * @example
 * ```ts
 * await using pattern = await publishCapture(room, testPattern(), { name: 'pattern' });
 * const { reason, error } = await pattern.closed;
 * ```
 */
export function publishCapture(
  room: Room,
  stream: CapturedVideoStream,
  options?: PublishVideoCaptureOptions,
): Promise<PublishedCapture<'video'>>;
export function publishCapture(
  room: Room,
  stream: CapturedAudioStream,
  options?: PublishCaptureOptions,
): Promise<PublishedCapture<'audio'>>;
export async function publishCapture(
  room: Room,
  stream: CapturedVideoStream | CapturedAudioStream,
  options: PublishVideoCaptureOptions = {},
): Promise<PublishedCapture> {
  if (!(stream instanceof CapturedVideoStream || stream instanceof CapturedAudioStream)) {
    throw new TypeError(`stream must be captured video or audio, got ${shown(stream)}.`);
  }
  const kind = stream instanceof CapturedVideoStream ? 'video' : 'audio';
  const { name = kind, signal } = checkPublishing(room, kind, options);
  const { screencast = false } = options;
  checkBoolean(screencast, 'options.screencast');
  const how = { name, publish: options, signal };
  try {
    return stream instanceof CapturedVideoStream
      ? await PublishedCapture.publish(room, {
          open: () => new VideoFeed(stream, { screencast }),
          ...how,
        })
      : await PublishedCapture.publish(room, { open: () => new AudioFeed(stream), ...how });
  } catch (error) {
    await stream.close();
    throw error;
  }
}

/**
 * @returns the options.
 * @throws TypeError or RangeError if an argument is not as it must be. @throws FramewireError `unsupported`.
 */
export function checkPublishing<Options extends PublishCaptureOptions>(
  room: Room,
  kind: TrackKind,
  options: Options,
): Options {
  if (!(room instanceof Room)) throw new TypeError(`room must be a Room, got ${shown(room)}.`);
  checkOptions(options, 'options');
  if (options.name !== undefined) checkString(options.name, 'options.name');
  checkSignal(options.signal, 'options.signal');
  checkPublishOptions(kind, options);
  return options;
}
