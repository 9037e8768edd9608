import type { RtcStats } from '../native/stats/rtc-stats.js';

/** Reads one mean from the growing sums of a track's reports: what happened since the last report. */
export class BufferMeter {
  readonly #read: (stats: readonly RtcStats[]) => Sums | undefined;
  #before: Sums | undefined;

  /** @param kind - how long sound waits until it's played, or pictures until they are decoded. */
  constructor(kind: 'audio' | 'video') {
    this.#read = kind === 'audio' ? audioSums : videoSums;
  }

  /** The mean in microseconds, once there were two reports and something came between them. */
  add(stats: readonly RtcStats[]): number | undefined {
    const sums = this.#read(stats);
    const before = this.#before;
    this.#before = sums;
    // Another stream of packets, after the track was published again, counts anew.
    if (!sums || !before || sums.count <= before.count) return undefined;
    return Math.max(0, ((sums.seconds - before.seconds) * 1e6) / (sums.count - before.count));
  }
}

interface Sums {
  readonly seconds: number;
  readonly count: number;
}

function audioSums(stats: readonly RtcStats[]): Sums | undefined {
  const inbound = stats.find((entry) => entry.type === 'inbound-rtp');
  return (
    inbound && {
      seconds: inbound.jitterBufferDelay,
      count: inbound.jitterBufferEmittedCount,
    }
  );
}

// From the first packet to the decoded picture, which is longer than the jitter buffer holds it.
function videoSums(stats: readonly RtcStats[]): Sums | undefined {
  const inbound = stats.find((entry) => entry.type === 'inbound-rtp');
  return inbound && { seconds: inbound.totalProcessingDelay, count: inbound.framesDecoded ?? 0 };
}
