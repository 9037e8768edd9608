import { MessageChannel } from 'node:worker_threads';
import {
  capabilities,
  FramewireError,
  LocalVideoTrack,
  memoryUsage,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { meanColor, solidFrame, whenIdle } from 'framewire/testing';
import { runProgram } from '../support/program.js';

const SIZE = { width: 64, height: 48 } as const;

afterAll(() => whenIdle());

/** A frame in native memory, as received ones are. */
function nativeFrame(): VideoFrame {
  using frame = solidFrame([200, 50, 60], { ...SIZE, format: 'RGBA' });
  return frame.convert('I420');
}

/** Options whose first use closes something. */
function closing<T extends object>(options: T, close: () => void): T {
  return new Proxy(options, {
    get(target, name, receiver) {
      close();
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof FramewireError ? error.code : String(error);
  }
  return 'no error';
}

describe('a frame that is closed by the options of a call', () => {
  it.each<[string, (frame: VideoFrame) => unknown]>([
    [
      'convert',
      (frame) =>
        frame.convert(
          'RGBA',
          closing({ flipY: true }, () => frame.close()),
        ),
    ],
    ['scale', (frame) => frame.scale(closing({ width: 20, height: 20 }, () => frame.close()))],
    [
      'crop',
      (frame) => frame.crop(closing({ x: 0, y: 0, width: 8, height: 8 }, () => frame.close())),
    ],
    ['toFloat32', (frame) => frame.toFloat32(closing({ layout: 'CHW' }, () => frame.close()))],
  ])('is a closed frame to %s', (_, use) => {
    expect(codeOf(() => use(nativeFrame()))).toBe('closed');
  });

  it('is a closed frame to captureFrame, as the source is that is closed so', () => {
    using source = new VideoSource(SIZE);
    const frame = nativeFrame();
    const capture = (close: () => void): string =>
      codeOf(() => source.captureFrame(frame, closing({ rotation: 0 } as const, close)));
    expect(capture(() => frame.close())).toBe('closed');
    using other = nativeFrame();
    expect(
      codeOf(() =>
        source.captureFrame(
          other,
          closing({}, () => source.close()),
        ),
      ),
    ).toBe('closed');
  });
});

describe('a frame whose members somebody has written to', () => {
  it.each([
    { width: 16_000, height: 16_000 },
    { format: 'RGBA' },
    { height: 2 ** 31 },
    { width: NaN },
    { width: -64 },
    { format: 'JPEG' },
    { width: { valueOf: (): number => 9_999 } },
  ])('refuses what would be read outside of its memory, with %p', (members) => {
    using frame = nativeFrame();
    Object.assign(frame, members);
    using source = new VideoSource(SIZE);
    expect(() => frame.convert('BGRA')).toThrow(/./);
    expect(() => source.captureFrame(frame)).toThrow(/./);
    expect(() => frame.convert('NV12')).toThrow(/./);
  });
});

describe('a view that is borrowed', () => {
  it('is refused where it is to be transferred', () => {
    using frame = nativeFrame();
    const { port1 } = new MessageChannel();
    const transfers = [
      (view: Uint8Array) => port1.postMessage(view, [view.buffer as ArrayBuffer]),
      (view: Uint8Array) => structuredClone(view, { transfer: [view.buffer as ArrayBuffer] }),
    ];
    const names = transfers.map((transfer) => {
      try {
        frame.borrow(transfer);
      } catch (error) {
        return (error as Error).name;
      }
      return 'no error';
    });
    // Where it's a copy, that may go: it was made for the reader.
    const wanted = capabilities.zeroCopyBorrow ? 'DataCloneError' : 'no error';
    expect(names).toEqual([wanted, wanted]);
    expect(frame.data).toHaveLength(frame.byteLength);
    port1.close();
  });

  it('shows a copy to who looks at its buffer, which lasts', () => {
    using frame = nativeFrame();
    const wanted = frame.borrow((view) => view.slice());
    const [view, part, larger] = frame.borrow((borrowed) => [
      borrowed,
      borrowed.subarray(8, 16),
      new Uint32Array(borrowed.buffer, borrowed.byteOffset, borrowed.byteLength / 4),
    ]);
    frame.close();
    // What was a copy from the start is the reader's now.
    const left = capabilities.zeroCopyBorrow ? [0, 0] : [wanted.length, 8];
    expect([view.length, part.length]).toEqual(left);
    expect(Buffer.compare(Buffer.from(larger.buffer), wanted)).toBe(0);
  });
});

describe("a frame's data", () => {
  it('is dead after close for who keeps the view, and lasts for who has its buffer', () => {
    const [one, other] = [nativeFrame(), nativeFrame()];
    const wanted = Buffer.from(other.data);
    const kept = one.data;
    const part = one.data.subarray(4);
    const taken = Buffer.from(other.data.buffer);
    one.close();
    other.close();
    using next = nativeFrame();
    next.data.fill(9);
    expect([kept.length, part.length, kept.buffer.byteLength]).toEqual([0, 0, 0]);
    expect(Buffer.compare(taken, wanted)).toBe(0);
  });
});

describe('frames that are held', () => {
  it('outlive their track, and the native side that they came from', async () => {
    const before = memoryUsage();
    const source = new VideoSource(SIZE);
    const stream = new VideoStream(LocalVideoTrack.create('picture', source), { capacity: 2 });
    using picture = solidFrame([20, 200, 60], { ...SIZE, format: 'RGBA' });
    const pump = setInterval(() => source.captureFrame(picture), 1);
    const frames: VideoFrame[] = [];
    for await (const frame of stream) {
      frames.push(frame);
      if (frames.length === 3) break;
    }
    clearInterval(pump);
    source.close();
    await whenIdle();

    using again = new VideoSource(SIZE);
    for (const frame of frames) {
      const [red, green] = meanColor(frame);
      expect([red < 60, green > 160]).toEqual([true, true]);
      again.captureFrame(frame);
      using clone = frame.clone();
      frame.close();
      expect(clone.data).toHaveLength(clone.byteLength);
    }
    expect(memoryUsage().nativeBytes).toBe(before.nativeBytes);
  });

  it.each([
    ['by itself', 0],
    ['at once', 0],
    ['while a stream is open', 0],
    ['within borrow', 0],
    ['while zlib reads', 0],
    ['by an error', 1],
  ])(
    'let the program end %s',
    async (how, code) => {
      const end = await runProgram('frames-at-exit.cjs', [how]);
      expect({ ...end, stderr: '' }).toEqual({ code, signal: null, stdout: 'held\n', stderr: '' });
    },
    60_000,
  );
});
