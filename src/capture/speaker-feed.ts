import type { AudioFrame } from '../audio/audio-frame.js';
import type { ChosenBackend } from './audio-backend.js';
import type { AudioForm, OpenOutput, OutputEvents } from './audio-device.js';
import { FrameConverter } from './frame-converter.js';
import type { PlayTarget } from './play-stream.js';
import { PlayedSound } from './played-sound.js';
import { PlayoutQueue } from './playout-queue.js';
import { retryUntilOpen } from './retry-until-open.js';
import { SilentOutput } from './silent-output.js';
import type { SpeakerStats } from './speaker.js';

/** What a {@link SpeakerFeed} does. */
export interface SpeakerFeedOptions extends AudioForm {
  readonly device: string | undefined;
  readonly backend: ChosenBackend;
  readonly latencyMs: number;
  readonly reopen: boolean;
  readonly open: (events: OutputEvents, signal: AbortSignal) => Promise<OpenOutput>;
}

/** What a {@link SpeakerFeed} tells of its device. */
export interface SpeakerFeedEvents {
  /** @param final - Whether it isn't waited for. */
  readonly lost: (error: Error, final: boolean) => void;
  readonly reopened: () => void;
  /** It's not waited for any more. */
  readonly failed: (error: Error) => void;
}

/** From the device's own buffer to where a microphone's samples come from, beside the buffer that we know. */
const ECHO_PATH_MS = 20;

/** Takes sound to a device, and opens that again if it's wanted; meanwhile nobody hears it. */
export class SpeakerFeed implements PlayTarget {
  readonly device: string | undefined;
  readonly backend: ChosenBackend;
  readonly sampleRate: number;
  readonly channels: number;
  /** What the device was given. */
  readonly played: PlayedSound;
  readonly queue: PlayoutQueue;
  readonly #options: SpeakerFeedOptions;
  readonly #converter: FrameConverter;
  readonly #closing = new AbortController();
  #output: OpenOutput | undefined;
  #reopening: Promise<void> | undefined;
  #events: SpeakerFeedEvents | undefined;
  #lostEarly: Error | undefined;
  #writtenMs = 0;
  #skippedMs = 0;
  #lostMs = 0;
  #reopened = 0;

  private constructor(options: SpeakerFeedOptions) {
    const { sampleRate, channels, latencyMs } = options;
    this.#options = options;
    this.device = options.device;
    this.backend = options.backend;
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#converter = new FrameConverter(options);
    this.played = new PlayedSound(options, latencyMs);
    this.queue = new PlayoutQueue({
      sampleRate,
      channels,
      latencyMs,
      played: this.played,
      onStarved: () => this.#converter.flush(),
    });
  }

  /** Opens the device. Throws as `OpenOutputDevice`. */
  static async open(options: SpeakerFeedOptions, signal: AbortSignal): Promise<SpeakerFeed> {
    const feed = new SpeakerFeed(options);
    feed.#attach(await feed.#open(signal));
    return feed;
  }

  get leadMs(): number {
    return this.queue.leadMs;
  }

  get bufferedMs(): number {
    return this.queue.bufferedMs;
  }

  /** How long it takes about from {@link SpeakerFeed.played} until a microphone beside it gives it. */
  get echoMs(): number {
    return (this.#output?.deviceMs ?? 0) + ECHO_PATH_MS;
  }

  get stats(): SpeakerStats {
    return {
      writtenMs: this.#writtenMs,
      skippedMs: this.#skippedMs,
      lostMs: this.#lostMs,
      reopened: this.#reopened,
    };
  }

  /** From now on somebody is told. */
  start(events: SpeakerFeedEvents): void {
    this.#events = events;
    const lost = this.#lostEarly;
    // Once that somebody is there.
    if (lost) queueMicrotask(() => this.#lost(lost));
  }

  /** Borrows a frame. */
  push(frame: AudioFrame): void {
    const pieces = this.#converter.push(frame);
    this.#writtenMs += frame.durationMs;
    for (const samples of pieces) this.queue.push(samples);
  }

  async room(signal: AbortSignal): Promise<void> {
    const { latencyMs } = this.#options;
    for (let ms = this.bufferedMs; ms >= latencyMs; ms = this.bufferedMs) {
      signal.throwIfAborted();
      await this.queue.change(ms - latencyMs);
    }
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.queue.flush();
    for (let ms = this.bufferedMs; ms > 0; ms = this.bufferedMs) {
      signal.throwIfAborted();
      await this.queue.change(ms);
    }
  }

  skipped(durationMs: number): void {
    this.#writtenMs += durationMs;
    this.#skippedMs += durationMs;
  }

  /** Frees the device. Resolves when it's free. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.queue.close();
    this.#converter[Symbol.dispose]();
    await this.#reopening;
    await this.#output?.close();
  }

  #open(signal: AbortSignal): Promise<OpenOutput> {
    let over = false;
    return this.#options.open(
      {
        // What it still says when it's lost is not for the next one.
        taken: (samples) => {
          if (!over) this.queue.taken(samples);
        },
        lost: (error) => {
          over = true;
          this.#lost(error);
        },
      },
      signal,
    );
  }

  #attach(output: OpenOutput): void {
    this.#output = output;
    this.queue.attach(output);
  }

  #lost(error: Error): void {
    if (this.#closing.signal.aborted) return;
    if (!this.#events) {
      this.#lostEarly = error;
      return;
    }
    const { reopen } = this.#options;
    if (reopen) this.#reopening = this.#reopen();
    this.#events.lost(error, !reopen);
  }

  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    const silent = new SilentOutput(this.#options, (samples) => {
      this.#lostMs += (samples * 1000) / this.sampleRate;
      this.queue.taken(samples);
    });
    this.#attach(silent);
    try {
      const output = await retryUntilOpen(() => this.#open(signal), signal);
      await silent.close();
      if (signal.aborted) {
        // It was closed meanwhile, and so is this one, which is given nothing.
        this.#output = output;
        return;
      }
      this.#attach(output);
      this.#reopened += 1;
      this.#events?.reopened();
    } catch (error) {
      await silent.close();
      // Nobody waits for one that was closed.
      if (!signal.aborted) this.#events?.failed(error as Error);
    }
  }
}
