import { AudioFrame } from '../audio/audio-frame.js';
import {
  AudioProcessingModule,
  type AudioProcessingOptions,
} from '../audio/audio-processing-module.js';
import type { EchoReference } from './echo-reference.js';

/** WebRTC works in blocks of 10 ms. */
const BLOCKS_PER_SECOND = 100;

/** What a microphone's sound goes through before anybody gets it: an {@link AudioProcessingModule}. */
export class VoiceProcessing implements Disposable {
  readonly #apm: AudioProcessingModule;
  readonly #reference: EchoReference | undefined;

  /** @param reference - What the speaker plays, if echo is to be cancelled. */
  constructor(options: AudioProcessingOptions, reference: EchoReference | undefined) {
    this.#apm = new AudioProcessingModule(options);
    this.#reference = reference;
  }

  /** Whether these options ask for any processing. */
  static isWanted(options: AudioProcessingOptions): boolean {
    const { echoCancellation, noiseSuppression, autoGainControl, highPassFilter } = options;
    return [echoCancellation, noiseSuppression, autoGainControl, highPassFilter].includes(true);
  }

  /** Processes a frame in place. @returns it, or another over its samples with the time that they now have. */
  process(frame: AudioFrame): AudioFrame {
    const { sampleRate, channels, timestampUs, data } = frame;
    const block = (sampleRate / BLOCKS_PER_SECOND) * channels;
    // Both directions in turns: the canceller holds only some blocks of one without the other.
    for (let from = 0; from < data.length; from += block) {
      const piece = data.subarray(from, from + block);
      const startUs = Math.round(timestampUs + (from * 1e6) / channels / sampleRate);
      if (this.#reference) {
        this.#apm.setStreamDelayMs(this.#reference.delayMs);
        const reference = this.#reference.at(startUs, piece.length / channels / sampleRate);
        this.#apm.processReverseStream(reference);
      }
      this.#apm.processStream(
        new AudioFrame(piece, { sampleRate, channels, timestampUs: startUs }),
      );
    }
    if (this.#apm.latencyMs === 0) return frame;
    const earlierUs = Math.max(0, timestampUs - this.#apm.latencyMs * 1000);
    return new AudioFrame(data, { sampleRate, channels, timestampUs: earlierUs });
  }

  [Symbol.dispose](): void {
    this.#apm.close();
  }
}
