import {
  AudioFrame,
  AudioSource,
  AudioStream,
  type AudioStreamOptions,
  LocalAudioTrack,
} from 'framewire';
import { frequencyOf, Tone, whenIdle } from 'framewire/testing';

/** A local track that plays a tone until it's closed. No room and no server is needed to hear it. */
class Whistle implements Disposable {
  readonly source: AudioSource;
  readonly track: LocalAudioTrack;
  readonly #tone: Tone;

  constructor({ sampleRate = 48_000, channels = 1 } = {}) {
    // Enough ahead that a busy machine makes no gap.
    this.source = new AudioSource({ sampleRate, channels, queueMs: 1000 });
    this.track = LocalAudioTrack.create('whistle', this.source);
    this.#tone = new Tone({ frequency: 440, sampleRate, channels });
    void this.#play();
  }

  stream(options: AudioStreamOptions = {}): AudioStream {
    return new AudioStream(this.track, options);
  }

  async #play(): Promise<void> {
    try {
      for (;;) await this.source.captureFrame(this.#tone.next(100));
    } catch {
      // Closed.
    }
  }

  [Symbol.dispose](): void {
    this.source.close();
  }
}

async function read(stream: AudioStream, frames: number): Promise<AudioFrame[]> {
  const all: AudioFrame[] = [];
  for await (const frame of stream) {
    all.push(frame);
    if (all.length === frames) break;
  }
  return all;
}

/** Resolves when the stream has been given so many frames, read or not. */
async function received(stream: AudioStream, frames: number): Promise<void> {
  while (stream.stats.received < frames) await new Promise(setImmediate);
}

afterAll(() => whenIdle());

describe('AudioStream', () => {
  it.each([
    [48_000, 1, 10],
    [48_000, 2, 20],
    [16_000, 1, 20],
    [16_000, 1, 30],
    [8_000, 2, 15],
    [44_100, 1, 10],
    [24_000, 1, 100],
    [96_000, 1, 10],
  ])(
    'gives the tone at %i Hz with %i channels in frames of %i ms',
    async (sampleRate, channels, frameMs) => {
      using whistle = new Whistle();
      const stream = whistle.stream({ sampleRate, channels, frameMs, capacityMs: 2000 });
      const frames = await read(stream, Math.ceil(300 / frameMs));
      for (const frame of frames) {
        expect(frame).toMatchObject({ sampleRate, channels });
        expect(frame.samplesPerChannel).toBe((sampleRate * frameMs) / 1000);
      }
      const heard = AudioFrame.concat(frames).toFloat32({ layout: 'planar' });
      for (const channel of heard) {
        const samples = Int16Array.from(channel.slice(channel.length / 3), (one) => one * 32_767);
        expect(frequencyOf(samples, sampleRate)).toBeCloseTo(440, -1);
      }
    },
  );

  it('mixes stereo down to mono', async () => {
    using whistle = new Whistle({ sampleRate: 24_000, channels: 2 });
    const frames = await read(whistle.stream({ sampleRate: 16_000, channels: 1 }), 30);
    const { data } = AudioFrame.concat(frames);
    expect(frequencyOf(data.slice(data.length / 3), 16_000)).toBeCloseTo(440, -1);
  });

  it('has a sample clock that advances by what was received', async () => {
    using whistle = new Whistle();
    const frames = await read(whistle.stream({ frameMs: 20 }), 8);
    const steps = frames.slice(1).map((frame, i) => frame.timestampUs - frames[i]!.timestampUs);
    expect(new Set(steps)).toEqual(new Set([20_000]));
  });

  it('keeps the newest up to its capacity, counts what it dropped, and shows it in the time', async () => {
    using whistle = new Whistle();
    const stream = whistle.stream({ frameMs: 10, capacityMs: 30 });
    const { value: first } = await stream.next();
    const { full: before } = stream.stats.dropped;
    await received(stream, stream.stats.received + 10);
    const { value: second } = await stream.next();
    const dropped = stream.stats.dropped.full - before;
    expect(dropped).toBeGreaterThanOrEqual(7);
    expect(second!.timestampUs - first!.timestampUs).toBe((dropped + 1) * 10_000);
    expect(stream.stats).toMatchObject({
      delivered: 2,
      deliveredMs: 20,
      gaps: { count: 1, totalMs: dropped * 10 },
    });
    await stream.close();
  });

  it('fails on overflow when that is an error', async () => {
    using whistle = new Whistle();
    const stream = whistle.stream({ capacityMs: 20, overflow: 'error' });
    await received(stream, 3);
    await stream.next();
    await stream.next();
    await expect(stream.next()).rejects.toMatchObject({ code: 'overflow' });
    expect(stream.ended).toBe(true);
  });

  it('drops frames that got too old before they were read', async () => {
    using whistle = new Whistle();
    const stream = whistle.stream({ maxAgeMs: 40 });
    await received(stream, 12);
    await stream.next();
    expect(stream.stats.dropped.late).toBeGreaterThan(0);
    await stream.close();
  });
});

describe('the end of an AudioStream', () => {
  const endings: [string, (whistle: Whistle) => unknown][] = [
    ['its track is closed', ({ track }) => track.close()],
    ['the source of its track is closed', ({ source }) => source.close()],
  ];

  it.each(endings)('comes when %s, for every stream on it', async (_, end) => {
    using whistle = new Whistle();
    const streams = [whistle.stream(), whistle.stream({ sampleRate: 16_000 })];
    const loops = streams.map(async (stream) => {
      let frames = 0;
      for await (const frame of stream) {
        frames += frame.closed ? 0 : 1;
        if (frames === 2) await end(whistle);
      }
      return frames;
    });
    for (const frames of await Promise.all(loops)) expect(frames).toBeGreaterThan(0);
    expect(streams.map(({ ended }) => ended)).toEqual([true, true]);
  });

  it.each(endings)('comes at once when %s before', async (_, end) => {
    using whistle = new Whistle();
    await end(whistle);
    expect((await whistle.stream().next()).done).toBe(true);
  });

  it('comes by leaving the loop, and leaves the other streams on the track alone', async () => {
    using whistle = new Whistle();
    const [left, other] = [whistle.stream(), whistle.stream()];
    await read(left, 1);
    expect(left.ended).toBe(true);
    expect((await left.next()).done).toBe(true);
    expect(await read(other, 3)).toHaveLength(3);
  });

  it("comes by a signal, with the signal's reason", async () => {
    using whistle = new Whistle();
    const controller = new AbortController();
    const { signal } = controller;
    const next = whistle.stream({ signal });
    await next.next();
    const waiting = Promise.all([next.next(), next.next(), next.next(), next.next()]);
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(whistle.stream({ signal }).next()).rejects.toBe('enough');
  });

  it('is followed by a stream that works, after the native side was shut down', async () => {
    for (let round = 0; round < 2; round++) {
      using whistle = new Whistle();
      expect(await read(whistle.stream(), 2)).toHaveLength(2);
      whistle.source.close();
      await whenIdle();
    }
  });
});
