import { existsSync, readdirSync } from 'node:fs';
import {
  checkBoolean,
  checkInteger,
  checkOneOf,
  checkPositive,
  checkSignal,
  checkString,
  type OptionNames,
  readOnce,
  shown,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { TRACK_SOURCES, type TrackKind, type TrackSource } from '../core/track-handle.js';
import {
  DEGRADATION_PREFERENCES,
  type DegradationPreference,
  type SessionPublishOptions,
  VIDEO_CODECS,
  type VideoCodec,
  VIDEO_ENCODERS,
  type VideoEncoder,
} from '../native/publish-options.js';
import { SCALABILITY_MODES, type ScalabilityMode } from '../native/scalability-mode.js';
import type { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import { defaultBitrateBps } from './default-bitrate.js';

/** How a track is published. */
export interface PublishOptions {
  /** What others see it as. Default: `microphone` for audio, `screen_share` or `camera` for video. */
  readonly source?: TrackSource;
  /**
   * Video only. Default: LiveKit's, which is `vp8`, or what the server allows instead. One that is named
   * here is sent, or publishing fails with `unsupported`, as does `av1` in an encrypted room.
   */
  readonly codec?: VideoCodec;
  /**
   * The most bits a second that the encoder may use: for video 30,000 to 1,000,000,000, for audio 6,000
   * to 510,000. Default: LiveKit's, by the size.
   */
  readonly maxBitrateBps?: number;
  /**
   * Video only: the most frames a second that are sent, 1 or more. Default: LiveKit's, by the size, which
   * below 720p is less than 30; with `maxBitrateBps` alone it's 30.
   */
  readonly maxFps?: number;
  /**
   * Video only: sends smaller sizes as well, for subscribers with less room. Default: LiveKit's, on. A
   * picture of 640x360 gets a layer of the same size with fewer frames and bits instead. With av1 they are layers within one stream: see `scalabilityMode`.
   */
  readonly simulcast?: boolean;
  /**
   * With vp9 and av1 only: the sizes and frame rates that one stream has within itself, in place of
   * simulcast. Default: for av1 with simulcast `L3T3_KEY` from 960 pixels on, `L2T3_KEY` from 480; else
   * LiveKit's.
   */
  readonly scalabilityMode?: ScalabilityMode;
  /**
   * Video only: what is kept when the network or the machine allows less than what was captured.
   * `maintain-framerate` makes the picture smaller, `maintain-resolution` drops frames, `balanced` does
   * both; `maintain-framerate-and-resolution` makes the picture coarser, and drops frames only where the
   * coarsest is too much. Default: as `maintain-framerate`.
   */
  readonly degradationPreference?: DegradationPreference;
  /**
   * Video only: what encodes. Hardware that this machine can't have is refused with `unsupported`; where
   * it has some that turns out not to know the codec, a program encodes all the same. Which one does
   * is `encoderImplementation` of the `outbound-rtp` in {@link Track.getStats}. Default `auto`.
   */
  readonly videoEncoder?: VideoEncoder;
  /** Audio only: sends less in silence. Default: LiveKit's, on. */
  readonly dtx?: boolean;
  /** Audio only: sends everything twice, against lost packets. Default: LiveKit's, on. */
  readonly red?: boolean;
  /**
   * Audio only: tells agents that what was said before they came follows in a byte stream of the topic
   * `lk.agent.pre-connect-audio-buffer`, which the caller sends. Default `false`.
   */
  readonly preconnectBuffer?: boolean;
  /** Tracks of one stream name are played in sync by browsers. Default: none. */
  readonly stream?: string;
  /**
   * Video only: sends capture time, frame id and user data with each frame. Default `true`, but `false`
   * with h264: there a subscriber that knows nothing of it, such as most browsers, sees nothing of a
   * picture that is so small or plain that its key frames fit into one packet.
   */
  readonly frameMetadata?: boolean;
  /** Gives up: the caller gets the signal's reason, and what is published all the same is taken back. */
  readonly signal?: AbortSignal;
}

const PUBLISH_OPTIONS: OptionNames<PublishOptions> = {
  source: true,
  codec: true,
  maxBitrateBps: true,
  maxFps: true,
  simulcast: true,
  scalabilityMode: true,
  degradationPreference: true,
  videoEncoder: true,
  dtx: true,
  red: true,
  preconnectBuffer: true,
  stream: true,
  frameMetadata: true,
  signal: true,
};

type PublishedTrack = LocalVideoTrack | LocalAudioTrack;

const DEFAULT_MAX_FPS = 30;

/** Below it WebRTC's encoders send next to nothing, above it its estimate of the network fails. */
const BITRATES = {
  video: { min: 30_000, max: 1_000_000_000 },
  // What Opus can do.
  audio: { min: 6_000, max: 510_000 },
} as const;

/**
 * The options with all that follows from the track.
 *
 * @throws TypeError or RangeError if an option is not as it must be. @throws FramewireError `unsupported`.
 */
export function resolvePublishOptions(
  track: PublishedTrack,
  given: PublishOptions,
): SessionPublishOptions & Pick<PublishOptions, 'signal'> {
  const options = readOnce(given, 'options', PUBLISH_OPTIONS);
  checkPublishOptions(track.kind, options);
  return {
    ...(options.signal && { signal: options.signal }),
    source: options.source ?? defaultSource(track),
    codec: options.codec,
    encoding: encodingOf(track, options),
    simulcast: options.simulcast,
    dtx: options.dtx,
    red: options.red,
    stream: options.stream,
    frameMetadata: options.frameMetadata ?? metadataIsHarmless(options.codec),
    scalabilityMode: options.scalabilityMode ?? defaultScalabilityMode(track, options),
    degradationPreference: options.degradationPreference,
    videoEncoder: options.videoEncoder,
    preconnectBuffer: options.preconnectBuffer,
  };
}

/** What the encoder may use; the native side takes both limits or neither. */
function encodingOf(
  track: PublishedTrack,
  { maxBitrateBps, maxFps }: PublishOptions,
): SessionPublishOptions['encoding'] {
  if (maxBitrateBps === undefined && maxFps === undefined) return undefined;
  const { width, height } = track.kind === 'video' ? track.source : { width: 0, height: 0 };
  return {
    maxBitrateBps: maxBitrateBps ?? defaultBitrateBps(width, height),
    maxFps: maxFps ?? DEFAULT_MAX_FPS,
  };
}

function defaultSource(track: PublishedTrack): TrackSource {
  if (track.kind === 'audio') return 'microphone';
  return track.source.screencast ? 'screen_share' : 'camera';
}

/**
 * With simulcast LiveKit announces several sizes of av1 but sends one. The layers here begin at the sizes
 * at which it adds layers to the other codecs.
 */
function defaultScalabilityMode(
  track: PublishedTrack,
  { codec, simulcast = true }: PublishOptions,
): ScalabilityMode | undefined {
  if (track.kind === 'audio' || codec !== 'av1' || !simulcast) return undefined;
  const longer = Math.max(track.source.width, track.source.height);
  if (longer >= 960) return 'L3T3_KEY';
  return longer >= 480 ? 'L2T3_KEY' : undefined;
}

/**
 * LiveKit's server cuts metadata off the last packet of a frame for subscribers that don't know it. In
 * H.264 that packet may be several units with their lengths, and is broken then (measured: Chromium
 * decodes nothing of a plain 320x180).
 */
function metadataIsHarmless(codec: VideoCodec | undefined): boolean {
  return codec !== 'h264';
}

/** @throws TypeError or RangeError if an option is not as it must be. @throws FramewireError `unsupported`. */
export function checkPublishOptions(kind: TrackKind, options: PublishOptions): void {
  const { source, codec, maxBitrateBps, maxFps, stream, signal } = options;
  const { degradationPreference, videoEncoder, scalabilityMode } = options;
  checkSignal(signal, 'options.signal');
  if (source !== undefined) checkSource(kind, source);
  if ((codec as string | undefined) === 'h265') {
    throw new FramewireError('unsupported', "LiveKit's Node binding has no encoder for h265.");
  }
  if (codec !== undefined) checkOneOf(codec, 'options.codec', VIDEO_CODECS);
  if (maxBitrateBps !== undefined) {
    checkInteger(maxBitrateBps, 'options.maxBitrateBps', BITRATES[kind]);
  }
  if (maxFps !== undefined) {
    checkPositive(maxFps, 'options.maxFps');
    // The binding's encoders send nothing then.
    if (maxFps < 1) throw new RangeError(`options.maxFps must be at least 1, got ${maxFps}.`);
  }
  if (stream !== undefined) checkString(stream, 'options.stream');
  if (degradationPreference !== undefined) {
    checkOneOf(degradationPreference, 'options.degradationPreference', DEGRADATION_PREFERENCES);
  }
  if (scalabilityMode !== undefined) checkScalabilityMode(scalabilityMode, codec);
  const flags = ['simulcast', 'dtx', 'red', 'frameMetadata', 'preconnectBuffer'] as const;
  for (const name of flags) {
    if (options[name] !== undefined) checkBoolean(options[name], `options.${name}`);
  }
  if (videoEncoder !== undefined) checkVideoEncoder(videoEncoder);
}

/** LiveKit would publish a picture as a microphone. */
function checkSource(kind: TrackKind, source: TrackSource): void {
  checkOneOf(source, 'options.source', TRACK_SOURCES);
  if (source === 'unknown') return;
  const its = source === 'camera' || source === 'screen_share' ? 'video' : 'audio';
  if (its === kind) return;
  throw new RangeError(`options.source must be one of ${kind}, got ${shown(source)}.`);
}

/** The native side rejects a wrong one late, and doesn't say why. */
function checkScalabilityMode(mode: ScalabilityMode, codec: VideoCodec | undefined): void {
  // The W3C's modes with several streams in one: the server forwards nothing of them (measured).
  if (typeof (mode as unknown) === 'string' && /^S[23]T[123]h?$/.test(mode)) {
    throw new FramewireError('unsupported', `LiveKit's server does not forward ${mode}.`);
  }
  checkOneOf(mode, 'options.scalabilityMode', SCALABILITY_MODES);
  if (codec === 'vp9' || codec === 'av1') return;
  throw new RangeError(
    `options.scalabilityMode must be left out unless options.codec is 'vp9' or 'av1', got ${shown(mode)}.`,
  );
}

/** Without its device an encoder is never there, and a program would take its place without a word. */
function checkVideoEncoder(encoder: VideoEncoder): void {
  checkOneOf(encoder, 'options.videoEncoder', VIDEO_ENCODERS);
  const possible = {
    auto: () => true,
    software: () => true,
    hardware: () => hasVideoToolbox() || hasNvenc() || hasVaapi(),
    nvenc: hasNvenc,
    vaapi: hasVaapi,
    videotoolbox: hasVideoToolbox,
  }[encoder];
  if (possible()) return;
  throw new FramewireError('unsupported', `This machine has no video encoder '${encoder}'.`);
}

function hasVideoToolbox(): boolean {
  return process.platform === 'darwin';
}

function hasNvenc(): boolean {
  // Windows doesn't show its devices as files.
  return process.platform === 'win32' || existsSync('/dev/nvidiactl');
}

function hasVaapi(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  } catch {
    return false;
  }
}
