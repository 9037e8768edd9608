import { type AudioFrame, checkAudioFrame } from '../audio/audio-frame.js';
import { type Deadline, deadline, listenForAbort, untilAborted } from '../core/abort.js';
import { checkBoolean, checkOptions, checkSignal, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import type { ChosenBackend } from './audio-backend.js';
import { EchoReference } from './echo-reference.js';
import { playStream } from './play-stream.js';
import type { SpeakerFeed } from './speaker-feed.js';

/** The events of a {@link Speaker}, each with its arguments. */
export interface SpeakerEvents {
  /** The device is gone, as the error says. With `reopen` it's waited for; else the speaker is closed. */
  readonly deviceLost: readonly [error: Error];
  /** The device is back. */
  readonly deviceReopened: readonly [];
}

/** What a {@link Speaker} has counted since it was opened. */
export interface SpeakerStats {
  /** How much sound it was given. */
  readonly writtenMs: number;
  /** Of it, what was left out since the speaker plays slower than a live stream comes. */
  readonly skippedMs: number;
  /** Of it, what was to be played while the device was away, with `reopen`. */
  readonly lostMs: number;
  /** How often the device came back. */
  readonly reopened: number;
}

/** How {@link Speaker.write} and {@link Speaker.drain} wait. */
export interface SpeakerWaitOptions {
  /** Ends the wait with the signal's reason. What was written is played all the same. */
  readonly signal?: AbortSignal;
}

/** How {@link Speaker.play} plays. */
export interface PlayOptions {
  /**
   * Whether the stream goes on at its own pace, as a track or a microphone does: then what the speaker is too
   * slow for is left out and counted, so that it never falls behind. A stream that isn't live is read no faster
   * than it's heard, and gaps of up to 10 s between its time stamps are silence. Default: whether the first
   * frame's time stamp is one of now, within 5 s, on the monotonic clock.
   */
  readonly live?: boolean;
  /** Ends it with the signal's reason, and drops what wasn't handed to the device. The stream is closed. */
  readonly signal?: AbortSignal;
}

/**
 * A speaker that was opened with {@link openSpeaker}, and plays what it's given: frames of any sample rate, number
 * of channels and length. Where it's given nothing it falls silent, and goes on with what comes.
 *
 * One thing at a time: an `AudioMixer` makes one stream of many. An open speaker keeps the process alive.
 */
export class Speaker extends TypedEmitter<SpeakerEvents> implements AsyncDisposable {
  readonly #feed: SpeakerFeed;
  readonly #plays = new Set<Deadline>();
  #playing = false;
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;
  readonly #forgetSignal: () => void;

  /** @internal */
  constructor(feed: SpeakerFeed, signal?: AbortSignal) {
    super();
    this.#feed = feed;
    const onAbort = (): void => void this.#end(signal?.reason as Error);
    this.#forgetSignal = signal ? listenForAbort(signal, onAbort) : () => undefined;
    feed.start({
      lost: (error, final) => {
        if (final) void this.#end(error);
        this.emit('deviceLost', error);
      },
      reopened: () => this.emit('deviceReopened'),
      failed: (error) => void this.#end(error),
    });
  }

  /** The device, as it was asked for; `undefined` for the default one. */
  get device(): string | undefined {
    return this.#feed.device;
  }

  /** By what it's reached. */
  get backend(): ChosenBackend {
    return this.#feed.backend;
  }

  /** Samples a second that the device is given. */
  get sampleRate(): number {
    return this.#feed.sampleRate;
  }

  /** Channels that the device is given. */
  get channels(): number {
    return this.#feed.channels;
  }

  /** Whether it was closed, or its device lost. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** How long it takes until all that was written has been heard, in milliseconds. */
  get bufferedMs(): number {
    return this.#feed.queue.bufferedMs;
  }

  /** What was counted so far. */
  get stats(): SpeakerStats {
    return this.#feed.stats;
  }

  /**
   * Plays a frame behind those before it. The samples are copied before this returns its promise: the frame
   * stays the caller's, who may reuse or close it.
   *
   * @returns A promise that resolves when there is room for more. Await it, or what waits grows.
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws RangeError if its sample rate is not one that can be converted, 4,000 to 384,000.
   * @throws FramewireError `closed` if the speaker is closed, also while this waits, or the frame is; `device` once
   * the device is lost.
   */
  async write(frame: AudioFrame, options: SpeakerWaitOptions = {}): Promise<void> {
    checkAudioFrame(frame, 'frame');
    await this.#while(options, async (signal) => {
      this.#feed.push(frame);
      await this.#feed.room(signal);
    });
  }

  /**
   * Plays a stream to its end, to the last sample, and closes it. The frames are this method's.
   *
   * @throws TypeError if `stream` is no async iterable of frames.
   * @throws FramewireError `invalid-state` while another stream is played; `closed` if the speaker is closed, also
   * meanwhile; `device` once the device is lost. What the stream ends with, and the signal's reason.
   */
  async play(stream: AsyncIterable<AudioFrame>, options: PlayOptions = {}): Promise<void> {
    checkStream(stream);
    checkOptions(options, 'options');
    const { live } = options;
    if (live !== undefined) checkBoolean(live, 'options.live');
    await this.#while(options, async (signal) => {
      if (this.#playing) {
        const message = 'The speaker plays a stream already; an AudioMixer makes one of many.';
        throw new FramewireError('invalid-state', message);
      }
      this.#playing = true;
      try {
        await playStream(stream, this.#feed, { live, signal });
      } catch (error) {
        this.#feed.queue.clear();
        throw error;
      } finally {
        this.#playing = false;
      }
    });
  }

  /** Drops what was not handed to the device. Writes that wait resolve, since there is room again. */
  clearQueue(): void {
    this.#feed.queue.clear();
  }

  /**
   * Resolves when everything written so far has been heard, to the last sample, as far as is known.
   *
   * @throws FramewireError `closed` if the speaker is closed first, `device` if its device is lost.
   */
  async drain(options: SpeakerWaitOptions = {}): Promise<void> {
    await this.#while(options, (signal) => this.#feed.drain(signal));
  }

  /**
   * Frees the device, without playing what is left: see {@link Speaker.drain}. What waits is rejected with
   * FramewireError `closed`. Resolves when the device is free. Safe to call twice.
   */
  close(): Promise<void> {
    return this.#end(new FramewireError('closed', 'The speaker is closed.'));
  }

  /** Calls {@link Speaker.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal What it plays, for a microphone that hears it. */
  echoReference(): EchoReference {
    return new EchoReference(this.#feed.played, () => this.#feed.echoMs);
  }

  #end(failure: Error): Promise<void> {
    this.#failure ??= failure;
    this.#forgetSignal();
    this.#closed ??= this.#feed.close();
    for (const play of this.#plays) play.abort(this.#failure);
    return this.#closed;
  }

  /** Does something until that's done, the user's signal aborts, or the speaker ends. */
  async #while(
    options: SpeakerWaitOptions,
    act: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    checkOptions(options, 'options');
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    if (this.#failure) throw this.#failure;
    signal?.throwIfAborted();
    using end = deadline({ signal, timeoutMs: undefined, onTimeout: () => new Error() });
    this.#plays.add(end);
    try {
      await untilAborted(act(end.signal), end.signal);
    } finally {
      this.#plays.delete(end);
    }
  }
}

function checkStream(stream: unknown): void {
  const found =
    typeof stream === 'object' &&
    stream !== null &&
    Symbol.asyncIterator in stream &&
    typeof stream[Symbol.asyncIterator] === 'function';
  if (found) return;
  throw new TypeError(`stream must be an async iterable of AudioFrame, got ${shown(stream)}.`);
}
