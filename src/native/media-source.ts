import { FramewireError } from '../core/errors.js';
import type { NativeTrackLease, TrackKind } from '../core/track-handle.js';
import { ffi } from './ffi-client.js';
import { OwnedHandle } from './owned-handle.js';

/**
 * What the sources of video and audio have in common: a native source, which is freed when this is
 * closed or collected, and tracks, which end when this is closed.
 */
export abstract class MediaSource implements Disposable {
  /** @internal The native source. */
  protected readonly handle: number;
  readonly #kind: TrackKind;
  // A forgotten source would work on natively for ever: one of audio costs 0.1 % of a core.
  readonly #owned: OwnedHandle;
  readonly #closedListeners = new Set<() => void>();

  /** @internal Takes ownership of the handle. */
  protected constructor(kind: TrackKind, handle: number) {
    this.#kind = kind;
    this.handle = handle;
    this.#owned = new OwnedHandle(handle);
  }

  /** Whether the source was closed. */
  get closed(): boolean {
    return this.#owned.closed;
  }

  /** Frees the source, after which capturing is an error. The tracks made of it end. Safe to call twice. */
  close(): void {
    if (this.closed) return;
    this.#owned.close();
    for (const listener of this.#closedListeners) listener();
    this.#closedListeners.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Calls `listener` when the source is closed. Returns how to take that back. */
  onClosed(listener: () => void): () => void {
    this.#closedListeners.add(listener);
    return () => {
      this.#closedListeners.delete(listener);
    };
  }

  /** @internal A native track of this source, to be released. */
  openTrack(name: string): NativeTrackLease {
    this.checkOpen();
    const handle = this.newTrack(name);
    return {
      handle,
      release: () => {
        ffi().drop(handle);
      },
    };
  }

  /** @internal Throws a FramewireError `closed` if the source is closed. */
  protected checkOpen(): void {
    if (this.closed) throw this.closedError();
  }

  /** @internal What those get who use the source when it's closed, or wait for it when it closes. */
  protected closedError(): FramewireError {
    return new FramewireError('closed', `The ${this.#kind} source is closed.`);
  }

  /** @internal Makes a native track. */
  protected abstract newTrack(name: string): number;
}
