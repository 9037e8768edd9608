import type { AudioFrame } from '../audio/audio-frame.js';
import { monotonicUs } from '../core/clock.js';
import type { InputEvents, OpenInput } from './audio-device.js';
import type { CaptureSink } from './captured-stream.js';
import { LiveDevice, type ReopenListener } from './live-device.js';
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
  readonly #options: MicrophoneFeedOptions;
  readonly #device: LiveDevice;
  #sink: CaptureSink<AudioFrame> | undefined;
  /** What came before anybody could take it: one piece, since opening is told in the next turn at the latest. */
  readonly #early: AudioFrame[] = [];

  private constructor(options: MicrophoneFeedOptions) {
    this.#options = options;
    this.#device = new LiveDevice((lost, signal) => this.#open(lost, signal), options);
  }

  /** Opens the device. Throws as `OpenInputDevice`, and frees the processing then. */
  static async open(options: MicrophoneFeedOptions, signal: AbortSignal): Promise<MicrophoneFeed> {
    const feed = new MicrophoneFeed(options);
    try {
      await feed.#device.open(signal);
      return feed;
    } catch (error) {
      options.processing?.[Symbol.dispose]();
      throw error;
    }
  }

  /** How often the device came back. */
  get reopened(): number {
    return this.#device.reopened;
  }

  /** Begins to feed a stream. @returns How to stop, which resolves when the device is free. */
  start(sink: CaptureSink<AudioFrame>, listener: ReopenListener): () => Promise<void> {
    this.#sink = sink;
    for (const frame of this.#early.splice(0)) sink.push(frame);
    this.#device.tell({
      ...listener,
      failed: (error) => {
        sink.fail(error);
        void this.close();
      },
    });
    return () => this.close();
  }

  #open(lost: (error: Error) => void, signal: AbortSignal): Promise<OpenInput> {
    // Anew each time: the device's clock begins anew, too.
    const frames = new SampleFrames(this.#options, (frame) => this.#take(frame));
    return this.#options.open(
      {
        samples: (samples, endUs) => frames.push(samples, endUs),
        lost,
      },
      signal,
    );
  }

  #take(raw: AudioFrame): void {
    if (this.#device.closed) return;
    const { processing, staleMs } = this.#options;
    // Also what nobody gets: processing learns from it.
    const frame = processing?.process(raw) ?? raw;
    const endUs = frame.timestampUs + frame.durationMs * 1000;
    if (!this.#sink) this.#early.push(frame);
    // While this program was busy the system has kept it, longer than the queue would have.
    else if (monotonicUs() - endUs > staleMs * 1000) this.#sink.missed('late');
    else this.#sink.push(frame);
  }

  /** Frees the device and the processing. Resolves when the device is free. Safe to call twice. */
  async close(): Promise<void> {
    const free = this.#device.close();
    this.#options.processing?.[Symbol.dispose]();
    await free;
  }
}
