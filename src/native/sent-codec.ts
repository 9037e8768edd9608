import { setTimeout as delay } from 'node:timers/promises';
import { FramewireError } from '../core/errors.js';
import type { RtcSession } from './rtc-session.js';
import { publishedTrackStats } from './stats/track-stats.js';

/** Measured: 20 to 90 ms after the server took the track, whether or not a frame was captured. */
const POLL_MS = 10;

/** A server that is there answers an offer sooner. */
const NEGOTIATION_TIMEOUT_MS = 15_000;

/**
 * The codec that a published track is sent with, as soon as the server has agreed on one: where it
 * doesn't allow the one that was asked for, LiveKit takes another without a word.
 *
 * @returns Such as `video/VP8`.
 * @throws FramewireError `timeout`; `invalid-state` if the track isn't published any more; `disconnected`
 * if the room is left. The signal's reason.
 */
export async function sentMimeType(
  session: RtcSession,
  track: number,
  options: { readonly isPublished: () => boolean; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const { isPublished, signal } = options;
  let deadline = performance.now() + NEGOTIATION_TIMEOUT_MS;
  for (;;) {
    const mimeType = await agreedMimeType(session, track, signal);
    if (!isPublished()) {
      throw new FramewireError('invalid-state', 'The track was taken back while it was published.');
    }
    if (mimeType !== undefined && mimeType !== '') return mimeType;
    // No report: the connection is being made again, which takes as long as it does.
    if (mimeType === undefined) deadline = performance.now() + NEGOTIATION_TIMEOUT_MS;
    else if (performance.now() > deadline) {
      throw new FramewireError(
        'timeout',
        `The server did not agree on a codec within ${NEGOTIATION_TIMEOUT_MS} ms.`,
      );
    }
    await delay(POLL_MS, undefined, signal && { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
}

/** Empty while there is none, undefined while there is no report. */
async function agreedMimeType(
  session: RtcSession,
  track: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const stats = await publishedTrackStats(session, track, signal);
    const { codecId } = stats.find((entry) => entry.type === 'outbound-rtp') ?? {};
    const codecs = stats.filter((entry) => entry.type === 'codec');
    return codecs.find(({ id }) => id === codecId)?.mimeType ?? '';
  } catch (error) {
    if (error instanceof FramewireError && error.code === 'native') return undefined;
    throw error;
  }
}
