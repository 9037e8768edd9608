import type { RemoteAudioTrack, RemoteVideoTrack } from './remote-track.js';
import { TrackPublication } from './track-publication.js';

/** Somebody else's track, as the room announces it. */
export class RemoteTrackPublication extends TrackPublication {
  #track: RemoteVideoTrack | RemoteAudioTrack | undefined;

  /** The track while we are subscribed to it. */
  get track(): RemoteVideoTrack | RemoteAudioTrack | undefined {
    return this.#track;
  }

  /** Whether we receive the track. */
  get subscribed(): boolean {
    return this.#track !== undefined;
  }

  /** Asks the server for the track; `trackSubscribed` tells when it comes. */
  subscribe(): void {
    this.state.setSubscribed(true);
  }

  /** Tells the server to stop sending it; `trackUnsubscribed` tells when its streams have ended. */
  unsubscribe(): void {
    this.state.setSubscribed(false);
  }

  /** @internal The room says which track it has become. */
  roomSubscribed(track: RemoteVideoTrack | RemoteAudioTrack | undefined): void {
    this.#track = track;
  }
}
