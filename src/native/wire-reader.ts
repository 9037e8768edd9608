/**
 * Reads protobuf's wire format in place.
 *
 * Media events come at frame rate times streams; this reads the few fields that a stream needs
 * without making message objects, nor readers of inner messages: one reader serves all events.
 * 64-bit values are numbers: handles, pointers (48 bits) and time stamps all fit 53 bits.
 *
 * @example
 * ```ts
 * reader.start(bytes);
 * while (reader.nextField()) {
 *   if (reader.field === 1) id = reader.uint();
 *   else if (reader.field === 2) {
 *     const outer = reader.enter();
 *     while (reader.nextField()) reader.skip();
 *     reader.leave(outer);
 *   } else reader.skip();
 * }
 * ```
 */
export class WireReader {
  /** Number of the field that {@link WireReader.nextField} came to. */
  field = 0;
  #bytes: Uint8Array = NOTHING;
  #position = 0;
  /** Where the message ends in which we are. */
  #end = 0;
  #wireType = 0;

  /** Goes to the start of a message. */
  start(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#position = 0;
    this.#end = bytes.length;
  }

  /** Goes to the next field, whose value must then be read or skipped. */
  nextField(): boolean {
    const position = this.#position;
    if (position >= this.#end) {
      // The last value claimed more than its message has.
      if (position > this.#end) throw endsEarly();
      return false;
    }
    const tag = this.uint();
    this.field = tag >>> 3;
    this.#wireType = tag & 7;
    return true;
  }

  /** Reads an unsigned integer of at most 53 bits. */
  uint(): number {
    const position = this.#position;
    const byte = this.#bytes[position];
    // Most have one byte: field numbers, lengths of messages, types.
    if (byte === undefined || byte >= 0x80) return this.#longUint();
    this.#position = position + 1;
    return byte;
  }

  #longUint(): number {
    const bytes = this.#bytes;
    let position = this.#position;
    let value = 0;
    let shift = 0;
    let byte = bytes[position++];
    // Most others have at most 4, and their 28 bits are a small integer.
    while (byte !== undefined && byte >= 0x80 && shift < 21) {
      value |= (byte & 0x7f) << shift;
      shift += 7;
      byte = bytes[position++];
    }
    let scale = 2 ** shift;
    while (byte !== undefined && byte >= 0x80) {
      value += (byte & 0x7f) * scale;
      scale *= 128;
      byte = bytes[position++];
    }
    if (byte === undefined) throw endsEarly();
    this.#position = position;
    return value + byte * scale;
  }

  /** Reads a signed integer of at most 53 bits, in two's complement as protobuf's int64 has it. */
  int(): number {
    const bytes = this.#bytes;
    let position = this.#position;
    let low = 0;
    let high = 0;
    let byte: number | undefined;
    let shift = 0;
    do {
      byte = bytes[position++];
      if (byte === undefined) throw endsEarly();
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else high += (byte & 0x7f) * 2 ** (shift - 28);
      shift += 7;
    } while (byte >= 0x80);
    this.#position = position;
    // `high` holds bits 28 and up, of which there are 36.
    if (high >= 2 ** 35) high -= 2 ** 36;
    return high * 2 ** 28 + low;
  }

  /**
   * Goes into the message that is this field's value: its fields come next, and then none.
   *
   * @returns What {@link WireReader.leave} needs.
   */
  enter(): number {
    const length = this.uint();
    const outer = this.#end;
    if (this.#position + length > outer) throw endsEarly();
    this.#end = this.#position + length;
    return outer;
  }

  /** Goes back to the outer message, after the last field of the inner one. */
  leave(outer: number): void {
    this.#end = outer;
  }

  /** A copy of the bytes that are this field's value. */
  bytes(): Uint8Array {
    const length = this.uint();
    const start = this.#position;
    this.#pass(length);
    return this.#bytes.slice(start, this.#position);
  }

  /** Passes over this field's value. */
  skip(): void {
    switch (this.#wireType) {
      case 0:
        this.uint();
        break;
      case 1:
        this.#pass(8);
        break;
      case 2:
        this.#pass(this.uint());
        break;
      case 5:
        this.#pass(4);
        break;
      default:
        throw new RangeError(`Unknown protobuf wire type ${this.#wireType}.`);
    }
  }

  #pass(length: number): void {
    if (this.#position + length > this.#end) throw endsEarly();
    this.#position += length;
  }
}

const NOTHING = new Uint8Array(0);

function endsEarly(): RangeError {
  return new RangeError('A protobuf message ends early.');
}
