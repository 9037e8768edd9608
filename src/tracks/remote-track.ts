import { FramewireError } from '../core/errors.js';
import type { TrackHandle } from '../core/track-handle.js';
import type { RtcStats } from '../native/stats/rtc-stats.js';
import { remoteTrackStats } from '../native/stats/track-stats.js';
import { Track } from './track.js';

/** How a remote track comes to be. */
export interface RemoteTrackInit {
  readonly sid: string;
  readonly name: string;
  readonly muted: boolean;
  /** The native track's handle, which the room owns. */
  readonly handle: number;
  /** Whether what the native track gives now must not reach anybody. */
  readonly withheld: () => boolean;
}

/**
 * A track of somebody else's that we are subscribed to. Read it with a stream. It ends when it's
 * unpublished or unsubscribed, when its publisher leaves, and when we do.
 */
export abstract class RemoteTrack extends Track implements TrackHandle {
  /** The server's id of the track. */
  readonly sid: string;
  readonly remote: boolean = true;
  readonly #handle: number;
  readonly #withheld: () => boolean;
  #enabled = true;

  /** @internal */
  protected constructor({ sid, name, muted, handle, withheld }: RemoteTrackInit) {
    super(name);
    this.sid = sid;
    this.#handle = handle;
    this.#withheld = withheld;
    this.changeMuted(muted);
  }

  /** @internal */
  get withheld(): boolean {
    return this.#withheld();
  }

  /** @internal */
  nativeTrack(): number {
    if (this.ended) throw new FramewireError('closed', `The remote track ${this.sid} has ended.`);
    return this.#handle;
  }

  /** @internal Bytes of media that the network has brought, if LiveKit knows. */
  async bytesReceived(): Promise<number | undefined> {
    if (this.ended) return undefined;
    const stats = await remoteTrackStats(this.#handle);
    return stats.find((entry) => entry.type === 'inbound-rtp')?.bytesReceived;
  }

  /** @internal */
  protected override readStats(): Promise<RtcStats[]> {
    return remoteTrackStats(this.#handle);
  }

  /** @internal */
  roomEnded(): void {
    this.end();
  }

  /** @internal */
  override get paused(): boolean {
    return super.paused || !this.#enabled;
  }

  /** @internal Our subscription says whether media is to come. */
  roomEnabled(enabled: boolean): void {
    if (this.#enabled === enabled) return;
    this.#enabled = enabled;
    this.interrupted();
  }

  /** @internal */
  roomMuted(muted: boolean): void {
    this.changeMuted(muted);
  }
}

/** Somebody else's video. Read it with a `VideoStream`. */
export class RemoteVideoTrack extends RemoteTrack {
  readonly kind = 'video' as const;
  #fpsLimit: number | undefined;

  private constructor(init: RemoteTrackInit) {
    super(init);
  }

  /** @internal */
  static create(init: RemoteTrackInit): RemoteVideoTrack {
    return new RemoteVideoTrack(init);
  }

  /** @internal The most frames a second that its streams give. */
  get fpsLimit(): number | undefined {
    return this.#fpsLimit;
  }

  /** @internal Our subscription says so. */
  roomLimitFps(fps: number | undefined): void {
    this.#fpsLimit = fps;
  }
}

/** Somebody else's audio. Read it with an `AudioStream`. */
export class RemoteAudioTrack extends RemoteTrack {
  readonly kind = 'audio' as const;

  private constructor(init: RemoteTrackInit) {
    super(init);
  }

  /** @internal */
  static create(init: RemoteTrackInit): RemoteAudioTrack {
    return new RemoteAudioTrack(init);
  }
}
