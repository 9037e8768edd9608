// How to publish a track, in our words and in the binding's.

import type { TrackPublishOptions } from '@livekit/rtc-ffi-bindings';
import type { TrackSource } from '../core/track-handle.js';
import { binding } from './binding.js';
import { sourceNumber } from './rtc-state.js';

/** Video codecs that this binding encodes. H.265 would silently become VP8. */
export const VIDEO_CODECS = ['vp8', 'h264', 'av1', 'vp9'] as const;

/** One of {@link VIDEO_CODECS}. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** How to publish. */
export interface SessionPublishOptions {
  readonly source: TrackSource;
  readonly codec: VideoCodec | undefined;
  /** Both limits or neither: the binding refuses one alone. */
  readonly encoding: { readonly maxBitrateBps: number; readonly maxFps: number } | undefined;
  readonly simulcast: boolean | undefined;
  readonly dtx: boolean | undefined;
  readonly red: boolean | undefined;
  readonly stream: string | undefined;
  readonly frameMetadata: boolean;
}

/** @internal The options as the binding takes them. */
export function publishOptions(
  options: SessionPublishOptions,
  kind: 'audio' | 'video',
): TrackPublishOptions {
  const { encoding, codec, simulcast, dtx, red, stream } = options;
  const maxBitrate = encoding && BigInt(encoding.maxBitrateBps);
  const proto = binding();
  const message = new proto.TrackPublishOptions({
    source: sourceNumber(options.source),
    ...(simulcast !== undefined && { simulcast }),
    ...(dtx !== undefined && { dtx }),
    ...(red !== undefined && { red }),
    ...(stream !== undefined && { stream }),
  });
  if (kind === 'video') {
    if (codec !== undefined) message.videoCodec = proto.VideoCodec[CODEC_NAMES[codec]];
    if (encoding && maxBitrate !== undefined) {
      const { maxFps: maxFramerate } = encoding;
      message.videoEncoding = new proto.VideoEncoding({ maxBitrate, maxFramerate });
    }
    // User time stamp, frame id, user data.
    if (options.frameMetadata) message.frameMetadataFeatures = [0, 1, 2];
  } else if (maxBitrate !== undefined) {
    message.audioEncoding = new proto.AudioEncoding({ maxBitrate });
  }
  return message;
}

const CODEC_NAMES = { vp8: 'VP8', h264: 'H264', av1: 'AV1', vp9: 'VP9' } as const;
