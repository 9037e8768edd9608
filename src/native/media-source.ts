import { FramewireError } from '../core/errors.js';
import type { TrackKind } from '../core/track-handle.js';
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
  /** What the streams on the source's tracks read, once there was one. */
  #streamed: OwnedHandle | undefined;

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
    this.#streamed?.close();
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

  /** @internal Makes a native track of this source, which is the caller's to drop. */
  openTrack(name: string): number {
    this.checkOpen();
    return this.newTrack(name);
  }

  /**
   * @internal The native track for streams, one for all of them until the source is closed.
   *
   * While no room is connected each native track has threads of its own, and on those it enters itself
   * in the source's list of tracks when it's made, and takes itself out when it's freed. The list has no
   * lock: two that are freed at once, as by two streams that end, end the process (measured).
   */
  streamedTrack(): number {
    this.checkOpen();
    this.#streamed ??= new OwnedHandle(this.newTrack(''));
    return Number(this.#streamed.id);
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
