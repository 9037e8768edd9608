import { checkOptions } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { hasRoomFor, holdNative, releaseNative } from '../core/frame-budget.js';
import type { DropCounts } from '../core/frame-stream.js';
import type { RecentLeast } from '../core/recent-least.js';
import { fromTrack, participantInput, StreamInput } from '../core/stream-input.js';
import {
  checkTrack,
  type ParticipantHandle,
  type TrackHandle,
  type TrackSource,
} from '../core/track-handle.js';
import { TrackFrameStream } from '../core/track-frame-stream.js';
import { ffi, openWithEvents } from '../native/ffi-client.js';
import type { NativeVideoFrame } from '../native/media-events.js';
import { openVideoStream } from '../native/video-requests.js';
import { FpsThinner } from './fps-thinner.js';
import { ageUs, FrameAges } from './frame-ages.js';
import { MetadataShare } from './metadata-share.js';
import { PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';
import { nativeByteLength, receivedFrame } from './received-frame.js';
import type { VideoFrame } from './video-frame.js';
import { type ResolutionChange, VideoMeter, type VideoStreamStats } from './video-stats.js';
import {
  type ParticipantVideoStreamOptions,
  type ResolvedVideoStreamOptions,
  resolveVideoStreamOptions,
  type VideoStreamOptions,
} from './video-stream-options.js';

/** What a {@link VideoStream} tells. */
export interface VideoStreamEvents {
  /**
   * The frame that the reader is about to get has another size than the one before; not for the first
   * frame, nor for sizes of frames that were dropped.
   */
  readonly resolutionChanged: readonly [change: ResolutionChange];
}

interface QueuedFrame {
  readonly frame: NativeVideoFrame;
  /** By what to tell its age, if that matters. */
  readonly delays: RecentLeast | undefined;
  readonly byteLength: number;
}

/**
 * The frames of a video track, as an async iterator that never falls behind: what the reader is too
 * slow for is dropped and counted.
 *
 * It ends when the track does. Leaving the loop closes it. Each frame is the reader's, to close. An
 * open stream keeps the process alive.
 *
 * @example
 * ```ts
 * await using stream = new VideoStream(track, { format: 'RGBA', fps: 15 });
 * for await (using frame of stream) console.log(frame.timestampUs, stream.stats.dropped.full);
 * ```
 */
export class VideoStream extends TrackFrameStream<QueuedFrame, VideoFrame, VideoStreamEvents> {
  readonly #settings: Omit<ResolvedVideoStreamOptions, 'capacity' | 'overflow' | 'signal'>;
  readonly #thinner: FpsThinner | undefined;
  /** By what the track itself is limited, apart from this stream. */
  #limit: { readonly fps: number; readonly thinner: FpsThinner } | undefined;
  readonly #meter: VideoMeter;
  #ages = new FrameAges();
  #interruptions: number | undefined;

  /**
   * @param track - A remote track, or a local one: that needs no room.
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range, or the track carries audio.
   */
  constructor(track: TrackHandle, options?: VideoStreamOptions);
  /** @internal */
  constructor(input: StreamInput, options?: VideoStreamOptions);
  constructor(from: TrackHandle | StreamInput, options: VideoStreamOptions = {}) {
    if (!(from instanceof StreamInput)) checkTrack(from, 'video');
    const { capacity, overflow, signal, ...settings } = resolveVideoStreamOptions(options);
    super({ capacity, overflow, signal });
    this.#settings = settings;
    this.#thinner = settings.fps === undefined ? undefined : new FpsThinner(settings.fps);
    this.#meter = new VideoMeter(settings.clockOffsetUs);
    this.startFrom(from instanceof StreamInput ? from : fromTrack(from));
  }

  /** As the constructor. */
  static fromTrack(track: TrackHandle, options: VideoStreamOptions = {}): VideoStream {
    return new VideoStream(track, options);
  }

  /**
   * The frames of whatever track of `source` a participant has: waits for the first one, and goes on
   * over mute, unpublish and republish, and over reconnects of the participant and of ours, until the
   * participant leaves: see `rejoinMs`.
   *
   * The reader gets a FramewireError `participant-left` if the participant leaves before there was a
   * track, and `timeout` after `timeoutMs` without one.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   */
  static fromParticipant(
    participant: ParticipantHandle,
    source: TrackSource = 'camera',
    options: ParticipantVideoStreamOptions = {},
  ): VideoStream {
    checkOptions(options, 'options');
    const { timeoutMs, rejoinMs } = options;
    return new VideoStream(
      participantInput(participant, { source, kind: 'video', timeoutMs, rejoinMs }),
      options,
    );
  }

  /** What was counted so far. */
  get stats(): VideoStreamStats {
    const { received, delivered } = this;
    return this.#meter.read({ received, delivered, dropped: { ...this.dropped } });
  }

  /** @internal */
  protected override open(track: TrackHandle, onEnded: () => void): () => void {
    this.#ages = new FrameAges();
    this.#meter.begin();
    const sharing = MetadataShare.of(track).join((frame) => {
      this.#receive(frame, track);
    });
    const type = nativeType(this.#settings.format);
    try {
      const close = openWithEvents(
        () =>
          openVideoStream({ track: track.nativeTrack(), type }, (event) => {
            if (event.kind === 'end') onEnded();
            else if (track.withheld) ffi().drop(event.frame.handle);
            else if (event.kind === 'video') sharing.arrived(event.frame);
          }),
        (error) => this.fail(error),
      );
      return () => {
        close();
        sharing.leave();
      };
    } catch (error) {
      sharing.leave();
      throw error;
    }
  }

  #receive(frame: NativeVideoFrame, track: TrackHandle): void {
    if (track.remote && isBlank(frame)) {
      ffi().drop(frame.handle);
      return;
    }
    this.received += 1;
    const nowUs = monotonicUs();
    if (track.paused || track.interruptions !== this.#interruptions) this.#meter.interrupt();
    this.#interruptions = track.interruptions;
    this.#meter.arrived(frame, nowUs);
    const { maxWidth, maxHeight, maxAgeUs } = this.#settings;
    const byteLength = nativeByteLength(frame);
    if (frame.width > maxWidth || frame.height > maxHeight) {
      this.#refuse(frame, 'size');
    } else if (!this.#keepsRate(frame, track)) {
      this.#refuse(frame, 'rate');
    } else if (!hasRoomFor(byteLength)) {
      this.#refuse(frame, 'memory');
    } else {
      // For frames without a limit to their age, nobody asks for it.
      const timed = maxAgeUs !== Infinity;
      const delays = timed ? this.#ages.arrived(frame.timestampUs, nowUs) : undefined;
      holdNative(byteLength);
      this.push({ frame, delays, byteLength });
    }
  }

  #refuse(frame: NativeVideoFrame, reason: keyof DropCounts): void {
    this.dropped[reason] += 1;
    ffi().drop(frame.handle);
  }

  #keepsRate({ timestampUs }: NativeVideoFrame, { fpsLimit }: TrackHandle): boolean {
    if (fpsLimit !== this.#limit?.fps) {
      this.#limit =
        fpsLimit === undefined ? undefined : { fps: fpsLimit, thinner: new FpsThinner(fpsLimit) };
    }
    return (
      this.#limit?.thinner.accept(timestampUs) !== false &&
      this.#thinner?.accept(timestampUs) !== false
    );
  }

  /** @internal */
  protected override tooLate({ frame, delays }: QueuedFrame): boolean {
    if (delays === undefined) return false;
    return ageUs(frame.timestampUs, delays, monotonicUs()) > this.#settings.maxAgeUs;
  }

  /** @internal */
  protected override discard({ frame, byteLength }: QueuedFrame): void {
    releaseNative(byteLength);
    ffi().drop(frame.handle);
  }

  /** @internal */
  protected override deliver({ frame, byteLength }: QueuedFrame): VideoFrame {
    // From here on the VideoFrame counts.
    releaseNative(byteLength);
    const delivered = this.#madeOf(frame);
    const change = this.#meter.delivered(delivered);
    if (change) this.emit('resolutionChanged', change);
    return delivered;
  }

  #madeOf(frame: NativeVideoFrame): VideoFrame {
    const { format, upright } = this.#settings;
    let received = receivedFrame(frame);
    if (format !== undefined && received.format !== format) {
      using other = received;
      received = other.convert(format);
    }
    if (!upright || received.rotation === 0) return received;
    using turned = received;
    return turned.upright();
  }
}

/**
 * LiveKit ends a remote track with a few blank frames of 8x8, or 2x2 with H.264. Nobody published
 * them, and they never carry metadata; real video is never that small, since the encoders refuse it.
 */
function isBlank({ width, height, frameId, captureTimeUs }: NativeVideoFrame): boolean {
  const tiny = (width === 8 && height === 8) || (width === 2 && height === 2);
  return tiny && frameId === undefined && captureTimeUs === undefined;
}

/**
 * Formats to ask LiveKit for: whatever a track decodes to, it can make these. Others are made here, of
 * what comes.
 */
const NATIVE_TARGETS: readonly PixelFormat[] = ['RGBA', 'I420'];

function nativeType(format: PixelFormat | undefined): number | undefined {
  return format !== undefined && NATIVE_TARGETS.includes(format)
    ? PIXEL_FORMATS.indexOf(format)
    : undefined;
}
