/** The pixels of a picture in I420 that several wait for. */
export class SharedPicture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly #release: () => void;
  #owners = 1;

  /** @param release - Called when nobody needs the bytes any more. */
  constructor(
    bytes: Uint8Array,
    {
      width,
      height,
      release,
    }: { readonly width: number; readonly height: number; readonly release: () => void },
  ) {
    this.bytes = bytes;
    this.width = width;
    this.height = height;
    this.#release = release;
  }

  /** A black one. */
  static black(width: number, height: number): SharedPicture {
    const luma = width * height;
    const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
    const bytes = new Uint8Array(luma + 2 * chroma).fill(16, 0, luma).fill(128, luma);
    return new SharedPicture(bytes, { width, height, release: () => undefined });
  }

  /** One more needs it. */
  retain(): this {
    this.#owners += 1;
    return this;
  }

  /** One less. */
  release(): void {
    this.#owners -= 1;
    if (this.#owners === 0) this.#release();
  }
}
