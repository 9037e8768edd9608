import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { LiveVideoFeed } from './live-video-feed.js';
import { LiveVideoStream } from './live-video-stream.js';
import { openVideoDevice } from './video-device.js';
import type { ResolvedVideoDeviceOptions } from './video-device-options.js';

/** How ffmpeg reaches a camera or a screen. */
export interface VideoDeviceInput {
  /** The device, by the name that the system has for it. */
  readonly device: string;
  /** The device as it begins a sentence. */
  readonly named: string;
  /** The arguments up to the one after `-i`. */
  readonly input: readonly string[];
  /** What is done with the pictures first. */
  readonly filters: readonly string[];
  /** Whether the device may give more frames a second than it was asked for. */
  readonly thin: boolean;
}

/** Opens a camera or a screen as a stream. Throws as `openCamera` does. */
export async function openLiveVideo(
  options: ResolvedVideoDeviceOptions,
  { device, thin, ...input }: VideoDeviceInput,
): Promise<LiveVideoStream> {
  const { signal, format, stallMs, reopen, readIn, ffmpegPath, fps } = options;
  const program = await findFfmpeg({ ffmpegPath }, signal);
  const feed = await LiveVideoFeed.open(
    {
      format,
      reopen,
      freshest: options.capacity === 1 && options.overflow === 'drop-oldest',
      open: (events, ending, size = options.size) =>
        openVideoDevice({ program, ...input, format, size, stallMs, readIn }, events, ending),
    },
    signal ?? new AbortController().signal,
  );
  if (signal?.aborted) {
    await feed.close();
    signal.throwIfAborted();
  }
  const thinTo = thin ? fps : undefined;
  return LiveVideoStream.of(feed, { ...options, ...feed.size, fps, thinTo, device });
}
