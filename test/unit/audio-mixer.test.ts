import {
  AudioFrame,
  AudioMixer,
  type AudioMixerOptions,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  silence,
  sineWave,
} from 'framewire';
import { whenIdle } from 'framewire/testing';
import { amplitudeAt, channelOf, power } from '../support/sound.js';

// On a busy machine, sound that is made in real time takes its time.
jest.setTimeout(60_000);

const mixers: AudioMixer[] = [];

afterEach(async () => {
  for (const mixer of mixers.splice(0)) await mixer.close();
});
afterAll(() => whenIdle());

function mixerOf(options?: AudioMixerOptions): AudioMixer {
  // What a busy machine delays is not to be taken for late.
  const mixer = new AudioMixer({ maxWaitMs: Infinity, ...options });
  mixers.push(mixer);
  return mixer;
}

/** What is thrown with that code. */
function failure(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

/** The next `count` frames, or all. */
async function read(mixer: AudioMixer, count = Infinity): Promise<AudioFrame[]> {
  const frames = [];
  while (frames.length < count) {
    const { done, value } = await mixer.next();
    if (done) break;
    frames.push(value);
  }
  return frames;
}

/** The samples of the next `count` frames, or of all. */
async function samplesOf(mixer: AudioMixer, count?: number): Promise<Int16Array> {
  return AudioFrame.concat(await read(mixer, count)).data;
}

/** A stream that gives what it's told to, when it's told to. */
class Feed implements AsyncIterable<AudioFrame> {
  closed = false;
  readonly #frames: AudioFrame[] = [];
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  /** Gives 10 ms of one value, `times` times. */
  give(value: number, times = 1, timestampUs = 0): void {
    for (let i = 0; i < times; i++) {
      const data = new Int16Array(480).fill(value);
      this.#frames.push(new AudioFrame(data, { sampleRate: 48_000, channels: 1, timestampUs }));
    }
    this.#wake();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioFrame, void, undefined> {
    try {
      while (!this.closed) {
        const frame = this.#frames.shift();
        if (frame) yield frame;
        else if (this.#failure) throw this.#failure;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.closed = true;
    }
  }
}

/** The value that all samples of a frame have. */
function valueOf(frame: AudioFrame | undefined): number | undefined {
  const values = new Set(frame?.data);
  return values.size === 1 ? [...values][0] : undefined;
}

describe('AudioMixer', () => {
  it('adds streams up, each as loud as wanted, and ends with them', async () => {
    const mixer = mixerOf();
    mixer.add(sineWave({ frequencyHz: 440, amplitude: 0.2, durationMs: 500 }));
    mixer.add(sineWave({ frequencyHz: 880, amplitude: 0.2, durationMs: 500 }), { gain: 0.5 });
    mixer.end();
    const data = await samplesOf(mixer);
    expect(data).toHaveLength(24_000);
    const at = (frequencyHz: number): number =>
      amplitudeAt(data, { frequencyHz, sampleRate: 48_000 });
    expect(at(440) / 32_767).toBeCloseTo(0.2, 3);
    expect(at(880) / 32_767).toBeCloseTo(0.1, 3);
    expect(at(660)).toBeLessThan(2);
    expect(mixer.closed).toBe(true);
  });

  it('brings every stream to its own rate and channels', async () => {
    const mixer = mixerOf({ sampleRate: 48_000, channels: 2, frameMs: 20 });
    const forms = [
      { sampleRate: 16_000, channels: 1, frequencyHz: 300 },
      { sampleRate: 44_100, channels: 2, frequencyHz: 700 },
      { sampleRate: 48_000, channels: 6, frequencyHz: 1_100 },
      { sampleRate: 11_025, channels: 1, frequencyHz: 1_700 },
      { sampleRate: 96_000, channels: 2, frequencyHz: 2_300 },
    ];
    for (const form of forms) mixer.add(sineWave({ ...form, amplitude: 0.1, durationMs: 200 }));
    mixer.end();
    const data = await samplesOf(mixer);
    expect(data).toHaveLength(19_200);
    for (const channel of [0, 1]) {
      const samples = channelOf(data, channel, 2);
      for (const { frequencyHz } of forms) {
        const amplitude = amplitudeAt(samples, { frequencyHz, sampleRate: 48_000 });
        expect(amplitude / 32_767).toBeCloseTo(0.1, 2);
      }
    }
  });

  it('makes mono of stereo by the mean', async () => {
    const mixer = mixerOf({ channels: 1 });
    const data = new Int16Array(960).map((_, i) => (i % 2 === 0 ? 1_000 : 3_000));
    // eslint-disable-next-line @typescript-eslint/require-await
    const stereo = async function* (): AsyncGenerator<AudioFrame> {
      yield new AudioFrame(data, { sampleRate: 48_000, channels: 2 });
    };
    mixer.add(stereo());
    const [frame] = await read(mixer, 1);
    expect(valueOf(frame)).toBe(2_000);
  });

  it('cuts off what is too loud, and counts it', async () => {
    const mixer = mixerOf();
    const feeds = [new Feed(), new Feed(), new Feed()];
    for (const feed of feeds) mixer.add(feed);
    for (const feed of feeds) feed.give(20_000);
    for (const feed of feeds) feed.give(-20_000);
    expect((await read(mixer, 2)).map(valueOf)).toEqual([32_767, -32_768]);
    expect(mixer.stats).toEqual({ streams: 3, frames: 2, clipped: 960, skippedMs: 0 });
  });

  it('lets streams join and leave while it runs', async () => {
    const mixer = mixerOf();
    const [one, two] = [new Feed(), new Feed()];
    mixer.add(one);
    one.give(1, 2);
    expect((await read(mixer, 2)).map(valueOf)).toEqual([1, 1]);
    mixer.add(two);
    one.give(1, 2);
    two.give(20, 2);
    expect((await read(mixer, 2)).map(valueOf)).toEqual([21, 21]);
    expect(mixer.remove(one)).toBe(true);
    expect(mixer.remove(one)).toBe(false);
    expect(mixer.streams).toEqual([two]);
    two.give(30);
    expect((await read(mixer, 1)).map(valueOf)).toEqual([30]);
    mixer.remove(two);
    const waiting = mixer.next();
    const three = new Feed();
    mixer.add(three);
    three.give(4);
    const { value } = await waiting;
    expect(valueOf(value)).toBe(4);
  });

  it('closes a stream that it is done with', async () => {
    const mixer = mixerOf();
    const feeds = [new Feed(), new Feed()] as const;
    for (const feed of feeds) mixer.add(feed);
    for (const feed of feeds) feed.give(1);
    await read(mixer, 1);
    mixer.remove(feeds[0]);
    // A generator ends only where it is.
    feeds[0].give(1);
    await new Promise(setImmediate);
    expect(feeds[0].closed).toBe(true);
    await mixer.close();
    feeds[1].give(1);
    await new Promise(setImmediate);
    expect(feeds[1].closed).toBe(true);
  });

  it('takes one that lags for silent, counts that, and hears it again', async () => {
    const mixer = mixerOf({ maxWaitMs: 1 });
    const [steady, lagging] = [new Feed(), new Feed()];
    mixer.add(steady);
    mixer.add(lagging);
    steady.give(1, 5);
    lagging.give(20, 1);
    const frames = await read(mixer, 5);
    expect(frames.map(valueOf)).toEqual([21, 1, 1, 1, 1]);
    expect(mixer.statsOf(lagging)).toEqual({ mixedMs: 10, laggedMs: 40 });
    expect(mixer.statsOf(steady)).toEqual({ mixedMs: 50, laggedMs: 0 });
    lagging.give(20, 2);
    steady.give(1, 2);
    await new Promise(setImmediate);
    expect((await read(mixer, 2)).map(valueOf)).toEqual([21, 21]);
  });

  it('waits for one that is only a little late', async () => {
    const mixer = mixerOf({ maxWaitMs: 10_000 });
    const [steady, late] = [new Feed(), new Feed()];
    mixer.add(steady);
    mixer.add(late);
    steady.give(1);
    setTimeout(() => {
      late.give(20);
    }, 20);
    expect((await read(mixer, 1)).map(valueOf)).toEqual([21]);
  });

  it('goes on without a stream that fails, whose error reaches the error event', async () => {
    const mixer = mixerOf();
    const [good, bad] = [new Feed(), new Feed()];
    const errors: unknown[] = [];
    const ended: unknown[] = [];
    mixer.on('error', (error) => errors.push(error));
    mixer.on('streamEnded', (stream) => {
      ended.push(stream);
      throw new Error('listener');
    });
    mixer.add(good);
    mixer.add(bad);
    const error = new Error('broken');
    bad.give(20);
    bad.fail(error);
    good.give(1, 3);
    expect((await read(mixer, 3)).map(valueOf)).toEqual([21, 1, 1]);
    expect(errors).toEqual([error, new Error('listener')]);
    expect(ended).toEqual([bad]);
  });

  it.each([
    ['no frame', () => 'frame' as never],
    ['nothing', () => undefined as never],
    [
      'a closed frame',
      () => {
        const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 9 });
        frame.close();
        return frame;
      },
    ],
    [
      'a rate that can not be resampled',
      () => AudioFrame.create({ sampleRate: 100, channels: 1, samplesPerChannel: 9 }),
    ],
  ])('goes on without a stream that gives %s', async (_name, give: () => AudioFrame) => {
    const mixer = mixerOf();
    const errors: unknown[] = [];
    mixer.on('error', (error) => errors.push(error));
    // eslint-disable-next-line @typescript-eslint/require-await
    const broken = async function* (): AsyncGenerator<AudioFrame> {
      yield give();
    };
    mixer.add(broken());
    mixer.add(silence({ durationMs: 30 }));
    mixer.end();
    expect(await read(mixer)).toHaveLength(3);
    expect(errors).toHaveLength(1);
  });

  it('reads no further ahead than it may', async () => {
    const mixer = mixerOf({ bufferMs: 50 });
    const wave = sineWave();
    let given = 0;
    const counting = async function* (): AsyncGenerator<AudioFrame> {
      for await (const frame of wave) {
        given += 1;
        yield frame;
      }
    };
    mixer.add(counting());
    await read(mixer, 10);
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    expect(given).toBeLessThanOrEqual(10 + 6);
  });

  it('gives time stamps that go on from those of the first stream', async () => {
    const mixer = mixerOf();
    const one = new Feed();
    mixer.add(one);
    for (const timestampUs of [7_000_000, 7_010_000, 9_000_000]) one.give(1, 1, timestampUs);
    const times = (await read(mixer, 3)).map(({ timestampUs }) => timestampUs);
    expect(times).toEqual([7_000_000, 7_010_000, 9_000_000]);
    // Where another has no gap, there is none.
    const two = new Feed();
    mixer.add(two);
    two.give(20, 2, 9_010_000);
    one.give(1, 2, 12_000_000);
    const more = await read(mixer, 2);
    expect(more.map(({ timestampUs }) => timestampUs)).toEqual([9_010_000, 9_020_000]);
  });

  it('mixes tracks', async () => {
    const sources = [440, 880].map((frequencyHz) => {
      const source = new AudioSource({ sampleRate: 48_000, channels: 1 });
      void (async () => {
        for await (const frame of sineWave({ frequencyHz, amplitude: 0.2 })) {
          await source.captureFrame(frame);
        }
      })().catch(() => undefined);
      return source;
    });
    const mixer = mixerOf({ sampleRate: 16_000, channels: 1, frameMs: 20, maxWaitMs: 100 });
    for (const source of sources) mixer.add(new AudioStream(LocalAudioTrack.create('x', source)));
    const heard = (data: Int16Array, frequencyHz: number): number =>
      amplitudeAt(data, { frequencyHz, sampleRate: 16_000 }) / 32_767;
    // On a busy machine there may be gaps: until both are heard at once.
    for (;;) {
      const data = await samplesOf(mixer, 10);
      if (heard(data, 440) > 0.1 && heard(data, 880) > 0.1) break;
    }
    for (const source of sources) source.close();
    mixer.end();
    await read(mixer);
    expect(mixer.stats.streams).toBe(0);
  });
});

describe('A live AudioMixer', () => {
  it('gives silence in time while there is no sound, then sound', async () => {
    const mixer = mixerOf({ pace: 'live', bufferMs: 10_000 });
    const start = performance.now();
    const frames = await read(mixer, 6);
    expect(performance.now() - start).toBeGreaterThanOrEqual(48);
    expect(frames.map(valueOf)).toEqual([0, 0, 0, 0, 0, 0]);
    const times = frames.map(({ timestampUs }) => timestampUs);
    const first = times[0] ?? 0;
    expect(times.map((time) => time - first)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    const feed = new Feed();
    mixer.add(feed);
    feed.give(5);
    await new Promise(setImmediate);
    expect((await read(mixer, 2)).map(valueOf)).toEqual([5, 0]);
    expect(mixer.statsOf(feed)).toEqual({ mixedMs: 10, laggedMs: 10 });
  });

  it('leaves out what nobody read, sound too', async () => {
    const mixer = mixerOf({ pace: 'live', bufferMs: 20 });
    mixer.add(sineWave({ frequencyHz: 100, amplitude: 0.5 }));
    const [first] = await read(mixer, 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [next] = await read(mixer, 1);
    const { skippedMs } = mixer.stats;
    expect(skippedMs).toBeGreaterThanOrEqual(70);
    expect((next?.timestampUs ?? 0) - (first?.timestampUs ?? 0)).toBe(10_000 + skippedMs * 1000);
  });

  it('ends with its streams after end()', async () => {
    const mixer = mixerOf({ pace: 'live', bufferMs: 10_000 });
    mixer.add(sineWave({ amplitude: 0.5, durationMs: 50 }));
    mixer.end();
    const data = await samplesOf(mixer);
    expect(power(data)).toBeGreaterThan(0);
  });
});

describe('The end of an AudioMixer', () => {
  it('comes at once when it is closed, twice, also for one who waits', async () => {
    const mixer = mixerOf();
    const waiting = mixer.next();
    await mixer.close();
    await mixer[Symbol.asyncDispose]();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await mixer.next()).toEqual({ done: true, value: undefined });
    expect(() => {
      mixer.add(silence());
    }).toThrow(failure('closed'));
  });

  it('comes with its loop', async () => {
    const mixer = mixerOf();
    const feed = new Feed();
    mixer.add(feed);
    feed.give(1, 2);
    for await (const frame of mixer) {
      frame.close();
      break;
    }
    expect(mixer.closed).toBe(true);
    expect(mixer.streams).toEqual([]);
  });

  it.each(['streams', 'live'] as const)('comes with its signal at a pace of %s', async (pace) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const mixer = mixerOf({ pace, frameMs: 1000, signal: stop.signal });
    if (pace === 'live') await mixer.next();
    const waiting = mixer.next();
    await new Promise(setImmediate);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await mixer.next()).toEqual({ done: true, value: undefined });
    await expect(mixerOf({ signal: stop.signal }).next()).rejects.toBe(reason);
  });

  it('comes at once after end() without streams', async () => {
    const mixer = mixerOf();
    const waiting = mixer.next();
    mixer.end();
    mixer.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

describe('What an AudioMixer refuses', () => {
  it('are options that are wrong', () => {
    const wrong: unknown[] = [
      null,
      { sampleRate: 3_999 },
      { channels: 0 },
      { frameMs: 0 },
      { frameMs: 1.5 },
      { pace: 'fast' },
      { maxWaitMs: -1 },
      { maxWaitMs: 10_001 },
      { bufferMs: Infinity },
      { signal: 1 },
    ];
    for (const options of wrong) {
      expect(() => new AudioMixer(options as AudioMixerOptions)).toThrow(/^options/);
    }
  });

  it.each<[string, string, (mixer: AudioMixer, stream: AsyncIterable<AudioFrame>) => unknown]>([
    ['closes the mixer', 'closed', (mixer) => mixer.close()],
    ['ends the mixer', 'closed', (mixer) => mixer.end()],
    ['adds itself', 'invalid-state', (mixer, stream) => mixer.add(stream)],
  ])('is a stream that %s while it is added, which is closed', (_, code, act) => {
    const mixer = mixerOf();
    let opened = 0;
    let returned = 0;
    const stream: AsyncIterable<AudioFrame> = {
      [Symbol.asyncIterator]: () => {
        opened += 1;
        if (opened === 1) act(mixer, stream);
        const done = { done: true, value: undefined } as const;
        return {
          next: () => new Promise(() => undefined),
          return: () => {
            returned += 1;
            return Promise.resolve(done);
          },
        };
      },
    };
    expect(() => {
      mixer.add(stream);
    }).toThrow(failure(code));
    expect(opened - returned).toBe(mixer.streams.length);
  });

  it('are streams and gains that are none', () => {
    const mixer = mixerOf();
    const stream = silence();
    const without = [{ [Symbol.asyncIterator]: 1 }, { [Symbol.asyncIterator]: () => ({}) }];
    for (const wrong of [undefined, null, 1, 'x', {}, [silence()], ...without]) {
      expect(() => {
        mixer.add(wrong as never);
      }).toThrow('stream must be an async iterable of AudioFrame');
    }
    expect(() => {
      mixer.add(mixer);
    }).toThrow(new RangeError('stream must not be the mixer itself.'));
    expect(mixer.streams).toEqual([]);
    for (const gain of [-1, NaN, 101]) {
      expect(() => {
        mixer.add(stream, { gain });
      }).toThrow(RangeError);
    }
    expect(() => {
      mixer.setGain(stream, 1);
    }).toThrow(failure('not-found'));
    mixer.add(stream);
    expect(() => {
      mixer.add(stream);
    }).toThrow(failure('invalid-state'));
    mixer.setGain(stream, 0);
    expect(() => {
      mixer.setGain(stream, '1' as never);
    }).toThrow(TypeError);
    expect(mixer.statsOf(silence())).toBeUndefined();
  });
});
