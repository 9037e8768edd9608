/** What is wanted of a message in protobuf's wire format. */
export interface WireMessage {
  /** The slot that counts how often it came. */
  readonly count: number;
  /** If it may come several times: by how many slots further on its values are then. */
  readonly step?: number;
  /**
   * By a field's number, the slot for its value, or what is wanted of the message that it is. Bytes
   * take two slots: where they begin, and where they end.
   */
  readonly fields: Readonly<Record<number, number | WireMessage>>;
}

/** Fields with a larger number are passed over. */
const MOST_FIELDS = 64;

/** Messages within messages. */
const MOST_DEPTH = 8;

/**
 * Reads a few fields of nested messages in protobuf's wire format into numbered slots.
 *
 * Media events come at frame rate times streams. So this makes no objects, and is one small loop over
 * a table: between two frames the processor forgets the code, and what counts is how little there is
 * to fetch again (measured: half the time of a method for each message).
 *
 * All integers are read as 64 bits with a sign, into a number: handles, pointers (48 bits) and time
 * stamps all fit 53 bits.
 */
export class WireReader {
  /** The slots, `NaN` where nothing came, until the next message is read. Counts are 0 then. */
  readonly values: Float64Array;
  /** For each field of each message: 0, a slot + 1, or the index of a message as a negative number. */
  readonly #actions: Int16Array;
  readonly #counts: number[] = [];
  /** The slots before anything came. */
  readonly #blank: Float64Array;
  readonly #steps: number[] = [];
  readonly #outerEnds = new Float64Array(MOST_DEPTH);
  readonly #outerMessages = new Int16Array(MOST_DEPTH);

  /** @param slots - How many there are. */
  constructor(message: WireMessage, slots: number) {
    this.values = new Float64Array(slots);
    const messages = [message];
    const actions: number[] = [];
    for (const [index, { count, step, fields }] of messages.entries()) {
      this.#counts.push(count);
      this.#steps.push(step ?? 0);
      for (const [field, wanted] of Object.entries(fields)) {
        const action = typeof wanted === 'number' ? wanted + 1 : -messages.length;
        if (typeof wanted !== 'number') messages.push(wanted);
        actions[index * MOST_FIELDS + Number(field)] = action;
      }
    }
    this.#actions = new Int16Array(messages.length * MOST_FIELDS);
    for (const [index, action] of actions.entries()) this.#actions[index] = action;
    this.#blank = new Float64Array(slots).fill(NaN);
    for (const slot of this.#counts) this.#blank[slot] = 0;
  }

  /** Reads a message. @throws RangeError if it ends early, or has a wire type that doesn't exist. */
  read(bytes: Uint8Array): void {
    const { values } = this;
    values.set(this.#blank);
    let position = 0;
    let end = bytes.length;
    let message = 0;
    let depth = 0;
    // Where the values of a message go that came before.
    let offset = 0;
    // Whether the next number is a field's tag, and if not, of which field and type it is.
    let action = 0;
    let wireType = -1;
    for (;;) {
      while (wireType === -1 && position >= end) {
        if (position > end) throw endsEarly();
        if (depth === 0) return;
        depth -= 1;
        end = this.#outerEnds[depth] ?? 0;
        message = this.#outerMessages[depth] ?? 0;
        offset = 0;
      }
      // A number: a tag, a value, or a length. The lowest 28 bits are a small integer.
      let byte = bytes[position++] ?? 0;
      let value = 0;
      let shift = 0;
      while (byte >= 0x80 && shift < 28) {
        value |= (byte & 0x7f) << shift;
        shift += 7;
        byte = bytes[position++] ?? 0;
      }
      if (shift < 28) value |= byte << shift;
      else value += this.#upperBits(bytes, --position);
      if (shift === 28) while ((bytes[position++] ?? 0) >= 0x80);
      if (position > end) throw endsEarly();

      if (wireType === -1) {
        wireType = value & 7;
        const field = value >>> 3;
        action = field < MOST_FIELDS ? (this.#actions[message * MOST_FIELDS + field] ?? 0) : 0;
        if (wireType === 1 || wireType === 5) {
          position += wireType === 1 ? 8 : 4;
          wireType = -1;
        } else if (wireType !== 0 && wireType !== 2) {
          throw new RangeError(`Unknown protobuf wire type ${wireType}.`);
        }
        continue;
      }
      if (wireType === 0) {
        if (action > 0) values[action - 1 + offset] = value;
      } else if (!(value >= 0 && position + value <= end)) {
        throw endsEarly();
      } else if (action < 0) {
        this.#outerEnds[depth] = end;
        this.#outerMessages[depth] = message;
        depth += 1;
        end = position + value;
        message = -action;
        const slot = this.#counts[message] ?? 0;
        const times = values[slot] ?? 0;
        values[slot] = times + 1;
        offset = times * (this.#steps[message] ?? 0);
      } else {
        if (action > 0) {
          values[action - 1] = position;
          values[action] = position + value;
        }
        position += value;
      }
      wireType = -1;
    }
  }

  /** What the bits from 28 on are worth, of a number in two's complement whose fifth byte is there. */
  #upperBits(bytes: Uint8Array, start: number): number {
    let high = 0;
    let scale = 1;
    let position = start;
    let byte: number;
    do {
      byte = bytes[position++] ?? 0;
      high += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    // There are 36 of them.
    if (high >= 2 ** 35) high -= 2 ** 36;
    return high * 2 ** 28;
  }
}

function endsEarly(): RangeError {
  return new RangeError('A protobuf message ends early.');
}
