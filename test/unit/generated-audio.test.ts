import { AudioFrame, silence, sineWave, type SineWaveOptions } from 'framewire';
import { amplitudeAt, channelOf, power } from '../support/sound.js';

jest.setTimeout(60_000);

/** All of a sound that ends. */
async function all(sound: AsyncIterable<AudioFrame>): Promise<AudioFrame[]> {
  const frames = [];
  for await (const frame of sound) frames.push(frame);
  return frames;
}

describe('sineWave', () => {
  it.each([
    { frequencyHz: 440, amplitude: 0.5 },
    { frequencyHz: 1_000, amplitude: 1, sampleRate: 44_100, channels: 2 },
    { frequencyHz: 100, amplitude: 0.01, sampleRate: 8_000, channels: 8 },
    { frequencyHz: 5_000, amplitude: 0.3, sampleRate: 11_025, frameMs: 7 },
  ])('has the pitch, the loudness and the length asked for (%j)', async (options) => {
    const {
      frequencyHz,
      amplitude,
      sampleRate = 48_000,
      channels = 1,
    } = options as SineWaveOptions;
    const { data } = AudioFrame.concat(await all(sineWave({ ...options, durationMs: 1_000 })));
    expect(data).toHaveLength(sampleRate * channels);
    for (const channel of [0, channels - 1]) {
      const samples = channelOf(data, channel, channels);
      const peak = amplitudeAt(samples, { frequencyHz: frequencyHz ?? 0, sampleRate });
      expect(peak / 32_767).toBeCloseTo(amplitude ?? 0, 3);
      // Nothing else, not even at the seams.
      expect(power(samples) - peak ** 2 / 2).toBeLessThan(peak ** 2 / 1000 + 1);
    }
  });

  it('has time stamps that count samples, and a last frame that ends where it should', async () => {
    const frames = await all(sineWave({ sampleRate: 44_100, frameMs: 1, durationMs: 25.5 }));
    let samples = 0;
    for (const frame of frames) {
      expect(frame.timestampUs).toBe(Math.round((samples * 1e6) / 44_100));
      samples += frame.samplesPerChannel;
    }
    expect(frames).toHaveLength(26);
    expect(samples).toBe(Math.round(44_100 * 0.0255));
  });

  it('gives calls at the same time one frame after the other', async () => {
    const wave = sineWave({ durationMs: 20 });
    const results = await Promise.all([wave.next(), wave.next(), wave.next()]);
    expect(results.map(({ value }) => value?.timestampUs)).toEqual([0, 10_000, undefined]);
  });

  it('leaves the event loop to others', async () => {
    const timer = AbortSignal.timeout(1);
    for await (const frame of sineWave()) {
      frame.close();
      if (timer.aborted) break;
    }
    expect(timer.aborted).toBe(true);
  });

  it('in real time gives no frame before its time', async () => {
    const start = performance.now();
    let last = 0;
    for await (const { timestampUs } of sineWave({ pace: 'real-time', durationMs: 100 })) {
      last = timestampUs / 1000;
      expect(performance.now() - start).toBeGreaterThanOrEqual(last - 2);
    }
    expect(last).toBe(90);
  });

  it('ends with the reason of its signal, also while it waits', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const wave = sineWave({ pace: 'real-time', frameMs: 1000, signal: stop.signal });
    await wave.next();
    const waiting = wave.next();
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await wave.next()).toEqual({ done: true, value: undefined });
    await expect(sineWave({ signal: stop.signal }).next()).rejects.toBe(reason);
  });

  it('ends when its loop is left', async () => {
    const wave = sineWave();
    for await (const frame of wave) {
      frame.close();
      break;
    }
    expect(await wave.next()).toEqual({ done: true, value: undefined });
  });

  it('refuses what makes no sound', () => {
    const wrong: [unknown, ErrorConstructor][] = [
      [null, TypeError],
      [{ sampleRate: 0 }, RangeError],
      [{ sampleRate: '48000' }, TypeError],
      [{ channels: 9 }, RangeError],
      [{ frameMs: 0 }, RangeError],
      [{ sampleRate: 1, frameMs: 10 }, RangeError],
      [{ durationMs: -1 }, RangeError],
      [{ durationMs: NaN }, RangeError],
      [{ frequencyHz: 0 }, RangeError],
      [{ frequencyHz: 24_001 }, RangeError],
      [{ amplitude: 1.01 }, RangeError],
      [{ amplitude: -0.1 }, RangeError],
      [{ pace: 'fast' }, RangeError],
      [{ signal: {} }, TypeError],
    ];
    for (const [options, error] of wrong) {
      expect(() => sineWave(options as SineWaveOptions)).toThrow(error);
    }
  });
});

describe('silence', () => {
  it('is as long as asked for', async () => {
    const frames = await all(silence({ sampleRate: 16_000, channels: 2, durationMs: 95 }));
    const whole = AudioFrame.concat(frames);
    expect(whole).toMatchObject({ sampleRate: 16_000, channels: 2, samplesPerChannel: 1_520 });
    expect(power(whole.data)).toBe(0);
    expect(await all(silence({ durationMs: 0 }))).toEqual([]);
  });
});
