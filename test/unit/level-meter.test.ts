import { AudioFrame, LevelMeter } from 'framewire';

/** A frame with a sine wave of 1 kHz in each channel, as loud as said. */
function tone(
  amplitudes: readonly number[],
  { sampleRate = 48_000, samples = 480 } = {},
): AudioFrame {
  const channels = amplitudes.length;
  const frame = AudioFrame.create({ sampleRate, channels, samplesPerChannel: samples });
  for (let i = 0; i < frame.data.length; i++) {
    const phase = (2 * Math.PI * 1_000 * Math.floor(i / channels)) / sampleRate;
    frame.data[i] = Math.round(32_767 * (amplitudes[i % channels] ?? 0) * Math.sin(phase));
  }
  return frame;
}

describe('LevelMeter', () => {
  it('has silence before there was sound, and in silence', () => {
    const meter = new LevelMeter();
    expect([meter.rmsDb, meter.peakDb, meter.channels]).toEqual([-Infinity, -Infinity, 0]);
    meter.push(tone([0]));
    expect([meter.rmsDb, meter.peakDb, meter.channels]).toEqual([-Infinity, -Infinity, 1]);
  });

  it('measures the mean power and the peak in dBFS', () => {
    const meter = new LevelMeter();
    meter.push(tone([1]));
    expect(meter.rmsDb).toBeCloseTo(-3.01, 1);
    expect(meter.peakDb).toBeCloseTo(0, 2);
    meter.reset();
    meter.push(tone([0.1]));
    expect(meter.rmsDb).toBeCloseTo(-23.01, 1);
    expect(meter.peakDb).toBeCloseTo(-20, 1);
    meter.reset();
    const data = new Int16Array(480).fill(-32_768);
    meter.push(new AudioFrame(data, { sampleRate: 48_000, channels: 1 }));
    expect([meter.rmsDb, meter.peakDb]).toEqual([0, 0]);
  });

  it('measures each channel, and all together', () => {
    const meter = new LevelMeter();
    meter.push(tone([1, 0.1, 0]));
    expect(meter.channels).toBe(3);
    expect(meter.channelRmsDb(0)).toBeCloseTo(-3.01, 1);
    expect(meter.channelRmsDb(1)).toBeCloseTo(-23.01, 1);
    expect(meter.channelRmsDb(2)).toBe(-Infinity);
    expect(meter.channelPeakDb(1)).toBeCloseTo(-20, 1);
    expect(meter.peakDb).toBeCloseTo(0, 2);
    expect(meter.rmsDb).toBeCloseTo(10 * Math.log10((0.5 + 0.005) / 3), 1);
    for (const channel of [-1, 3, 0.5]) {
      expect(() => meter.channelRmsDb(channel)).toThrow(RangeError);
      expect(() => meter.channelPeakDb(channel)).toThrow(RangeError);
    }
    expect(() => meter.channelPeakDb('0' as never)).toThrow(TypeError);
  });

  it.each([480, 7, 4_800, 100_000])(
    'forgets after its window, with frames of %d samples',
    (samples) => {
      const meter = new LevelMeter({ windowMs: 100 });
      for (let i = 0; i < 4_800; i += samples) meter.push(tone([1], { samples }));
      expect(meter.peakDb).toBeGreaterThan(-7);
      for (let i = 0; i < 4_320; i += samples) meter.push(tone([0], { samples }));
      const quiet = Math.ceil(4_320 / samples) * samples;
      expect(meter.peakDb > -7).toBe(quiet < 4_800);
      for (let i = quiet; i < 5_280; i += samples) meter.push(tone([0], { samples }));
      expect(meter.peakDb).toBe(-Infinity);
      expect(meter.rmsDb).toBe(-Infinity);
    },
  );

  it('begins afresh when the form changes', () => {
    const meter = new LevelMeter();
    meter.push(tone([1]));
    meter.push(tone([0.1], { sampleRate: 16_000, samples: 160 }));
    expect(meter.peakDb).toBeCloseTo(-20, 0);
    meter.push(tone([0, 0], { sampleRate: 16_000, samples: 160 }));
    expect(meter.peakDb).toBe(-Infinity);
  });

  it('refuses what is no frame, and windows that are none', () => {
    const meter = new LevelMeter();
    expect(() => {
      meter.push(new Int16Array(480) as never);
    }).toThrow('frame must be an AudioFrame');
    const closed = tone([1]);
    closed.close();
    expect(() => {
      meter.push(closed);
    }).toThrow('The audio frame was closed.');
    for (const windowMs of [0, 9, NaN, 60_001]) {
      expect(() => new LevelMeter({ windowMs })).toThrow(RangeError);
    }
  });
});
