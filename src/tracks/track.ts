import { untilAborted } from '../core/abort.js';
import { checkOptions, checkSignal } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { Brand, TrackKind } from '../core/track-handle.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import type { RtcStats } from '../native/stats/rtc-stats.js';

/** What a track tells. */
export interface TrackEvents {
  /** It will never give media again: it was closed, unpublished or unsubscribed. Comes once. */
  readonly ended: readonly [];
  /** It was muted: no video frames come, and silent audio. */
  readonly muted: readonly [];
  /** It was unmuted. */
  readonly unmuted: readonly [];
}

/** How statistics are asked for. */
export interface StatsOptions {
  /** Ends the wait: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
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
  #interruptions = 0;

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

  /** @internal Whether no media is to come now. */
  get paused(): boolean {
    return this.#muted;
  }

  /** @internal How often `paused` has changed. */
  get interruptions(): number {
    return this.#interruptions;
  }

  /**
   * What WebRTC tells of this track at the moment: entries with the W3C's names. A remote track has an
   * `inbound-rtp`, one of our own an `outbound-rtp` for each layer that it's sent in.
   *
   * @throws TypeError if an option has the wrong type.
   * @throws FramewireError `closed` if the track has ended, or ends meanwhile; `invalid-state` if it's one
   * of our own that isn't published; `disconnected` if the room is left meanwhile. The signal's reason if
   * it aborts.
   */
  async getStats(options: StatsOptions = {}): Promise<readonly RtcStats[]> {
    checkOptions(options, 'options');
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    signal?.throwIfAborted();
    const endedError = (): Error =>
      new FramewireError('closed', `The track '${this.name}' has ended.`);
    if (this.#ended) throw endedError();
    let off: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      off = this.once('ended', () => {
        reject(endedError());
      });
    });
    try {
      return await Promise.race([untilAborted(this.readStats(), signal), end]);
    } finally {
      off?.();
    }
  }

  /** @internal What WebRTC tells of it. */
  protected abstract readStats(): Promise<RtcStats[]>;

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

  /** @internal Media stops or comes again, since somebody wants it so. */
  protected interrupted(): void {
    this.#interruptions += 1;
  }

  /** @internal */
  protected changeMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.interrupted();
    this.emit(muted ? 'muted' : 'unmuted');
  }
}
