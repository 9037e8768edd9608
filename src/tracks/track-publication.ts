import type { TrackKind, TrackSource } from '../core/track-handle.js';
import type { EncryptionType } from '../native/e2ee.js';
import type { PublicationState } from '../native/rtc-state.js';

/** A track as the room announces it, whether or not we receive it. */
export abstract class TrackPublication {
  readonly kind: TrackKind;
  /** @internal */
  protected readonly state: PublicationState;

  /** @internal */
  protected constructor(state: PublicationState) {
    this.state = state;
    this.kind = state.kind;
  }

  /** The server's id of the track. One of our own gets another when the connection was made anew. */
  get sid(): string {
    return this.state.sid;
  }

  /** The name that the publisher gave the track. */
  get name(): string {
    return this.state.name;
  }

  /** What the track shows or plays. */
  get source(): TrackSource {
    return this.state.source;
  }

  /** Whether the publisher muted it. */
  get muted(): boolean {
    return this.state.muted;
  }

  /** Whether it comes in several sizes at once. */
  get simulcasted(): boolean {
    return this.state.simulcasted;
  }

  /** Width in pixels as published; 0 for audio. */
  get width(): number {
    return this.state.width;
  }

  /** Height in pixels as published; 0 for audio. */
  get height(): number {
    return this.state.height;
  }

  /**
   * How its publisher says to encrypt it from end to end: `none`, or `gcm` with LiveKit's own encryption.
   */
  get encryption(): EncryptionType {
    return this.state.encryption;
  }

  /** Such as `video/VP8`. */
  get mimeType(): string {
    return this.state.mimeType;
  }
}
