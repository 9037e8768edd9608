import { SampleFifo } from '../audio/sample-fifo.js';
import { monotonicUs } from '../core/clock.js';
import type { AudioForm, OpenOutput } from './audio-device.js';
import type { PlayedSound } from './played-sound.js';

/** In which sound is handed to the device. */
const BLOCK_MS = 10;

/** What a device may hold back until more comes: silence behind the last sound pushes that out. */
const PUSH_MS = 30;

/** How long after the last of it has been heard sound counts as over: more may be on its way. */
const PATIENCE_MS = 10;

/** How a {@link PlayoutQueue} is made. */
export interface PlayoutQueueOptions extends AudioForm {
  /** How much is handed to the device ahead of its time, with what the device holds. */
  readonly latencyMs: number;
  /** Remembers what the device was given. */
  readonly played: PlayedSound;
  /** There is nothing more to play. What comes then is pushed. */
  readonly onStarved: () => Int16Array[];
}

/**
 * Sound on its way to a device: hands over as much as the device needs, and no more, so that what is played can
 * be taken back, and nothing is late. Where there is a pause, the device falls silent.
 */
export class PlayoutQueue {
  readonly #options: PlayoutQueueOptions;
  readonly #fifo: SampleFifo;
  /** Samples of a channel. */
  readonly #block: number;
  #output: OpenOutput | undefined;
  /** Samples of a channel that the output was given, and of those that it has taken. */
  #sent = 0;
  #taken = 0;
  /** The last of them that is no silence of ours. */
  #soundEnd = 0;
  /** When the device will have played what it has taken, on the monotonic clock. */
  #playedUs = 0;
  /** Whether nothing was to be played: what comes then gets a lead, so that a little delay is no gap. */
  #idle = true;
  /** Whether all that is there is to be heard, though no more comes. */
  #flushing = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(options: PlayoutQueueOptions) {
    const { sampleRate, channels } = options;
    this.#options = options;
    this.#fifo = new SampleFifo(sampleRate * channels);
    this.#block = (sampleRate * BLOCK_MS) / 1000;
  }

  /** How long it takes until all that was pushed has been heard. */
  get bufferedMs(): number {
    const sound = this.#queued + Math.max(0, this.#soundEnd - this.#taken);
    const playedMs = Math.max(0, this.#playedUs - monotonicUs()) / 1000;
    return this.#ms(sound) + (this.#idle && sound === 0 ? 0 : playedMs);
  }

  /** How much sound gets as a lead when it begins. */
  get leadMs(): number {
    return this.#options.latencyMs / 2;
  }

  /** Hands what comes to that device from now on; to none while there is none. */
  attach(output: OpenOutput | undefined): void {
    this.#output = output;
    // What the last one had is lost.
    this.#sent = 0;
    this.#taken = 0;
    this.#soundEnd = 0;
    this.#playedUs = 0;
    this.#pump();
    this.#wake();
  }

  /** The device has taken so many samples of a channel. */
  taken(samples: number): void {
    // A device tells as much again and again once it has all: that must not put off what is due then.
    if (samples === 0) return;
    this.#taken += samples;
    const nowUs = monotonicUs();
    const mostUs = nowUs + (this.#output?.deviceMs ?? 0) * 1000;
    const endUs = Math.max(this.#playedUs, nowUs) + this.#ms(samples) * 1000;
    this.#playedUs = Math.min(mostUs, endUs);
    this.#pump();
    this.#wake();
  }

  /** Takes ownership of samples, however many. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    if (this.#idle) this.#begin();
    this.#flushing = false;
    this.#fifo.push(samples, 0);
    this.#pump();
  }

  /** Drops what no device was given yet. @returns how much that was, in milliseconds. */
  clear(): number {
    const queued = this.#queued;
    this.#fifo.take(this.#fifo.length, () => undefined);
    this.#wake();
    return this.#ms(queued);
  }

  /** Resolves when something has changed, so that there may be room, and after `withinMs` at the latest. */
  change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.max(1, withinMs));
      this.#waiting.add(finish);
    });
  }

  /** Has all heard that is there, though no more comes, and forgets that there was sound before. */
  flush(): void {
    for (const rest of this.#options.onStarved()) this.push(rest);
    this.#flushing = true;
    this.#pump();
  }

  /** Wakes everybody who waits: nothing is played any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#output = undefined;
    this.#wake();
  }

  /** Samples of a channel that no device was given. */
  get #queued(): number {
    return this.#fifo.length / this.#options.channels;
  }

  #begin(): void {
    const { sampleRate, channels } = this.#options;
    this.#idle = false;
    const lead = Math.round((sampleRate * this.leadMs) / 1000);
    this.#fifo.push(new Int16Array(lead * channels), 0);
  }

  /** Hands over what the device may have. */
  #pump(): void {
    const output = this.#output;
    if (!output) return;
    const { sampleRate, channels, latencyMs, played } = this.#options;
    const most = Math.round((sampleRate * Math.max(PUSH_MS, latencyMs - output.deviceMs)) / 1000);
    while (this.#sent - this.#taken < most) {
      const samples = this.#next();
      if (!samples) break;
      this.#sent += samples.length / channels;
      // Before it's handed over, which gives it away.
      played.add(samples, monotonicUs());
      output.write(samples);
    }
    this.#watch();
  }

  /** The next block for the device. */
  #next(): Int16Array | undefined {
    const { channels } = this.#options;
    const length = this.#block * channels;
    const there = Math.min(length, this.#fifo.length);
    if (there === length || (this.#flushing && there > 0)) {
      const samples = new Int16Array(length);
      this.#fifo.take(length, (piece, at) => samples.set(piece, at));
      this.#soundEnd = this.#sent + there / channels;
      return samples;
    }
    if (!this.#flushing) return undefined;
    const push = (this.#options.sampleRate * PUSH_MS) / 1000;
    return this.#sent < this.#soundEnd + push ? new Int16Array(length) : undefined;
  }

  /** Looks again when all will have been heard that is there. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#idle) return;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, this.bufferedMs) + PATIENCE_MS);
    // Whoever waits for the sound to end keeps the program alive by the device's process.
    this.#timer.unref();
  }

  readonly #onTimer = (): void => {
    if (!this.#flushing) {
      this.flush();
    } else if (this.#queued === 0 && this.#taken >= this.#soundEnd) {
      this.#idle = true;
      this.#flushing = false;
      this.#wake();
      return;
    }
    this.#watch();
  };

  #ms(samples: number): number {
    return (samples * 1000) / this.#options.sampleRate;
  }

  #wake(): void {
    for (const finish of [...this.#waiting]) finish();
  }
}
