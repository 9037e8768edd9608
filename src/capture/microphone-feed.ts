import type { AudioFrame } from '../audio/audio-frame.js';
import { monotonicUs } from '../core/clock.js';
import type { InputEvents, OpenInput } from './audio-device.js';
import type { CaptureSink } from './captured-stream.js';
import type { ReopenListener } from './reopen-listener.js';
import { retryUntilOpen } from './retry-until-open.js';
import { SampleFrames, type SampleFramesOptions } from './sample-frames.js';
import type { VoiceProcessing } from './voice-processing.js';

/** What a {@link MicrophoneFeed} does. */
export interface MicrophoneFeedOptions extends SampleFramesOptions {
  readonly open: (events: InputEvents, signal: AbortSignal) => Promise<OpenInput>;
  readonly processing: VoiceProcessing | undefined;
  readonly reopen: boolean;
  readonly staleMs: number;
}

/** Takes what a device hears to a stream, and opens the device again if that's wanted. */
export class MicrophoneFeed {
  /** How often the device came back. */
  reopened = 0;
  readonly #options: MicrophoneFeedOptions;
  readonly #closing = new AbortController();
  #device: OpenInput | undefined;
  #sink: CaptureSink<AudioFrame> | undefined;
  #listener: ReopenListener | undefined;
  /** What came before anybody could take it: one piece, since opening is told in the next turn at the latest. */
  readonly #early: AudioFrame[] = [];
  #reopening: Promise<void> | undefined;
  #lostEarly: Error | undefined;

  private constructor(options: MicrophoneFeedOptions) {
    this.#options = options;
  }

  /** Opens the device. Throws as `OpenInputDevice`, and frees the processing then. */
  static async open(options: MicrophoneFeedOptions, signal: AbortSignal): Promise<MicrophoneFeed> {
    const feed = new MicrophoneFeed(options);
    try {
      feed.#device = await feed.#open(signal);
      return feed;
    } catch (error) {
      options.processing?.[Symbol.dispose]();
      throw error;
    }
  }

  /** Begins to feed a stream. @returns How to stop, which resolves when the device is free. */
  start(sink: CaptureSink<AudioFrame>, listener: ReopenListener): () => Promise<void> {
    this.#sink = sink;
    this.#listener = listener;
    for (const frame of this.#early.splice(0)) sink.push(frame);
    const lost = this.#lostEarly;
    // Once the stream is there that tells of it.
    if (lost) queueMicrotask(() => this.#lost(lost));
    return () => this.close();
  }

  #open(signal: AbortSignal): Promise<OpenInput> {
    // Anew each time: the device's clock begins anew, too.
    const frames = new SampleFrames(this.#options, (frame) => this.#take(frame));
    return this.#options.open(
      {
        samples: (samples, endUs) => frames.push(samples, endUs),
        lost: (error) => this.#lost(error),
      },
      signal,
    );
  }

  #take(raw: AudioFrame): void {
    if (this.#closing.signal.aborted) return;
    const { processing, staleMs } = this.#options;
    // Also what nobody gets: processing learns from it.
    const frame = processing?.process(raw) ?? raw;
    const endUs = frame.timestampUs + frame.durationMs * 1000;
    if (!this.#sink) this.#early.push(frame);
    // While this program was busy the system has kept it, longer than the queue would have.
    else if (monotonicUs() - endUs > staleMs * 1000) this.#sink.missed('late');
    else this.#sink.push(frame);
  }

  #lost(error: Error): void {
    this.#device = undefined;
    // It was about to be freed as it was closed.
    if (this.#closing.signal.aborted) return;
    if (!this.#sink) {
      this.#lostEarly = error;
    } else if (this.#options.reopen) {
      this.#listener?.lost(error);
      this.#reopening = this.#reopen();
    } else {
      this.#sink.fail(error);
      void this.close();
    }
  }

  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    try {
      this.#device = await retryUntilOpen(() => this.#open(signal), signal);
      if (signal.aborted) return;
      this.reopened += 1;
      this.#listener?.reopened();
    } catch (error) {
      // Nobody waits for one that was closed.
      if (!signal.aborted) this.#sink?.fail(error);
    }
  }

  /** Frees the device and the processing. Resolves when the device is free. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#options.processing?.[Symbol.dispose]();
    await this.#reopening;
    await this.#device?.close();
  }
}
