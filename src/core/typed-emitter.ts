import { EventEmitter } from 'eventemitter3';
import { whenRejected } from './abort.js';
import { checkFunction, checkString } from './check.js';
import { log } from './log.js';

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
  // Of each guard, the listener that it guards: `off` is given the listener.
  readonly #guarded = new WeakMap<AnyListener, AnyListener>();

  /**
   * Calls `listener` at each `event`, in the order of registration. One that is added twice is called
   * twice.
   *
   * @returns A function that ends this registration.
   */
  on<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): () => void {
    checkString(event, 'event');
    checkFunction(listener, 'listener');
    const guard = this.#guard(event, listener as AnyListener);
    this.#emitter.on(event, guard);
    return () => {
      this.#emitter.off(event, guard);
    };
  }

  /** As {@link TypedEmitter.on}, for the next `event` only. */
  once<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): () => void {
    checkString(event, 'event');
    checkFunction(listener, 'listener');
    const guard = this.#guard(event, listener as AnyListener);
    this.#emitter.once(event, guard);
    return () => {
      this.#emitter.off(event, guard);
    };
  }

  /**
   * Ends what `on` or `once` began: of a listener that was added several times, the last registration. One
   * that isn't there is no error.
   */
  off<K extends (keyof Events | keyof ErrorEvent) & string>(
    event: K,
    listener: Listener<(Events & ErrorEvent)[K]>,
  ): void {
    checkString(event, 'event');
    checkFunction(listener, 'listener');
    const guards = this.#emitter.listeners(event) as AnyListener[];
    const last = guards.findLast((guard) => this.#guarded.get(guard) === listener);
    if (last) this.#emitter.off(event, last);
  }

  /** How many listeners an event has. */
  listenerCount(event: (keyof Events | keyof ErrorEvent) & string): number {
    checkString(event, 'event');
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

  #guard(event: string, listener: AnyListener): AnyListener {
    const fail = (error: unknown): void => {
      // What a listener of the error event throws must not come back to it.
      if (event === 'error') log('error', 'a listener of the error event failed', { error });
      else this.emitError(error);
    };
    const guard = (...args: unknown[]): void => {
      try {
        whenRejected(listener.apply(this, args), fail);
      } catch (error) {
        fail(error);
      }
    };
    this.#guarded.set(guard, listener);
    return guard;
  }
}
