import {
  AudioFrame,
  AudioResampler,
  type AudioResamplerOptions,
  RESAMPLER_QUALITIES,
  type ResamplerQuality,
} from 'framewire';
import { Tone } from 'framewire/testing';
import { amplitudeAt, channelOf, noise, power } from '../support/sound.js';

jest.setTimeout(60_000);

const resamplers: AudioResampler[] = [];

afterEach(() => {
  for (const resampler of resamplers.splice(0)) resampler.close();
});

function resamplerOf(options: AudioResamplerOptions): AudioResampler {
  const resampler = new AudioResampler(options);
  resamplers.push(resampler);
  return resampler;
}

/** What is thrown with that code. */
function failure(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

/** All that comes out when `frames` go in. */
function resampled(options: AudioResamplerOptions, frames: Iterable<AudioFrame>): AudioFrame {
  const resampler = resamplerOf(options);
  const all = [...frames].flatMap((frame) => resampler.push(frame));
  return AudioFrame.concat([...all, ...resampler.flush()]);
}

/** 0.4 seconds of a tone in frames of 10 ms. */
function tone(frequency: number, sampleRate: number, channels = 1): AudioFrame[] {
  const source = new Tone({ frequency, sampleRate, channels, amplitude: 10_000 });
  return Array.from({ length: 40 }, () => source.next(10));
}

const FIELD_RATES = [
  8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
  192_000,
];

describe('AudioResampler', () => {
  it.each(RESAMPLER_QUALITIES)(
    'gives as many samples as the rates say, from any to any, in %s quality',
    (quality) => {
      const random = noise(1);
      for (const inputRate of FIELD_RATES) {
        for (const outputRate of FIELD_RATES) {
          const resampler = resamplerOf({ inputRate, outputRate, quality });
          let taken = 0;
          let given = 0;
          for (let i = 0; i < 20; i++) {
            const samplesPerChannel = 1 + Math.floor(Math.abs(random()) * 2_000);
            taken += samplesPerChannel;
            const form = { sampleRate: inputRate, channels: 1, samplesPerChannel };
            for (const frame of resampler.push(AudioFrame.create(form))) {
              given += frame.samplesPerChannel;
            }
          }
          for (const frame of resampler.flush()) given += frame.samplesPerChannel;
          expect(Math.abs(given - (taken * outputRate) / inputRate)).toBeLessThanOrEqual(1);
          resampler.close();
        }
      }
    },
  );

  it('is right to the sample after two minutes, and lags no further behind', () => {
    const resampler = resamplerOf({ inputRate: 44_100, outputRate: 48_000 });
    const second = AudioFrame.create({
      sampleRate: 44_100,
      channels: 1,
      samplesPerChannel: 44_100,
    });
    let given = 0;
    let mostLag = 0;
    for (let i = 1; i <= 120; i++) {
      for (const frame of resampler.push(second)) given += frame.samplesPerChannel;
      mostLag = Math.max(mostLag, i * 48_000 - given);
    }
    for (const frame of resampler.flush()) given += frame.samplesPerChannel;
    expect(given).toBe(120 * 48_000);
    expect(mostLag).toBeLessThan(0.1 * 48_000);
  });

  it.each([
    [48_000, 16_000],
    [16_000, 48_000],
    [44_100, 48_000],
    [22_050, 48_000],
    [8_000, 192_000],
    [192_000, 8_000],
    [48_000, 48_000],
    [44_101, 47_999],
  ])("keeps a tone's pitch, loudness and place from %d to %d Hz", (inputRate, outputRate) => {
    for (const quality of RESAMPLER_QUALITIES) {
      const { data } = resampled({ inputRate, outputRate, quality }, tone(440, inputRate));
      const amplitude = amplitudeAt(data, { frequencyHz: 440, sampleRate: outputRate });
      expect(Math.abs(amplitude - 10_000)).toBeLessThan(100);
      // Nothing but the tone, and that begins where it began: the difference to the tone itself.
      const ideal = AudioFrame.concat(tone(440, outputRate)).data;
      const middle = [data.length / 4, (data.length * 3) / 4] as const;
      const rest = data.map((sample, i) => sample - (ideal[i] ?? 0)).subarray(...middle);
      expect(power(rest)).toBeLessThan(power(ideal) / 1000);
    }
  });

  it.each([
    ['quick', 0],
    ['low', -75],
    ['medium', -75],
    ['high', -75],
    ['very-high', -75],
  ] as const)(
    'of %s quality leaves at most %d dB of what is too high to be kept',
    (quality, mostDb) => {
      for (const frequency of [9_500, 12_000, 15_000, 20_000]) {
        const { data } = resampled(
          { inputRate: 48_000, outputRate: 16_000, quality },
          tone(frequency, 48_000),
        );
        const left = power(data.subarray(data.length / 4, (data.length * 3) / 4));
        expect(10 * Math.log10(left / (10_000 ** 2 / 2))).toBeLessThan(mostDb + 0.5);
      }
    },
  );

  it('keeps more of the highest tones the better its quality is', () => {
    const kept = (quality: ResamplerQuality, frequency: number): number => {
      const { data } = resampled(
        { inputRate: 48_000, outputRate: 16_000, quality },
        tone(frequency, 48_000),
      );
      return amplitudeAt(data, { frequencyHz: frequency, sampleRate: 16_000 }) / 10_000;
    };
    expect(kept('low', 6_000)).toBeGreaterThan(0.9);
    expect(kept('medium', 7_000)).toBeGreaterThan(0.99);
    expect(kept('very-high', 7_300)).toBeGreaterThan(0.99);
    expect(kept('low', 7_300)).toBeLessThan(kept('very-high', 7_300));
  });

  it('keeps channels apart', () => {
    for (const channels of [2, 8]) {
      const frames = tone(440, 44_100, channels);
      for (const { data } of frames) {
        for (const i of data.keys()) if (i % channels !== channels - 1) data[i] = 0;
      }
      const { data } = resampled({ inputRate: 44_100, outputRate: 48_000, channels }, frames);
      expect(power(channelOf(data, 0, channels))).toBeLessThan(2);
      const last = channelOf(data, channels - 1, channels);
      const amplitude = amplitudeAt(last, { frequencyHz: 440, sampleRate: 48_000 });
      expect(Math.abs(amplitude - 10_000)).toBeLessThan(100);
    }
  });

  it('gives time stamps that count samples from the first on', () => {
    const resampler = resamplerOf({ inputRate: 44_100, outputRate: 16_000 });
    let samples = 0;
    const check = (frames: AudioFrame[]): void => {
      for (const frame of frames) {
        expect(frame.timestampUs).toBe(5_000_000 + Math.round((samples * 1e6) / 16_000));
        samples += frame.samplesPerChannel;
      }
    };
    for (let i = 0; i < 100; i++) {
      const timestampUs = 5_000_000 + Math.round((i * 700 * 1e6) / 44_100);
      const form = { sampleRate: 44_100, channels: 1, samplesPerChannel: 700, timestampUs };
      check(resampler.push(AudioFrame.create(form)));
    }
    check(resampler.flush());
    expect(samples).toBe(Math.round((70_000 * 160) / 441));
  });

  it('moves time on where frames are missing, at the sample', () => {
    const resampler = resamplerOf({ inputRate: 48_000, outputRate: 24_000 });
    const frames: AudioFrame[] = [];
    for (let i = 0; i < 100; i++) {
      // Half a second is missing.
      const timestampUs = i * 10_000 + (i < 50 ? 0 : 500_000);
      const form = { sampleRate: 48_000, channels: 1, samplesPerChannel: 480, timestampUs };
      const frame = AudioFrame.create(form);
      if (i >= 50) frame.data.fill(10_000);
      frames.push(...resampler.push(frame));
    }
    frames.push(...resampler.flush());
    let endUs = 0;
    const jumps = [];
    for (const frame of frames) {
      if (Math.abs(frame.timestampUs - endUs) > 100) jumps.push([endUs, frame.timestampUs]);
      endUs = Math.round(frame.timestampUs + frame.durationMs * 1000);
    }
    expect(jumps).toEqual([[500_000, 1_000_000]]);
    const after = AudioFrame.concat(frames.filter(({ timestampUs }) => timestampUs >= 1_000_000));
    expect(after.samplesPerChannel).toBe(12_000);
    expect(Math.abs((after.data[100] ?? 0) - 10_000)).toBeLessThan(50);
  });

  it('counts on where frames have no time stamps', () => {
    const resampler = resamplerOf({ inputRate: 48_000, outputRate: 24_000, quality: 'quick' });
    const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
    let samples = 0;
    for (let i = 0; i < 100; i++) {
      for (const { timestampUs, samplesPerChannel } of resampler.push(frame)) {
        expect(timestampUs).toBe(Math.round((samples * 1e6) / 24_000));
        samples += samplesPerChannel;
      }
    }
    expect(samples).toBeGreaterThan(23_900);
  });

  it('begins afresh after a flush', () => {
    const resampler = resamplerOf({ inputRate: 48_000, outputRate: 16_000 });
    expect(resampler.flush()).toEqual([]);
    for (const timestampUs of [1_000_000, 500_000]) {
      const data = new Int16Array(4_800).fill(10_000);
      const frame = new AudioFrame(data, { sampleRate: 48_000, channels: 1, timestampUs });
      const all = AudioFrame.concat([...resampler.push(frame), ...resampler.flush()]);
      expect(all).toMatchObject({ timestampUs, samplesPerChannel: 1_600 });
    }
  });

  it('takes shared memory, and samples that begin anywhere', () => {
    const form = { sampleRate: 48_000, channels: 1 };
    const shared = new Int16Array(new SharedArrayBuffer(2_000), 40, 960).fill(5_000);
    const { data } = resampled({ inputRate: 48_000, outputRate: 24_000 }, [
      new AudioFrame(shared, form),
    ]);
    expect(data).toHaveLength(480);
    expect(Math.abs((data[240] ?? 0) - 5_000)).toBeLessThan(20);
    expect(shared.every((sample) => sample === 5_000)).toBe(true);
  });

  it('resamples a frame of a minute at once', () => {
    const form = { sampleRate: 8_000, channels: 1, samplesPerChannel: 480_000 };
    const { samplesPerChannel } = resampled({ inputRate: 8_000, outputRate: 48_000 }, [
      AudioFrame.create(form),
    ]);
    expect(samplesPerChannel).toBe(2_880_000);
  });

  it('refuses what does not fit, before anything happens', () => {
    const resampler = resamplerOf({ inputRate: 48_000, outputRate: 16_000 });
    const frame = (sampleRate: number, channels: number): AudioFrame =>
      AudioFrame.create({ sampleRate, channels, samplesPerChannel: 480 });
    expect(() => resampler.push(frame(44_100, 1))).toThrow(
      "frame.sampleRate must be 48000 as the resampler's, got 44100.",
    );
    expect(() => resampler.push(frame(48_000, 2))).toThrow(RangeError);
    expect(() => resampler.push(new Int16Array(480) as never)).toThrow(TypeError);
    const closed = frame(48_000, 1);
    closed.close();
    expect(() => resampler.push(closed)).toThrow(failure('closed'));
    expect(resampler.flush()).toEqual([]);
  });

  it('refuses options that native would crash at', () => {
    const wrong = (options: unknown): (() => AudioResampler) => {
      return () => new AudioResampler(options as AudioResamplerOptions);
    };
    for (const rate of [0, 1, 3_999, 384_001, NaN, 48_000.5, Infinity]) {
      expect(wrong({ inputRate: rate, outputRate: 48_000 })).toThrow(RangeError);
      expect(wrong({ inputRate: 48_000, outputRate: rate })).toThrow(RangeError);
    }
    expect(wrong(undefined)).toThrow(TypeError);
    expect(wrong({ inputRate: 48_000 })).toThrow(TypeError);
    const rates = { inputRate: 48_000, outputRate: 16_000 };
    expect(wrong({ ...rates, channels: 0 })).toThrow(RangeError);
    expect(wrong({ ...rates, channels: 9 })).toThrow(RangeError);
    expect(wrong({ ...rates, quality: 'best' })).toThrow(
      "options.quality must be one of 'quick', 'low', 'medium', 'high', 'very-high', got 'best'.",
    );
  });

  it('may be closed twice, and does nothing afterwards', () => {
    const resampler = resamplerOf({ inputRate: 48_000, outputRate: 16_000 });
    resampler.close();
    resampler[Symbol.dispose]();
    expect(resampler.closed).toBe(true);
    const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
    const closed = failure('closed');
    expect(() => resampler.push(frame)).toThrow(closed);
    expect(() => resampler.flush()).toThrow(closed);
  });
});
