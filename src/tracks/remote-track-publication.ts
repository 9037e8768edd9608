import { FramewireError } from '../core/errors.js';
import type { PublicationState } from '../native/rtc-state.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from './remote-track.js';
import { TrackPublication } from './track-publication.js';

/** Somebody else's track, as the room announces it. */
export class RemoteTrackPublication extends TrackPublication {
  #track: RemoteVideoTrack | RemoteAudioTrack | undefined;
  #published = true;

  private constructor(state: PublicationState) {
    super(state);
  }

  /** @internal */
  static create(state: PublicationState): RemoteTrackPublication {
    return new RemoteTrackPublication(state);
  }

  /** The track while we are subscribed to it. */
  get track(): RemoteVideoTrack | RemoteAudioTrack | undefined {
    return this.#track;
  }

  /** Whether we receive the track. */
  get subscribed(): boolean {
    return this.#track !== undefined;
  }

  /**
   * Asks the server for the track; `trackSubscribed` tells when it comes.
   *
   * @throws FramewireError `closed` if it's no longer published, or we have left the room.
   */
  subscribe(): void {
    if (!this.#published) {
      throw new FramewireError('closed', `'${this.name}' is no longer published.`);
    }
    this.state.setSubscribed(true);
  }

  /**
   * Tells the server to stop sending it; `trackUnsubscribed` tells when its streams have ended. One that
   * is no longer published is not received anyway.
   */
  unsubscribe(): void {
    if (this.#published) this.state.setSubscribed(false);
  }

  /** @internal The room says which track it has become. */
  roomSubscribed(track: RemoteVideoTrack | RemoteAudioTrack | undefined): void {
    this.#track = track;
  }

  /** @internal Its publisher took it back, or one of the two left. */
  roomUnpublished(): void {
    this.#published = false;
  }
}
