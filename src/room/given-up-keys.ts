import type { E2eeState } from './e2ee-states.js';

/** The first pause is the shortest; each is twice the one before. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Gives keys another chance that the native side has given up: after some frames that could not be decrypted
 * it tries no more, also when their sender takes the right key later, or leaves and comes back with it. It's
 * made to try again by setting the key anew, which takes some 30 ms each time: hence the pauses.
 */
export class GivenUpKeys {
  readonly #revive: (identity: string) => void;
  readonly #givenUp = new Map<string, NodeJS.Timeout>();

  /** @param revive - Sets the keys of a participant anew. */
  constructor(revive: (identity: string) => void) {
    this.#revive = revive;
  }

  /** What the native side told of somebody's media. */
  stateChanged(identity: string, state: E2eeState): void {
    if (state !== 'decryption-failed') this.#forget(identity);
    else if (!this.#givenUp.has(identity)) this.#schedule(identity, FIRST_PAUSE_MS);
  }

  /** Nothing of somebody's is received any more: what they send next begins anew. */
  gone(identity: string): void {
    if (this.#forget(identity)) this.#revive(identity);
  }

  /** The stay is over. */
  clear(): void {
    for (const identity of [...this.#givenUp.keys()]) this.#forget(identity);
  }

  #schedule(identity: string, pauseMs: number): void {
    const timer = setTimeout(() => {
      this.#schedule(identity, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
      this.#revive(identity);
    }, pauseMs);
    this.#givenUp.set(identity, timer);
  }

  #forget(identity: string): boolean {
    clearTimeout(this.#givenUp.get(identity));
    return this.#givenUp.delete(identity);
  }
}
