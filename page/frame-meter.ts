import type { RemoteVideoTrack } from 'livekit-client';

/** What was seen of a video in about a second. */
export interface Seen {
  /** Pictures a second that came to the screen. */
  readonly fps: number;
  /** From the publisher to the screen: the median. `null` if the pictures don't tell. */
  readonly latencyMs: number | null;
  /** Pictures that the publisher sent and that didn't come to the screen. `null` as above. */
  readonly lost: number | null;
}

/** What had come to the screen at an instant. */
interface Reading {
  readonly atMs: number;
  readonly presented: number;
  /** The newest picture that has told its number, and how many had been shown by then. */
  readonly numbered: { readonly frameId: number; readonly presented: number } | undefined;
}

/**
 * Measures a video where it is shown: each picture carries the publisher's clock and its number, and
 * the browser tells which one it has put on the screen.
 */
export class FrameMeter {
  readonly #video: HTMLVideoElement;
  readonly #track: RemoteVideoTrack;
  #request = 0;
  #latenciesMs: number[] = [];
  #before: Reading | undefined;
  #presented: number | undefined;
  #numbered: Reading['numbered'];

  constructor(video: HTMLVideoElement, track: RemoteVideoTrack) {
    this.#video = video;
    this.#track = track;
    this.#next();
  }

  /** What was seen since the last call. `null` before there was anything. */
  read(): Seen | null {
    const latenciesMs = this.#latenciesMs.sort((a, b) => a - b);
    this.#latenciesMs = [];
    if (this.#presented === undefined) return null;
    const from = this.#before;
    const to = { atMs: performance.now(), presented: this.#presented, numbered: this.#numbered };
    this.#before = to;
    if (!from) return null;
    return {
      fps: ((to.presented - from.presented) * 1000) / (to.atMs - from.atMs),
      latencyMs: latenciesMs[Math.floor(latenciesMs.length / 2)] ?? null,
      lost: lostBetween(from.numbered, to.numbered),
    };
  }

  /** Stops measuring. */
  stop(): void {
    this.#video.cancelVideoFrameCallback(this.#request);
  }

  #next(): void {
    this.#request = this.#video.requestVideoFrameCallback((_now, shown) => {
      this.#saw(shown);
      this.#next();
    });
  }

  #saw({ rtpTimestamp, presentedFrames, expectedDisplayTime }: VideoFrameCallbackMetadata): void {
    const metadata =
      rtpTimestamp === undefined ? undefined : this.#track.lookupFrameMetadata({ rtpTimestamp });
    this.#presented = presentedFrames;
    if (!metadata) return;
    this.#numbered = { frameId: metadata.frameId, presented: presentedFrames };
    if (metadata.userTimestamp === 0n) return;
    // The publisher's clock is a wall clock's.
    const shownAtMs = Date.now() + expectedDisplayTime - performance.now();
    const latencyMs = shownAtMs - Number(metadata.userTimestamp) / 1000;
    // On another machine the clocks may differ, and then there is no telling.
    if (latencyMs >= 0) this.#latenciesMs.push(latencyMs);
  }
}

function lostBetween(from: Reading['numbered'], to: Reading['numbered']): number | null {
  if (!from || !to) return null;
  const sent = to.frameId - from.frameId;
  // A publisher that has begun anew counts anew.
  return sent < 0 ? null : Math.max(0, sent - (to.presented - from.presented));
}
