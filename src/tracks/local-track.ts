import { AudioSource } from '../audio/audio-source.js';
import { PlatformAudioSource } from '../audio/platform-audio-source.js';
import { checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { TrackHandle } from '../core/track-handle.js';
import type { RtcStats } from '../native/stats/rtc-stats.js';
import type { MetadataCarrier } from '../video/capture-metadata.js';
import { VideoSource } from '../video/video-source.js';
import { Track } from './track.js';

/** What a track needs of the room that it's published in. */
export interface PublishedPlace {
  /** Whose sid changes when the connection is made anew. */
  readonly publication: { readonly sid: string; readonly mimeType: string };
  /** Whether capture time, frame id and user data are sent with each frame. */
  readonly frameMetadata: boolean;
  unpublish(): Promise<void>;
  setMuted(muted: boolean): void;
  stats(): Promise<RtcStats[]>;
}

/**
 * A track of our own. It can be published, unpublished and published again, in one room at a time, and
 * read with a stream without any room. It ends, and is unpublished, when it or its source is closed.
 */
export abstract class LocalTrack extends Track implements TrackHandle, AsyncDisposable {
  readonly remote: boolean = false;
  readonly #source: VideoSource | AudioSource | PlatformAudioSource;
  readonly #forgetSource: () => void;
  /** From the time it's asked for, so that no two rooms get it. */
  #place: PublishedPlace | 'publishing' | undefined;
  /** Own mutes and unmutes of which the room has yet to tell. */
  #echoes = 0;

  /** @internal */
  protected constructor(name: string, source: VideoSource | AudioSource | PlatformAudioSource) {
    super(name);
    if (source.closed) throw new FramewireError('closed', 'source is closed.');
    this.#source = source;
    this.#forgetSource = source.onClosed(() => {
      // Nobody waits for it.
      this.close().catch((error: unknown) => this.emitError(error));
    });
  }

  /** The server's id of the track while it's published. */
  get sid(): string | undefined {
    return this.#published?.publication.sid;
  }

  /** Whether the track is published in a room. */
  get published(): boolean {
    return this.#published !== undefined;
  }

  /**
   * Stops sending; subscribers are told. A track that isn't published will begin muted. The server may
   * mute a track too.
   */
  mute(): void {
    this.#setMuted(true);
  }

  /** Sends again. */
  unmute(): void {
    this.#setMuted(false);
  }

  /**
   * Unpublishes the track and ends the streams on it. Its source stays open. Safe to call twice.
   */
  async close(): Promise<void> {
    this.#forgetSource();
    this.end();
    await this.#published?.unpublish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  nativeTrack(): number {
    this.#checkOpen();
    return this.#source.streamedTrack();
  }

  /** @internal A native track to be published, which is the caller's to drop. */
  openToPublish(): number {
    this.#checkOpen();
    return this.#source.openTrack(this.name);
  }

  /** @internal A room is about to publish it: {@link LocalTrack.roomPublished} says how that went. */
  roomPublishing(): void {
    if (this.#place !== undefined) {
      throw new FramewireError('invalid-state', `'${this.name}' is published already.`);
    }
    this.#place = 'publishing';
  }

  /** @internal The room says where the track is published, or that it no longer is. */
  roomPublished(place: PublishedPlace | undefined): void {
    this.#place = place;
    this.#echoes = 0;
    if (this.muted) this.#tellMuted(true);
  }

  /** @internal The room says that we, or the server, muted or unmuted it. @returns whether it's news. */
  roomMuted(muted: boolean): boolean {
    if (this.#echoes > 0) {
      this.#echoes -= 1;
      return true;
    }
    // The server's wish is told twice.
    if (this.muted === muted) return false;
    this.changeMuted(muted);
    return true;
  }

  /** @internal */
  protected override async readStats(): Promise<RtcStats[]> {
    const place = this.#published;
    const notPublished = (cause?: unknown): FramewireError =>
      new FramewireError('invalid-state', `'${this.name}' is not published.`, { cause });
    if (!place) throw notPublished();
    try {
      return await place.stats();
    } catch (error) {
      const left = error instanceof FramewireError && error.code === 'disconnected';
      // It was taken back meanwhile.
      throw this.#published === place || left ? error : notPublished(error);
    }
  }

  #setMuted(muted: boolean): void {
    this.#checkOpen();
    if (this.muted === muted) return;
    this.#tellMuted(muted);
    this.changeMuted(muted);
  }

  #checkOpen(): void {
    if (this.ended) throw new FramewireError('closed', `The local track '${this.name}' is closed.`);
  }

  #tellMuted(muted: boolean): void {
    const place = this.#published;
    if (!place) return;
    place.setMuted(muted);
    this.#echoes += 1;
  }

  get #published(): PublishedPlace | undefined {
    return this.#place === 'publishing' ? undefined : this.#place;
  }
}

/** What a source is told of a place, where the codec is only known later. */
class PlaceOfMetadata implements MetadataCarrier {
  readonly name: string;
  readonly #place: PublishedPlace;

  constructor(name: string, place: PublishedPlace) {
    this.name = name;
    this.#place = place;
  }

  get frameMetadata(): boolean {
    return this.#place.frameMetadata;
  }

  get mimeType(): string {
    return this.#place.publication.mimeType;
  }
}

/** Our own video, made of a {@link VideoSource}. */
export class LocalVideoTrack extends LocalTrack {
  readonly kind = 'video' as const;
  readonly source: VideoSource;

  private constructor(name: string, source: VideoSource) {
    super(name, source);
    this.source = source;
  }

  /**
   * Makes a track. `name` is what others see.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws FramewireError `closed` if the source is closed.
   */
  static create(name: string, source: VideoSource): LocalVideoTrack {
    checkString(name, 'name');
    if (!(source instanceof VideoSource)) {
      throw new TypeError(`source must be a VideoSource, got ${shown(source)}.`);
    }
    return new LocalVideoTrack(name, source);
  }

  /** @internal */
  override roomPublished(place: PublishedPlace | undefined): void {
    super.roomPublished(place);
    this.source.trackPublished(this, place && new PlaceOfMetadata(this.name, place));
  }
}

/** Our own audio, made of an {@link AudioSource}, or of the microphone by a {@link PlatformAudioSource}. */
export class LocalAudioTrack<
  Source extends AudioSource | PlatformAudioSource = AudioSource | PlatformAudioSource,
> extends LocalTrack {
  readonly kind = 'audio' as const;
  readonly source: Source;

  private constructor(name: string, source: Source) {
    super(name, source);
    this.source = source;
  }

  /**
   * Makes a track. `name` is what others see.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws FramewireError `closed` if the source is closed.
   */
  static create<Source extends AudioSource | PlatformAudioSource>(
    name: string,
    source: Source,
  ): LocalAudioTrack<Source> {
    checkString(name, 'name');
    if (!(source instanceof AudioSource || source instanceof PlatformAudioSource)) {
      throw new TypeError(`source must be an AudioSource, got ${shown(source)}.`);
    }
    return new LocalAudioTrack(name, source);
  }
}
