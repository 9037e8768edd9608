/** Slots: one that is filled, one or two whose times are on the way, the newest, and one that is being copied. */
const SLOTS = 5;

/** What the numbers at the beginning of the memory are: the newest picture's slot, drops, and then each slot's state. */
const NEWEST = 0;
const DROPPED = 1;
const STATES = 2;
const NUMBERS = STATES + SLOTS;
const HEADER_BYTES = 64;

/** Of each slot, when its picture was taken, and when it came. */
const TIMES_BYTES = SLOTS * 2 * Float64Array.BYTES_PER_ELEMENT;

const NONE = -1;
const FREE = 0;
const TAKEN = 1;

/** A place for one picture. */
export interface PictureSlot {
  /** `undefined` for one whose picture nobody will see. */
  readonly index: number | undefined;
  bytes(): Uint8Array;
}

/** A picture as the reader finds it. */
export interface NewestPicture {
  /** Where it lies until it's given back. */
  readonly bytes: Uint8Array;
  /** `NaN` if it has none. */
  readonly timeUs: number;
  readonly arrivedUs: number;
  /** Lets the slot be used again. */
  readonly giveBack: () => void;
}

/**
 * Memory that two threads share, through which one gives the other pictures: only ever the newest. A picture that the
 * other hasn't fetched when the next one comes is dropped and counted, and neither ever waits.
 */
export class PictureSlots {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #times: Float64Array;
  readonly #slots: readonly PictureSlot[];
  /** Where pictures go for which there is no place. */
  readonly #waste: PictureSlot;

  /** @param memory - That of {@link PictureSlots.memory} of another thread; none to make it. */
  constructor(pictureBytes: number, memory?: SharedArrayBuffer) {
    this.memory =
      memory ?? new SharedArrayBuffer(HEADER_BYTES + TIMES_BYTES + SLOTS * pictureBytes);
    this.#numbers = new Int32Array(this.memory, 0, NUMBERS);
    this.#times = new Float64Array(this.memory, HEADER_BYTES, 2 * SLOTS);
    this.#slots = Array.from({ length: SLOTS }, (_, index) => {
      const offset = HEADER_BYTES + TIMES_BYTES + index * pictureBytes;
      const bytes = new Uint8Array(this.memory, offset, pictureBytes);
      return { index, bytes: () => bytes };
    });
    let waste: Uint8Array | undefined;
    this.#waste = {
      index: undefined,
      bytes: () => (waste ??= new Uint8Array(pictureBytes)),
    };
    if (!memory) Atomics.store(this.#numbers, NEWEST, NONE);
  }

  /** For the writer: a place for the next picture. */
  take(): PictureSlot {
    for (const slot of this.#slots) {
      const state = STATES + (slot.index as number);
      if (Atomics.compareExchange(this.#numbers, state, FREE, TAKEN) === FREE) return slot;
    }
    return this.#waste;
  }

  /**
   * For the writer: the picture in a slot is the newest.
   *
   * @returns Whether the reader has to be told: it has fetched the one before.
   */
  publish({ index }: PictureSlot, timeUs: number, arrivedUs: number): boolean {
    if (index === undefined) {
      Atomics.add(this.#numbers, DROPPED, 1);
      return false;
    }
    this.#times[2 * index] = timeUs;
    this.#times[2 * index + 1] = arrivedUs;
    // What was written before is seen by who sees this.
    const before = Atomics.exchange(this.#numbers, NEWEST, index);
    if (before === NONE) return true;
    Atomics.store(this.#numbers, STATES + before, FREE);
    Atomics.add(this.#numbers, DROPPED, 1);
    return false;
  }

  /** For the writer: nothing came into a slot. */
  putBack({ index }: PictureSlot): void {
    if (index !== undefined) Atomics.store(this.#numbers, STATES + index, FREE);
  }

  /** For the reader: the newest picture, if it's one that wasn't fetched yet. */
  fetch(): NewestPicture | undefined {
    const index = Atomics.exchange(this.#numbers, NEWEST, NONE);
    const slot = this.#slots[index];
    if (!slot) return undefined;
    return {
      bytes: slot.bytes(),
      timeUs: this.#times[2 * index] as number,
      arrivedUs: this.#times[2 * index + 1] as number,
      giveBack: () => {
        this.putBack(slot);
      },
    };
  }

  /** For the reader: how many were dropped since it asked. */
  fetchDropped(): number {
    return Atomics.exchange(this.#numbers, DROPPED, 0);
  }
}
