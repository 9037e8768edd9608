import { AudioFrame, checkAudioFrame } from '../audio/audio-frame.js';
import { untilAborted } from '../core/abort.js';
import { monotonicUs } from '../core/clock.js';
import { SHORTEST_GAP_US } from '../audio/sample-clock.js';

/** What a stream is played on. */
export interface PlayTarget {
  /** How long it takes until what was written has been heard. */
  readonly bufferedMs: number;
  /** How much sound gets as a lead when it begins. */
  readonly leadMs: number;
  /** Borrows a frame, and plays it behind the others. */
  push(frame: AudioFrame): void;
  /** Waits until there is room. */
  room(signal: AbortSignal): Promise<void>;
  /** Waits until all has been heard. */
  drain(signal: AbortSignal): Promise<void>;
  /** Counts what was left out. */
  skipped(durationMs: number): void;
}

/** How a stream is played. */
export interface PlayStreamOptions {
  /** `undefined`: by the time stamp of the first frame. */
  readonly live: boolean | undefined;
  readonly signal: AbortSignal;
}

/** Plays a stream to its end, and closes it however that comes. */
export async function playStream(
  stream: AsyncIterable<AudioFrame>,
  target: PlayTarget,
  { live, signal }: PlayStreamOptions,
): Promise<void> {
  const frames = stream[Symbol.asyncIterator]();
  let over = false;
  const next = async (): Promise<IteratorResult<AudioFrame, unknown>> => {
    try {
      return await frames.next();
    } catch (error) {
      over = true;
      throw error;
    }
  };
  try {
    let pace: Pace | undefined;
    for (;;) {
      const result = await untilAborted(next(), signal, (late) => {
        if (!late.done) late.value.close();
      });
      over = result.done === true;
      if (result.done) break;
      checkAudioFrame(result.value, 'a frame of stream');
      using frame = result.value;
      pace ??= (live ?? isLive(frame)) ? new LivePace(target) : new RecordedPace(target);
      await pace.play(frame, signal);
    }
    await target.drain(signal);
  } finally {
    // Not awaited: a generator that waits for its next frame can't be told, and never says that it has ended.
    if (!over) void Promise.resolve(frames.return?.()).catch(() => undefined);
  }
}

/** Frames of now are of something that goes on whether they are played or not. */
const LIVE_US = 5_000_000;

function isLive({ timestampUs }: AudioFrame): boolean {
  return Math.abs(timestampUs - monotonicUs()) < LIVE_US;
}

interface Pace {
  play(frame: AudioFrame, signal: AbortSignal): Promise<void>;
}

/** How long is looked before it's clear that there is more in the buffer than its jitter needs. */
const WINDOW_US = 2_000_000;

/** So much more than needed is left out, at once. */
const MOST_SURPLUS_MS = 40;

/** What came in one burst is left out without a look. */
const MOST_BURST_MS = 400;

/** As it comes: what is more than the device plays, since clocks differ or after a pause, is left out. */
class LivePace implements Pace {
  readonly #target: PlayTarget;
  #windowUs = monotonicUs();
  #leastMs = Infinity;
  #surplusMs = 0;

  constructor(target: PlayTarget) {
    this.#target = target;
  }

  play(frame: AudioFrame): Promise<void> {
    this.#look();
    const { durationMs } = frame;
    if (this.#surplusMs >= durationMs) {
      this.#surplusMs -= durationMs;
      this.#target.skipped(durationMs);
    } else {
      this.#target.push(frame);
    }
    return Promise.resolve();
  }

  #look(): void {
    const { bufferedMs, leadMs } = this.#target;
    const nowUs = monotonicUs();
    const surplusMs = bufferedMs - leadMs;
    this.#leastMs = Math.min(this.#leastMs, surplusMs);
    if (surplusMs > MOST_BURST_MS) {
      this.#leaveOut(surplusMs, nowUs);
    } else if (nowUs - this.#windowUs >= WINDOW_US) {
      this.#leaveOut(this.#leastMs > MOST_SURPLUS_MS ? this.#leastMs : 0, nowUs);
    }
  }

  #leaveOut(surplusMs: number, nowUs: number): void {
    this.#surplusMs = surplusMs;
    this.#windowUs = nowUs;
    this.#leastMs = Infinity;
  }
}

/** Longer gaps are where another timeline begins. */
const LONGEST_GAP_US = 10_000_000;

/** As fast as the device takes it, gaps between the time stamps as silence. */
class RecordedPace implements Pace {
  readonly #target: PlayTarget;
  #endUs: number | undefined;

  constructor(target: PlayTarget) {
    this.#target = target;
  }

  async play(frame: AudioFrame, signal: AbortSignal): Promise<void> {
    const { timestampUs, durationMs, sampleRate, channels } = frame;
    const gapUs = timestampUs - (this.#endUs ?? timestampUs);
    this.#endUs = timestampUs + durationMs * 1000;
    if (gapUs >= SHORTEST_GAP_US && gapUs <= LONGEST_GAP_US) {
      const samplesPerChannel = Math.max(1, Math.round((gapUs * sampleRate) / 1e6));
      this.#target.push(AudioFrame.create({ sampleRate, channels, samplesPerChannel }));
      await this.#target.room(signal);
    }
    this.#target.push(frame);
    await this.#target.room(signal);
  }
}
