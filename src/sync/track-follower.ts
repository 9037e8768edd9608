import { checkInteger, checkObject, checkSignal, shown } from '../core/check.js';
import { listenForAbort } from '../core/abort.js';
import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import type { RtcStats } from '../native/stats/rtc-stats.js';
import { BufferMeter } from './buffer-meter.js';
import type { BufferDelays } from './media-clock.js';

/** A track that can be asked for WebRTC's reports: a `RemoteAudioTrack` and a `RemoteVideoTrack` are. */
export interface ReportingTrack {
  readonly kind: TrackKind;
  /** Whether it will never give media again. */
  readonly ended: boolean;
  /** What WebRTC tells of it. */
  getStats(options?: { readonly signal?: AbortSignal }): Promise<readonly RtcStats[]>;
}

/** What `MediaClock.follow` follows. */
export interface FollowOptions {
  /** The audio track that the clock is told of. */
  readonly audio: ReportingTrack;
  /** The video track that the clock is told of. */
  readonly video: ReportingTrack;
  /** How often the reports are read, from 100 ms to a minute. Default 500. */
  readonly intervalMs?: number;
  /** Ends the following. */
  readonly signal?: AbortSignal;
}

const INTERVAL_MS = 500;

/** Reads the reports of a participant's two tracks as long as both last. */
export class TrackFollower implements Disposable {
  readonly #audio: ReportingTrack;
  readonly #video: ReportingTrack;
  readonly #intervalMs: number;
  readonly #tell: (delays: BufferDelays) => void;
  readonly #audioMeter = new BufferMeter('audio');
  readonly #videoMeter = new BufferMeter('video');
  readonly #ending = new AbortController();
  readonly #forgetSignal: (() => void) | undefined;
  #audioUs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @internal */
  constructor(options: FollowOptions, tell: (delays: BufferDelays) => void) {
    checkObject(options, 'options');
    const { audio, video, intervalMs = INTERVAL_MS, signal } = options;
    checkReporting(audio, 'audio');
    checkReporting(video, 'video');
    checkInteger(intervalMs, 'options.intervalMs', { min: 100, max: 60_000 });
    checkSignal(signal, 'options.signal');
    this.#audio = audio;
    this.#video = video;
    this.#intervalMs = intervalMs;
    this.#tell = tell;
    if (signal?.aborted) {
      this.#ending.abort();
      return;
    }
    this.#forgetSignal = signal && listenForAbort(signal, () => this.close());
    void this.#read();
  }

  /** Whether it reads no more: it was closed, a track has ended, or the signal was aborted. */
  get closed(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Reads no more. Safe to call twice. */
  close(): void {
    if (this.closed) return;
    this.#forgetSignal?.();
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  /** Calls {@link TrackFollower.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #read(): Promise<void> {
    const { signal } = this.#ending;
    try {
      const [audio, video] = await Promise.all([
        this.#audio.getStats({ signal }),
        this.#video.getStats({ signal }),
      ]);
      if (this.closed) return;
      // Of silence that isn't sent nothing is buffered; the next sound waits as long as the last.
      this.#audioUs = this.#audioMeter.add(audio) ?? this.#audioUs;
      const videoUs = this.#videoMeter.add(video);
      const audioUs = this.#audioUs;
      if (audioUs !== undefined && videoUs !== undefined) this.#tell({ audioUs, videoUs });
    } catch (error) {
      if (this.closed) return;
      if (this.#audio.ended || this.#video.ended) {
        this.close();
        return;
      }
      // A track may be on its way out. If not, the next report comes, and the clock goes on till then.
      log('debug', 'the reports of a track could not be read', { error });
    }
    this.#timer = setTimeout(() => void this.#read(), this.#intervalMs);
    // The streams keep the process alive; this only watches them.
    this.#timer.unref();
  }
}

function checkReporting(track: unknown, kind: TrackKind): void {
  const { getStats, kind: actual } = (track ?? {}) as Partial<ReportingTrack>;
  const name = `options.${kind}`;
  if (typeof getStats !== 'function') {
    throw new TypeError(`${name} must be a remote ${kind} track, got ${shown(track)}.`);
  }
  if (actual !== kind) {
    throw new RangeError(`${name} must be a remote ${kind} track, got one of ${shown(actual)}.`);
  }
}
