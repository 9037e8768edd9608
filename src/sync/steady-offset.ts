/** How a {@link SteadyOffset} moves. */
export interface SteadyOffsetOptions {
  /** What it's wrong by at most without moving, in microseconds. */
  readonly deadbandUs: number;
  /** How fast it moves at most, in microseconds a second. */
  readonly slewUsPerS: number;
  /** What it's wrong by at least to be set anew at once, in microseconds. */
  readonly resyncUs: number;
}

/** However long nobody asked for the offset, it never steps by more than this. */
const MAX_STEP_US = 5000;

/**
 * An offset between two clocks that follows what is measured of it so slowly that nobody sees or hears
 * it move.
 */
export class SteadyOffset {
  readonly #options: SteadyOffsetOptions;
  #value: number | undefined;
  #target = 0;
  #moving = false;
  #movedUs = 0;
  #resyncs = 0;

  constructor(options: SteadyOffsetOptions) {
    this.#options = options;
  }

  /** Whether it has a value yet. */
  get known(): boolean {
    return this.#value !== undefined;
  }

  /** How often it was set anew, after the first time. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** Takes a measurement: the first and those that are far off at once, the others in time. */
  follow(offsetUs: number, nowUs: number): void {
    const value = this.at(nowUs);
    this.#target = offsetUs;
    if (value !== undefined && Math.abs(offsetUs - value) <= this.#options.resyncUs) return;
    if (value !== undefined) this.#resyncs += 1;
    this.#value = offsetUs;
    this.#moving = false;
    this.#movedUs = nowUs;
  }

  /** The offset at a time: it doesn't move while that is not later than those asked for before. */
  at(nowUs: number): number | undefined {
    if (this.#value === undefined) return undefined;
    const elapsedUs = Math.max(0, nowUs - this.#movedUs);
    this.#movedUs += elapsedUs;
    const error = this.#target - this.#value;
    // What has begun to move goes all the way: stopped at the edge, it would soon start again.
    this.#moving = error !== 0 && (this.#moving || Math.abs(error) > this.#options.deadbandUs);
    if (this.#moving) {
      const most = Math.min(MAX_STEP_US, (this.#options.slewUsPerS * elapsedUs) / 1e6);
      this.#value += Math.max(-most, Math.min(most, error));
    }
    return this.#value;
  }
}
