/** What a recording is made of. */
export type Medium = 'video' | 'audio';

/** A frame as the timeline sees it. */
export interface TimedFrame {
  /** Its time stamp, in microseconds on any clock; `undefined` for one that follows the one before. */
  readonly stampUs: number | undefined;
  /** How long it lasts. */
  readonly durationUs: number;
  /** When it came, on the monotonic clock. */
  readonly nowUs: number;
}

/** A frame that seems to be so much earlier than the one before it came out of order; beyond, time was set back. */
const MOST_BACK_US = 250_000;

interface Follower {
  /** What is added to its time stamps. */
  readonly offsetUs: number;
  /** Where its newest frame ends. */
  readonly endUs: number;
  /** When that came. */
  readonly cameUs: number;
}

/**
 * Puts the time stamps of pictures and sound on the timeline of a recording, which goes on whatever they do.
 *
 * While the two are on one clock, what has the same time stamp has the same place. Where time stamps jump,
 * as a source's do that begins anew, or are of another clock, they go on from the end of what there is; what
 * jumps along with them stays together with them.
 */
export class Timeline {
  readonly #maxGapUs: number;
  readonly #followers = new Map<Medium, Follower>();
  /** What was last added to time stamps of either. */
  #newestOffsetUs: number | undefined;
  #endUs = 0;
  #jumps = 0;
  #cut = false;

  /** @param maxGapUs - A longer gap is a jump, unless it really took so long. */
  constructor(maxGapUs: number) {
    this.#maxGapUs = maxGapUs;
  }

  /** Where the latest frame of all ends. */
  get endUs(): number {
    return this.#endUs;
  }

  /** How often time stamps jumped. */
  get jumps(): number {
    return this.#jumps;
  }

  /** Whatever the next time stamps are, they follow what there is: time that passes until then is cut out. */
  cut(): void {
    this.#cut = true;
    this.#followers.clear();
  }

  /** Where a frame belongs, in microseconds since the first frame of all; less than 0 if it's earlier than that. */
  place(medium: Medium, { stampUs, durationUs, nowUs }: TimedFrame): number {
    const follower = this.#followers.get(medium);
    const placeUs =
      stampUs === undefined
        ? (follower?.endUs ?? this.#endUs)
        : stampUs + this.#offsetFor(stampUs, follower, nowUs);
    const offsetUs = stampUs === undefined ? (follower?.offsetUs ?? 0) : placeUs - stampUs;
    const endUs = placeUs + durationUs;
    this.#followers.set(medium, { offsetUs, endUs, cameUs: nowUs });
    if (stampUs !== undefined) this.#newestOffsetUs = offsetUs;
    this.#endUs = Math.max(this.#endUs, endUs);
    return placeUs;
  }

  #offsetFor(stampUs: number, follower: Follower | undefined, nowUs: number): number {
    const newestUs = this.#newestOffsetUs;
    if (newestUs === undefined || this.#cut) {
      this.#cut = false;
      return this.#endUs - stampUs;
    }
    const fits = (offsetUs: number): boolean => {
      const placeUs = stampUs + offsetUs;
      if (!follower) return Math.abs(placeUs - this.#endUs) <= this.#maxGapUs;
      const gapUs = placeUs - Math.max(follower.endUs, this.#endUs);
      const tookUs = nowUs - follower.cameUs;
      return (
        placeUs >= follower.endUs - MOST_BACK_US &&
        (gapUs <= this.#maxGapUs || gapUs <= tookUs + MOST_BACK_US)
      );
    };
    if (follower && fits(follower.offsetUs)) return follower.offsetUs;
    if (fits(newestUs)) return newestUs;
    this.#jumps += 1;
    return this.#endUs - stampUs;
  }
}
