import { untilAborted } from '../core/abort.js';
import { ffi } from './ffi-client.js';

/** Longer than a server that is well takes to let somebody in, and out again. */
const PATIENCE_MS = 3_000;

/**
 * Joins that the caller gave up, while the native side goes on with them until it can leave. Whoever joins
 * under the same identity meanwhile may be thrown out by the late one, and the native side then never answers
 * (measured: one of four). So the next one waits for the end of the last.
 */
export class AbandonedJoins {
  readonly #ends = new Map<string, Promise<void>>();

  /** @param over - Settles when the join has failed, or was left again. */
  add(url: string, token: string, over: Promise<unknown>): void {
    const who = whoJoins(url, token);
    // Shutting the native side down just when it's let in takes it 10 seconds.
    const release = ffi().lease();
    const end = new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        if (this.#ends.get(who) === end) this.#ends.delete(who);
        release();
        resolve();
      };
      // A server that doesn't answer is no reason to wait longer.
      const timer = setTimeout(finish, PATIENCE_MS);
      over.then(finish, finish);
    });
    this.#ends.set(who, end);
  }

  /** Resolves when none is left of who is about to join. @throws The signal's reason. */
  async whenOver(url: string, token: string, signal: AbortSignal): Promise<void> {
    const who = whoJoins(url, token);
    for (let end = this.#ends.get(who); end; end = this.#ends.get(who)) {
      await untilAborted(end, signal);
    }
  }
}

/** The same for every token of somebody's for a server: it may have been made anew. */
function whoJoins(url: string, token: string): string {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    const { sub } = JSON.parse(payload) as { readonly sub?: unknown };
    return JSON.stringify([url, sub]);
  } catch {
    // No token at all, which the server will say.
    return JSON.stringify([url]);
  }
}
