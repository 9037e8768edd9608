import type { AudioFrame } from '../audio/audio-frame.js';
import { AudioResampler } from '../audio/audio-resampler.js';
import { remix } from '../audio/remix.js';
import type { AudioForm } from './audio-device.js';

/** Brings frames of any sample rate and number of channels, each another if need be, to one form. */
export class FrameConverter implements Disposable {
  readonly #form: AudioForm;
  #resampler: AudioResampler | undefined;

  constructor(form: AudioForm) {
    this.#form = form;
  }

  /**
   * Borrows a frame. @returns its samples in that form, in memory of their own, as far as they are ready.
   *
   * @throws RangeError if its sample rate can't be converted.
   */
  push(frame: AudioFrame): Int16Array[] {
    const { sampleRate, channels } = this.#form;
    if (frame.sampleRate === sampleRate) {
      const rest = this.flush();
      const { data } = frame;
      return [
        ...rest,
        frame.channels === channels ? data.slice() : remix(data, frame.channels, channels),
      ];
    }
    const before = this.#resampler;
    const fits = before?.inputRate === frame.sampleRate && before.channels === frame.channels;
    const resampler = fits
      ? before
      : new AudioResampler({
          inputRate: frame.sampleRate,
          outputRate: sampleRate,
          channels: frame.channels,
        });
    const rest = fits ? [] : this.flush();
    this.#resampler = resampler;
    return [...rest, ...this.#remixed(resampler.push(frame))];
  }

  /** What is left of the sound so far. The next is another's. */
  flush(): Int16Array[] {
    const resampler = this.#resampler;
    this.#resampler = undefined;
    if (!resampler) return [];
    const rest = this.#remixed(resampler.flush());
    resampler.close();
    return rest;
  }

  [Symbol.dispose](): void {
    this.#resampler?.close();
    this.#resampler = undefined;
  }

  #remixed(frames: readonly AudioFrame[]): Int16Array[] {
    return frames.map(({ data, channels }) => remix(data, channels, this.#form.channels));
  }
}
