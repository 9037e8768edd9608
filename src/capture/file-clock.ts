import { MAX_TIMER_MS } from '../core/abort.js';
import { monotonicUs } from '../core/clock.js';

/** Who is later than this, since decoding or the program was held up, goes on from now. */
const MOST_LATE_US = 1_000_000;

interface Wait {
  readonly lane: object;
  readonly timestampUs: number;
  readonly resolve: () => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * When the frames of a file are due if it's played in real time: one clock for all of its media, which begins
 * when each has its first frame.
 */
export class FileClock {
  readonly #lanes = new Set<object>();
  readonly #waits = new Set<Wait>();
  /** Resolves when a reader has asked for the first time. */
  readonly started: Promise<void>;
  /** The first reader asks. */
  readonly start: () => void;
  /** What to add to a time stamp to have the time at which it's due, by the monotonic clock. */
  #anchorUs: number | undefined;

  constructor() {
    let start: () => void = () => undefined;
    this.started = new Promise((resolve) => {
      start = resolve;
    });
    this.start = start;
  }

  /** One more medium goes by this clock. */
  join(lane: object): void {
    this.#lanes.add(lane);
  }

  /** A medium is over. */
  leave(lane: object): void {
    this.#lanes.delete(lane);
    for (const wait of [...this.#waits]) if (wait.lane === lane) this.#end(wait);
    this.#begin();
  }

  /** Begins anew with the frames that come next; whoever waits waits no longer. */
  reset(): void {
    this.#anchorUs = undefined;
    for (const wait of [...this.#waits]) this.#end(wait);
  }

  /** Resolves when a frame is due, or when it no longer matters. */
  until(lane: object, timestampUs: number): Promise<void> {
    return new Promise((resolve) => {
      const wait: Wait = { lane, timestampUs, resolve, timer: undefined };
      this.#waits.add(wait);
      if (this.#anchorUs === undefined) this.#begin();
      else this.#sleep(wait);
    });
  }

  #begin(): void {
    if (this.#anchorUs !== undefined || this.#waits.size === 0) return;
    const waiting = new Set([...this.#waits].map(({ lane }) => lane));
    if ([...this.#lanes].some((lane) => !waiting.has(lane))) return;
    const firstUs = Math.min(...[...this.#waits].map(({ timestampUs }) => timestampUs));
    this.#anchorUs = monotonicUs() - firstUs;
    for (const wait of [...this.#waits]) this.#sleep(wait);
  }

  #sleep(wait: Wait): void {
    const nowUs = monotonicUs();
    const lateUs = nowUs - wait.timestampUs - (this.#anchorUs ?? 0);
    if (lateUs >= 0) {
      if (lateUs > MOST_LATE_US) this.#anchorUs = nowUs - wait.timestampUs;
      this.#end(wait);
      return;
    }
    const delayMs = Math.min(MAX_TIMER_MS, Math.ceil(-lateUs / 1000));
    wait.timer = setTimeout(() => {
      this.#sleep(wait);
    }, delayMs);
  }

  #end(wait: Wait): void {
    clearTimeout(wait.timer);
    this.#waits.delete(wait);
    wait.resolve();
  }
}
