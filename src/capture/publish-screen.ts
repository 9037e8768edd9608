import type { Room } from '../room/room.js';
import { openScreen, type ScreenOptions } from './open-screen.js';
import { checkPublishing, type PublishCaptureOptions } from './publish-capture.js';
import { PublishedCapture } from './published-capture.js';
import { VideoFeed } from './track-feed.js';

/** How a screen is captured and published. */
export interface PublishScreenOptions extends ScreenOptions, PublishCaptureOptions {
  /**
   * Ends it: while it's being opened and published, the caller gets the signal's reason; later it's as
   * `close()`, for the reason `aborted`.
   */
  readonly signal?: AbortSignal;
}

/**
 * Opens a screen and publishes it, as a screen that is shared: sharp rather than smooth. As {@link publishCamera}
 * otherwise.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile; what `openScreen()` and
 * `publishTrack()` throw, such as `device` and `forbidden`: nothing is open or published then. The signal's
 * reason if it aborts.
 * @example
 * ```ts
 * await using screen = await publishScreen(room, { fps: 15, maxBitrateBps: 3_000_000 });
 * const { reason, error } = await screen.closed;
 * ```
 */
export async function publishScreen(
  room: Room,
  options: PublishScreenOptions = {},
): Promise<PublishedCapture<'video'>> {
  const { name = 'screen', signal } = checkPublishing(room, 'video', options);
  return await PublishedCapture.publish(room, {
    open: async (life) => {
      const screen = await openScreen({ ...options, signal: life });
      return new VideoFeed(screen, { screencast: true });
    },
    name,
    publish: options,
    signal,
  });
}
