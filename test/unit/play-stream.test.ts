import { AudioFrame } from 'framewire';
import { type PlayTarget, playStream } from '../../src/capture/play-stream.js';
import { monotonicUs } from '../../src/core/clock.js';

const RATE = 48_000;

/** A speaker that takes everything at once. */
class Target implements PlayTarget {
  bufferedMs = 0;
  readonly leadMs = 50;
  readonly played: number[] = [];
  skippedMs = 0;
  rooms = 0;

  push(frame: AudioFrame): void {
    this.played.push(frame.durationMs);
  }

  room(): Promise<void> {
    this.rooms += 1;
    return Promise.resolve();
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  skipped(durationMs: number): void {
    this.skippedMs += durationMs;
  }

  get playedMs(): number {
    return this.played.reduce((sum, ms) => sum + ms, 0);
  }
}

function frameAt(timestampUs: number): AudioFrame {
  const samplesPerChannel = RATE / 100;
  return AudioFrame.create({ sampleRate: RATE, channels: 1, samplesPerChannel, timestampUs });
}

/** Frames at these times. */
async function* frames(...timesUs: readonly number[]): AsyncGenerator<AudioFrame> {
  for (const timeUs of timesUs) {
    yield frameAt(timeUs);
    await Promise.resolve();
  }
}

const never = new AbortController().signal;

describe('playing a stream', () => {
  it('plays gaps between time stamps as silence, and waits for room after each frame', async () => {
    const target = new Target();
    await playStream(frames(0, 10_000, 520_000), target, { live: undefined, signal: never });
    expect(target.played).toEqual([10, 10, 500, 10]);
    expect(target.rooms).toBe(4);
  });

  it('takes a gap of more than ten seconds for another timeline, and time that goes back for none', async () => {
    const target = new Target();
    const times = [0, 11_000_000, 5_000_000, 5_010_000];
    await playStream(frames(...times), target, { live: undefined, signal: never });
    expect(target.playedMs).toBe(40);
  });

  it('never waits with a live stream, whose gaps have passed', async () => {
    const target = new Target();
    const nowUs = monotonicUs();
    const times = [nowUs, nowUs + 500_000];
    await playStream(frames(...times), target, { live: undefined, signal: never });
    expect(target.played).toEqual([10, 10]);
    expect(target.rooms).toBe(0);
  });

  it('leaves out of a live stream what came in a burst', async () => {
    const target = new Target();
    async function* burst(): AsyncGenerator<AudioFrame> {
      yield frameAt(0);
      target.bufferedMs = 550;
      for (let i = 1; i <= 60; i++) {
        yield frameAt(i * 10_000);
        target.bufferedMs = 50;
        await Promise.resolve();
      }
    }
    await playStream(burst(), target, { live: true, signal: never });
    expect(target.skippedMs).toBe(500);
    expect(target.playedMs).toBe(110);
  });

  it('closes each frame, and the stream when it is not played to its end', async () => {
    const abort = new AbortController();
    const seen: AudioFrame[] = [];
    let closed = false;
    const stream = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          if (seen.length === 2) {
            abort.abort(new Error('enough'));
            return new Promise<IteratorResult<AudioFrame>>(() => undefined);
          }
          const value = frameAt(0);
          seen.push(value);
          return Promise.resolve({ done: false as const, value });
        },
        return: () => {
          closed = true;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    const playing = playStream(stream, new Target(), { live: false, signal: abort.signal });
    await expect(playing).rejects.toThrow('enough');
    expect(closed).toBe(true);
    expect(seen.map((frame) => frame.closed)).toEqual([true, true]);
  });

  it('fails with what the stream fails with, or gives that is no frame', async () => {
    async function* broken(): AsyncGenerator<AudioFrame> {
      yield* frames(0);
      throw new Error('broken');
    }
    const options = { live: false, signal: never };
    await expect(playStream(broken(), new Target(), options)).rejects.toThrow('broken');
    const others = frames(0) as AsyncIterable<unknown>;
    const wrong = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false as const, value: others }),
      }),
    } as unknown as AsyncIterable<AudioFrame>;
    await expect(playStream(wrong, new Target(), options)).rejects.toThrow(
      'a frame of stream must be an AudioFrame',
    );
  });
});
