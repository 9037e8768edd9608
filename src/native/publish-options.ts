// How to publish a track, in our words and in the binding's.

import type { TrackPublishOptions } from '@livekit/rtc-ffi-bindings';
import type { TrackSource } from '../core/track-handle.js';
import { binding } from './binding.js';
import { sourceNumber } from './rtc-state.js';
import type { ScalabilityMode } from './scalability-mode.js';

/** Video codecs that this binding encodes. H.265 would silently become VP8. */
export const VIDEO_CODECS = ['vp8', 'h264', 'av1', 'vp9'] as const;

/** One of {@link VIDEO_CODECS}. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** What an encoder saves at when it gets too few bits, or too little time to compute. */
export const DEGRADATION_PREFERENCES = [
  'balanced',
  'maintain-framerate',
  'maintain-resolution',
  'maintain-framerate-and-resolution',
] as const;

/** One of {@link DEGRADATION_PREFERENCES}: the W3C's names. */
export type DegradationPreference = (typeof DEGRADATION_PREFERENCES)[number];

/** What may encode video: any, a program, any of the machine's own, or one kind of those. */
export const VIDEO_ENCODERS = [
  'auto',
  'software',
  'hardware',
  'nvenc',
  'vaapi',
  'videotoolbox',
] as const;

/** One of {@link VIDEO_ENCODERS}. */
export type VideoEncoder = (typeof VIDEO_ENCODERS)[number];

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
  readonly scalabilityMode: ScalabilityMode | undefined;
  readonly degradationPreference: DegradationPreference | undefined;
  readonly videoEncoder: VideoEncoder | undefined;
  readonly preconnectBuffer: boolean | undefined;
}

/** @internal The options as the binding takes them. */
export function publishOptions(
  options: SessionPublishOptions,
  kind: 'audio' | 'video',
): TrackPublishOptions {
  const { encoding, codec, simulcast, dtx, red, stream, preconnectBuffer } = options;
  const maxBitrate = encoding && BigInt(encoding.maxBitrateBps);
  const proto = binding();
  const message = new proto.TrackPublishOptions({
    source: sourceNumber(options.source),
    ...(simulcast !== undefined && { simulcast }),
    ...(dtx !== undefined && { dtx }),
    ...(red !== undefined && { red }),
    ...(stream !== undefined && { stream }),
    ...(preconnectBuffer !== undefined && { preconnectBuffer }),
  });
  if (kind === 'video') {
    const { scalabilityMode, degradationPreference, videoEncoder } = options;
    if (scalabilityMode !== undefined) message.scalabilityMode = scalabilityMode;
    if (degradationPreference !== undefined) {
      message.degradationPreference = DEGRADATION_NUMBERS[degradationPreference];
    }
    if (videoEncoder !== undefined) message.videoEncoder = VIDEO_ENCODERS.indexOf(videoEncoder);
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

/** There is no 3. */
const DEGRADATION_NUMBERS: Readonly<Record<DegradationPreference, number>> = {
  balanced: 0,
  'maintain-framerate': 1,
  'maintain-resolution': 2,
  'maintain-framerate-and-resolution': 4,
};

const CODEC_NAMES = { vp8: 'VP8', h264: 'H264', av1: 'AV1', vp9: 'VP9' } as const;
