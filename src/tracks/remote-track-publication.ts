import { checkInteger, checkObject, checkOneOf, checkPositive } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { PublicationState } from '../native/rtc-state.js';
import { VIDEO_QUALITIES, type VideoQuality } from '../native/subscription-requests.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from './remote-track.js';
import { SubscriptionSettings, type VideoDimensions } from './subscription-settings.js';
import { Subscription } from './subscription.js';
import { TrackPublication } from './track-publication.js';

/** What the request can hold. */
const MAX_DIMENSION = 2 ** 32 - 1;

/** Somebody else's track, as the room announces it. */
export class RemoteTrackPublication extends TrackPublication {
  #track: RemoteVideoTrack | RemoteAudioTrack | undefined;
  readonly #settings = new SubscriptionSettings();
  #videoFps: number | undefined;
  readonly #subscription = new Subscription((subscribed) => {
    this.state.setSubscribed(subscribed);
  });
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

  /**
   * Whether we receive the track. Stays `true` if its publisher takes the permission to subscribe to it
   * from us, of which LiveKit's Node binding doesn't tell: no media comes then, and the track's `getStats()`
   * is empty. When it's given back the track comes anew, with `trackUnsubscribed` and `trackSubscribed`.
   */
  get subscribed(): boolean {
    return this.#track !== undefined;
  }

  /**
   * Asks the server for the track; `trackSubscribed` tells when it comes. Just after `unsubscribe()` it's
   * asked a moment later.
   *
   * @throws FramewireError `closed` if it's no longer published, or we have left the room.
   */
  subscribe(): void {
    this.#checkPublished();
    this.#subscription.subscribe();
  }

  /**
   * Tells the server to stop sending it; `trackUnsubscribed` tells when its streams have ended. One that
   * is no longer published is not received anyway.
   */
  unsubscribe(): void {
    if (this.#published) this.#subscription.unsubscribe();
  }

  /** Whether its media is to come: see {@link RemoteTrackPublication.disable}. */
  get enabled(): boolean {
    return this.#settings.enabled;
  }

  /**
   * The layer that was asked for: `high` until told otherwise. `undefined` while dimensions are asked for,
   * and for what comes in one size only.
   */
  get videoQuality(): VideoQuality | undefined {
    const { wish } = this.#settings;
    return this.simulcasted && typeof wish === 'string' ? wish : undefined;
  }

  /** The size that was asked for, if it was the last thing asked for. */
  get videoDimensions(): VideoDimensions | undefined {
    const { wish } = this.#settings;
    return typeof wish === 'string' ? undefined : wish;
  }

  /** The most frames a second that streams of it give, if that was limited. */
  get videoFps(): number | undefined {
    return this.#videoFps;
  }

  /**
   * Lets media come again after {@link RemoteTrackPublication.disable}, in the quality asked for.
   *
   * @throws FramewireError `closed` if it's no longer published, or we have left the room.
   */
  enable(): void {
    this.#checkPublished();
    this.#settings.setEnabled(true, this.#subscribedHandle);
    this.#track?.roomEnabled(true);
  }

  /**
   * Stops the media for us without giving up the track: its streams stay open and get nothing, and it
   * comes back sooner than by subscribing. It stays so over unsubscribing and subscribing.
   *
   * @throws FramewireError `closed` if it's no longer published, or we have left the room.
   */
  disable(): void {
    this.#checkPublished();
    this.#settings.setEnabled(false, this.#subscribedHandle);
    this.#track?.roomEnabled(false);
  }

  /**
   * Asks for a layer of a track that comes in several sizes: of simulcast, or of vp9's and av1's
   * `scalabilityMode`. The server switches at the next key frame, and sends a lower one where the network
   * has no room. Takes the place of dimensions asked for before, and stays over unsubscribing and
   * subscribing; what its publisher publishes anew begins with `high`.
   *
   * @throws TypeError or RangeError if `quality` is none of them.
   * @throws FramewireError `invalid-state` if the track comes in one size only, or is audio; `closed` if
   * it's no longer published, or we have left the room.
   */
  setVideoQuality(quality: VideoQuality): void {
    checkOneOf(quality, 'quality', VIDEO_QUALITIES);
    this.#checkLayers();
    this.#settings.setWish(quality, this.#subscribedHandle);
  }

  /**
   * Asks for the layer that fits a size on a screen: the smallest that is as large, else the largest. As
   * {@link RemoteTrackPublication.setVideoQuality}, whose place it takes.
   *
   * @throws TypeError or RangeError if a dimension is no positive integer.
   * @throws FramewireError as {@link RemoteTrackPublication.setVideoQuality}.
   */
  setVideoDimensions(dimensions: VideoDimensions): void {
    checkObject(dimensions, 'dimensions');
    const { width, height } = dimensions;
    checkInteger(width, 'dimensions.width', { min: 1, max: MAX_DIMENSION });
    checkInteger(height, 'dimensions.height', { min: 1, max: MAX_DIMENSION });
    this.#checkLayers();
    this.#settings.setWish({ width, height }, this.#subscribedHandle);
  }

  /**
   * Limits the frames that every stream of the track gives, besides its own `fps`; `undefined` takes the
   * limit back. Frames above it are dropped as `dropped.rate` before they cost anything in JavaScript, but
   * they do come by the network: LiveKit's Node binding can't ask the server for fewer. A lower layer has
   * fewer, where its publisher made it so.
   *
   * @throws TypeError or RangeError if `fps` is no positive number.
   * @throws FramewireError `invalid-state` if the track is audio; `closed` if it's no longer published, or
   * we have left the room.
   */
  setVideoFps(fps: number | undefined): void {
    if (fps !== undefined) checkPositive(fps, 'fps');
    this.#checkVideo();
    this.#videoFps = fps;
    if (this.#track?.kind === 'video') this.#track.roomLimitFps(fps);
  }

  /** @internal The room says which track it has become. */
  roomSubscribed(track: RemoteVideoTrack | RemoteAudioTrack | undefined): void {
    this.#track = track;
    if (!track) return;
    if (track.kind === 'video') track.roomLimitFps(this.#videoFps);
    track.roomEnabled(this.enabled);
    this.#settings.subscribed(this.state.publicationHandle);
    this.#subscription.came();
  }

  /** @internal Its publisher took it back, or one of the two left. */
  roomUnpublished(): void {
    this.#published = false;
    this.#subscription.settle();
  }

  get #subscribedHandle(): bigint | undefined {
    return this.#track && this.state.publicationHandle;
  }

  #checkPublished(): void {
    if (this.#published) return;
    throw new FramewireError('closed', `'${this.name}' is no longer published.`);
  }

  #checkVideo(): void {
    this.#checkPublished();
    if (this.kind === 'video') return;
    throw new FramewireError('invalid-state', `'${this.name}' is audio.`);
  }

  /** LiveKit would ignore the wish. */
  #checkLayers(): void {
    this.#checkVideo();
    if (this.simulcasted) return;
    throw new FramewireError(
      'invalid-state',
      `'${this.name}' comes in one size only: it was published without simulcast and layers.`,
    );
  }
}
