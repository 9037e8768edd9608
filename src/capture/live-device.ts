import type { Closable } from './opening-device.js';
import { retryUntilOpen } from './retry-until-open.js';

/** How a {@link LiveDevice} is opened, for the first time and each time after. */
export type OpenLiveDevice = (
  lost: (error: Error) => void,
  signal: AbortSignal,
) => Promise<Closable>;

/** What is told of a device that is waited for. */
export interface ReopenListener {
  /** The device is gone, as the error says. */
  readonly lost: (error: Error) => void;
  /** The device is back. */
  readonly reopened: () => void;
}

/** Whom a {@link LiveDevice} tells. */
export interface LiveDeviceListener extends ReopenListener {
  /** The device is gone, and not waited for any more. */
  readonly failed: (error: unknown) => void;
}

/** A device that gives something: when it's lost, it's opened again if that's wanted. */
export class LiveDevice {
  /** How often the device came back. */
  reopened = 0;
  readonly #open: OpenLiveDevice;
  readonly #reopens: boolean;
  readonly #closing = new AbortController();
  #device: Closable | undefined;
  #listener: LiveDeviceListener | undefined;
  #lostEarly: Error | undefined;
  #reopening: Promise<void> | undefined;

  /** @param options - `reopen`: whether it's opened again. */
  constructor(open: OpenLiveDevice, { reopen }: { readonly reopen: boolean }) {
    this.#open = open;
    this.#reopens = reopen;
  }

  /** Whether it was closed: what it still gives is for nobody. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Opens it for the first time. Throws as `open` does. */
  async open(signal: AbortSignal): Promise<void> {
    this.#device = await this.#open(this.#lost, signal);
  }

  /** From now on somebody is told. */
  tell(listener: LiveDeviceListener): void {
    this.#listener = listener;
    const lost = this.#lostEarly;
    // Once the stream is there that tells of it.
    if (lost) queueMicrotask(() => this.#lost(lost));
  }

  /** Frees it. Resolves when it's free. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reopening;
    await this.#device?.close();
  }

  readonly #lost = (error: Error): void => {
    this.#device = undefined;
    // It was about to be freed as it was closed.
    if (this.closed) return;
    if (!this.#listener) {
      this.#lostEarly = error;
    } else if (this.#reopens) {
      this.#listener.lost(error);
      this.#reopening = this.#reopen();
    } else {
      this.#listener.failed(error);
    }
  };

  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    try {
      this.#device = await retryUntilOpen(() => this.#open(this.#lost, signal), signal);
      if (signal.aborted) return;
      this.reopened += 1;
      this.#listener?.reopened();
    } catch (error) {
      // Nobody waits for one that was closed.
      if (!signal.aborted) this.#listener?.failed(error);
    }
  }
}
