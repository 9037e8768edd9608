/**
 * Reads protobuf's wire format in place.
 *
 * Media events come at frame rate times streams; this reads the few fields that a stream needs
 * without making message objects. 64-bit values are numbers: handles, pointers (48 bits) and time
 * stamps all fit 53 bits.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;
  /** Number of the field that {@link WireReader.nextField} came to. */
  field = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** Goes to the next field, whose value must then be read or skipped. */
  nextField(): boolean {
    if (this.#position >= this.#end) return false;
    const tag = this.uint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag & 7;
    return true;
  }

  /** Reads an unsigned integer of at most 53 bits. */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  /** Reads a signed integer of at most 53 bits, in two's complement as protobuf's int64 has it. */
  int(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte < 0x80) break;
    }
    // `high` holds bits 28 and up, of which there are 36.
    if (high >= 2 ** 35) high -= 2 ** 36;
    return high * 2 ** 28 + low;
  }

  /** A reader of the message that is this field's value. */
  message(): WireReader {
    const start = this.#pass(this.uint());
    return new WireReader(this.#bytes, start, this.#position);
  }

  /** A copy of the bytes that are this field's value. */
  bytes(): Uint8Array {
    const start = this.#pass(this.uint());
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

  #byte(): number {
    return this.#bytes[this.#pass(1)] ?? 0;
  }

  /** Passes over some bytes, which must be there; returns where they start. */
  #pass(length: number): number {
    const start = this.#position;
    if (start + length > this.#end) throw new RangeError('A protobuf message ends early.');
    this.#position += length;
    return start;
  }
}
