import fc from 'fast-check';

import { AudioFrame, type AudioFrameOptions } from '../../src/audio/audio-frame.js';
import { FramewireError } from '../../src/core/errors.js';

const MONO: AudioFrameOptions = { sampleRate: 48_000, channels: 1 };
const STEREO: AudioFrameOptions = { sampleRate: 48_000, channels: 2 };

function detach(view: Int16Array | Float32Array | Uint8Array): void {
  const buffer = view.buffer as ArrayBuffer;
  structuredClone(buffer, { transfer: [buffer] });
}

/** The code of the FramewireError that `use` throws. */
function codeOf(use: () => unknown): string | undefined {
  try {
    use();
  } catch (error) {
    if (error instanceof FramewireError) return error.code;
    throw error;
  }
  return undefined;
}

/** Memory that can be resized; newer than the `lib` that this project compiles with. */
function resizable(byteLength: number): ArrayBuffer & { resize(byteLength: number): void } {
  const Resizable = ArrayBuffer as unknown as new (
    byteLength: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(byteLength: number): void };
  return new Resizable(byteLength, { maxByteLength: 64 });
}

// What is not a number, and numbers that are no positive integers.
const WRONG_TYPES = [undefined, null, '1', 1n, {}, [], true];
const WRONG_NUMBERS = [NaN, Infinity, -Infinity, -1, 0, 0.5, 1.000001, 1e21];

describe('AudioFrame', () => {
  it('says what its samples are', () => {
    const frame = new AudioFrame(new Int16Array(960), { ...STEREO, timestampUs: 123_456 });
    expect(frame.sampleRate).toBe(48_000);
    expect(frame.channels).toBe(2);
    expect(frame.samplesPerChannel).toBe(480);
    expect(frame.durationMs).toBe(10);
    expect(frame.timestampUs).toBe(123_456);
    expect(frame.closed).toBe(false);
  });

  it('is at time 0 unless told', () => {
    expect(new AudioFrame(Int16Array.of(1), MONO).timestampUs).toBe(0);
    expect(new AudioFrame(Int16Array.of(1), { ...MONO, timestampUs: 0 }).timestampUs).toBe(0);
  });

  it('has a duration that need not be a whole number', () => {
    const frame = new AudioFrame(new Int16Array(441), { sampleRate: 44_100, channels: 3 });
    expect(frame.durationMs).toBeCloseTo(3.3333, 4);
  });

  it('wraps the memory that it is given, at any offset, shared memory too', () => {
    for (const memory of [new ArrayBuffer(32), new SharedArrayBuffer(32)]) {
      for (const offset of [0, 2, 14]) {
        const data = new Int16Array(memory, offset, 4);
        const frame = new AudioFrame(data, STEREO);
        data[3] = offset + 1;
        expect(frame.data[3]).toBe(offset + 1);
        frame.data[0] = -5;
        expect(data[0]).toBe(-5);
        expect(frame.data.buffer).toBe(memory);
        expect(frame.data.byteOffset).toBe(offset);
        expect(frame.data).toHaveLength(4);
      }
    }
  });

  it('takes the edges of its bounds', () => {
    expect(new AudioFrame(new Int16Array(8), { sampleRate: 1, channels: 8 }).durationMs).toBe(1000);
    const timestampUs = Number.MAX_SAFE_INTEGER;
    const frame = new AudioFrame(new Int16Array(1), {
      sampleRate: 384_000,
      channels: 1,
      timestampUs,
    });
    expect(frame.timestampUs).toBe(timestampUs);
  });

  it('is no more than its memory after close, which can be called twice', () => {
    const data = Int16Array.of(1, 2);
    const frame = new AudioFrame(data, { ...STEREO, timestampUs: 5 });
    frame.close();
    frame.close();
    expect(frame.closed).toBe(true);
    for (const use of [
      () => frame.data,
      () => frame.clone(),
      () => frame.toFloat32(),
      () => frame.toWav(),
      () => AudioFrame.concat([frame]),
    ]) {
      expect(codeOf(use)).toBe('closed');
    }
    expect([frame.sampleRate, frame.samplesPerChannel, frame.timestampUs]).toEqual([48_000, 1, 5]);
    expect([...data]).toEqual([1, 2]);
  });

  it('is closed by dispose', () => {
    const frame = new AudioFrame(Int16Array.of(1), MONO);
    frame[Symbol.dispose]();
    expect(frame.closed).toBe(true);
  });

  it('says at each use when its memory was transferred away', () => {
    const data = Int16Array.of(1, 2);
    const frame = new AudioFrame(data, STEREO);
    expect(frame.data).toHaveLength(2);
    detach(data);
    for (const use of [
      () => frame.data,
      () => frame.clone(),
      () => frame.toFloat32({ layout: 'planar' }),
      () => frame.toWav(),
      () => AudioFrame.concat([frame]),
    ]) {
      expect(codeOf(use)).toBe('invalid-state');
    }
    frame.close();
    expect(frame.closed).toBe(true);
  });

  it.each([
    ['shrunk under a view of all', 4, undefined],
    ['shrunk under a view of a part', 4, 4],
    ['grown under a view of all', 32, undefined],
  ])('says at each use when its memory was %s', (_, byteLength, length) => {
    const memory = resizable(8);
    const frame = new AudioFrame(new Int16Array(memory, 0, length), STEREO);
    expect(frame.samplesPerChannel).toBe(2);
    memory.resize(byteLength);
    expect(codeOf(() => frame.data)).toBe('invalid-state');
    memory.resize(8);
    expect(frame.data).toHaveLength(4);
  });

  it('is not hurt by memory that grows behind a view of a part', () => {
    const memory = resizable(8);
    const frame = new AudioFrame(new Int16Array(memory, 0, 4), STEREO);
    memory.resize(64);
    expect(frame.data).toHaveLength(4);
  });

  it.each([
    undefined,
    null,
    'pcm',
    4,
    [1, 2],
    {},
    Buffer.alloc(4),
    new Uint8Array(4),
    new Uint16Array(4),
    new Int32Array(4),
    new ArrayBuffer(4),
    new DataView(new ArrayBuffer(4)),
    Object.create(Int16Array.prototype) as unknown,
    new Proxy(new Int16Array(4), {}),
  ])('refuses data that is no Int16Array (case %#)', (data) => {
    expect(() => new AudioFrame(data as never, STEREO)).toThrow(TypeError);
    expect(() => new AudioFrame(data as never, STEREO)).toThrow(
      /^data must be an Int16Array, got .*\.$/,
    );
  });

  it('says where to go with a Float32Array', () => {
    expect(() => new AudioFrame(new Float32Array(2) as never, STEREO)).toThrow(
      'data must be an Int16Array, got Float32Array(2) [ 0, 0 ]. AudioFrame.fromFloat32 takes these.',
    );
  });

  it('refuses data that is detached', () => {
    const data = new Int16Array(4);
    detach(data);
    expect(() => new AudioFrame(data, STEREO)).toThrow(TypeError);
    expect(() => new AudioFrame(data, STEREO)).toThrow('data must not be detached');
  });

  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
    [3, 2],
    [7, 8],
  ])('refuses %i samples of %i channels', (length, channels) => {
    const make = (): AudioFrame =>
      new AudioFrame(new Int16Array(length), { sampleRate: 48_000, channels });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(
      `data.length must be a multiple of the ${channels} channels, from ${channels} to 1073741824, ` +
        `got ${length}.`,
    );
  });

  describe.each(['sampleRate', 'channels', 'timestampUs'] as const)('options.%s', (name) => {
    const makers: readonly ((options: never) => AudioFrame)[] = [
      (options) => new AudioFrame(Int16Array.of(1), options),
      (options) => AudioFrame.create(Object.assign({ samplesPerChannel: 1 }, options)),
      (options) => AudioFrame.fromFloat32(Float32Array.of(1), options),
      (options) => AudioFrame.fromFloat32([Float32Array.of(1)], options),
    ];
    const isTime = name === 'timestampUs';

    it.each(WRONG_TYPES.filter((value) => !isTime || value !== undefined))(
      'must not be %p',
      (value) => {
        for (const make of makers) {
          expect(() => make({ ...MONO, [name]: value } as never)).toThrow(TypeError);
          expect(() => make({ ...MONO, [name]: value } as never)).toThrow(
            new RegExp(`^options\\.${name} must be an integer .*, got .*\\.$`),
          );
        }
      },
    );

    it.each([
      ...WRONG_NUMBERS.filter((value) => !isTime || value !== 0),
      isTime ? 2 ** 53 : 384_001,
    ])('must not be %p', (value) => {
      for (const make of makers) {
        expect(() => make({ ...MONO, [name]: value } as never)).toThrow(RangeError);
        expect(() => make({ ...MONO, [name]: value } as never)).toThrow(
          new RegExp(`^options\\.${name} must be an integer .*, got .*\\.$`),
        );
      }
    });
  });

  it('refuses 9 channels', () => {
    expect(() => new AudioFrame(new Int16Array(9), { sampleRate: 8000, channels: 9 })).toThrow(
      'options.channels must be an integer from 1 to 8, got 9.',
    );
  });

  it.each([undefined, null, 48_000, 'x', []])('refuses %p as options', (options) => {
    for (const make of [
      () => new AudioFrame(Int16Array.of(1), options as never),
      () => AudioFrame.create(options as never),
      () => AudioFrame.fromFloat32(Float32Array.of(1), options as never),
    ]) {
      expect(make).toThrow(TypeError);
      expect(make).toThrow(/^options must be an object, got /);
    }
  });
});

describe('AudioFrame.create', () => {
  it('makes silence', () => {
    const frame = AudioFrame.create({ ...STEREO, samplesPerChannel: 3, timestampUs: 9 });
    expect([...frame.data]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([frame.samplesPerChannel, frame.timestampUs]).toEqual([3, 9]);
  });

  it.each([...WRONG_NUMBERS, 2 ** 29 + 1])('refuses %p samples', (samplesPerChannel) => {
    const make = (): AudioFrame => AudioFrame.create({ ...STEREO, samplesPerChannel });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(
      `options.samplesPerChannel must be an integer from 1 to 536870912, got ${samplesPerChannel}.`,
    );
  });

  it.each(WRONG_TYPES)('refuses %p as the number of samples by its type', (samplesPerChannel) => {
    expect(() => AudioFrame.create({ ...STEREO, samplesPerChannel } as never)).toThrow(TypeError);
  });
});

describe('AudioFrame.clone', () => {
  it('has samples of its own, at the same time', () => {
    const frame = new AudioFrame(Int16Array.of(1, 2), { ...STEREO, timestampUs: 7 });
    const clone = frame.clone();
    frame.data[0] = 100;
    frame.close();
    expect([...clone.data]).toEqual([1, 2]);
    expect([clone.sampleRate, clone.channels, clone.timestampUs]).toEqual([48_000, 2, 7]);
  });

  it('takes no more memory than the frame, and none that is shared', () => {
    const frame = new AudioFrame(new Int16Array(new SharedArrayBuffer(64), 8, 2), STEREO);
    const { buffer } = frame.clone().data;
    expect(buffer.byteLength).toBe(4);
    expect(buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('AudioFrame.fromFloat32', () => {
  it('scales, rounds and clamps interleaved samples', () => {
    const floats = Float32Array.of(0, 1, -1, 0.5, -0.5, 1.5, -99, Infinity, -Infinity, NaN);
    const frame = AudioFrame.fromFloat32(floats, { ...STEREO, timestampUs: 3 });
    expect([...frame.data]).toEqual([
      0, 32_767, -32_767, 16_384, -16_384, 32_767, -32_767, 32_767, -32_767, 0,
    ]);
    expect([frame.channels, frame.timestampUs]).toEqual([2, 3]);
    expect(floats[5]).toBe(1.5);
  });

  it('interleaves planar samples', () => {
    const left = Float32Array.of(1, 0, -1);
    const right = Float32Array.of(0.5, -0.5, 0);
    const frame = AudioFrame.fromFloat32([left, right], STEREO);
    expect([...frame.data]).toEqual([32_767, 16_384, 0, -16_384, -32_767, 0]);
  });

  it.each([
    ['too few arrays', [new Float32Array(2)], 'options.channels is 2, got 1 arrays.'],
    ['too many arrays', Array(3).fill(new Float32Array(2)), 'options.channels is 2, got 3 arrays.'],
    ['no arrays', [], 'options.channels is 2, got 0 arrays.'],
    [
      'arrays of different lengths',
      [new Float32Array(2), new Float32Array(3)],
      'data[1] must be as long as data[0], which has 2 samples, got 3.',
    ],
    ['empty arrays', [new Float32Array(0), new Float32Array(0)], 'got 0.'],
    ['an empty array', new Float32Array(0), 'data.length must be a multiple of the 2 channels'],
    ['half a sample', new Float32Array(3), 'got 3.'],
  ])('refuses %s', (_, data, message) => {
    const make = (): AudioFrame => AudioFrame.fromFloat32(data as Float32Array[], STEREO);
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it.each([
    [undefined, /^data must be a Float32Array, or an array with one for each channel, got undef/],
    [null, /^data must be /],
    [new Int16Array(2), /^data must be /],
    [new Float64Array(2), /^data must be /],
    [Buffer.alloc(8), /^data must be /],
    [{ length: 2 }, /^data must be /],
    [[0.5, 0.5], /^data\[0\] must be a Float32Array, got 0\.5\.$/],
    [[new Float32Array(1), new Int16Array(1)], /^data\[1\] must be a Float32Array, got Int16Array/],
    [Array(2), /^data\[0\] must be a Float32Array, got undefined\.$/],
  ])('refuses data of another type (case %#)', (data, message) => {
    expect(() => AudioFrame.fromFloat32(data as never, STEREO)).toThrow(TypeError);
    expect(() => AudioFrame.fromFloat32(data as never, STEREO)).toThrow(message);
  });

  it('refuses data that is detached', () => {
    const data = new Float32Array(2);
    detach(data);
    expect(() => AudioFrame.fromFloat32(data, STEREO)).toThrow('data must not be detached');
    expect(() => AudioFrame.fromFloat32([new Float32Array(2), data], STEREO)).toThrow(
      'data[1] must not be detached, got detached memory.',
    );
  });

  it('reads shared memory', () => {
    const data = new Float32Array(new SharedArrayBuffer(16), 4, 2).fill(1);
    expect([...AudioFrame.fromFloat32(data, STEREO).data]).toEqual([32_767, 32_767]);
  });
});

describe('AudioFrame.toFloat32', () => {
  const frame = new AudioFrame(Int16Array.of(32_767, 0, -32_767, -32_768), STEREO);

  it('gives interleaved samples unless told', () => {
    expect([...frame.toFloat32()]).toEqual([1, 0, -1, -1]);
    expect([...frame.toFloat32({ layout: 'interleaved' })]).toEqual([1, 0, -1, -1]);
    expect(frame.toFloat32({})).toHaveLength(4);
  });

  it('gives one array for each channel', () => {
    const planes: Float32Array[] = frame.toFloat32({ layout: 'planar' });
    expect(planes.map((plane) => [...plane])).toEqual([
      [1, -1],
      [0, -1],
    ]);
  });

  it('comes back to the same samples through fromFloat32, in either layout', () => {
    // All there are but -32768, which has no counterpart.
    const data = new Int16Array(65_535 * 3).map((_, i) => (i % 65_535) - 32_767);
    const all = new AudioFrame(data, { sampleRate: 16_000, channels: 3 });
    // Compared as bytes: comparing 200,000 elements one by one takes seconds.
    const bytes = (one: AudioFrame): Buffer => Buffer.from(one.data.buffer as ArrayBuffer);
    const interleaved = AudioFrame.fromFloat32(all.toFloat32(), all);
    expect(bytes(interleaved).equals(bytes(all))).toBe(true);
    const planar = AudioFrame.fromFloat32(all.toFloat32({ layout: 'planar' }), all);
    expect(bytes(planar).equals(bytes(all))).toBe(true);
  });

  it('stays within -1 and 1 and within half a step of what came in', () => {
    const float = fc.float({ noNaN: true, min: -2, max: 2 });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 20 }), (floats) => {
        const back = AudioFrame.fromFloat32(Float32Array.from(floats), MONO).toFloat32();
        for (const [i, value] of back.entries()) {
          const clamped = Math.min(1, Math.max(-1, floats[i]!));
          expect(Math.abs(value - clamped)).toBeLessThanOrEqual(0.5001 / 32_767);
          expect(Math.abs(value)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('refuses another layout', () => {
    expect(() => frame.toFloat32({ layout: 'mono' as never })).toThrow(RangeError);
    expect(() => frame.toFloat32({ layout: 1 as never })).toThrow(TypeError);
    expect(() => frame.toFloat32('planar' as never)).toThrow(TypeError);
    expect(() => frame.toFloat32(null as never)).toThrow(TypeError);
  });

  it('is typed by its layout', () => {
    // @ts-expect-error -- interleaved samples are one array
    const planes: Float32Array[] = frame.toFloat32();
    // @ts-expect-error -- planar samples are several
    const samples: Float32Array = frame.toFloat32({ layout: 'planar' });
    expect([planes, samples].map((value) => Array.isArray(value))).toEqual([false, true]);
  });
});

describe('AudioFrame.toWav and fromWav', () => {
  it('keep the samples, the rate and the channels', () => {
    const frame = new AudioFrame(Int16Array.of(1, -2, 3, -32_768), {
      sampleRate: 44_100,
      channels: 2,
    });
    const bytes = frame.toWav();
    expect(Buffer.from(bytes).toString('latin1', 0, 4)).toBe('RIFF');
    const back = AudioFrame.fromWav(bytes);
    expect([...back.data]).toEqual([1, -2, 3, -32_768]);
    expect([back.sampleRate, back.channels, back.timestampUs]).toEqual([44_100, 2, 0]);
  });

  it('put the samples at the time that they are given', () => {
    const bytes = Buffer.from(AudioFrame.create({ ...MONO, samplesPerChannel: 1 }).toWav());
    expect(AudioFrame.fromWav(bytes, { timestampUs: 77 }).timestampUs).toBe(77);
    expect(() => AudioFrame.fromWav(bytes, { timestampUs: -1 })).toThrow(RangeError);
    expect(() => AudioFrame.fromWav(bytes, { timestampUs: '1' as never })).toThrow(TypeError);
    expect(() => AudioFrame.fromWav(bytes, null as never)).toThrow(TypeError);
  });

  it('refuse a file whose rate or channels no frame can have', () => {
    const bytes = Buffer.from(AudioFrame.create({ ...MONO, samplesPerChannel: 9 }).toWav());
    const nine = Buffer.from(bytes);
    nine.writeUInt16LE(9, 22);
    nine.writeUInt16LE(18, 32);
    expect(() => AudioFrame.fromWav(nine)).toThrow(RangeError);
    expect(() => AudioFrame.fromWav(nine)).toThrow(
      "the WAV file's channels must be an integer from 1 to 8, got 9.",
    );
    for (const rate of [0, 384_001, 0xffffffff]) {
      bytes.writeUInt32LE(rate, 24);
      expect(() => AudioFrame.fromWav(bytes)).toThrow(
        `the WAV file's sample rate must be an integer from 1 to 384000, got ${rate}.`,
      );
    }
  });

  it('refuse what is no WAV file', () => {
    expect(() => AudioFrame.fromWav(new Uint8Array(100))).toThrow(RangeError);
    expect(() => AudioFrame.fromWav('song.wav' as never)).toThrow(
      "bytes must be a Uint8Array, got 'song.wav'.",
    );
  });
});

describe('AudioFrame.concat', () => {
  it('joins frames at the time of the first, and borrows them', () => {
    const frames = [
      new AudioFrame(Int16Array.of(1, 2), { ...STEREO, timestampUs: 50 }),
      new AudioFrame(Int16Array.of(3, 4, 5, 6), { ...STEREO, timestampUs: 99_999 }),
    ];
    const joined = AudioFrame.concat(frames);
    expect([...joined.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([joined.timestampUs, joined.channels, joined.sampleRate]).toEqual([50, 2, 48_000]);
    expect(frames.map((frame) => frame.closed)).toEqual([false, false]);
  });

  it('copies a single frame too', () => {
    const frame = new AudioFrame(Int16Array.of(1), MONO);
    const joined = AudioFrame.concat([frame]);
    frame.data[0] = 2;
    expect([...joined.data]).toEqual([1]);
  });

  it('refuses frames that differ', () => {
    const frame = new AudioFrame(new Int16Array(2), MONO);
    const stereo = new AudioFrame(new Int16Array(2), STEREO);
    const slow = new AudioFrame(new Int16Array(2), { sampleRate: 16_000, channels: 1 });
    expect(() => AudioFrame.concat([frame, stereo])).toThrow(RangeError);
    expect(() => AudioFrame.concat([frame, stereo])).toThrow(
      'frames[1].channels must be that of frames[0], 1, got 2.',
    );
    expect(() => AudioFrame.concat([frame, frame, slow])).toThrow(
      'frames[2].sampleRate must be that of frames[0], 48000, got 16000.',
    );
  });

  it('refuses what is no array of frames', () => {
    expect(() => AudioFrame.concat([])).toThrow(RangeError);
    expect(() => AudioFrame.concat([])).toThrow('frames must not be empty, got [].');
    for (const frames of [undefined, null, {}, new AudioFrame(Int16Array.of(1), MONO)]) {
      expect(() => AudioFrame.concat(frames as never)).toThrow(/^frames must be an array of /);
    }
    for (const frame of [undefined, null, {}, Int16Array.of(1)]) {
      expect(() => AudioFrame.concat([frame as never])).toThrow(TypeError);
      expect(() => AudioFrame.concat([frame as never])).toThrow(
        /^frames\[0\] must be an AudioFrame, got /,
      );
    }
    expect(() => AudioFrame.concat(Array(2))).toThrow(TypeError);
  });
});
