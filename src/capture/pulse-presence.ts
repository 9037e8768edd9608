import { setTimeout as delay } from 'node:timers/promises';
import { findOnPath } from '../core/programs.js';
import { type Ask, askProgram } from './ask-program.js';

/** How often is looked: it costs a short process each time. */
const LOOK_MS = 2_000;

/** A device of PulseAudio's that must not be replaced by another. */
export interface PulseDevice {
  readonly kind: 'sources' | 'sinks';
  readonly device: string;
  /** Called once, when it's there no more. */
  readonly gone: () => void;
}

/**
 * Tells when a device of PulseAudio's is unplugged: the server then moves who uses it to another device, without
 * a word, and neither ffmpeg nor naudiodon can ask it not to.
 *
 * It looks into the list of `pactl`. Where that isn't installed, or doesn't list the device at first, since the
 * name stands for another one or the server isn't PulseAudio, nothing is told.
 */
export class PulsePresence implements Disposable {
  readonly #device: PulseDevice;
  readonly #ending = new AbortController();

  constructor(device: PulseDevice) {
    this.#device = device;
    void this.#watch();
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    this.#ending.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    const ask = askProgram(await findOnPath('pactl', process.env), signal);
    try {
      if (!(await this.#names(ask)).includes(this.#device.device)) return;
      for (;;) {
        // What is watched keeps the program alive, not the watching.
        await delay(LOOK_MS, undefined, { signal, ref: false });
        const names = await this.#names(ask);
        // A server that doesn't answer has no list: that it's gone shows elsewhere.
        if (names.length === 0 || names.includes(this.#device.device)) continue;
        this.#device.gone();
        return;
      }
    } catch {
      // Nobody wants to know any more.
    }
  }

  async #names(ask: Ask): Promise<string[]> {
    const list = await ask(['list', 'short', this.#device.kind]);
    this.#ending.signal.throwIfAborted();
    return list.split('\n').flatMap((line) => line.split('\t')[1] ?? []);
  }
}
