import { Histogram } from '../../core/histogram.js';
import type { RemoteVideoTrack } from '../../tracks/remote-track.js';
import type { VideoFrame } from '../../video/video-frame.js';
import type { VideoStream } from '../../video/video-stream.js';
import type { VideoStreamStats } from '../../video/video-stats.js';
import type { HopFigures } from './protocol.js';

/** What had been counted at an instant. */
interface Reading {
  readonly atMs: number;
  readonly stats: VideoStreamStats;
  readonly bytes: number | undefined;
}

/** The time from one instant on. */
interface Span {
  readonly from: Reading;
  readonly latencyUs: Histogram;
}

/**
 * Measures what comes over one hop, at its receiving end: since the measuring began, and since the
 * last time that somebody asked.
 */
export class HopMeter {
  readonly #stream: VideoStream;
  readonly #track: RemoteVideoTrack;
  #total: Span;
  #recent: Span;
  #size: string | null = null;
  #newest: HopFigures | undefined;

  constructor(stream: VideoStream, track: RemoteVideoTrack) {
    this.#stream = stream;
    this.#track = track;
    this.#total = spanFrom({ atMs: performance.now(), stats: stream.stats, bytes: undefined });
    this.#recent = this.#total;
  }

  /** Counts a frame that the stream gave; `latencyUs` is how long it was under way, if known. */
  add(frame: VideoFrame, latencyUs: number | undefined): void {
    this.#size = `${frame.width}x${frame.height}`;
    if (latencyUs === undefined) return;
    this.#total.latencyUs.add(latencyUs);
    if (this.#recent !== this.#total) this.#recent.latencyUs.add(latencyUs);
  }

  /** Forgets what was measured so far. */
  async begin(): Promise<void> {
    this.#total = spanFrom(await this.#read());
    this.#recent = this.#total;
  }

  /** What was measured before somebody last asked for figures. */
  get newest(): HopFigures | undefined {
    return this.#newest;
  }

  /** What was measured since the last call, and since the measuring began. */
  async figures(): Promise<{ readonly recent: HopFigures; readonly total: HopFigures }> {
    const now = await this.#read();
    const recent = figuresOf(this.#recent, now, this.#size);
    this.#recent = spanFrom(now);
    this.#newest = recent;
    return { recent, total: figuresOf(this.#total, now, this.#size) };
  }

  async #read(): Promise<Reading> {
    const bytes = await this.#track.bytesReceived();
    return { atMs: performance.now(), stats: this.#stream.stats, bytes };
  }
}

function spanFrom(from: Reading): Span {
  return { from, latencyUs: new Histogram() };
}

function figuresOf({ from, latencyUs }: Span, to: Reading, size: string | null): HopFigures {
  const seconds = (to.atMs - from.atMs) / 1000;
  const delivered = to.stats.delivered - from.stats.delivered;
  const before = from.stats.dropped;
  const { full, rate, late, closed } = to.stats.dropped;
  const latency = latencyUs.percentiles(1000);
  const bytes =
    to.bytes === undefined || from.bytes === undefined ? undefined : to.bytes - from.bytes;
  return {
    seconds,
    fps: delivered / seconds,
    latencyMs: latency ? { p50: latency.p50, p95: latency.p95 } : null,
    received: to.stats.received - from.stats.received,
    delivered,
    dropped: {
      full: full - before.full,
      rate: rate - before.rate,
      late: late - before.late,
      closed: closed - before.closed,
    },
    missing: (to.stats.missing ?? 0) - (from.stats.missing ?? 0),
    bitrateBps: bytes === undefined ? null : (bytes * 8) / seconds,
    size,
  };
}
