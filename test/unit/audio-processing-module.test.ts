import { AudioFrame, AudioProcessingModule, type AudioProcessingOptions } from 'framewire';
import { amplitudeAt, channelOf, gainDb, noise, power, sine, voice } from '../support/sound.js';

jest.setTimeout(60_000);

const modules: AudioProcessingModule[] = [];

afterEach(() => {
  for (const apm of modules.splice(0)) apm.close();
});

function moduleOf(options?: AudioProcessingOptions): AudioProcessingModule {
  const apm = new AudioProcessingModule(options);
  modules.push(apm);
  return apm;
}

/** What is thrown with that code. */
function failure(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

interface Sound {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly seconds?: number;
}

/** Sound made of a function of the time in seconds, which gives -1 to 1. */
function soundOf(
  at: (seconds: number, channel: number) => number,
  { sampleRate = 48_000, channels = 1, seconds = 3 }: Sound = {},
): AudioFrame {
  const samplesPerChannel = sampleRate * seconds;
  const frame = AudioFrame.create({ sampleRate, channels, samplesPerChannel });
  for (let i = 0; i < frame.data.length; i++) {
    const channel = i % channels;
    frame.data[i] = Math.round(32_000 * at((i - channel) / channels / sampleRate, channel));
  }
  return frame;
}

/** The parts of a frame, over its own samples; of equal lengths, or of those given again and again. */
function* cut(frame: AudioFrame, ...lengths: number[]): Generator<AudioFrame> {
  const { sampleRate, channels } = frame;
  for (let from = 0, i = 0; from < frame.samplesPerChannel; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    const data = frame.data.subarray(from * channels, (from + length) * channels);
    const timestampUs = Math.round((from * 1e6) / sampleRate);
    yield new AudioFrame(data, { sampleRate, channels, timestampUs });
    from += length;
  }
}

/** The last second, when processing has got used to the sound. */
function lastSecond({ data, sampleRate, channels }: AudioFrame): Int16Array {
  return data.subarray(data.length - sampleRate * channels);
}

/** How much the last second changes when a sound is processed, in dB. */
function changeDb(apm: AudioProcessingModule, sound: AudioFrame, ...lengths: number[]): number {
  const before = sound.clone();
  const parts = lengths.length === 0 ? [sound.sampleRate / 100] : lengths;
  for (const part of cut(sound, ...parts)) apm.processStream(part);
  return gainDb(lastSecond(sound), lastSecond(before));
}

describe('Noise suppression', () => {
  it.each([8_000, 16_000, 44_100, 48_000, 192_000])(
    'takes more than 10 dB of noise away at %d Hz',
    (sampleRate) => {
      const random = noise(1);
      const sound = soundOf(() => 0.1 * random(), { sampleRate });
      expect(changeDb(moduleOf({ noiseSuppression: true }), sound)).toBeLessThan(-10);
    },
  );

  it('leaves a voice in the noise as loud as it was', () => {
    const random = noise(2);
    const sound = soundOf((t) => 0.3 * voice(t) + 0.01 * random(), { seconds: 4 });
    expect(Math.abs(changeDb(moduleOf({ noiseSuppression: true }), sound))).toBeLessThan(2);
  });

  it('works on each channel by itself', () => {
    const random = noise(3);
    const sound = soundOf((_, channel) => (channel === 0 ? 0.1 * random() : 0), { channels: 2 });
    expect(changeDb(moduleOf({ noiseSuppression: true }), sound)).toBeLessThan(-10);
    expect(power(channelOf(sound.data, 1, 2))).toBe(0);
  });

  it.each([8])('works on %d channels', (channels) => {
    const random = noise(4);
    const sound = soundOf(() => 0.1 * random(), { channels });
    expect(changeDb(moduleOf({ noiseSuppression: true }), sound)).toBeLessThan(-10);
  });
});

describe('Echo cancellation', () => {
  // Half as loud 60 ms later, and once more from a wall.
  const echoOf = (far: AudioFrame): AudioFrame => {
    const { data, sampleRate, channels } = far;
    const delay = 0.06 * sampleRate;
    const heard = data.map(
      (_, i) => 0.5 * (data[i - delay] ?? 0) + 0.1 * (data[i - 2 * delay] ?? 0),
    );
    return new AudioFrame(heard, { sampleRate, channels });
  };

  it.each([
    { sampleRate: 48_000, near: [480], far: [480] },
    { sampleRate: 16_000, near: [160], far: [160] },
    { sampleRate: 48_000, near: [441], far: [960, 1, 479] },
    { sampleRate: 44_100, near: [1024], far: [1024] },
  ])('takes more than 20 dB of an echo away (%j)', ({ sampleRate, near, far }) => {
    const random = noise(5);
    const played = soundOf((t) => 0.3 * Math.max(0, Math.sin(4 * Math.PI * t)) * random(), {
      sampleRate,
      seconds: 4,
    });
    const heard = echoOf(played);
    const before = heard.clone();
    const apm = moduleOf({ echoCancellation: true });
    apm.setStreamDelayMs(60);
    const playing = cut(played, ...far);
    let playedUs = -1;
    for (const part of cut(heard, ...near)) {
      while (playedUs <= part.timestampUs) {
        const next = playing.next();
        if (next.done) break;
        playedUs = next.value.timestampUs + next.value.durationMs * 1000;
        apm.processReverseStream(next.value);
      }
      apm.processStream(part);
    }
    expect(gainDb(lastSecond(heard), lastSecond(before))).toBeLessThan(-20);
  });

  it('leaves what only the microphone heard', () => {
    const sound = soundOf((t) => 0.3 * voice(t));
    const apm = moduleOf({ echoCancellation: true });
    for (const part of cut(
      soundOf(() => 0),
      480,
    ))
      apm.processReverseStream(part);
    expect(Math.abs(changeDb(apm, sound))).toBeLessThan(0.5);
  });

  it('leaves the far end as it is', () => {
    const far = soundOf(sine(440), { seconds: 1 });
    const before = far.clone();
    const apm = moduleOf({ echoCancellation: true, highPassFilter: true });
    for (const part of cut(far, 100, 480, 3_000)) apm.processReverseStream(part);
    expect(far.data).toEqual(before.data);
  });
});

describe('The high-pass filter', () => {
  it('takes an offset away', () => {
    const apm = moduleOf({ highPassFilter: true });
    const offset = soundOf((t) => 0.2 + 0.2 * sine(440)(t), { seconds: 2 });
    for (const part of cut(offset, 480)) apm.processStream(part);
    const samples = lastSecond(offset);
    expect(Math.abs(samples.reduce((sum, one) => sum + one, 0) / samples.length)).toBeLessThan(10);
    const tone = amplitudeAt(samples, { frequencyHz: 440, sampleRate: 48_000 });
    expect(tone / (0.2 * 32_000)).toBeCloseTo(1, 1);
  });

  it('takes 50 Hz away', () => {
    const apm = moduleOf({ highPassFilter: true });
    expect(
      changeDb(
        apm,
        soundOf((t) => 0.5 * sine(50)(t)),
      ),
    ).toBeLessThan(-18);
  });
});

describe('Automatic gain control', () => {
  it('makes a quiet voice louder', () => {
    const sound = soundOf((t) => 0.005 * voice(t), { seconds: 5 });
    expect(changeDb(moduleOf({ autoGainControl: true }), sound)).toBeGreaterThan(10);
  });
});

describe('AudioProcessingModule.processStream', () => {
  it('changes nothing when nothing is switched on', () => {
    const sound = soundOf((t) => 0.5 * sine(440)(t), { channels: 2, seconds: 1 });
    const before = sound.clone();
    const apm = moduleOf();
    for (const part of cut(sound, 480)) expect(apm.processStream(part)).toBe(part);
    expect(sound.data).toEqual(before.data);
    expect(apm.latencyMs).toBe(0);
  });

  it.each([
    { lengths: [1] },
    { lengths: [441] },
    { lengths: [1024] },
    { lengths: [100, 479, 3_001] },
    { lengths: [480, 480, 7] },
  ])('gives frames of any length back at theirs, 10 ms later (%j)', ({ lengths }) => {
    const sound = soundOf((t) => 0.5 * sine(440)(t), { seconds: 1 });
    const before = sound.clone();
    const apm = moduleOf();
    const delaysUs = new Set<number>();
    const wrong: AudioFrame[] = [];
    for (const part of cut(sound, ...lengths)) {
      const { timestampUs, samplesPerChannel } = part;
      const processed = apm.processStream(part);
      const delayUs = apm.latencyMs * 1000;
      delaysUs.add(delayUs);
      const expectedUs = Math.max(0, timestampUs - delayUs);
      if (processed.samplesPerChannel !== samplesPerChannel) wrong.push(processed);
      if (processed.timestampUs !== expectedUs) wrong.push(processed);
    }
    expect(wrong).toEqual([]);
    // The first frames, if they were whole blocks, came at once.
    const start = lengths[0] === 480 ? 960 : 0;
    expect([...delaysUs]).toEqual(start > 0 ? [0, 10_000] : [10_000]);
    expect(sound.data.subarray(0, start)).toEqual(before.data.subarray(0, start));
    expect(power(sound.data.subarray(start, start + 480))).toBe(0);
    expect(sound.data.subarray(start + 480)).toEqual(before.data.subarray(start, -480));
  });

  it('does the same for any length of the frames', () => {
    const random = noise(6);
    const whole = soundOf(() => 0.1 * random());
    const parts = whole.clone();
    changeDb(moduleOf({ noiseSuppression: true }), whole);
    changeDb(moduleOf({ noiseSuppression: true }), parts, 441, 1_000);
    expect(parts.data.subarray(480)).toEqual(whole.data.subarray(0, -480));
  });
  it('takes frames of another form at each call', () => {
    const apm = moduleOf({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      highPassFilter: true,
    });
    for (let i = 0; i < 200; i++) {
      const sampleRate = [8_000, 12_300, 44_100, 48_000, 96_000, 384_000][i % 6] ?? 0;
      const form = { sampleRate, channels: 1 + ((i * 3) % 8), samplesPerChannel: 1 + i * 7 };
      const frame = AudioFrame.create(form);
      expect(apm.processStream(frame)).toMatchObject(form);
      apm.processReverseStream(AudioFrame.create({ ...form, channels: 1 + (i % 8) }));
    }
  });

  it('takes shared memory, and samples that begin anywhere', () => {
    const shared = new Int16Array(new SharedArrayBuffer(2 * 490), 20).fill(1_000);
    const apm = moduleOf({ highPassFilter: true });
    apm.processStream(new AudioFrame(shared, { sampleRate: 48_000, channels: 1 }));
    expect(power(shared)).toBeLessThan(1_000 ** 2);
  });

  it('refuses what it can not process, before anything happens', () => {
    const apm = moduleOf();
    expect(() => apm.processStream(undefined as never)).toThrow(TypeError);
    expect(() => apm.processStream(new Int16Array(480) as never)).toThrow(
      'frame must be an AudioFrame',
    );
    expect(() => apm.processReverseStream({ data: new Int16Array(480) } as never)).toThrow(
      TypeError,
    );
    for (const sampleRate of [1, 4_000, 11_025, 22_050]) {
      const frame = AudioFrame.create({ sampleRate, channels: 1, samplesPerChannel: 100 });
      expect(() => apm.processStream(frame)).toThrow(RangeError);
      expect(() => apm.processReverseStream(frame)).toThrow(
        'frame.sampleRate must be a multiple of 100 of at least 8000',
      );
    }
    const closed = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
    closed.close();
    expect(() => apm.processStream(closed)).toThrow(failure('closed'));
    const data = new Int16Array(480);
    const moved = new AudioFrame(data, { sampleRate: 48_000, channels: 1 });
    structuredClone(data, { transfer: [data.buffer] });
    expect(() => apm.processStream(moved)).toThrow(failure('invalid-state'));
  });
});

describe('AudioProcessingModule.setStreamDelayMs', () => {
  it('takes 0 to 500', () => {
    const apm = moduleOf({ echoCancellation: true });
    for (const delayMs of [0, 1, 500]) {
      apm.setStreamDelayMs(delayMs);
      const form = { sampleRate: 48_000, channels: 1, samplesPerChannel: 960 };
      apm.processStream(AudioFrame.create(form));
    }
    for (const delayMs of [-1, 501, 1.5, NaN, Infinity, 2 ** 31]) {
      expect(() => apm.setStreamDelayMs(delayMs)).toThrow(RangeError);
    }
    expect(() => apm.setStreamDelayMs('20' as never)).toThrow(TypeError);
  });
});

describe('AudioProcessingModule.close', () => {
  it('may be called twice, and ends all else', () => {
    const apm = moduleOf();
    apm.close();
    apm[Symbol.dispose]();
    expect(apm.closed).toBe(true);
    const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
    const closed = failure('closed');
    expect(() => apm.processStream(frame)).toThrow(closed);
    expect(() => apm.processReverseStream(frame)).toThrow(closed);
    expect(() => apm.setStreamDelayMs(10)).toThrow(closed);
  });
});

describe('AudioProcessingOptions', () => {
  it('are booleans', () => {
    expect(() => new AudioProcessingModule({ noiseSuppression: 1 as never })).toThrow(
      'options.noiseSuppression must be a boolean, got 1.',
    );
    expect(() => new AudioProcessingModule(null as never)).toThrow(TypeError);
    expect(moduleOf({ highPassFilter: true })).toMatchObject({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      highPassFilter: true,
    });
  });
});
