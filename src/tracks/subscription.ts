import { log } from '../core/log.js';

/**
 * How long the server gets to stop sending a track before it's asked for again. Of an unsubscription and
 * a subscription that come together it makes nothing, and goes on sending; but by then the native side has
 * let go of the track, and waits for a new one that never comes. Measured: one time in five.
 */
const SETTLE_MS = 100;
/** A busy server may have needed longer: how long a track may take until it's asked for anew. */
const RETRY_MS = 3_000;
const RETRIES = 5;
/** An unsubscription that is older than this has long been carried out. */
const RECENT_MS = 5_000;

/** Whether a track is asked for, and how it's asked for so that it comes. */
export class Subscription {
  readonly #send: (subscribed: boolean) => void;
  #unwanted = false;
  #unsubscribedMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param send - Tells the server. */
  constructor(send: (subscribed: boolean) => void) {
    this.#send = send;
  }

  /** Asks for the track. */
  subscribe(): void {
    this.settle();
    this.#unwanted = false;
    const sinceMs = performance.now() - this.#unsubscribedMs;
    if (sinceMs >= RECENT_MS) this.#send(true);
    else if (sinceMs >= SETTLE_MS) this.#ask(RETRIES);
    else this.#later(SETTLE_MS - sinceMs, () => this.#ask(RETRIES));
  }

  /** Takes that back. */
  unsubscribe(): void {
    this.settle();
    this.#unwanted = true;
    this.#unsubscribedMs = performance.now();
    this.#send(false);
  }

  /** It came. If it isn't wanted any more, as the server may forget in a quick reconnect, it's told again. */
  came(): void {
    if (this.#unwanted) this.unsubscribe();
    else this.settle();
  }

  /** It never will come: nothing is asked any more. */
  settle(): void {
    clearTimeout(this.#timer);
  }

  #ask(retries: number): void {
    this.#send(true);
    if (retries === 0) return;
    this.#later(RETRY_MS, () => {
      this.#send(false);
      this.#later(SETTLE_MS * 2, () => this.#ask(retries - 1));
    });
  }

  #later(ms: number, act: () => void): void {
    this.#timer = setTimeout(() => {
      try {
        act();
      } catch (error) {
        log('debug', 'a track could not be asked for again', { error });
      }
    }, ms);
  }
}
