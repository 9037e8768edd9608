import { ffi } from './ffi-client.js';

// What its owner forgot to close is freed when it's collected.
const forgotten = new FinalizationRegistry<number>((handle) => ffi().drop(handle));

/** Something native that needs no events: it's freed when this is closed or collected. */
export class OwnedHandle {
  readonly #id: number;
  #closed = false;

  /** Takes ownership of the handle. */
  constructor(id: number) {
    this.#id = id;
    forgotten.register(this, id, this);
  }

  /** The handle as requests want it. */
  get id(): bigint {
    return BigInt(this.#id);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Frees it. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    forgotten.unregister(this);
    ffi().drop(this.#id);
  }
}
