import { untilAborted } from '../core/abort.js';
import { checkOptions, checkSignal } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { PublicationState } from '../native/rtc-state.js';
import type { LocalAudioTrack, LocalVideoTrack } from './local-track.js';
import { TrackPublication } from './track-publication.js';

/** A track of our own, published. */
export class LocalTrackPublication extends TrackPublication {
  /** What is published. */
  readonly track: LocalVideoTrack | LocalAudioTrack;
  #mimeType = '';
  readonly #unpublish: () => Promise<void>;
  readonly #subscribed: Promise<void>;
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(
    state: PublicationState,
    track: LocalVideoTrack | LocalAudioTrack,
    unpublish: () => Promise<void>,
  ) {
    super(state);
    this.track = track;
    this.#unpublish = unpublish;
    this.#subscribed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who doesn't wait for it isn't told that it never came.
    this.#subscribed.catch(() => undefined);
  }

  /** @internal */
  static create(
    state: PublicationState,
    track: LocalVideoTrack | LocalAudioTrack,
    unpublish: () => Promise<void>,
  ): LocalTrackPublication {
    return new LocalTrackPublication(state, track, unpublish);
  }

  /** Such as `video/VP8` or `audio/opus`: what the server has agreed to. */
  override get mimeType(): string {
    return this.#mimeType;
  }

  /** @internal The codec that it's sent with. */
  roomNegotiated(mimeType: string): void {
    this.#mimeType = mimeType;
  }

  /** Takes the track back; it can be published again. Safe to call twice. */
  unpublish(): Promise<void> {
    return this.#unpublish();
  }

  /**
   * Resolves when somebody first subscribes to the track.
   *
   * @throws FramewireError `closed` if it's unpublished, or the room left, before that.
   */
  waitForSubscription(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkOptions(options, 'options');
    checkSignal(options.signal, 'options.signal');
    return untilAborted(this.#subscribed, options.signal);
  }

  /** @internal */
  roomSubscribed(): void {
    this.#settle?.resolve();
  }

  /** @internal */
  roomUnpublished(): void {
    this.#settle?.reject(
      new FramewireError(
        'closed',
        `'${this.name}' was unpublished before anybody subscribed to it.`,
      ),
    );
  }
}
