import type { Room } from '../room/room.js';
import { type CameraOptions, openCamera } from './open-camera.js';
import { checkPublishing, type PublishCaptureOptions } from './publish-capture.js';
import { PublishedCapture } from './published-capture.js';
import { VideoFeed } from './track-feed.js';

/** How a camera is captured and published. */
export interface PublishCameraOptions extends CameraOptions, PublishCaptureOptions {
  /**
   * Ends it: while it's being opened and published, the caller gets the signal's reason; later it's as
   * `close()`, for the reason `aborted`.
   */
  readonly signal?: AbortSignal;
}

/**
 * Opens a camera and publishes it. Closing what it returns frees everything; so does leaving the room, and
 * the camera's end.
 *
 * Subscribers get each frame's capture time. It's published with as many frames a second as the camera gives, or
 * as `fps` says, unless `maxFps` says otherwise.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile; what `openCamera()` and
 * `publishTrack()` throw, such as `device` and `forbidden`: nothing is open or published then. The signal's
 * reason if it aborts.
 * @example
 * ```ts
 * await using camera = await publishCamera(room, { width: 1280, height: 720, fps: 30, codec: 'vp8' });
 * const { reason, error } = await camera.closed;
 * ```
 */
export async function publishCamera(
  room: Room,
  options: PublishCameraOptions = {},
): Promise<PublishedCapture<'video'>> {
  const { name = 'camera', signal } = checkPublishing(room, 'video', options);
  return await PublishedCapture.publish(room, {
    open: async (life) => new VideoFeed(await openCamera({ ...options, signal: life })),
    name,
    publish: options,
    signal,
  });
}
