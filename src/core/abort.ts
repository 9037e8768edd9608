import { setMaxListeners } from 'node:events';
import { types } from 'node:util';

/**
 * Calls `listener` once `signal` aborts. One signal may end any number of things, so Node's warning of too
 * many listeners is switched off for it.
 *
 * @returns How to take it back.
 */
export function listenForAbort(signal: AbortSignal, listener: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => {
    signal.removeEventListener('abort', listener);
  };
}

/**
 * Waits for `promise`, but no longer than until `signal` aborts.
 *
 * `promise` itself goes on; `late` gets what it resolves to after the abort, to take it back.
 *
 * @throws The signal's reason, once it aborts.
 */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  late?: (value: T) => void,
): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      // The caller knows; what the abandoned operation fails with is nobody's concern.
      promise.then(late, () => undefined);
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    const forget = listenForAbort(signal, onAbort);
    promise.then(resolve, reject).finally(forget);
  });
}

/**
 * Tells what a callback of the user's fails with later, if what it returned is a promise: nobody else handles
 * that.
 */
export function whenRejected(result: unknown, failed: (error: unknown) => void): void {
  // Also of another realm, and whatever its own `then` does.
  if (types.isPromise(result)) void Promise.prototype.then.call(result, undefined, failed);
}

/** The longest that a timer can wait, in milliseconds. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** A signal with an end of its own, besides the caller's. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts it now. */
  abort(reason: unknown): void;
}

/**
 * A signal that aborts with the caller's `signal`, or with what `onTimeout` makes after `timeoutMs`.
 * Dispose of it when the wait is over.
 */
export function deadline(options: {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly onTimeout: () => Error;
}): Deadline {
  const { signal, timeoutMs, onTimeout } = options;
  const controller = new AbortController();
  const onAbort = (): void => {
    controller.abort(signal?.reason);
  };
  const forget = signal && listenForAbort(signal, onAbort);
  if (signal?.aborted) onAbort();
  const timer =
    timeoutMs === undefined || timeoutMs === Infinity
      ? undefined
      : setTimeout(
          () => {
            controller.abort(onTimeout());
          },
          // A longer timer would fire at once.
          Math.min(timeoutMs, MAX_TIMER_MS),
        );
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      forget?.();
    },
  };
}
