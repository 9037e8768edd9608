import { PIXEL_FORMATS, ROTATIONS, SCALE_FITS, VideoFrame } from 'framewire';
import { construct, getters, invoke, method } from '../calls.mjs';
import { detach } from '../hostile.mjs';

/** Good pixels of a small size, in memory of one kind or another. */
function pixels(f) {
  const { random } = f;
  const format = random.of(PIXEL_FORMATS);
  const width = random.int(1, 40);
  const height = random.int(1, 40);
  const frame = VideoFrame.create({ width, height, format });
  const { byteLength } = frame;
  frame.close();
  const make = [
    () => new Uint8Array(byteLength),
    () => new Uint8Array(new ArrayBuffer(byteLength + 7), 3, byteLength),
    () => new Uint8Array(new SharedArrayBuffer(byteLength)),
    () => new ArrayBuffer(byteLength),
    () => Buffer.alloc(byteLength),
    () => new Uint8Array(new ArrayBuffer(byteLength, { maxByteLength: byteLength * 2 })),
    () => new Uint8ClampedArray(byteLength),
    () => new DataView(new ArrayBuffer(byteLength)),
  ];
  return { data: random.of(make)(), format, width, height };
}

function metadata(f) {
  return f.options({
    captureTimeUs: () => f.int(0, 2e15),
    frameId: () => f.int(0, 2 ** 32 - 1),
    userData: () => f.bytes(() => new Uint8Array(f.random.int(0, 240))),
  });
}

function options(f, { format, width, height }) {
  return f.options(
    {
      width: () => f.int(width, width),
      height: () => f.int(height, height),
      format: () => f.of([format]),
      timestampUs: () => f.int(0, 1e12),
      rotation: () => f.of(ROTATIONS),
      metadata: () => metadata(f),
    },
    { needed: ['width', 'height', 'format'] },
  );
}

/** A good frame. */
export function freshFrame(f) {
  const { data, ...rest } = pixels(f);
  const frame = new VideoFrame(data, { ...rest, rotation: f.random.of(ROTATIONS) });
  f.keep('bytes', data);
  return frame;
}

/** A reader that calls again may have taken the view away before it reads. */
function isDetached(view) {
  return view.byteLength === 0;
}

/** What a `borrow` may do that it shouldn't. */
function readers(f, frame) {
  return [
    (view) => view.length,
    (view) => f.keep('bytes', view),
    (view) => detach(view.buffer),
    () => frame.close(),
    (view) => isDetached(view) || view.fill(1),
    async () => 1,
    (view) => view,
  ];
}

/** What can be done with a frame, wherever it came from. */
export const frameCalls = {
  'frame.data': (f) => {
    const frame = f.take('frame');
    if (frame) f.call('frame.data', [], () => frame.data, { gives: 'bytes' });
  },
  'frame.plane': method('frame', 'plane', (f) => [f.int(0, 3)], {}),
  'frame.borrow': method('frame', 'borrow', (f, frame) => [f.func(...readers(f, frame))]),
  'frame.convert': method(
    'frame',
    'convert',
    (f) => [f.of(PIXEL_FORMATS), f.options({ flipY: () => f.boolean() })],
    { gives: 'frame' },
  ),
  'frame.upright': method('frame', 'upright', () => [], { gives: 'frame' }),
  'frame.rotate': method('frame', 'rotate', (f) => [f.of(ROTATIONS)], { gives: 'frame' }),
  'frame.crop': method(
    'frame',
    'crop',
    (f) => [
      f.options(
        {
          x: () => f.int(0, 20),
          y: () => f.int(0, 20),
          width: () => f.int(1, 30),
          height: () => f.int(1, 30),
        },
        { needed: ['x', 'y', 'width', 'height'] },
      ),
    ],
    { gives: 'frame' },
  ),
  'frame.scale': method(
    'frame',
    'scale',
    (f) => [
      f.options({
        width: () => f.int(1, 60),
        height: () => f.int(1, 60),
        fit: () => f.of(SCALE_FITS),
      }),
    ],
    { gives: 'frame' },
  ),
  'frame.toFloat32': method('frame', 'toFloat32', (f) => [
    f.options(
      {
        layout: () => f.of(['CHW', 'HWC']),
        scale: () => f.number(0, 1),
        mean: () => f.list(() => f.number(0, 1), 3, 3),
        std: () => f.list(() => f.number(0.1, 1), 3, 3),
      },
      { needed: ['layout'] },
    ),
  ]),
  'frame.replace': method(
    'frame',
    'replace',
    (f, frame) => {
      const { data, ...rest } = pixels(f);
      if (f.random.chance(0.2) && !frame.closed && frame.byteLength > 0) {
        return [f.bytes(() => f.peek('bytes')), f.options({})];
      }
      return [f.bytes(() => data), options(f, rest)];
    },
    { gives: 'frame' },
  ),
  'frame.clone': method('frame', 'clone', () => [], { gives: 'frame' }),
  'frame.close': method('frame', 'close'),
  'frame[Symbol.dispose]': method('frame', Symbol.dispose),
  'frame getters': getters('frame', ['closed', 'byteLength', 'width', 'metadata', 'timestampUs']),
  'memory taken away': (f) => {
    const bytes = f.peek('bytes');
    f.call('structuredClone(frame.data)', [], () => detach(bytes.buffer ?? bytes));
  },
};

export const frameClose = { frame: (frame) => frame.close() };

export default {
  fresh: { frame: freshFrame },
  forget: ['frame'],
  close: frameClose,
  calls: {
    'new VideoFrame': construct(
      VideoFrame,
      (f) => {
        const { data, ...rest } = pixels(f);
        f.keep('bytes', data);
        return [f.bytes(() => data), options(f, rest)];
      },
      { gives: 'frame' },
    ),
    'VideoFrame.create': invoke(VideoFrame, 'create', (f) => [options(f, pixels(f))], {
      gives: 'frame',
    }),
    ...frameCalls,
  },
};
