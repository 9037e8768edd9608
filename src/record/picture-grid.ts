/** What a {@link PictureGrid} makes of the frames that it's given. */
export interface PictureSink<Frame> {
  /** The picture of the next tick. Takes ownership. */
  readonly picture: (frame: Frame) => void;
  /** As many ticks with the picture of the tick before, or black ones where there is none. */
  readonly repeat: (ticks: number) => void;
  /** A frame that is shown at no tick. Takes ownership. */
  readonly drop: (frame: Frame, reason: 'rate' | 'late') => void;
}

/** Up to here, ticks before the first picture show that: less is no late start, but how clocks are rounded. */
const MOST_LEAD_US = 100_000;

/**
 * Puts pictures that come at any times on ticks of a constant rate: at each tick the picture that is nearest
 * to it, or else the one before.
 */
export class PictureGrid<Frame> {
  readonly #fps: number;
  readonly #sink: PictureSink<Frame>;
  /** The next tick that is to be shown. */
  #next = 0;
  #begun = false;
  /** The place of the newest picture that is shown, or waits to be. */
  #newestUs = -Infinity;
  /** Waits for another that is nearer to the same tick. */
  #candidate: { readonly frame: Frame; readonly tick: number; readonly apart: number } | undefined;

  constructor(fps: number, sink: PictureSink<Frame>) {
    this.#fps = fps;
    this.#sink = sink;
  }

  /** Ticks that are settled. */
  get ticks(): number {
    return this.#next;
  }

  /** The time up to which ticks are settled, in microseconds. */
  get endUs(): number {
    return (this.#next * 1e6) / this.#fps;
  }

  /** A picture whose place is `placeUs`. Takes ownership. */
  add(frame: Frame, placeUs: number): void {
    const exact = (placeUs * this.#fps) / 1e6;
    const own = Math.max(0, Math.round(exact));
    // Its tick may have been filled, as that of a picture that was long on its way: of a source that gives
    // few, it must be seen all the same.
    const tick = placeUs > this.#newestUs ? Math.max(own, this.#next) : own;
    const apart = Math.abs(exact - tick);
    const waiting = this.#candidate;
    if (tick < this.#next || exact < -1) {
      this.#sink.drop(frame, 'late');
    } else if (waiting?.tick === tick) {
      const nearer = apart < waiting.apart;
      this.#sink.drop(nearer ? waiting.frame : frame, 'rate');
      if (nearer) this.#wait(frame, { tick, apart, placeUs });
    } else if (waiting && tick < waiting.tick) {
      this.#show(frame, tick);
    } else {
      this.#settle();
      this.#wait(frame, { tick, apart, placeUs });
    }
  }

  /** Shows what there is at all ticks before a time. */
  fillTo(timeUs: number): void {
    const end = Math.round((timeUs * this.#fps) / 1e6);
    if (this.#candidate && this.#candidate.tick < end) this.#settle();
    if (end <= this.#next) return;
    const ticks = end - this.#next;
    this.#next = end;
    this.#sink.repeat(ticks);
  }

  /** Settles what waits, and fills up to a time. */
  finish(timeUs: number): void {
    this.#settle();
    this.fillTo(timeUs);
  }

  /** Drops what waits. */
  clear(): void {
    if (this.#candidate) this.#sink.drop(this.#candidate.frame, 'late');
    this.#candidate = undefined;
  }

  #wait(
    frame: Frame,
    at: { readonly tick: number; readonly apart: number; readonly placeUs: number },
  ): void {
    this.#candidate = { frame, tick: at.tick, apart: at.apart };
    this.#newestUs = Math.max(this.#newestUs, at.placeUs);
  }

  #settle(): void {
    const waiting = this.#candidate;
    this.#candidate = undefined;
    if (waiting) this.#show(waiting.frame, waiting.tick);
  }

  #show(frame: Frame, tick: number): void {
    const missing = tick - this.#next;
    const lead = !this.#begun && (missing * 1e6) / this.#fps <= MOST_LEAD_US;
    this.#begun = true;
    this.#next = tick + 1;
    if (missing > 0 && !lead) this.#sink.repeat(missing);
    this.#sink.picture(frame);
    if (missing > 0 && lead) this.#sink.repeat(missing);
  }
}
