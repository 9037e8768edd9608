import { EventEmitter } from 'eventemitter3';
import { checkFunction } from './check.js';
import { log } from './log.js';

/** Names of events and the arguments that their listeners get. */
export type EventMap = { readonly [name: string]: readonly unknown[] };

/** A listener of an event. What it returns is ignored, but a promise's rejection is caught. */
export type Listener<Args extends readonly unknown[]> = (...args: [...Args]) => unknown;

/** The event that every {@link TypedEmitter} has besides its own. */
export interface ErrorEvent {
  /** A listener threw, or the promise it returned rejected. The other listeners ran all the same. */
  readonly error: readonly [error: unknown];
}

type AnyListener = (...args: unknown[]) => unknown;

/**
 * Typed events whose listeners can't harm the one that emits, nor each other.
 *
 * What a listener throws reaches the `error` event, or the log if nobody listens to that.
 */
export class TypedEmitter<Events extends { [K in keyof Events]: readonly unknown[] }> {
  readonly #emitter = new EventEmitter();
  // One guard for each listener, so that `off` finds what `on` was given.
  readonly #guards = new WeakMap<AnyListener, AnyListener>();
  readonly #errorGuards = new WeakMap<AnyListener, AnyListener>();

  /**
   * Calls `listener` at each `event`, in the order of registration.
   *
   * @returns A function that ends it.
   */
  on<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): () => void {
    checkFunction(listener, 'listener');
    this.#emitter.on(event, this.#guard(event, listener as AnyListener));
    return () => {
      this.off(event, listener);
    };
  }

  /** As {@link TypedEmitter.on}, for the next `event` only. */
  once<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): () => void {
    checkFunction(listener, 'listener');
    this.#emitter.once(event, this.#guard(event, listener as AnyListener));
    return () => {
      this.off(event, listener);
    };
  }

  /** Ends what `on` or `once` began. A listener that isn't there is no error. */
  off<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): void {
    checkFunction(listener, 'listener');
    const guard = this.#guardsOf(event).get(listener as AnyListener);
    if (guard) this.#emitter.off(event, guard);
  }

  /** How many listeners an event has. */
  listenerCount(event: (keyof Events | keyof ErrorEvent) & string): number {
    return this.#emitter.listenerCount(event);
  }

  /** @internal */
  protected emit<K extends keyof Events & string>(event: K, ...args: [...Events[K]]): void {
    this.#emitter.emit(event, ...args);
  }

  /** @internal Tells of an error that has no caller to throw it to. */
  protected emitError(error: unknown): void {
    if (this.#emitter.listenerCount('error') > 0) this.#emitter.emit('error', error);
    else log('error', 'a listener failed and nobody listens to the error event', { error });
  }

  #guardsOf(event: string): WeakMap<AnyListener, AnyListener> {
    return event === 'error' ? this.#errorGuards : this.#guards;
  }

  #guard(event: string, listener: AnyListener): AnyListener {
    const guards = this.#guardsOf(event);
    const known = guards.get(listener);
    if (known) return known;
    const fail = (error: unknown): void => {
      // What a listener of the error event throws must not come back to it.
      if (event === 'error') log('error', 'a listener of the error event failed', { error });
      else this.emitError(error);
    };
    const guard = (...args: unknown[]): void => {
      try {
        const result = listener.apply(this, args);
        if (result instanceof Promise) result.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    guards.set(listener, guard);
    return guard;
  }
}
