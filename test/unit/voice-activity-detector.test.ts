import { AudioFrame, VoiceActivityDetector, type VoiceActivityDetectorOptions } from 'framewire';
import { noise, voice } from '../support/sound.js';

jest.setTimeout(60_000);

interface Part {
  readonly ms: number;
  /** How loud noise and voice are, in dBFS. */
  readonly noiseDb?: number;
  readonly voiceDb?: number;
}

const random = noise(1);

/** Sound made of parts, in frames of some length. */
function* sound(
  parts: readonly Part[],
  { sampleRate = 16_000, samples = 160, channels = 1 } = {},
): Generator<AudioFrame> {
  const totalMs = parts.reduce((sum, { ms }) => sum + ms, 0);
  const all = new Int16Array((totalMs * sampleRate * channels) / 1000);
  let at = 0;
  for (const { ms, noiseDb = -Infinity, voiceDb = -Infinity } of parts) {
    // Uniform noise has a third of its peak's square as its power, a sine wave half.
    const noisePeak = 32_768 * 10 ** (noiseDb / 20) * Math.sqrt(3);
    const voicePeak = 32_768 * 10 ** (voiceDb / 20) * Math.SQRT2;
    for (let i = 0; i < (ms * sampleRate) / 1000; i++) {
      const phase = (2 * Math.PI * 200 * i) / sampleRate;
      all.fill(noisePeak * random() + voicePeak * Math.sin(phase), at, (at += channels));
    }
  }
  for (let from = 0; from < all.length; from += samples * channels) {
    const timestampUs = Math.round((from * 1e6) / channels / sampleRate);
    const data = all.subarray(from, from + samples * channels);
    yield new AudioFrame(data, { sampleRate, channels, timestampUs });
  }
}

/** When it heard a voice begin and end, in milliseconds. */
function heard(
  options: VoiceActivityDetectorOptions,
  frames: Iterable<AudioFrame>,
): { readonly times: number[]; readonly activeMs: number } {
  const detector = new VoiceActivityDetector(options);
  const times: number[] = [];
  detector.on('speechStarted', (timestampUs) => times.push(Math.round(timestampUs / 1000)));
  detector.on('speechEnded', (timestampUs) => times.push(Math.round(timestampUs / 1000)));
  let activeMs = 0;
  for (const frame of frames) if (detector.process(frame)) activeMs += frame.durationMs;
  return { times, activeMs };
}

const CALL: readonly Part[] = [
  { ms: 1_000, noiseDb: -60 },
  { ms: 1_000, noiseDb: -60, voiceDb: -20 },
  { ms: 200, noiseDb: -60 },
  { ms: 500, noiseDb: -60, voiceDb: -25 },
  { ms: 1_000, noiseDb: -60 },
];

describe('VoiceActivityDetector', () => {
  it.each([
    { samples: 160 },
    { samples: 37 },
    { samples: 1_024 },
    { samples: 160, channels: 2 },
    { sampleRate: 44_100, samples: 441 },
  ])('says when a voice begins and ends (%j)', (form) => {
    expect(heard({}, sound(CALL, form)).times).toEqual([1_000, 2_700]);
  });

  it('says of each frame whether there is a voice, until the hangover is over', () => {
    // 30 ms to begin, of which the last counts already; then 300 ms after the end.
    expect(heard({}, sound(CALL)).activeMs).toBe(1_700 - 20 + 300);
    expect(heard({ attackMs: 0, hangoverMs: 400 }, sound(CALL)).activeMs).toBe(1_700 + 400);
  });

  it('hears two voices where the hangover is shorter than the pause', () => {
    const { times } = heard({ hangoverMs: 100 }, sound(CALL));
    expect(times).toEqual([1_000, 2_000, 2_200, 2_700]);
  });

  it('takes no click for a voice', () => {
    const parts = [{ ms: 500 }, { ms: 20, voiceDb: -6 }, { ms: 500 }];
    expect(heard({ thresholdDb: -40 }, sound(parts)).times).toEqual([]);
    expect(heard({ thresholdDb: -40, attackMs: 20 }, sound(parts)).times).toEqual([500, 520]);
  });

  it('learns noise that stays, and hears a voice in it', () => {
    const loud: Part = { ms: 4_000, noiseDb: -30 };
    const { times } = heard({}, sound([loud, { ms: 500, noiseDb: -30, voiceDb: -12 }, loud]));
    // At first the noise is a voice too, for 3 seconds.
    expect(times).toHaveLength(4);
    expect(times[0]).toBe(0);
    expect(times[1]).toBeLessThanOrEqual(3_400);
    expect(times.slice(2)).toEqual([4_000, 4_500]);
  });

  it('hears a voice with pauses for as long as it goes on', () => {
    const frames = Array.from({ length: 2_000 }, (_, i) => {
      const frame = AudioFrame.create({
        sampleRate: 16_000,
        channels: 1,
        samplesPerChannel: 160,
        timestampUs: i * 10_000,
      });
      for (const k of frame.data.keys()) {
        frame.data[k] = 8_000 * voice((i * 160 + k) / 16_000) + 10 * random();
      }
      return frame;
    });
    const { times } = heard({}, frames);
    expect(times).toHaveLength(1);
    expect(times[0]).toBeLessThan(50);
  });

  it('goes by a fixed threshold, with hysteresis', () => {
    const parts: Part[] = [
      { ms: 100, voiceDb: -41 },
      { ms: 100, voiceDb: -39 },
      { ms: 1_000, voiceDb: -42 },
      { ms: 1_000, voiceDb: -48 },
    ];
    expect(heard({ thresholdDb: -40 }, sound(parts)).times).toEqual([100, 1_200]);
    const strict = heard({ thresholdDb: -40, hysteresisDb: 0 }, sound(parts));
    expect(strict.times).toEqual([100, 200]);
  });

  it('tells its level, noise and threshold', () => {
    const detector = new VoiceActivityDetector();
    expect([detector.active, detector.levelDb]).toEqual([false, -Infinity]);
    for (const frame of sound([{ ms: 200, noiseDb: -58 }])) detector.process(frame);
    expect(detector.levelDb).toBeCloseTo(-58, -1);
    expect(detector.noiseFloorDb).toBeCloseTo(-59, -1);
    expect(detector.thresholdDb).toBe(Math.max(-55, detector.noiseFloorDb + 12));
    for (const frame of sound([{ ms: 200 }])) detector.process(frame);
    expect([detector.noiseFloorDb, detector.thresholdDb]).toEqual([-80, -55]);
    expect(new VoiceActivityDetector({ thresholdDb: -30 }).thresholdDb).toBe(-30);
  });

  it('goes on when a listener throws', () => {
    const detector = new VoiceActivityDetector();
    const errors: unknown[] = [];
    detector.on('error', (error) => errors.push(error));
    detector.on('speechStarted', () => {
      throw new Error('listener');
    });
    let spoken = false;
    for (const frame of sound([{ ms: 100, voiceDb: -20 }])) spoken = detector.process(frame);
    expect(spoken).toBe(true);
    expect(errors).toEqual([new Error('listener')]);
  });

  it('refuses what is no frame, and numbers that make no sense', () => {
    const detector = new VoiceActivityDetector();
    expect(() => detector.process({} as never)).toThrow('frame must be an AudioFrame');
    const wrong: VoiceActivityDetectorOptions[] = [
      { thresholdDb: 1 },
      { thresholdDb: NaN },
      { marginDb: 0 },
      { minDb: -101 },
      { hysteresisDb: -1 },
      { attackMs: -1 },
      { hangoverMs: 0.5 },
    ];
    for (const options of wrong) {
      expect(() => new VoiceActivityDetector(options)).toThrow(RangeError);
    }
    expect(() => new VoiceActivityDetector({ thresholdDb: '-40' as never })).toThrow(TypeError);
  });
});
