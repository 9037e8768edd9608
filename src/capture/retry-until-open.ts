import { setTimeout as delay } from 'node:timers/promises';
import { FramewireError } from '../core/errors.js';

const FIRST_MS = 250;
const LONGEST_MS = 2_000;

/**
 * Opens a device that was lost as soon as it's back: tries again and again, less and less often.
 *
 * @throws What `open` throws besides a FramewireError `device`; the signal's reason once it aborts.
 */
export async function retryUntilOpen<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_MS)) {
    try {
      await delay(waitMs, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
    try {
      return await open();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FramewireError && error.code === 'device')) throw error;
    }
  }
}
