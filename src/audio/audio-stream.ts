import { OVERFLOWS, type Overflow } from '../core/bounded-queue.js';
import { checkInteger, checkOneOf, checkOptions, checkPositive } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { fromTrack, participantInput, StreamInput } from '../core/stream-input.js';
import {
  checkTrack,
  type ParticipantHandle,
  type TrackHandle,
  type TrackSource,
} from '../core/track-handle.js';
import { TrackFrameStream } from '../core/track-frame-stream.js';
import { openAudioStream } from '../native/audio-requests.js';
import { ffi, openWithEvents } from '../native/ffi-client.js';
import type { NativeAudioFrame } from '../native/media-events.js';
import { copyNative } from '../native/memory.js';
import { AudioFrame } from './audio-frame.js';
import { AudioMeter, type AudioStreamStats, type HeardAt } from './audio-stats.js';
import { checkAudioFormat } from './audio-format.js';

/** How an {@link AudioStream} gives its frames. */
export interface AudioStreamOptions {
  /** Samples a second, resampled natively. Default 48,000. */
  readonly sampleRate?: number;
  /** 1 or 2, mixed natively. Default 1. */
  readonly channels?: number;
  /** Length of each frame, 10 to 1,000 ms. Default 10, which is what the network carries. */
  readonly frameMs?: number;
  /** Most audio that waits for the reader. Default 500. */
  readonly capacityMs?: number;
  /** What a full queue does with one more frame. Default `drop-oldest`. */
  readonly overflow?: Overflow;
  /** Frames that waited longer than this when the reader comes are dropped. Default: no limit. */
  readonly maxAgeMs?: number;
  /** Aborts the stream: the reader gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How {@link AudioStream.fromParticipant} waits, besides what a stream does. */
export interface ParticipantAudioStreamOptions extends AudioStreamOptions {
  /** Fails with `timeout` if no track appears within this time. Default: waits. */
  readonly timeoutMs?: number;
  /**
   * How long the participant may be away before the stream ends; 0 ends it at once. To others, a full
   * reconnect of theirs is one who leaves and comes back. Default: 3 seconds after it left by itself, 10
   * after its connection was lost; at once if somebody removed it. The time while our own connection is
   * made again doesn't count.
   */
  readonly rejoinMs?: number;
}

interface QueuedAudio extends HeardAt {
  readonly frame: NativeAudioFrame;
  readonly receivedUs: number;
}

/**
 * The samples of an audio track, as an async iterator of frames of equal length.
 *
 * `frame.timestampUs` is a sample clock that begins when the first frame comes, on the same clock as
 * received video's: it advances by what was received, so that dropped frames show as jumps. The
 * stream ends when the track does; leaving the loop closes it. An open stream keeps the process alive.
 *
 * @example
 * ```ts
 * await using stream = new AudioStream(track, { sampleRate: 16_000, channels: 1, frameMs: 20 });
 * for await (const frame of stream) await recognizer.push(frame.data);
 * ```
 */
export class AudioStream extends TrackFrameStream<QueuedAudio, AudioFrame> {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frameMs: number;
  readonly #maxAgeUs: number;
  readonly #meter = new AudioMeter();
  #startUs: number | undefined;
  #samples = 0;

  /**
   * @param track - A remote track, or a local one: that needs no room.
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range, or the track carries video.
   */
  constructor(track: TrackHandle, options?: AudioStreamOptions);
  /** @internal */
  constructor(input: StreamInput, options?: AudioStreamOptions);
  constructor(from: TrackHandle | StreamInput, options: AudioStreamOptions = {}) {
    if (!(from instanceof StreamInput)) checkTrack(from, 'audio');
    checkOptions(options, 'options');
    const { sampleRate = 48_000, channels = 1, frameMs = 10, capacityMs = 500 } = options;
    const { overflow = 'drop-oldest', maxAgeMs, signal } = options;
    checkAudioFormat(sampleRate, channels);
    checkInteger(frameMs, 'options.frameMs', { min: 10, max: 1000 });
    if (capacityMs !== Infinity) checkPositive(capacityMs, 'options.capacityMs');
    checkOneOf(overflow, 'options.overflow', OVERFLOWS);
    if (maxAgeMs !== undefined) checkPositive(maxAgeMs, 'options.maxAgeMs');
    super({ capacity: Math.max(1, Math.floor(capacityMs / frameMs)), overflow, signal });
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.frameMs = frameMs;
    this.#maxAgeUs = maxAgeMs === undefined ? Infinity : maxAgeMs * 1000;
    this.startFrom(from instanceof StreamInput ? from : fromTrack(from));
  }

  /** As the constructor. */
  static fromTrack(track: TrackHandle, options: AudioStreamOptions = {}): AudioStream {
    return new AudioStream(track, options);
  }

  /**
   * The samples of whatever track of `source` a participant has: waits for the first one, and goes on
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
    source: TrackSource = 'microphone',
    options: ParticipantAudioStreamOptions = {},
  ): AudioStream {
    checkOptions(options, 'options');
    const { timeoutMs, rejoinMs } = options;
    return new AudioStream(
      participantInput(participant, { source, kind: 'audio', timeoutMs, rejoinMs }),
      options,
    );
  }

  /** What was counted so far. */
  get stats(): AudioStreamStats {
    const { received, delivered } = this;
    return this.#meter.read({ received, delivered, dropped: { ...this.dropped } });
  }

  /** @internal */
  protected override open(track: TrackHandle, onEnded: () => void): () => void {
    // The next track of a participant begins its own sample clock.
    this.#startUs = undefined;
    this.#meter.begin();
    const { sampleRate, channels, frameMs } = this;
    return openWithEvents(
      () =>
        openAudioStream({ track: track.nativeTrack(), sampleRate, channels, frameMs }, (event) => {
          if (event.kind === 'end') onEnded();
          else if (track.withheld) ffi().drop(event.frame.handle);
          else if (event.kind === 'audio') this.#receive(event.frame);
        }),
      (error) => this.fail(error),
    );
  }

  #receive(frame: NativeAudioFrame): void {
    const receivedUs = monotonicUs();
    this.received += 1;
    if (this.#startUs === undefined) {
      this.#startUs = receivedUs;
      this.#samples = 0;
    }
    const startUs = this.#startUs;
    const timestampUs = startUs + Math.round((this.#samples * 1e6) / frame.sampleRate);
    this.#samples += frame.samplesPerChannel;
    const item = { frame, timestampUs, startUs, receivedUs };
    this.#meter.arrived(item, receivedUs);
    this.push(item);
  }

  /** @internal */
  protected override tooLate({ receivedUs }: QueuedAudio): boolean {
    return monotonicUs() - receivedUs > this.#maxAgeUs;
  }

  /** @internal */
  protected override discard({ frame }: QueuedAudio): void {
    ffi().drop(frame.handle);
  }

  /** @internal */
  protected override deliver(item: QueuedAudio): AudioFrame {
    const { timestampUs } = item;
    const { handle, pointer, samplesPerChannel, channels, sampleRate } = item.frame;
    try {
      // Ten milliseconds are a thousand bytes: not worth a view.
      const samples = new Int16Array(samplesPerChannel * channels);
      copyNative(pointer, new Uint8Array(samples.buffer));
      this.#meter.delivered(item, (samplesPerChannel * 1e6) / sampleRate);
      return new AudioFrame(samples, { sampleRate, channels, timestampUs });
    } finally {
      ffi().drop(handle);
    }
  }
}
