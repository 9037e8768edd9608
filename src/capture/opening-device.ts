import { listenForAbort } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { deviceFault } from './device-fault.js';
import { PulsePresence } from './pulse-presence.js';
import { StallWatch } from './stall-watch.js';

/** Longer than any device takes that is there: a sound server may deliver its first samples after two seconds. */
const OPENING_MS = 15_000;

/** What is known of a device that is being opened. */
export interface OpeningDeviceOptions {
  /** It was open, and is no longer. Called once, when it's free. */
  readonly lost: (error: Error) => void;
  /** How long it may pause once it's open. */
  readonly stallMs: number;
  /** Whether it's to go on at all, now. Default: always. */
  readonly busy?: () => boolean;
  /** The device as it begins a sentence. */
  readonly named: string;
  /** What it doesn't do when it pauses for longer, as the end of that sentence. */
  readonly stalled: string;
  /** Which one it is for PulseAudio, if it's there; `undefined` for the default one, which may be another at any time. */
  readonly pulse?: PulseName | undefined;
  /** Frees it. Called once. */
  readonly free: () => Promise<unknown>;
}

/** How a device is called by PulseAudio. */
export interface PulseName {
  readonly kind: 'sources' | 'sinks';
  readonly device: string;
}

/** Something that can be closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * The life of a device behind a process: it's being opened, then it's open, then it's closed by us or lost. A
 * process that neither goes on nor ends counts as a loss too.
 */
export class OpeningDevice {
  readonly #opened: Promise<Closable>;
  readonly #options: OpeningDeviceOptions;
  #state: 'opening' | 'open' | 'over' = 'opening';
  #watch: StallWatch;
  readonly #presence: PulsePresence | undefined;
  #freed: Promise<unknown> | undefined;
  #resolve!: (device: Closable) => void;
  #reject!: (error: Error) => void;

  constructor(options: OpeningDeviceOptions) {
    this.#options = options;
    this.#watch = new StallWatch(OPENING_MS, this.#onStall);
    const { pulse } = options;
    if (pulse) this.#presence = new PulsePresence({ ...pulse, gone: this.#onUnplugged });
    this.#opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Resolves when the device is open.
   *
   * @throws What it fails with before that, once it's free; the signal's reason, once it aborts and it's free.
   */
  async untilOpen(signal: AbortSignal): Promise<Closable> {
    const giveUp = (): void => this.fail(signal.reason as Error);
    const forget = listenForAbort(signal, giveUp);
    // It may have aborted while the process was started.
    if (signal.aborted) giveUp();
    try {
      return await this.#opened;
    } finally {
      forget();
    }
  }

  /** It works: the first time that it does, it's open. @returns Whether it's wanted. */
  heard(): boolean {
    if (this.#state === 'opening') {
      this.#state = 'open';
      this.#watch[Symbol.dispose]();
      const { stallMs, busy } = this.#options;
      this.#watch = new StallWatch(stallMs, this.#onStall, busy);
      this.#resolve({
        close: async () => {
          await this.#close();
        },
      });
    }
    this.#watch.touch();
    return this.#state === 'open';
  }

  /** It goes on, whether it's open yet or not. */
  goesOn(): void {
    this.#watch.touch();
  }

  /** It has failed, or opening it was given up. What comes later doesn't count. */
  fail(error: Error): void {
    const before = this.#state;
    const freed = this.#close();
    if (before === 'over') return;
    void freed.then(() => {
      if (before === 'opening') this.#reject(error);
      else this.#options.lost(error);
    });
  }

  /** As {@link OpeningDevice.fail}, for a reason that is the end of a sentence. */
  failBecause(why: string): void {
    this.fail(deviceFault({ named: this.#options.named, wasOpen: this.#state === 'open' }, why));
  }

  readonly #onStall = (): void => {
    const { named, stalled } = this.#options;
    if (this.#state === 'open') this.fail(new FramewireError('device', `${named} ${stalled}.`));
    else this.failBecause(`nothing came of it within ${OPENING_MS / 1000} s`);
  };

  readonly #onUnplugged = (): void => {
    this.fail(new FramewireError('device', `${this.#options.named} was unplugged.`));
  };

  #close(): Promise<unknown> {
    this.#state = 'over';
    this.#presence?.[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
    this.#freed ??= this.#options.free();
    return this.#freed;
  }
}
