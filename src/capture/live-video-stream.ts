import type { VideoStreamStats } from '../video/video-stats.js';
import { type CapturedVideoSettings, CapturedVideoStream } from './captured-video-stream.js';
import type { LiveVideoFeed } from './live-video-feed.js';

/** What a {@link LiveVideoStream} has counted since it was opened. */
export interface LiveVideoStats extends VideoStreamStats {
  /** How often the device was lost and came back, with `reopen`. */
  readonly reopened: number;
}

/**
 * What a camera or a screen shows, as an async iterator of frames: see {@link openCamera} and {@link openScreen}.
 *
 * The reader gets a FramewireError `device` when the device is lost.
 */
export class LiveVideoStream extends CapturedVideoStream {
  /** The device, by the name that the system has for it. */
  readonly device: string;
  readonly #feed: LiveVideoFeed;

  private constructor(
    feed: LiveVideoFeed,
    settings: CapturedVideoSettings & { readonly device: string },
  ) {
    super(
      (sink) =>
        feed.start(sink, {
          lost: (error) => this.emit('deviceLost', error),
          reopened: () => this.emit('deviceReopened'),
        }),
      settings,
    );
    this.device = settings.device;
    this.#feed = feed;
  }

  /** @internal A stream of what `feed` takes. */
  static of(
    feed: LiveVideoFeed,
    settings: CapturedVideoSettings & { readonly device: string },
  ): LiveVideoStream {
    return new LiveVideoStream(feed, settings);
  }

  /** What was counted so far. */
  override get stats(): LiveVideoStats {
    return { ...super.stats, reopened: this.#feed.reopened };
  }
}
