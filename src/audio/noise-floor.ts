const PARTS = 10;

/** What a room is taken to sound like before it was listened to, in dBFS. */
const FIRST_GUESS_DB = -50;

/** Nothing is quieter than this: digital silence would make a whisper of the next step of a fan. */
const LOWEST_DB = -80;

/**
 * How loud it is when nobody speaks: the quietest moment of the last seconds, since speech has pauses and noise
 * has none.
 */
export class NoiseFloor {
  /** The quietest level of each part of the time. */
  readonly #parts = new Float64Array(PARTS).fill(FIRST_GUESS_DB);
  readonly #slicesPerPart: number;
  #part = 0;
  #slices = 0;
  #db = FIRST_GUESS_DB;

  /** @param slices - How many levels are looked back at. */
  constructor(slices: number) {
    this.#slicesPerPart = Math.max(1, Math.round(slices / PARTS));
  }

  /** The noise floor, in dBFS. */
  get db(): number {
    return this.#db;
  }

  /** Takes the level of the next moment. */
  push(levelDb: number): void {
    if (this.#slices === this.#slicesPerPart) {
      this.#part = (this.#part + 1) % PARTS;
      this.#parts[this.#part] = levelDb;
      this.#slices = 0;
    }
    this.#slices += 1;
    this.#parts[this.#part] = Math.min(this.#parts[this.#part] ?? 0, levelDb);
    let lowest = Infinity;
    for (const part of this.#parts) if (part < lowest) lowest = part;
    this.#db = Math.max(LOWEST_DB, lowest);
  }
}
