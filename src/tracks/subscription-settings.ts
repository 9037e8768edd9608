import {
  sendEnabled,
  sendVideoDimensions,
  sendVideoQuality,
  type VideoQuality,
} from '../native/subscription-requests.js';

/** A size in pixels. */
export interface VideoDimensions {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/**
 * What we want of a track of somebody else's: kept while we aren't subscribed, and told to the server
 * whenever we are.
 */
export class SubscriptionSettings {
  #enabled = true;
  #wish: VideoQuality | VideoDimensions = 'high';
  /** Whether the server was ever told of more than the defaults. */
  #told = false;

  /** Whether its media is to come. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** The layer that is to come, or the size. */
  get wish(): VideoQuality | VideoDimensions {
    return this.#wish;
  }

  /** @param publication - The native publication if we are subscribed to it. */
  setEnabled(enabled: boolean, publication: bigint | undefined): void {
    if (this.#enabled === enabled) return;
    this.#enabled = enabled;
    if (publication === undefined) return;
    this.#told = true;
    sendEnabled(publication, enabled);
    // It has forgotten which layer.
    if (enabled) this.#sendWish(publication);
  }

  /** @param publication - The native publication if we are subscribed to it. */
  setWish(wish: VideoQuality | VideoDimensions, publication: bigint | undefined): void {
    this.#wish = wish;
    // Asking for a layer would enable the track.
    if (publication === undefined || !this.#enabled) return;
    this.#told = true;
    this.#sendWish(publication);
  }

  /** We are subscribed, perhaps again: the server has the defaults. */
  subscribed(publication: bigint): void {
    const isDefault = this.#enabled && this.#wish === 'high';
    if (isDefault && !this.#told) return;
    this.#told = true;
    if (this.#enabled) {
      this.#sendWish(publication);
      return;
    }
    // The native side remembers that it's disabled, and would not tell the server.
    sendEnabled(publication, true);
    sendEnabled(publication, false);
  }

  #sendWish(publication: bigint): void {
    if (typeof this.#wish === 'string') sendVideoQuality(publication, this.#wish);
    else sendVideoDimensions(publication, this.#wish);
  }
}
