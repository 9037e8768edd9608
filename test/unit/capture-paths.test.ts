import { FfiRequest } from '@livekit/rtc-ffi-bindings';
import {
  LocalVideoTrack,
  memoryUsage,
  PIXEL_FORMATS,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { type Color, meanColor, solidFrame, whenIdle } from 'framewire/testing';

const SIZE = { width: 640, height: 360 } as const;
const RGBA_BYTES = SIZE.width * SIZE.height * 4;
const RED: Color = [220, 30, 40];

interface NativeBuffer {
  readonly type: number;
  readonly dataPtr: bigint;
  readonly components: readonly { readonly dataPtr: bigint }[];
}

/** The client through which every request goes to the native side. */
function client() {
  const { _ffiClientInstance: instance } = globalThis as unknown as {
    _ffiClientInstance: {
      send: (name: string, value: { readonly buffer?: NativeBuffer }) => unknown;
      sendEncoded: (request: Uint8Array) => unknown;
      retrievePtr: (bytes: Uint8Array) => bigint;
    };
  };
  return instance;
}

/** The pixels that native code is told of while `action` runs, request by request. */
function requestsOf(action: () => void): [string, NativeBuffer][] {
  const requests: [string, NativeBuffer][] = [];
  const note = (name: string, { buffer }: { readonly buffer?: NativeBuffer }): void => {
    if (buffer) requests.push([name, buffer]);
  };
  const native = client();
  const { send, sendEncoded } = native;
  const spies = [
    jest.spyOn(native, 'send').mockImplementation((name, value) => {
      note(name, value);
      return send.call(native, name, value);
    }),
    jest.spyOn(native, 'sendEncoded').mockImplementation((request) => {
      // At once: the next request is written over it.
      const { message } = FfiRequest.fromBinary(request);
      note(message.case!, message.value as { readonly buffer?: NativeBuffer });
      return sendEncoded.call(native, request);
    }),
  ];
  action();
  for (const spy of spies) spy.mockRestore();
  return requests;
}

/** The next frame that comes out of a source while `capture` goes on. */
async function seenOf(source: VideoSource, capture: () => void): Promise<VideoFrame> {
  await using stream = new VideoStream(LocalVideoTrack.create('picture', source));
  const next = stream.next();
  let seen: VideoFrame | undefined;
  void next.then(({ value }) => (seen = value));
  while (!seen) {
    capture();
    await new Promise(setImmediate);
  }
  return seen;
}

afterAll(() => whenIdle());

describe('a captured frame', () => {
  let source: VideoSource;

  beforeAll(() => {
    source = new VideoSource(SIZE);
  });
  afterAll(() => source.close());

  it.each(PIXEL_FORMATS)('of %s goes to LiveKit where it lies, or by way of I420', (format) => {
    using frame = solidFrame(RED, { ...SIZE, format });
    const told = format === 'I420A' ? 'I420' : format;
    const asItIs = !['I422', 'I444', 'NV12', 'I010'].includes(format);
    const own = frame.withNativePixels(({ pointer }) => pointer);
    const requests = requestsOf(() => source.captureFrame(frame));
    const [name, { type, dataPtr }] = requests.at(-1)!;
    expect([name, PIXEL_FORMATS[type], dataPtr === own]).toEqual([
      'captureVideoFrame',
      asItIs ? told : 'I420',
      asItIs,
    ]);
    // One conversion at most.
    expect(requests.length).toBeLessThanOrEqual(asItIs ? 1 : 2);
  });

  it.each(PIXEL_FORMATS)('of %s is seen with its colour', async (format) => {
    using shown = new VideoSource(SIZE);
    using frame = solidFrame(RED, { ...SIZE, format });
    using seen = await seenOf(shown, () => shown.captureFrame(frame));
    for (const [i, value] of meanColor(seen).entries()) {
      expect(Math.abs(value - RED[i]!)).toBeLessThanOrEqual(4);
    }
  });

  it('that was received goes on in the native memory that it came in', async () => {
    using shown = new VideoSource(SIZE);
    using picture = solidFrame(RED, { ...SIZE, format: 'I420' });
    using received = await seenOf(shown, () => shown.captureFrame(picture));
    const before = memoryUsage();
    const pointer = received.withNativePixels((pixels) => pixels.pointer);
    const [[, buffer]] = requestsOf(() => source.captureFrame(received)) as [
      [string, NativeBuffer],
    ];
    expect(buffer.dataPtr).toBe(pointer);
    expect(buffer.components.map(({ dataPtr }) => Number(dataPtr - pointer))).toEqual([
      0,
      SIZE.width * SIZE.height,
      SIZE.width * SIZE.height * 1.25,
    ]);
    expect(memoryUsage()).toEqual(before);
  });
});

type Growable = SharedArrayBuffer & { readonly growable: boolean; grow(byteLength: number): void };
const GrowableBuffer = SharedArrayBuffer as unknown as new (
  byteLength: number,
  options: { readonly maxByteLength: number },
) => Growable;

describe('a converted frame', () => {
  it('is made in memory of those before it', async () => {
    using source = new VideoSource({ width: 1920, height: 1080 });
    using frame = VideoFrame.create({ width: 1920, height: 1080, format: 'RGBA' });
    const convertAndCapture = async (): Promise<void> => {
      using converted = frame.convert('I420');
      source.captureFrame(converted);
      await new Promise(setImmediate);
    };
    for (let i = 0; i < 5; i++) await convertAndCapture();
    const pagesBefore = process.resourceUsage().minorPageFault;
    for (let i = 0; i < 20; i++) await convertAndCapture();
    // New memory would be 760 pages for each of its two pictures.
    expect((process.resourceUsage().minorPageFault - pagesBefore) / 20).toBeLessThan(300);
  });
});

describe('a frame in shared memory', () => {
  const whole = (bytes: number) => new SharedArrayBuffer(bytes);
  const growing = (bytes: number) => new GrowableBuffer(bytes, { maxByteLength: 2 * bytes });
  const memories: [
    string,
    SharedArrayBuffer,
    (of: SharedArrayBuffer) => Uint8Array | SharedArrayBuffer,
  ][] = [
    ['a whole SharedArrayBuffer', whole(RGBA_BYTES), (of) => of],
    ['a slot of a ring', whole(3 * RGBA_BYTES), (of) => new Uint8Array(of, RGBA_BYTES, RGBA_BYTES)],
    ['a view at an odd byte', whole(RGBA_BYTES + 7), (of) => new Uint8Array(of, 7)],
    ['a growable one', growing(RGBA_BYTES), (of) => of],
    ['a view that grows with it', growing(RGBA_BYTES), (of) => new Uint8Array(of)],
  ];

  it.each(memories)('that is %s is published where it lies', async (_, memory, viewOf) => {
    const pixels = viewOf(memory);
    using source = new VideoSource(SIZE);
    using picture = solidFrame(RED, { ...SIZE, format: 'RGBA' });
    using frame = new VideoFrame(pixels, { ...SIZE, format: 'RGBA' });
    if ((memory as Growable).growable) (memory as Growable).grow(memory.byteLength + 5);
    const offset = pixels instanceof Uint8Array ? pixels.byteOffset : 0;
    // Written after the frame was made, as a worker does.
    new Uint8Array(memory, offset, RGBA_BYTES).set(picture.data);

    const { arrayBuffers } = process.memoryUsage();
    const before = memoryUsage();
    const requests = requestsOf(() => source.captureFrame(frame));
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(RGBA_BYTES / 4);
    expect(memoryUsage()).toEqual(before);
    expect(requests).toHaveLength(1);
    const { dataPtr } = requests[0]![1];
    expect(dataPtr).toBe(client().retrievePtr(new Uint8Array(memory)) + BigInt(offset));

    using seen = await seenOf(source, () => source.captureFrame(frame));
    for (const [i, value] of meanColor(seen).entries()) {
      expect(Math.abs(value - RED[i]!)).toBeLessThanOrEqual(4);
    }
  });
});
