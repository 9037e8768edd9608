import type { DropCounts } from '../core/frame-stream.js';
import { JitterMeter } from '../core/jitter-meter.js';

/** Holes in what a reader got. */
export interface AudioGaps {
  /** How many, each of frames in a row that were dropped. */
  readonly count: number;
  /** How long they are altogether. */
  readonly totalMs: number;
}

/**
 * What an `AudioStream` has counted since it was made.
 *
 * What the network lost isn't among it: LiveKit gives a frame every 10 ms whatever comes, of silence where a
 * track is muted or its publisher sends nothing, and conceals what is lost before anybody can count it. The
 * `inbound-rtp` of `track.getStats()` tells of that: `packetsLost`, `concealedSamples`,
 * `concealmentEvents`.
 */
export interface AudioStreamStats {
  /** Frames that came from the track. */
  readonly received: number;
  /** Frames that the reader got. */
  readonly delivered: number;
  /** Frames that the reader did not get, by reason. */
  readonly dropped: DropCounts;
  /** How much audio the reader got. */
  readonly deliveredMs: number;
  /** Where frames were dropped before one that the reader got, which is a jump in `frame.timestampUs`. */
  readonly gaps: AudioGaps;
  /**
   * How unevenly frames come to us: RFC 3550's interarrival jitter, of the times at which we hear of them
   * against the sample clock. That of the network is evened out before, and is `jitter` of the
   * `inbound-rtp`. `undefined` before two frames have come.
   */
  readonly jitterMs: number | undefined;
}

/** When a frame is to be heard. */
export interface HeardAt {
  readonly timestampUs: number;
  /** When the sample clock began that says so: each track has its own. */
  readonly startUs: number;
}

/** Counts all that {@link AudioStreamStats} says and that the queue doesn't know. Never allocates for a frame. */
export class AudioMeter {
  readonly #jitter = new JitterMeter();
  #startUs = NaN;
  #endUs = 0;
  #deliveredUs = 0;
  #gaps = 0;
  #gapUs = 0;

  /** The frames that follow are another track's. */
  begin(): void {
    this.#jitter.interrupt();
  }

  /** A frame has come. */
  arrived({ timestampUs }: HeardAt, nowUs: number): void {
    this.#jitter.add(nowUs, timestampUs);
  }

  /** The reader gets a frame. */
  delivered({ timestampUs, startUs }: HeardAt, durationUs: number): void {
    const gapUs = timestampUs - this.#endUs;
    // Nothing is dropped that is shorter than 10 ms; time stamps are rounded.
    if (startUs === this.#startUs && gapUs > 1000) {
      this.#gaps += 1;
      this.#gapUs += gapUs;
    }
    this.#startUs = startUs;
    this.#endUs = timestampUs + durationUs;
    this.#deliveredUs += durationUs;
  }

  /** All figures, beside those of the queue. */
  read(counts: Pick<AudioStreamStats, 'received' | 'delivered' | 'dropped'>): AudioStreamStats {
    return {
      ...counts,
      deliveredMs: toMs(this.#deliveredUs),
      gaps: { count: this.#gaps, totalMs: toMs(this.#gapUs) },
      jitterMs: this.#jitter.jitterMs,
    };
  }
}

/** To the microsecond, beyond which time stamps say nothing. */
function toMs(us: number): number {
  return Math.round(us) / 1000;
}
