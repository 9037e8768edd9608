import { monotonicUs } from '../core/clock.js';
import type { AudioForm, OpenOutput } from './audio-device.js';

const LOOK_MS = 10;

/** Takes sound as a device would, as fast as it would, where there is none. */
export class SilentOutput implements OpenOutput {
  readonly deviceMs = 0;
  readonly #form: AudioForm;
  readonly #taken: (samples: number) => void;
  readonly #timer: NodeJS.Timeout;
  /** Samples of a channel that wait, and when the first of them would be over. */
  #waiting = 0;
  #sinceUs = 0;

  constructor(form: AudioForm, taken: (samples: number) => void) {
    this.#form = form;
    this.#taken = taken;
    this.#timer = setInterval(this.#look, LOOK_MS);
    this.#timer.unref();
  }

  write(samples: Int16Array): void {
    if (this.#waiting === 0) this.#sinceUs = monotonicUs();
    this.#waiting += samples.length / this.#form.channels;
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  readonly #look = (): void => {
    const nowUs = monotonicUs();
    const { sampleRate } = this.#form;
    const passed = Math.floor(((nowUs - this.#sinceUs) * sampleRate) / 1e6);
    const taken = Math.min(this.#waiting, passed);
    if (taken === 0) return;
    this.#waiting -= taken;
    this.#sinceUs += (taken * 1e6) / sampleRate;
    this.#taken(taken);
  };
}
