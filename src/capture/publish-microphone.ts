import type { Room } from '../room/room.js';
import type { MicrophoneOptions } from './microphone-options.js';
import { openMicrophone } from './open-microphone.js';
import { checkPublishing, type PublishCaptureOptions } from './publish-capture.js';
import { PublishedCapture } from './published-capture.js';
import { AudioFeed } from './track-feed.js';

/** How a microphone is captured and published. */
export interface PublishMicrophoneOptions extends MicrophoneOptions, PublishCaptureOptions {
  /**
   * Most audio that waits to be sent. Default 100: where the device's clock is faster than the one by which sound is
   * sent, what is heard is no later than this, and a little is left out now and then.
   */
  readonly capacityMs?: number;
  /**
   * Ends it: while it's being opened and published, the caller gets the signal's reason; later it's as
   * `close()`, for the reason `aborted`.
   */
  readonly signal?: AbortSignal;
}

/**
 * Opens a microphone and publishes it. Closing what it returns frees everything; so does leaving the room, and the
 * microphone's end: with `reopen` it only ends when it's closed.
 *
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile; what `openMicrophone()` and
 * `publishTrack()` throw, such as `device` and `forbidden`: nothing is open or published then. The signal's
 * reason if it aborts.
 * @example
 * ```ts
 * await using microphone = await publishMicrophone(room, { noiseSuppression: true, reopen: true });
 * const { reason, error } = await microphone.closed;
 * ```
 */
export async function publishMicrophone(
  room: Room,
  options: PublishMicrophoneOptions = {},
): Promise<PublishedCapture<'audio'>> {
  const { name = 'microphone', signal } = checkPublishing(room, 'audio', options);
  const { capacityMs = CAPACITY_MS } = options;
  return await PublishedCapture.publish(room, {
    open: async (life) =>
      new AudioFeed(await openMicrophone({ ...options, capacityMs, signal: life })),
    name,
    publish: options,
    signal,
  });
}

const CAPACITY_MS = 100;
