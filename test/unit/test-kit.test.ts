import {
  BeepAndFlash,
  BeepAndFlashMeter,
  colorDistance,
  frequencyOf,
  meanColor,
  solidFrame,
  Tone,
} from 'framewire/testing';

const options = { width: 4, height: 2, format: 'RGBA' } as const;

describe('the test kit', () => {
  it('makes colours and measures them', () => {
    using frame = solidFrame([10, 20, 30], options);
    expect(meanColor(frame)).toEqual([10, 20, 30]);
    expect(meanColor(frame, { x: 3, y: 1, width: 1, height: 1 })).toEqual([10, 20, 30]);
    expect(colorDistance([10, 20, 30], [12, 15.5, 30])).toBe(4.5);
  });

  it('makes tones and measures them', () => {
    expect(frequencyOf(new Tone({ frequency: 440 }).next(100).data, 48_000)).toBeCloseTo(440, 0);
  });

  it.each<[string, () => unknown]>([
    ['color', () => solidFrame([1, 2] as never, options)],
    ['color[2]', () => solidFrame([1, 2, 256], options)],
    ['options.format', () => solidFrame([1, 2, 3], { ...options, format: 'rgba' as never })],
    ['frame', () => meanColor({ width: 1e9, height: 1e9 } as never)],
    [
      'part.width',
      () => meanColor(solidFrame([1, 2, 3], options), { x: 1, y: 0, width: 4, height: 1 }),
    ],
    [
      'part.height',
      () => meanColor(solidFrame([1, 2, 3], options), { x: 0, y: 0, width: 1, height: Infinity }),
    ],
    ['two', () => colorDistance([1, 2, 3], 'red' as never)],
    ['samples', () => frequencyOf([1, 2] as never, 48_000)],
    ['sampleRate', () => frequencyOf(new Int16Array(8), NaN)],
    ['options.sampleRate', () => new Tone({ sampleRate: 2 ** 32 })],
    ['durationMs', () => new Tone().next(2 ** 24)],
    ['options.sampleRate', () => new BeepAndFlash({ sampleRate: 2 ** 32 })],
    ['frame', () => new BeepAndFlashMeter().video({} as never, 0)],
    ['frame', () => new BeepAndFlashMeter().audio({} as never, 0)],
  ])('refuses a wrong %s, however large', (name, use) => {
    const shown = name === 'two' ? 'other' : name;
    let failure: unknown;
    try {
      use();
    } catch (error) {
      failure = error;
    }
    expect(failure instanceof TypeError || failure instanceof RangeError).toBe(true);
    expect((failure as Error).message).toContain(`${shown} must be`);
  });
});
