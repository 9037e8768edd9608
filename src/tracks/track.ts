import type { Brand, TrackKind } from '../core/track-handle.js';
import { TypedEmitter } from '../core/typed-emitter.js';

/** What a track tells. */
export interface TrackEvents {
  /** It will never give media again: it was closed, unpublished or unsubscribed. Comes once. */
  readonly ended: readonly [];
  /** It was muted: no video frames come, and silent audio. */
  readonly muted: readonly [];
  /** It was unmuted. */
  readonly unmuted: readonly [];
}

/**
 * Audio or video that can be published, or was received.
 */
export abstract class Track extends TypedEmitter<TrackEvents> {
  /** In types alone: tracks are made by Framewire. */
  declare readonly brand: Brand<'track'>;
  abstract readonly kind: TrackKind;
  /** What its publisher called it. */
  readonly name: string;
  #ended = false;
  #muted = false;

  protected constructor(name: string) {
    super();
    this.name = name;
  }

  /** Whether it will never give media again. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it's muted, by its publisher. */
  get muted(): boolean {
    return this.#muted;
  }

  /** @internal */
  onEnded(listener: () => void): () => void {
    return this.once('ended', listener);
  }

  /** @internal Ends the track and every stream on it. Safe to call twice. */
  protected end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit('ended');
  }

  /** @internal */
  protected changeMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.emit(muted ? 'muted' : 'unmuted');
  }
}
