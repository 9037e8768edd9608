import { type FollowOptions, MediaClock, type ReportingTrack, type RtcStats } from 'framewire';

/** A track whose buffer keeps each of ten pictures, or samples, a report for so many milliseconds. */
class Reports implements ReportingTrack {
  readonly kind: 'audio' | 'video';
  ended = false;
  failure: Error | undefined;
  calls = 0;
  readonly #bufferMs: number;
  #count = 0;
  #seconds = 0;
  #waiters: (() => void)[] = [];

  constructor(kind: 'audio' | 'video', bufferMs: number) {
    this.kind = kind;
    this.#bufferMs = bufferMs;
  }

  /** Resolves when the reports were read so many times more. */
  async read(times: number): Promise<void> {
    for (const until = this.calls + times; this.calls < until;) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Another stream of packets, which counts anew. */
  restart(): void {
    this.#count = 0;
    this.#seconds = 0;
  }

  getStats(options?: { readonly signal?: AbortSignal }): Promise<readonly RtcStats[]> {
    options?.signal?.throwIfAborted();
    this.calls += 1;
    for (const resolve of this.#waiters.splice(0)) resolve();
    if (this.failure) return Promise.reject(this.failure);
    this.#count += 10;
    this.#seconds += (10 * this.#bufferMs) / 1000;
    const inbound = {
      type: 'inbound-rtp',
      jitterBufferDelay: this.#seconds,
      jitterBufferEmittedCount: this.#count,
      totalProcessingDelay: this.#seconds,
      framesDecoded: this.#count,
    };
    return Promise.resolve([{ type: 'codec' } as RtcStats, inbound as RtcStats]);
  }
}

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Tells a clock, until the test is over, of pictures that take 30 ms and of sound. */
function mediaOf(clock: MediaClock): void {
  let timeUs = 1_000_000;
  const timer = setInterval(() => {
    timeUs += 10_000;
    clock.audio({ timestampUs: timeUs }, timeUs);
    clock.video({ metadata: { captureTimeUs: timeUs - 30_000 } }, timeUs);
  }, 5);
  ends.push(() => clearInterval(timer));
}

describe('MediaClock.follow', () => {
  it('tells the clock what the buffers do, until it is closed', async () => {
    const clock = new MediaClock();
    mediaOf(clock);
    const [audio, video] = [new Reports('audio', 40), new Reports('video', 10)];
    const following = clock.follow({ audio, video, intervalMs: 100 });
    ends.push(() => following.close());
    while (clock.quality === 'unknown') await audio.read(1);
    expect(clock.quality).toBe('estimated');
    // 30 ms of way, 10 of them in the buffer; 16.5 ms for Opus; 40 ms in the other buffer.
    expect(clock.videoLeadMs).toBeCloseTo(20 + 16.5 + 40 - 30, 1);
    following.close();
    following.close();
    expect(following.closed).toBe(true);
  });

  it('goes on when a report fails, and when a track counts anew', async () => {
    const clock = new MediaClock();
    mediaOf(clock);
    const [audio, video] = [new Reports('audio', 40), new Reports('video', 10)];
    video.failure = new Error('no report');
    const following = clock.follow({ audio, video, intervalMs: 100 });
    ends.push(() => following.close());
    await video.read(1);
    expect(clock.quality).toBe('unknown');
    video.failure = undefined;
    while (clock.quality === 'unknown') await audio.read(1);
    video.restart();
    audio.restart();
    await audio.read(3);
    expect(following.closed).toBe(false);
    expect(clock.videoLeadMs).toBeCloseTo(20 + 16.5 + 40 - 30, 1);
  });

  it('ends when a track has ended', async () => {
    const [audio, video] = [new Reports('audio', 40), new Reports('video', 10)];
    const following = new MediaClock().follow({ audio, video, intervalMs: 100 });
    audio.ended = true;
    audio.failure = new Error('ended');
    while (!following.closed) await new Promise((resolve) => setImmediate(resolve));
    expect(audio.calls).toBe(2);
  });

  it('ends when its signal aborts, and reads nothing if that has happened', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const [audio, video] = [new Reports('audio', 40), new Reports('video', 10)];
    const following = new MediaClock().follow({ audio, video, signal });
    expect(following.closed).toBe(false);
    controller.abort();
    expect(following.closed).toBe(true);
    const calls = audio.calls;
    expect(new MediaClock().follow({ audio, video, signal }).closed).toBe(true);
    expect(audio.calls).toBe(calls);
  });

  it('refuses what are no tracks', () => {
    const clock = new MediaClock();
    const [audio, video] = [new Reports('audio', 40), new Reports('video', 10)];
    const wrong = (options: unknown): FollowOptions => options as FollowOptions;
    expect(() => clock.follow(wrong(undefined))).toThrow(TypeError);
    expect(() => clock.follow(wrong({ audio }))).toThrow(TypeError);
    expect(() => clock.follow({ audio: video, video: audio })).toThrow(
      "options.audio must be a remote audio track, got one of 'video'.",
    );
    expect(() => clock.follow({ audio, video, intervalMs: 99 })).toThrow(RangeError);
    expect(() => clock.follow(wrong({ audio, video, signal: {} }))).toThrow(TypeError);
    expect(audio.calls).toBe(0);
  });
});
