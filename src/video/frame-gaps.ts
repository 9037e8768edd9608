/** An id that is behind the last one by more than this is no late frame's: the publisher counts anew. */
const MOST_REORDERED = 64;

/**
 * Counts the frames that a publisher numbered but that never came. Ids are those of the network, 32 bits
 * that wrap around.
 */
export class FrameGaps {
  #last = NaN;
  #missing = NaN;

  /** Adds the id of a frame that came. */
  add(frameId: number): void {
    if (Number.isNaN(this.#missing)) this.#missing = 0;
    // In 32 bits with a sign, so that 0 is 1 after 2^32 - 1. Of the NaN before the first one it makes 0.
    const step = (frameId - this.#last) | 0;
    if (Number.isNaN(this.#last) || step < -MOST_REORDERED) {
      this.#last = frameId;
    } else if (step > 0) {
      this.#missing += step - 1;
      this.#last = frameId;
    } else if (step < 0 && this.#missing > 0) {
      // It was only late.
      this.#missing -= 1;
    }
  }

  /** What is between the last frame and the next isn't missing: another publisher, or nothing was sent. */
  interrupt(): void {
    this.#last = NaN;
  }

  /** `undefined` if no frame had an id. */
  get missing(): number | undefined {
    return Number.isNaN(this.#missing) ? undefined : this.#missing;
  }
}
