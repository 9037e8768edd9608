/* eslint jest/expect-expect: ['error', { assertFunctionNames: ['expect', 'refuses'] }] */
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  type PixelSource,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { Tone, solidFrame, whenIdle } from 'framewire/testing';

const WRONG_TYPES: readonly unknown[] = [
  null,
  '4',
  true,
  4n,
  {},
  [],
  [4],
  new Date(4),
  Symbol('four'),
  () => 4,
  new Proxy({}, {}),
];
const NOT_POSITIVE = [NaN, -Infinity, -1, -0, 0];
const NOT_INTEGERS = [NaN, Infinity, 0.5, 2 ** 53, 1e300];

/** Each must throw an error of the class, whose message begins with the argument's name and a rule. */
function refuses(
  name: string,
  type: typeof TypeError | typeof RangeError,
  values: readonly unknown[],
  use: (value: never) => unknown,
): void {
  for (const value of values) {
    let failure: unknown = 'nothing thrown';
    try {
      use(value as never);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(type);
    // The name, the rule, and the value: which is cut to stay readable.
    expect((failure as Error).message).toMatch(
      new RegExp(`^${name.replace(/[.[\]]/g, '\\$&')} must .{3,200}, got .{1,80}\\.$`),
    );
  }
}

const PIXELS = new Uint8Array(64);
const FRAME = { width: 4, height: 4, format: 'RGBA' } as const;
const VIDEO = { width: 64, height: 48 };
const AUDIO = { sampleRate: 48_000, channels: 1 };

const videoSource = new VideoSource(VIDEO);
const videoTrack = LocalVideoTrack.create('video', videoSource);
const audioSource = new AudioSource(AUDIO);
const audioTrack = LocalAudioTrack.create('audio', audioSource);

afterAll(async () => {
  videoSource.close();
  audioSource.close();
  await whenIdle();
});

describe('new VideoFrame', () => {
  const make = (change: object) => new VideoFrame(PIXELS, { ...FRAME, ...change });

  it.each(['width', 'height'])('refuses a wrong %s', (name) => {
    const use = (value: never): unknown => make({ [name]: value });
    refuses(`options.${name}`, TypeError, [undefined, ...WRONG_TYPES], use);
    refuses(`options.${name}`, RangeError, [...NOT_POSITIVE, ...NOT_INTEGERS, 16_385], use);
  });

  it('refuses a wrong format', () => {
    const use = (format: never): unknown => make({ format });
    refuses('options.format', TypeError, [undefined, null, 4, {}, ['RGBA'], Symbol('x')], use);
    refuses('options.format', RangeError, ['', 'rgba', 'toString', '__proto__', 'RGBA '], use);
  });

  it('refuses a wrong rotation', () => {
    const use = (rotation: never): unknown => make({ rotation });
    refuses('options.rotation', TypeError, WRONG_TYPES, use);
    refuses('options.rotation', RangeError, [NaN, 45, 360, -90, Infinity, 90.5], use);
  });

  it('refuses a wrong time stamp', () => {
    const use = (timestampUs: never): unknown => make({ timestampUs });
    refuses('options.timestampUs', TypeError, WRONG_TYPES, use);
    refuses('options.timestampUs', RangeError, [-1, ...NOT_INTEGERS], use);
  });

  it('refuses wrong metadata', () => {
    refuses('options.metadata', TypeError, [null, 4, 'x', [], true], (metadata) =>
      make({ metadata }),
    );
    const use = (metadata: object): unknown => make({ metadata });
    refuses('options.metadata.captureTimeUs', TypeError, WRONG_TYPES, (captureTimeUs) =>
      use({ captureTimeUs }),
    );
    refuses('options.metadata.captureTimeUs', RangeError, [-1, ...NOT_INTEGERS], (captureTimeUs) =>
      use({ captureTimeUs }),
    );
    refuses('options.metadata.frameId', RangeError, [-1, 2 ** 32, ...NOT_INTEGERS], (frameId) =>
      use({ frameId }),
    );
    const notBytes = ['x', [1], new ArrayBuffer(4), new Float32Array(4), {}, null];
    refuses('options.metadata.userData', TypeError, notBytes, (userData) => use({ userData }));
  });

  it('refuses wrong options', () => {
    refuses(
      'options',
      TypeError,
      [null, 4, 'x', [], () => FRAME],
      (options) => new VideoFrame(PIXELS, options),
    );
    refuses(
      'options.width',
      TypeError,
      [undefined, {}],
      (options) => new VideoFrame(PIXELS, options),
    );
  });

  it('refuses wrong options whatever else it is given', () => {
    const Frame = VideoFrame as unknown as new (...args: unknown[]) => VideoFrame;
    expect(() => new Frame(PIXELS, { ...FRAME, format: 1e300 }, true)).toThrow(TypeError);
  });

  it('refuses data that is not memory, or has another length', () => {
    const use = (data: PixelSource): unknown => new VideoFrame(data, FRAME);
    refuses(
      'data',
      TypeError,
      [undefined, ...WRONG_TYPES, new Array(64).fill(0), 'x'.repeat(64)],
      use,
    );
    const lengths = [0, 1, 63, 65, 128].map((length) => new Uint8Array(length));
    refuses(
      'data',
      RangeError,
      [...lengths, new ArrayBuffer(0), new DataView(new ArrayBuffer(8))],
      use,
    );
  });

  it('reads each option once, so that none can change after it was checked', () => {
    const reads: string[] = [];
    const options = new Proxy(
      { ...FRAME, timestampUs: 5, rotation: 0, metadata: {} },
      {
        get(target, name, receiver) {
          reads.push(String(name));
          return Reflect.get(target, name, receiver) as unknown;
        },
      },
    );
    using frame = new VideoFrame(PIXELS, options as never);
    expect(frame.width).toBe(4);
    expect(new Set(reads).size).toBe(reads.length);
  });

  it('passes on what a getter throws', () => {
    const options = {
      ...FRAME,
      get height(): number {
        throw new Error("the getter's");
      },
    };
    expect(() => new VideoFrame(PIXELS, options)).toThrow("the getter's");
  });

  it('is refused by create in the same way, before memory is taken', () => {
    const use = (width: never): unknown => VideoFrame.create({ ...FRAME, width });
    refuses('options.width', TypeError, [undefined, ...WRONG_TYPES], use);
    refuses('options.width', RangeError, [...NOT_POSITIVE, ...NOT_INTEGERS, 1e9], use);
  });
});

describe('the methods of a VideoFrame', () => {
  const frame = new VideoFrame(PIXELS, FRAME);

  it('refuse wrong arguments', () => {
    refuses('index', TypeError, [undefined, ...WRONG_TYPES], (index) => frame.plane(index));
    refuses('index', RangeError, [-1, 1, NaN, 0.5], (index) => frame.plane(index));
    refuses('format', TypeError, [undefined, null, 4, {}], (format) => frame.convert(format));
    refuses('format', RangeError, ['', 'H264', 'i420'], (format) => frame.convert(format));
    refuses('options', TypeError, [null, 4, 'flip'], (options) => frame.convert('I420', options));
    refuses('options.flipY', TypeError, [null, 0, 1, 'yes', {}], (flipY) =>
      frame.convert('I420', { flipY }),
    );
    refuses('read', TypeError, [undefined, null, 4, {}], (read) => frame.borrow(read));
    refuses('options.width', RangeError, NOT_POSITIVE, (width) => frame.replace(PIXELS, { width }));
    refuses('data', TypeError, [undefined, null, 'x'], (data) => frame.replace(data));
    expect(frame.closed).toBe(false);
  });

  it('refuse wrong options for floating-point numbers', () => {
    const use = (change: object): unknown => frame.toFloat32({ layout: 'CHW', ...change } as never);
    refuses('options.layout', TypeError, [undefined, null, 4], (layout) => use({ layout }));
    refuses('options.layout', RangeError, ['', 'chw', 'NCHW'], (layout) => use({ layout }));
    refuses('options.scale', TypeError, WRONG_TYPES, (scale) => use({ scale }));
    refuses('options.scale', RangeError, [NaN, Infinity], (scale) => use({ scale }));
    refuses('options.mean', TypeError, [null, 4, [], [1, 2], 'abc'], (mean) => use({ mean }));
    refuses('options.mean[1]', TypeError, [[1, '2', 3], Object.assign(new Array(3), { 0: 1, 2: 1 })], (mean) => use({ mean })); // prettier-ignore
    refuses('options.std[2]', RangeError, [[1, 1, NaN]], (std) => use({ std }));
    refuses('options.std', RangeError, [[1, 0, 1]], (std) => use({ std }));
  });
});

describe('VideoSource', () => {
  const make = (change: object) => new VideoSource({ ...VIDEO, ...change });

  it('refuses wrong options', () => {
    refuses('options', TypeError, [null, 4, 'x', []], (options) => new VideoSource(options));
    refuses('options.width', TypeError, [undefined], (options) => new VideoSource(options));
    for (const name of ['width', 'height']) {
      const use = (value: never): unknown => make({ [name]: value });
      refuses(`options.${name}`, TypeError, [undefined, ...WRONG_TYPES], use);
      refuses(`options.${name}`, RangeError, [...NOT_POSITIVE, ...NOT_INTEGERS, 15, 16_385], use);
    }
    refuses('options.screencast', TypeError, [null, 0, 'yes'], (screencast) =>
      make({ screencast }),
    );
    refuses('options.onResize', TypeError, [null, 0, {}], (onResize) => make({ onResize }));
    refuses('options.onResize', RangeError, ['', 'crop'], (onResize) => make({ onResize }));
  });

  it('refuses wrong captures, which change nothing', () => {
    using frame = solidFrame([1, 2, 3], { ...VIDEO, format: 'RGBA' });
    const before = videoSource.framesCaptured;
    const use = (options: object): unknown => videoSource.captureFrame(frame, options);
    const notFrames = [undefined, ...WRONG_TYPES, PIXELS, { width: 64, height: 48 }];
    refuses('frame', TypeError, notFrames, (value) => videoSource.captureFrame(value));
    refuses('options', TypeError, [null, 4, 'x'], use);
    refuses('options.timestampUs', TypeError, WRONG_TYPES, (timestampUs) => use({ timestampUs }));
    refuses('options.timestampUs', RangeError, [-1, ...NOT_INTEGERS], (timestampUs) =>
      use({ timestampUs }),
    );
    refuses('options.rotation', TypeError, WRONG_TYPES, (rotation) => use({ rotation }));
    refuses('options.rotation', RangeError, [45, NaN, 360], (rotation) => use({ rotation }));
    refuses('options.metadata', TypeError, [null, 4, 'x'], (metadata) => use({ metadata }));
    refuses('options.metadata.captureTimeUs', RangeError, [-1, NaN, 2 ** 60], (captureTimeUs) =>
      use({ metadata: { captureTimeUs } }),
    );
    refuses('options.metadata.userData', TypeError, ['x', [1], null], (userData) =>
      use({ metadata: { userData } }),
    );
    expect(videoSource.framesCaptured).toBe(before);
    videoSource.captureFrame(frame);
    expect(videoSource.framesCaptured).toBe(before + 1);
  });
});

describe('VideoStream', () => {
  const make = (options: unknown) => new VideoStream(videoTrack, options as never);

  it('refuses wrong arguments', () => {
    refuses(
      'track',
      TypeError,
      [undefined, null, 4, 'x', {}, videoSource],
      (track) => new VideoStream(track),
    );
    refuses('options', TypeError, [null, 4, 'x', []], make);
    refuses('options.format', TypeError, [null, 4, {}], (format) => make({ format }));
    refuses('options.format', RangeError, ['', 'rgba'], (format) => make({ format }));
    refuses('options.capacity', TypeError, WRONG_TYPES, (capacity) => make({ capacity }));
    const notCapacities = [...NOT_POSITIVE, 0.5, 2 ** 53];
    refuses('options.capacity', RangeError, notCapacities, (capacity) => make({ capacity }));
    refuses('options.overflow', RangeError, ['', 'wait', 'drop'], (overflow) => make({ overflow }));
    refuses('options.overflow', TypeError, [null, 4], (overflow) => make({ overflow }));
    for (const name of ['fps', 'maxAgeMs']) {
      refuses(`options.${name}`, TypeError, WRONG_TYPES, (value) => make({ [name]: value }));
      refuses(`options.${name}`, RangeError, [...NOT_POSITIVE, Infinity], (value) =>
        make({ [name]: value }),
      );
    }
    refuses('options.upright', TypeError, [null, 0, 'yes'], (upright) => make({ upright }));
    refuses('options.signal', TypeError, [null, 4, {}, new EventTarget()], (signal) =>
      make({ signal }),
    );
  });
});

describe('AudioSource and AudioStream', () => {
  it('refuse wrong options', () => {
    const source = (options: unknown): unknown => new AudioSource(options as never);
    const stream = (options: unknown): unknown => new AudioStream(audioTrack, options as never);
    for (const make of [source, stream]) {
      const use = (change: object): unknown => make({ ...AUDIO, ...change });
      refuses('options', TypeError, [null, 4, 'x', []], make);
      refuses('options.sampleRate', TypeError, WRONG_TYPES, (sampleRate) => use({ sampleRate }));
      const rates = [...NOT_POSITIVE, 1, 47_999, 11_025, 22_050, 192_000, Infinity];
      refuses('options.sampleRate', RangeError, rates, (sampleRate) => use({ sampleRate }));
      refuses('options.channels', TypeError, WRONG_TYPES, (channels) => use({ channels }));
      const channelCounts = [...NOT_POSITIVE, ...NOT_INTEGERS, 3];
      refuses('options.channels', RangeError, channelCounts, (channels) => use({ channels }));
    }
    refuses('options.queueMs', TypeError, WRONG_TYPES, (queueMs) => source({ ...AUDIO, queueMs }));
    const queues = [...NOT_POSITIVE, ...NOT_INTEGERS, 100_001];
    refuses('options.queueMs', RangeError, queues, (queueMs) => source({ ...AUDIO, queueMs }));
    refuses('options.frameMs', RangeError, [0, 9, 1001, 10.5, NaN], (frameMs) =>
      stream({ frameMs }),
    );
    refuses('options.capacityMs', RangeError, NOT_POSITIVE, (capacityMs) => stream({ capacityMs }));
    refuses('options.maxAgeMs', RangeError, NOT_POSITIVE, (maxAgeMs) => stream({ maxAgeMs }));
    refuses('options.overflow', RangeError, ['wait'], (overflow) => stream({ overflow }));
    refuses('options.signal', TypeError, [null, {}], (signal) => stream({ signal }));
    refuses('track', TypeError, [undefined, null, {}, 4], (track) => new AudioStream(track));
  });
});

describe('tracks', () => {
  it('refuse what they cannot be made of', () => {
    refuses('name', TypeError, [undefined, null, 4, {}], (name) =>
      LocalVideoTrack.create(name, videoSource),
    );
    refuses('name', RangeError, [''], (name) => LocalAudioTrack.create(name, audioSource));
    refuses('source', TypeError, [undefined, null, {}, audioSource, videoTrack], (source) =>
      LocalVideoTrack.create('x', source),
    );
    refuses('source', TypeError, [undefined, null, {}, videoSource], (source) =>
      LocalAudioTrack.create('x', source),
    );
  });
});

describe('what helps in tests', () => {
  it('refuses wrong arguments too', () => {
    refuses('options.frequency', RangeError, NOT_POSITIVE, (frequency) => new Tone({ frequency }));
    refuses('durationMs', RangeError, NOT_POSITIVE, (ms) => new Tone().next(ms));
    refuses('color', TypeError, [undefined, [1, 2], 'red'], (color) => solidFrame(color, FRAME));
    refuses('color[2]', RangeError, [[1, 2, 256]], (color) => solidFrame(color, FRAME));
  });
});

describe('an AudioFrame', () => {
  it('is refused with memory that is detached, empty or no whole number of samples', () => {
    const gone = new Int16Array(480);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const stereo = { sampleRate: 48_000, channels: 2 };
    const use = (data: Int16Array): unknown => new AudioFrame(data, stereo);
    refuses('data', TypeError, [gone, undefined, null, [1, 2], new Float32Array(2).buffer], use);
    refuses('data.length', RangeError, [new Int16Array(0), new Int16Array(3)], use);
  });

  it('has the options that were checked, whatever a getter says later', () => {
    let reads = 0;
    const options = {
      sampleRate: 48_000,
      get channels() {
        reads += 1;
        return reads;
      },
    };
    expect(new AudioFrame(new Int16Array(3), options)).toMatchObject({
      channels: 1,
      samplesPerChannel: 3,
    });
  });
});
