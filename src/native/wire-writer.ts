/** The longest inner message: its length has two bytes of seven bits. */
const MAX_INNER_BYTES = 2 ** 14 - 1;

/**
 * Writes protobuf's wire format into memory that is used again: frames are captured at frame rate, and
 * making message objects for them takes longer than all else that JavaScript does for a frame.
 */
export class WireWriter {
  #bytes = new Uint8Array(512);
  #position = 0;

  /** Begins a message. */
  start(): void {
    this.#position = 0;
  }

  /** A field with an unsigned integer of at most 53 bits. */
  uint(field: number, value: number): void {
    this.#varint(field * 8);
    this.#varint(value);
  }

  /** A field with bytes. */
  bytes(field: number, value: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#position);
    this.#position += value.length;
  }

  /**
   * Begins a field with a message: the fields that follow are its own.
   *
   * @returns What {@link WireWriter.leave} needs.
   */
  enter(field: number): number {
    this.#varint(field * 8 + 2);
    this.#reserve(2);
    this.#position += 2;
    return this.#position;
  }

  /** Ends the inner message. */
  leave(start: number): void {
    const length = this.#position - start;
    if (length > MAX_INNER_BYTES) throw new RangeError(`A message of ${length} bytes is too long.`);
    // In two bytes always, as the format allows: there was room for so many.
    this.#bytes[start - 2] = (length & 0x7f) | 0x80;
    this.#bytes[start - 1] = length >> 7;
  }

  /** The message, which is good until the next one is begun. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#position);
  }

  #varint(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let position = this.#position;
    let rest = value;
    while (rest >= 0x80) {
      bytes[position++] = (rest % 128) + 0x80;
      rest = Math.floor(rest / 128);
    }
    bytes[position++] = rest;
    this.#position = position;
  }

  #reserve(length: number): void {
    if (this.#position + length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#position + length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
