import { shown } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { log } from '../core/log.js';
import type { TrackSource } from '../core/track-handle.js';
import type { VideoCodec } from '../native/publish-options.js';
import type { ParticipantState } from '../native/participant-view.js';
import type { DisconnectReason, PublicationState } from '../native/rtc-state.js';
import { sentMimeType } from '../native/sent-codec.js';
import { publishedTrackStats } from '../native/stats/track-stats.js';
import { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import { LocalTrackPublication } from '../tracks/local-track-publication.js';
import { LocalMessenger, type LocalMessengerRoom } from './local-messenger.js';
import type { ReadableTrack } from './participant.js';
import { type PublishOptions, resolvePublishOptions } from './publish-options.js';
import {
  checkedSubscriptionPermissions,
  setSubscriptionPermissions,
  type TrackSubscriptionPermissions,
} from './subscription-permissions.js';

/** What the local participant needs of its room. */
export interface LocalParticipantRoom extends LocalMessengerRoom {
  published(publication: LocalTrackPublication): void;
  unpublished(publication: LocalTrackPublication): void;
}

interface Place {
  readonly publication: LocalTrackPublication;
  /** Frees what the publication alone needed. */
  readonly release: () => void;
  /** Several may ask for it at once. */
  unpublishing?: Promise<void>;
}

/** Ourselves in a room. */
export class LocalParticipant extends LocalMessenger {
  readonly #room: LocalParticipantRoom;
  readonly #places = new Map<string, Place>();

  private constructor(room: LocalParticipantRoom) {
    super(room);
    this.#room = room;
  }

  /** @internal */
  static create(room: LocalParticipantRoom): LocalParticipant {
    return new LocalParticipant(room);
  }

  /** `active` during the stay, `disconnected` after it. */
  override get state(): ParticipantState {
    // The server tells of our own state late, if ever.
    return this.left ? 'disconnected' : 'active';
  }

  /**
   * Publishes a track to everybody in the room. While the connection is being made again, this waits for
   * it.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   * @throws FramewireError `forbidden` if the token doesn't allow it, `invalid-state` if the track is
   * published already, here or in another room, or taken back meanwhile; `closed` if it's closed;
   * `unsupported` for a codec that isn't there, that encryption breaks, or that the server doesn't allow:
   * others may have heard of the track for a moment then; `disconnected` if the room is left meanwhile. The signal's reason if
   * it aborts.
   */
  async publishTrack(
    track: LocalVideoTrack | LocalAudioTrack,
    options: PublishOptions = {},
  ): Promise<LocalTrackPublication> {
    if (!(track instanceof LocalVideoTrack || track instanceof LocalAudioTrack)) {
      throw new TypeError(`track must be a local track, got ${shown(track)}.`);
    }
    const { signal, ...resolved } = resolvePublishOptions(track, options);
    const { session } = this.#room;
    if (!session.isConnected()) throw notConnected();
    if (session.encrypted && resolved.codec === 'av1') {
      // Measured: no frame of it ever arrives, at us or at livekit-client.
      throw new FramewireError('unsupported', "LiveKit's end-to-end encryption breaks av1.");
    }
    this.#checkPermission(resolved.source);
    track.roomPublishing();
    let handle: number;
    let native: { readonly state: PublicationState; readonly release: () => void };
    try {
      handle = track.openToPublish();
      native = await session.publish(
        { handle, name: track.name, kind: track.kind },
        resolved,
        signal,
      );
    } catch (error) {
      track.roomPublished(undefined);
      throw error;
    }
    if (!session.isConnected()) {
      native.release();
      track.roomPublished(undefined);
      throw notConnected();
    }
    const publication: LocalTrackPublication = LocalTrackPublication.create(
      native.state,
      track,
      () => this.#unpublish(publication),
    );
    this.#places.set(publication.sid, { publication, release: native.release });
    this.roomPublished(publication);
    track.roomPublished({
      publication,
      frameMetadata: resolved.frameMetadata,
      unpublish: () => this.#unpublish(publication),
      setMuted: (muted) => {
        session.setMuted(handle, muted);
      },
      stats: () => publishedTrackStats(session, handle),
    });
    this.#room.published(publication);
    await this.#confirm(publication, handle, { codec: resolved.codec, signal });
    return publication;
  }

  /**
   * Says who may subscribe to our tracks; at first everybody may. Who loses the permission gets no more
   * media, and the track anew, with `trackSubscribed`, as soon as it may again; of the loss a subscriber
   * with LiveKit's Node binding isn't told. The server ignores sids and identities that it doesn't know.
   *
   * @throws TypeError or RangeError if something is not as it must be.
   * @throws FramewireError `disconnected` if the room is left.
   */
  setTrackSubscriptionPermissions(options: TrackSubscriptionPermissions): void {
    const checked = checkedSubscriptionPermissions(options);
    const { session } = this.#room;
    if (!session.isConnected()) throw notConnected();
    setSubscriptionPermissions(session, checked);
  }

  /**
   * Takes a track back. It stays open and can be published again.
   *
   * @throws FramewireError `not-found` if it isn't published here.
   */
  async unpublishTrack(track: LocalVideoTrack | LocalAudioTrack): Promise<void> {
    if (!(track instanceof LocalVideoTrack || track instanceof LocalAudioTrack)) {
      throw new TypeError(`track must be a local track, got ${shown(track)}.`);
    }
    const publication = [...this.trackPublications.values()].find((one) => one.track === track);
    if (!publication) {
      throw new FramewireError('not-found', `'${track.name}' is not published in this room.`);
    }
    await this.#unpublish(publication);
  }

  /** @internal */
  roomSubscribed(sid: string): LocalTrackPublication | undefined {
    const publication = this.trackPublications.get(sid);
    publication?.roomSubscribed();
    return publication;
  }

  /** @internal The server took a publication away, or the room was left. */
  roomRemoved(sid: string): void {
    const place = this.#places.get(sid);
    if (!place) return;
    const { publication, release } = place;
    this.#places.delete(sid);
    this.roomUnpublished(sid);
    publication.track.roomPublished(undefined);
    publication.roomUnpublished();
    release();
    this.#room.unpublished(publication);
  }

  /**
   * @internal Some permissions changed. The server has stopped what is no longer allowed, but the native
   * side, not being told, would go on sending it.
   */
  roomPermissionsChanged(): void {
    for (const { publication } of this.#places.values()) {
      if (this.#mayPublish(publication.source)) continue;
      this.#unpublish(publication).catch((error: unknown) => {
        log('warn', 'a track that is no longer allowed could not be unpublished', { error });
      });
    }
  }

  /** @internal After a full reconnect a publication has another sid. */
  roomRepublished(previousSid: string, sid: string): LocalTrackPublication | undefined {
    const place = this.#places.get(previousSid);
    if (!place) return undefined;
    this.#places.delete(previousSid);
    this.#places.set(sid, place);
    this.roomUnpublished(previousSid);
    this.roomPublished(place.publication, sid);
    return place.publication;
  }

  /** @internal */
  override roomLeft(reason?: DisconnectReason): void {
    for (const sid of [...this.#places.keys()]) this.roomRemoved(sid);
    super.roomLeft(reason);
  }

  /** @internal */
  protected override readable({ track }: LocalTrackPublication): ReadableTrack {
    return track;
  }

  async #unpublish(publication: LocalTrackPublication): Promise<void> {
    const [sid, place] =
      [...this.#places].find(([, { publication: one }]) => one === publication) ?? [];
    if (sid === undefined || !place) return;
    place.unpublishing ??= this.#room.session.unpublish(sid).finally(() => {
      delete place.unpublishing;
    });
    await place.unpublishing;
    this.roomRemoved(sid);
  }

  /** Waits until it's known what is sent. What isn't as was asked for is taken back. */
  async #confirm(
    publication: LocalTrackPublication,
    handle: number,
    {
      codec,
      signal,
    }: { readonly codec: VideoCodec | undefined } & {
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<void> {
    const { track } = publication;
    const isPublished = (): boolean => track.sid === publication.sid && !track.ended;
    try {
      const mimeType = await sentMimeType(this.#room.session, handle, { isPublished, signal });
      publication.roomNegotiated(mimeType);
      if (codec !== undefined && mimeType.toLowerCase() !== `video/${codec}`) {
        throw new FramewireError(
          'unsupported',
          `The server does not allow ${codec} in this room: LiveKit would send ${mimeType}.`,
        );
      }
    } catch (error) {
      await this.#unpublish(publication);
      // It was closed while the server answered.
      if (track.ended) {
        throw new FramewireError('closed', `'${track.name}' was closed while it was published.`);
      }
      throw error;
    }
  }

  #checkPermission(source: TrackSource): void {
    // Without this the native side waits 10 seconds for an answer that never comes.
    if (this.#mayPublish(source)) return;
    throw new FramewireError('forbidden', `The token does not allow to publish ${source}.`);
  }

  #mayPublish(source: TrackSource): boolean {
    const { canPublish, canPublishSources = [] } = this.permissions ?? {};
    return (
      canPublish !== false && (canPublishSources.length === 0 || canPublishSources.includes(source))
    );
  }
}
