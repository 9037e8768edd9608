import { MAX_TIMER_MS } from '../core/abort.js';
import { checkFunction, checkObject, checkSignal, shown } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { checkFrameRate } from './frame-rate.js';

/** The time that a {@link FramePacer} goes by; replaced where a test wants to be its master. */
export interface PacerClock {
  /** Now, in integer microseconds from any origin. Never goes back. */
  readonly nowUs: () => number;
  /**
   * Calls `wake` once, in a later macrotask, at `timeUs` or when that has passed; a little too
   * early is allowed. Keeps the process alive until then.
   *
   * @returns A function that calls it off.
   */
  readonly sleepUntil: (timeUs: number, wake: () => void) => () => void;
}

/** How a {@link FramePacer} is made. */
export interface FramePacerOptions {
  /** Slots per second, above 0 and up to 1000; above some 250 the timer's milliseconds show. */
  readonly fps: number;
  /** Ends the pacer. */
  readonly signal?: AbortSignal;
  /** The time to go by. Default: the process's monotonic clock and its timers. */
  readonly clock?: PacerClock;
}

/** A slot in which to make a frame. */
export interface PacerTick {
  /** Number of the slot, from 0; a skipped slot has a number too. */
  readonly index: number;
  /** Time of the slot in integer microseconds since the first: `index / fps`, without drift. */
  readonly timestampUs: number;
  /** How many slots were skipped between the last tick and this one. */
  readonly skipped: number;
}

const SYSTEM_CLOCK: PacerClock = {
  nowUs: monotonicUs,
  sleepUntil: (timeUs, wake) => {
    const delayMs = Math.ceil((timeUs - monotonicUs()) / 1000);
    if (delayMs > 0) {
      // Woken too early, the pacer goes back to sleep.
      const timer = setTimeout(wake, Math.min(delayMs, MAX_TIMER_MS));
      return () => clearTimeout(timer);
    }
    const immediate = setImmediate(wake);
    return () => clearImmediate(immediate);
  },
};

interface Waiter {
  readonly resolve: (tick: PacerTick) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Says when to make the next frame, `fps` times a second, without drift.
 *
 * Slots are multiples of the interval since the first call, so a late timer delays one tick and not
 * those after it. Slots that passed while the program was busy are skipped and counted: a late tick
 * comes at once, for the latest slot, and two ticks are never nearer than half an interval.
 *
 * @example
 * ```ts
 * using pacer = new FramePacer({ fps: 30, signal });
 * for await (const { timestampUs } of pacer) source.captureFrame(draw(), { timestampUs });
 * ```
 */
export class FramePacer {
  /** Slots per second. */
  readonly fps: number;
  readonly #signal: AbortSignal | undefined;
  readonly #clock: PacerClock;
  readonly #waiters: Waiter[] = [];
  #closed = false;
  /** When slot 0 was, by the clock. */
  #epochUs: number | undefined;
  /** The first slot that has not passed as a tick. */
  #nextIndex = 0;
  /** When the last tick was, by the clock, since the epoch. */
  #lastTickUs = -Infinity;
  #skipped = 0;
  #cancelSleep: (() => void) | undefined;

  /** @throws TypeError or RangeError if an option is wrong. */
  constructor(options: FramePacerOptions) {
    checkObject(options, 'options');
    const { fps, signal, clock = SYSTEM_CLOCK } = options;
    checkFrameRate(fps);
    checkSignal(signal, 'options.signal');
    checkObject(clock, 'options.clock');
    const { nowUs, sleepUntil } = clock;
    checkFunction(nowUs, 'options.clock.nowUs');
    checkFunction(sleepUntil, 'options.clock.sleepUntil');
    this.fps = fps;
    this.#signal = signal;
    // What was checked is what is called, though the clock may be changed.
    this.#clock = {
      nowUs: () => nowUs.call(clock),
      sleepUntil: (timeUs, wake) => sleepUntil.call(clock, timeUs, wake),
    };
  }

  /** How many slots were skipped so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits for the next slot, and resolves with its time in integer microseconds since the first:
   * what to give `captureFrame` as `timestampUs`. The first call is slot 0.
   *
   * Calls that wait at the same time get one slot each, in order. The process is kept alive while
   * one waits, and only then.
   *
   * @throws The signal's reason, once it aborts.
   * @throws FramewireError `closed` once the pacer is closed.
   */
  async next(): Promise<number> {
    return (await this.#nextTick()).timestampUs;
  }

  /**
   * The ticks from here on. Ends, without an error, when the pacer is closed or its signal aborts.
   * Leaving the loop doesn't close the pacer: a later loop goes on, in the same slots.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<PacerTick, void, undefined> {
    while (!this.#isOver()) {
      let tick: PacerTick;
      try {
        tick = await this.#nextTick();
      } catch (error) {
        if (this.#isOver()) return;
        throw error;
      }
      yield tick;
    }
  }

  /** Ends the pacer, and rejects the calls that wait. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#rejectAll(closedError());
  }

  /** Calls {@link FramePacer.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #isOver(): boolean {
    return this.#closed || this.#signal?.aborted === true;
  }

  #nextTick(): Promise<PacerTick> {
    return new Promise((resolve, reject) => {
      this.#signal?.throwIfAborted();
      if (this.#closed) throw closedError();
      this.#epochUs ??= this.#nowUs();
      this.#waiters.push({ resolve, reject });
      if (this.#waiters.length > 1) return;
      // Listens only while someone waits: a signal may live much longer than the pacer.
      this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
      try {
        this.#sleep();
      } catch (error) {
        // Of a clock that isn't ours.
        this.#rejectAll(error);
      }
    });
  }

  // A slot that is already due goes through the clock too: resolved at once, a loop whose body is
  // too slow would run in microtasks alone, and timers and sockets never again.
  #sleep(): void {
    const epochUs = this.#epochUs ?? 0;
    this.#cancelSleep = this.#clock.sleepUntil(epochUs + this.#wakeUs(), this.#onWake);
  }

  readonly #onWake = (): void => {
    this.#cancelSleep = undefined;
    const waiter = this.#waiters[0];
    if (!waiter) return;
    try {
      this.#wake(waiter);
    } catch (error) {
      // Of a clock that isn't ours; in a timer nobody would catch it.
      this.#rejectAll(error);
    }
  };

  #wake(waiter: Waiter): void {
    const elapsedUs = this.#nowUs() - (this.#epochUs ?? 0);
    // Timers count in milliseconds and may be early.
    if (elapsedUs < this.#wakeUs()) {
      this.#sleep();
      return;
    }
    this.#waiters.shift();
    waiter.resolve(this.#take(elapsedUs));
    if (this.#waiters.length > 0) this.#sleep();
    else this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #nowUs(): number {
    const nowUs: unknown = this.#clock.nowUs();
    if (typeof nowUs === 'number' && Number.isFinite(nowUs)) return nowUs;
    throw new TypeError(`options.clock.nowUs must return a finite number, got ${shown(nowUs)}.`);
  }

  readonly #onAbort = (): void => {
    this.#rejectAll(this.#signal?.reason);
  };

  /** When to wake for the next tick: at the first slot that is half an interval from the last. */
  #wakeUs(): number {
    const soonestUs = this.#lastTickUs + 500_000 / this.fps;
    let index = this.#nextIndex;
    while (this.#slotUs(index) < soonestUs) index++;
    return this.#slotUs(index);
  }

  /** The tick for the latest slot that is due. */
  #take(elapsedUs: number): PacerTick {
    // One more than the quotient: the time of a slot is rounded, perhaps down.
    let index = Math.floor((elapsedUs * this.fps) / 1_000_000) + 1;
    while (this.#slotUs(index) > elapsedUs) index--;
    const skipped = index - this.#nextIndex;
    this.#nextIndex = index + 1;
    this.#lastTickUs = elapsedUs;
    this.#skipped += skipped;
    return { index, timestampUs: this.#slotUs(index), skipped };
  }

  #slotUs(index: number): number {
    return Math.round((index * 1_000_000) / this.fps);
  }

  #rejectAll(reason: unknown): void {
    const cancel: unknown = this.#cancelSleep;
    this.#cancelSleep = undefined;
    // A clock that isn't ours may have given none.
    if (typeof cancel === 'function') (cancel as () => void)();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }
}

function closedError(): FramewireError {
  return new FramewireError('closed', 'The frame pacer was closed.');
}
