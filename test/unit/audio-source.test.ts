import {
  AudioFrame,
  AudioSource,
  type AudioSourceOptions,
  AudioStream,
  LocalAudioTrack,
  SAMPLE_RATES,
} from 'framewire';
import { frequencyOf, Tone, whenIdle } from 'framewire/testing';

const sources: AudioSource[] = [];

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
});
afterAll(() => whenIdle());

function sourceOf(options: Partial<AudioSourceOptions> = {}): AudioSource {
  const source = new AudioSource({ sampleRate: 48_000, channels: 1, ...options });
  sources.push(source);
  return source;
}

/** A frame of so many samples of a channel, all of one value. */
function level(value: number, samples: number, { sampleRate = 48_000, channels = 1 } = {}) {
  const data = new Int16Array(samples * channels).fill(value);
  return new AudioFrame(data, { sampleRate, channels });
}

/** Reads until `enough` of what was heard. */
async function heard(
  source: AudioSource,
  enough: (samples: readonly number[]) => boolean,
): Promise<number[]> {
  const { sampleRate, channels } = source;
  const track = LocalAudioTrack.create('test', source);
  const samples: number[] = [];
  for await (const frame of new AudioStream(track, { sampleRate, channels, capacityMs: 5000 })) {
    for (const sample of frame.data) samples.push(sample);
    if (enough(samples)) break;
  }
  return samples;
}

/** The values that come one after the other. Silence is left out: a busy machine makes gaps. */
function steps(samples: readonly number[]): number[] {
  const sound = samples.filter((sample) => sample !== 0);
  return sound.filter((sample, i) => sample !== sound[i - 1]);
}

describe('AudioSource.captureFrame', () => {
  it('plays what it gets, sample by sample', async () => {
    const source = sourceOf();
    const ramp = Int16Array.from({ length: 4800 }, (_, i) => i + 1);
    const hearing = heard(source, (samples) => samples.includes(4800));
    await source.captureFrame(new AudioFrame(ramp, { sampleRate: 48_000, channels: 1 }));
    const samples = await hearing;
    const start = samples.indexOf(1);
    expect(samples.slice(start, start + 4800)).toEqual([...ramp]);
  });

  it.each(SAMPLE_RATES)('plays a tone at %i Hz at its pitch', async (sampleRate) => {
    const source = sourceOf({ sampleRate });
    const hearing = heard(source, (samples) => samples.length >= sampleRate / 4);
    await source.captureFrame(new Tone({ frequency: 440, sampleRate }).next(400));
    const samples = Int16Array.from((await hearing).slice(sampleRate / 10));
    expect(frequencyOf(samples, sampleRate)).toBeCloseTo(440, -1);
  });

  it('plays both channels of stereo apart', async () => {
    const source = sourceOf({ channels: 2 });
    const data = Int16Array.from({ length: 9600 }, (_, i) => (i % 2 === 0 ? 1000 : -2000));
    const hearing = heard(source, (samples) => samples.filter((one) => one === -2000).length > 960);
    await source.captureFrame(new AudioFrame(data, { sampleRate: 48_000, channels: 2 }));
    const samples = await hearing;
    const sides = [0, 1].map((side) => steps(samples.filter((_, i) => i % 2 === side)));
    expect(sides).toEqual([[1000], [-2000]]);
  });

  it('plays calls that overlap whole and in their order', async () => {
    const source = sourceOf({ queueMs: 20 });
    const lengths = [1, 441, 1000, 480, 7, 2400];
    const hearing = heard(source, (samples) => samples.includes(lengths.length));
    const captures = lengths.map((length, i) => source.captureFrame(level(i + 1, length)));
    await Promise.all([...captures, source.waitForPlayout()]);
    const samples = await hearing;
    expect(steps(samples)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [i, wanted] of lengths.slice(0, -1).entries()) {
      expect(samples.filter((sample) => sample === i + 1)).toHaveLength(wanted);
    }
  });

  it.each([1, 5, 10, 15, 1000])(
    'takes frames of every length with a queue of %i ms',
    async (queueMs) => {
      const source = sourceOf({ queueMs });
      for (const samples of [1, 479, 441, 1000, 4800]) await source.captureFrame(level(5, samples));
      await source.waitForPlayout();
      expect(source.queuedMs).toBe(0);
    },
  );

  it('copies the samples, which may be changed at once', async () => {
    const source = sourceOf();
    const hearing = heard(source, (samples) => samples.includes(1234));
    const frame = level(1234, 4800);
    const captured = source.captureFrame(frame);
    frame.data.fill(77);
    frame.close();
    await captured;
    expect(steps(await hearing)).toEqual([1234]);
  });

  it('takes samples in shared memory, and at an offset', async () => {
    const source = sourceOf();
    const hearing = heard(source, (samples) => samples.includes(22));
    const shared = new Int16Array(new SharedArrayBuffer(4 + 9600), 4).fill(11);
    const options = { sampleRate: 48_000, channels: 1 };
    await source.captureFrame(new AudioFrame(shared, options));
    await source.captureFrame(new AudioFrame(new Int16Array(4810).fill(22).subarray(10), options));
    expect(steps(await hearing)).toEqual([11, 22]);
  });

  it('refuses another rate, other channels and a closed frame, and goes on', async () => {
    const source = sourceOf();
    await expect(source.captureFrame(level(1, 160, { sampleRate: 16_000 }))).rejects.toThrow(
      new RangeError("frame.sampleRate must be 48000 as its source's, got 16000."),
    );
    await expect(source.captureFrame(level(1, 480, { channels: 2 }))).rejects.toThrow(
      new RangeError("frame.channels must be 1 as its source's, got 2."),
    );
    const closed = level(1, 480);
    closed.close();
    await expect(source.captureFrame(closed)).rejects.toMatchObject({ code: 'closed' });
    expect(source.queuedMs).toBe(0);
    await source.captureFrame(level(1, 480));
  });

  it.each([undefined, null, {}, new Int16Array(1), 'frame'])('refuses %p', async (frame) => {
    await expect(sourceOf().captureFrame(frame as never)).rejects.toThrow(
      /^frame must be an AudioFrame, got /,
    );
  });
});

describe('the queue of an AudioSource', () => {
  it('tells how much of it has not been played', async () => {
    const source = sourceOf({ queueMs: 50 });
    expect(source.queuedMs).toBe(0);
    const capture = source.captureFrame(level(1, 48_000));
    expect(source.queuedMs).toBeGreaterThan(900);
    expect(source.queuedMs).toBeLessThanOrEqual(1000);
    source.clearQueue();
    await capture;
    expect(source.queuedMs).toBe(0);
  });

  it('resolves every capture and every wait when it is cleared', async () => {
    const source = sourceOf({ queueMs: 10 });
    const waiting = [
      source.captureFrame(level(1, 240_000)),
      source.captureFrame(level(2, 240_000)),
      source.waitForPlayout(),
    ];
    source.clearQueue();
    await Promise.all(waiting);
    await source.captureFrame(level(3, 480));
    await source.waitForPlayout();
    expect(source.queuedMs).toBe(0);
  });

  it('does not play what was cleared', async () => {
    const source = sourceOf({ queueMs: 100 });
    const hearing = heard(source, (samples) => samples.includes(3));
    const first = source.captureFrame(level(1, 240_000));
    source.clearQueue();
    await first;
    const second = source.captureFrame(level(3, 9600));
    const samples = await hearing;
    await second;
    // What had been handed over before is no more than 100 ms of the five seconds.
    expect(samples.filter((sample) => sample === 1).length).toBeLessThanOrEqual(4800);
    expect(steps(samples).at(-1)).toBe(3);
  });

  it('is played to the last sample by waitForPlayout, also what is no whole block', async () => {
    const source = sourceOf();
    // Blocks have 10 ms: without more behind it, the single sample would be held back.
    const hearing = heard(source, (samples) => samples.includes(9));
    await source.captureFrame(level(4, 4800));
    await source.captureFrame(level(9, 1));
    await source.waitForPlayout();
    expect(source.queuedMs).toBe(0);
    expect(steps(await hearing)).toEqual([4, 9]);
  });

  it('has nothing to wait for while it is empty', async () => {
    const source = sourceOf();
    await source.waitForPlayout();
    source.clearQueue();
    source.clearQueue();
    await source.waitForPlayout();
    expect(source.queuedMs).toBe(0);
  });
});

describe('AudioSource.close', () => {
  it('rejects everything that waits, with the code `closed`', async () => {
    const source = sourceOf({ queueMs: 10 });
    const waiting = [
      source.captureFrame(level(1, 48_000)),
      source.captureFrame(level(2, 48_000)),
      source.waitForPlayout(),
    ];
    source.close();
    source.close();
    const results = await Promise.allSettled(waiting);
    const closed = { status: 'rejected', reason: { code: 'closed' } };
    expect(results).toMatchObject([closed, closed, closed]);
  });

  it('rejects while a piece is under way', async () => {
    const source = sourceOf({ queueMs: 10 });
    await source.captureFrame(level(1, 960));
    const second = source.captureFrame(level(1, 48_000));
    await new Promise(setImmediate);
    source.close();
    await expect(second).rejects.toMatchObject({ code: 'closed' });
  });

  it('refuses every use after it, and ends the tracks', async () => {
    const source = sourceOf();
    const track = LocalAudioTrack.create('test', source);
    source[Symbol.dispose]();
    expect(source.closed).toBe(true);
    expect(track.ended).toBe(true);
    await expect(source.captureFrame(level(1, 480))).rejects.toMatchObject({ code: 'closed' });
    await expect(source.waitForPlayout()).rejects.toMatchObject({ code: 'closed' });
    expect(() => source.clearQueue()).toThrow('The audio source is closed.');
    expect(() => LocalAudioTrack.create('late', source)).toThrow('source is closed.');
    expect(source.queuedMs).toBe(0);
  });
});
