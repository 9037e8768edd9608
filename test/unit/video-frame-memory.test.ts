import { MessageChannel } from 'node:worker_threads';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FramewireError, type PixelSource, VideoFrame } from 'framewire';
import { whenIdle } from 'framewire/testing';

afterAll(() => whenIdle());

const SIZE = { width: 5, height: 3, format: 'RGBA' } as const;
const BYTES = SIZE.width * SIZE.height * 4;
const PIXELS = Uint8Array.from({ length: BYTES }, (_, i) => (i * 7 + 3) % 256);

/** The pixels in other memory, from byte `offset` on. */
function filled<M extends ArrayBufferLike>(memory: M, offset = 0): M {
  new Uint8Array(memory).set(PIXELS, offset);
  return memory;
}

/** A frame in native memory, as received ones are. */
function nativeFrame(): VideoFrame {
  using frame = new VideoFrame(PIXELS.slice(), SIZE);
  return frame.convert('I420');
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof FramewireError) return error.code;
    throw error;
  }
  return 'no error';
}

type Resizable = ArrayBuffer & { resize(length: number): void };
const ResizableBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { readonly maxByteLength: number },
) => Resizable;

function resizable(): Resizable {
  return filled(new ResizableBuffer(BYTES, { maxByteLength: 2 * BYTES }));
}

// Node has WebAssembly, whose types come with the browser's.
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

describe('the memory that a frame is made of', () => {
  const sources: [string, () => PixelSource][] = [
    ['a Uint8Array', () => PIXELS.slice()],
    ['a whole ArrayBuffer', () => filled(new ArrayBuffer(BYTES))],
    ['a whole SharedArrayBuffer', () => filled(new SharedArrayBuffer(BYTES))],
    ["a Buffer of Node's pool", () => Buffer.from(PIXELS)],
    ['a Buffer at an odd offset', () => Buffer.concat([Buffer.from([1]), PIXELS]).subarray(1)],
    [
      'a view at an odd offset',
      () => new Uint8Array(filled(new ArrayBuffer(BYTES + 9), 7), 7, BYTES),
    ],
    ['a Uint8ClampedArray', () => new Uint8ClampedArray(PIXELS)],
    ['a Uint16Array', () => new Uint16Array(PIXELS.slice().buffer)],
    ['a Float32Array', () => new Float32Array(PIXELS.slice().buffer)],
    ['a DataView', () => new DataView(filled(new ArrayBuffer(BYTES + 4), 3), 3, BYTES)],
    [
      'a view of a SharedArrayBuffer',
      () => new Uint8Array(filled(new SharedArrayBuffer(BYTES + 5), 5), 5),
    ],
    [
      'memory of WebAssembly',
      () => new Uint8Array(filled(new WebAssembly.Memory({ initial: 1 }).buffer, 100), 100, BYTES),
    ],
    ['a resizable ArrayBuffer', resizable],
    ['a view of a resizable ArrayBuffer', () => new Uint8Array(resizable())],
  ];

  it.each(sources)('can be %s', (_, make) => {
    using frame = new VideoFrame(make(), SIZE);
    expect(Buffer.compare(frame.data, PIXELS)).toBe(0);
    using own = new VideoFrame(PIXELS.slice(), SIZE);
    // Natively, and in our own code.
    for (const format of ['BGRA', 'I420', 'RGB24'] as const) {
      using converted = frame.convert(format);
      using wanted = own.convert(format);
      expect(Buffer.compare(converted.data, wanted.data)).toBe(0);
    }
  });

  it("is the caller's own: written through, not copied, and left alone by close", () => {
    const pixels = PIXELS.slice();
    const frame = new VideoFrame(pixels, SIZE);
    pixels[0] = 99;
    frame.data[1] = 98;
    expect([frame.data[0], pixels[1]]).toEqual([99, 98]);
    frame.close();
    expect(pixels).toHaveLength(BYTES);
  });

  it.each([
    ['detached', (pixels: Uint8Array) => void structuredClone(pixels.buffer, { transfer: [pixels.buffer as ArrayBuffer] })], // prettier-ignore
    ['shrunk', (pixels: Uint8Array) => (pixels.buffer as Resizable).resize(BYTES - 1)],
  ])('gives a clear error, and nothing worse, once it was %s', (_, spoil) => {
    const pixels = new Uint8Array(resizable(), 0, BYTES);
    using frame = new VideoFrame(pixels, SIZE);
    using clone = frame.clone();
    spoil(pixels);
    const uses = [
      () => frame.data,
      () => frame.plane(0),
      () => frame.convert('I420'),
      () => frame.convert('NV12'),
      () => frame.borrow(() => 1),
      () => frame.toFloat32({ layout: 'CHW' }),
      () => clone.data,
    ];
    expect(uses.map(codeOf)).toEqual(uses.map(() => 'invalid-state'));
  });

  it('must not be detached before', () => {
    const { buffer } = PIXELS.slice();
    const view = new DataView(buffer);
    const array = new Uint8Array(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    for (const gone of [buffer, view, array]) {
      expect(() => new VideoFrame(gone, SIZE)).toThrow(
        'data must not be detached, got detached memory.',
      );
    }
  });
});

describe('VideoFrame.clone', () => {
  it('shares the pixels until one of the two is touched', () => {
    const pixels = PIXELS.slice();
    using frame = new VideoFrame(pixels, SIZE);
    using clone = frame.clone();
    frame.borrow((one) => clone.borrow((other) => expect(other.buffer).toBe(one.buffer)));
    clone.data[0] = 200;
    expect(frame.data[0]).toBe(PIXELS[0]);
    frame.data[0] = 100;
    expect(clone.data[0]).toBe(200);
    expect(pixels[0]).toBe(100);
  });

  it('copies what was touched, since its holder may write at any time', () => {
    using frame = new VideoFrame(PIXELS.slice(), SIZE);
    const { data } = frame;
    using clone = frame.clone();
    data[0] = 200;
    expect(clone.data[0]).toBe(PIXELS[0]);
  });

  it('lives on when the other is closed', () => {
    const frame = nativeFrame();
    const clone = frame.clone();
    const wanted = clone.borrow((view) => view.slice());
    frame.close();
    expect(clone.data).toEqual(wanted);
    clone.close();
  });
});

describe('VideoFrame.borrow', () => {
  it('gives the pixels where they lie, and returns what the reader returns', () => {
    const pixels = PIXELS.slice();
    using frame = new VideoFrame(pixels, SIZE);
    expect(frame.borrow((view) => [view.length, view.buffer === pixels.buffer])).toEqual([
      BYTES,
      true,
    ]);
    using native = nativeFrame();
    expect(native.borrow((view) => view.length)).toBe(native.byteLength);
  });

  it('takes a view of native memory back, also when the reader throws', () => {
    using frame = nativeFrame();
    const escaped: Uint8Array[] = [];
    frame.borrow((view) => escaped.push(view, view.subarray(4)));
    expect(() =>
      frame.borrow((view) => {
        escaped.push(view);
        throw new Error("the reader's");
      }),
    ).toThrow("the reader's");
    expect(escaped.map(({ length }) => length)).toEqual([0, 0, 0]);
    expect(frame.data.length).toBe(frame.byteLength);
  });

  it('refuses an asynchronous reader', () => {
    using frame = nativeFrame();
    const message = 'read must be synchronous, got a function that returns a promise.';
    expect(() => frame.borrow(async () => Promise.resolve())).toThrow(new TypeError(message));
    expect(() => frame.borrow(() => Promise.reject(new Error('unseen')))).toThrow(TypeError);
    // Of no class, and particular about who waits for it.
    const query = { then: (resolve: (value: string) => void) => resolve('row') };
    expect(() => frame.borrow(() => query)).toThrow(new TypeError(message));
  });

  it.each([undefined, null, 'read', {}])('refuses %p as a reader', (read) => {
    using frame = nativeFrame();
    expect(() => frame.borrow(read as never)).toThrow(/^read must be a function, got /);
  });

  it('keeps the pixels while the reader closes the frame', () => {
    const frame = nativeFrame();
    const sum = (view: Uint8Array): number => view.reduce((a, b) => a + b, 0);
    const wanted = frame.borrow(sum);
    const got = frame.borrow((view) => {
      frame.close();
      return sum(view);
    });
    expect(got).toBe(wanted);
    expect(frame.closed).toBe(true);
  });

  it('can be nested, and used while the data is taken', () => {
    using frame = nativeFrame();
    frame.borrow((outer) => {
      const { data } = frame;
      frame.borrow((inner) => expect(Buffer.compare(inner, outer)).toBe(0));
      expect(Buffer.compare(data, outer)).toBe(0);
    });
  });

  it('lets a view be posted, which copies it, and not be transferred away', async () => {
    using frame = nativeFrame();
    const { port1, port2 } = new MessageChannel();
    const received = new Promise<Uint8Array>((resolve) => port2.once('message', resolve));
    const wanted = frame.borrow((view) => {
      port1.postMessage(view);
      return view.slice();
    });
    expect(await received).toEqual(wanted);
    frame.borrow((view) => {
      const { buffer } = view;
      try {
        port1.postMessage(buffer, [buffer as ArrayBuffer]);
      } catch {
        // Native memory refuses; a copy, on Node 20, may go.
      }
    });
    expect(frame.data).toEqual(wanted);
    port1.close();
  });
});

describe('a closed frame', () => {
  it('refuses every use, with the code `closed`', () => {
    for (const frame of [new VideoFrame(PIXELS.slice(), SIZE), nativeFrame()]) {
      frame.close();
      frame.close();
      frame[Symbol.dispose]();
      const uses = [
        () => frame.data,
        () => frame.plane(0),
        () => frame.borrow(() => 1),
        () => frame.convert('RGBA'),
        () => frame.convert('BGRA', { flipY: true }),
        () => frame.upright(),
        () => frame.toFloat32({ layout: 'HWC' }),
        () => frame.replace(PIXELS),
        () => frame.clone(),
      ];
      expect(uses.map(codeOf)).toEqual(uses.map(() => 'closed'));
      expect(frame).toMatchObject({ closed: true, width: 5, height: 3 });
    }
  });

  it("ends the views of the SDK's own memory, before that is used again", () => {
    for (const frame of [VideoFrame.create(SIZE), nativeFrame()]) {
      const views = [frame.data, frame.data.subarray(3), frame.plane(0).data];
      frame.close();
      using next = VideoFrame.create({ ...SIZE, format: frame.format });
      expect(views.map(({ length }) => length)).toEqual([0, 0, 0]);
      expect(next.data).toHaveLength(next.byteLength);
    }
  });

  it('leaves memory alone that was given to somebody else', () => {
    const frame = VideoFrame.create(SIZE);
    const gone = structuredClone(frame.data.buffer, { transfer: [frame.data.buffer as never] });
    expect(codeOf(() => frame.data)).toBe('invalid-state');
    frame.close();
    using next = VideoFrame.create(SIZE);
    next.data.fill(9);
    expect(new Uint8Array(gone)[0]).toBe(0);
  });
});

describe('a forgotten frame', () => {
  it('is freed when it is collected, with one warning', async () => {
    const program = `
      const { memoryUsage, VideoFrame } = require('framewire');
      const source = VideoFrame.create({ width: 1280, height: 720, format: 'RGBA' });
      (async () => {
        for (let i = 0; i < 30; i++) source.convert('I420');
        // What is collected is told some turns later.
        while (memoryUsage().nativeBytes > 0) {
          gc();
          await new Promise(setImmediate);
        }
        console.log('freed');
      })();`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '-e', program],
      { cwd: join(__dirname, '..', '..') },
    );
    expect(stdout).toBe('freed\n');
    expect(stderr.match(/collected without being closed/g)).toHaveLength(1);
  }, 60_000);
});
