import {
  configureMemory,
  LocalVideoTrack,
  memoryUsage,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { whenIdle } from 'framewire/testing';
import { runProgram } from '../support/program.js';

const SIZE = { width: 64, height: 48 } as const;
const I420_BYTES = (64 * 48 * 3) / 2;
const DEFAULTS = memoryUsage();

afterEach(() => {
  configureMemory(DEFAULTS);
});
afterAll(() => whenIdle());

/** What frames hold now, beyond what they held then. */
function heldSince({ nativeBytes, pooledBytes }: { nativeBytes: number; pooledBytes: number }) {
  const now = memoryUsage();
  return [now.nativeBytes - nativeBytes, now.pooledBytes - pooledBytes];
}

/** Resolves when `condition` holds, trying again after whatever comes meanwhile. */
async function until(condition: () => boolean, meanwhile: () => void): Promise<void> {
  while (!condition()) {
    meanwhile();
    await new Promise(setImmediate);
  }
}

describe('configureMemory', () => {
  it.each([
    [undefined, TypeError, 'options must be an object, got undefined.'],
    [7, TypeError, 'options must be an object, got 7.'],
    [{ maxBytes: '1' }, TypeError, "options.maxBytes must be a positive integer, got '1'."],
    [{ maxBytes: 0 }, RangeError, 'options.maxBytes must be a positive integer, got 0.'],
    [{ maxBytes: NaN }, RangeError, 'options.maxBytes must be a positive integer, got NaN.'],
    [
      { maxIdleBytes: -1 },
      RangeError,
      'options.maxIdleBytes must be an integer of at least 0, got -1.',
    ],
    [
      { maxBytes: 1, maxIdleBytes: 1.5 },
      RangeError,
      'options.maxIdleBytes must be an integer of at least 0, got 1.5.',
    ],
  ])('refuses %p, and changes nothing', (options, type, message) => {
    const call = (): void => configureMemory(options as never);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
    expect(memoryUsage()).toMatchObject({
      maxBytes: DEFAULTS.maxBytes,
      maxIdleBytes: DEFAULTS.maxIdleBytes,
    });
  });

  it('leaves alone what is left out', () => {
    configureMemory({ maxBytes: 5 });
    configureMemory({ maxIdleBytes: 6 });
    configureMemory({});
    expect(memoryUsage()).toMatchObject({ maxBytes: 5, maxIdleBytes: 6 });
  });

  it('limits frames to a gibibyte at most unless told more', () => {
    expect(DEFAULTS.maxBytes).toBeGreaterThan(2 ** 24);
    expect(DEFAULTS.maxBytes).toBeLessThanOrEqual(2 ** 30);
  });
});

describe('memoryUsage', () => {
  it('tells what open frames hold, until they are closed', () => {
    const before = memoryUsage();
    const made = VideoFrame.create({ ...SIZE, format: 'RGBA' });
    expect(heldSince(before)).toEqual([0, 64 * 48 * 4]);
    const native = made.convert('I420');
    const clone = native.clone();
    expect(heldSince(before)).toEqual([I420_BYTES, 64 * 48 * 4]);
    made.close();
    made.close();
    native.close();
    expect(heldSince(before)).toEqual([I420_BYTES, 0]);
    clone.data.fill(1);
    expect(heldSince(before)).toEqual([0, I420_BYTES]);
    clone.close();
    expect(heldSince(before)).toEqual([0, 0]);
  });

  it("does not count the caller's own memory, nor what was taken over", () => {
    const before = memoryUsage();
    using own = new VideoFrame(new Uint8Array(I420_BYTES), { ...SIZE, format: 'I420' });
    const taken = VideoFrame.create({ ...SIZE, format: 'I420' });
    expect(taken.data.buffer.byteLength).toBe(I420_BYTES);
    taken.close();
    expect(heldSince(before)).toEqual([0, 0]);
    expect([own.closed, taken.closed]).toEqual([false, true]);
  });

  it('tells what waits to be used again, of which no more is kept than may be', () => {
    configureMemory({ maxIdleBytes: 0 });
    expect(memoryUsage().idleBytes).toBe(0);
    configureMemory({ maxIdleBytes: 3 * I420_BYTES });
    const frames = Array.from({ length: 5 }, () => VideoFrame.create({ ...SIZE, format: 'I420' }));
    for (const frame of frames) frame.close();
    expect(memoryUsage().idleBytes).toBe(3 * I420_BYTES);
    configureMemory({ maxIdleBytes: 2 * I420_BYTES });
    expect(memoryUsage().idleBytes).toBe(2 * I420_BYTES);
  });
});

describe('received frames that would hold more memory than they may', () => {
  it('are dropped and counted, and come again when others are closed', async () => {
    using source = new VideoSource(SIZE);
    await using stream = new VideoStream(LocalVideoTrack.create('picture', source), {
      capacity: Infinity,
    });
    using picture = VideoFrame.create({ ...SIZE, format: 'I420' });
    const before = memoryUsage();
    const held = before.nativeBytes + before.pooledBytes;
    configureMemory({ maxBytes: held + 4 * I420_BYTES });
    const capture = (): void => source.captureFrame(picture);

    await until(() => stream.stats.dropped.memory > 2, capture);
    expect(heldSince(before)).toEqual([4 * I420_BYTES, 0]);

    const frames: VideoFrame[] = [];
    for (let i = 0; i < 4; i++) {
      const { value } = await stream.next();
      if (value) frames.push(value);
    }
    const dropped = stream.stats.dropped.memory;
    await until(() => stream.stats.dropped.memory > dropped, capture);
    expect(frames.map(({ data }) => data.length)).toEqual(Array(4).fill(I420_BYTES));
    expect(heldSince(before)).toEqual([0, 4 * I420_BYTES]);

    const next = stream.next();
    const received = stream.stats.received;
    for (const frame of frames) frame.close();
    await until(() => stream.stats.received > received, capture);
    const { value: fresh } = await next;
    expect(fresh?.byteLength).toBe(I420_BYTES);
    fresh?.close();
    await stream.close();
    expect(heldSince(before)).toEqual([0, 0]);
    const { received: all, delivered, dropped: reasons } = stream.stats;
    expect(delivered + reasons.memory + reasons.closed).toBe(all);
  });

  it('are held against what the program makes itself, which it always gets', () => {
    configureMemory({ maxBytes: 1 });
    using made = VideoFrame.create({ ...SIZE, format: 'RGBA' });
    using converted = made.convert('I420');
    expect(converted.data).toHaveLength(I420_BYTES);
  });
});

describe('ten thousand frames that are received and forgotten', () => {
  it('hold no more memory than they may, and the stream goes on', async () => {
    const end = await runProgram('forgotten-frames.cjs', ['10000', '16']);
    expect(end).toMatchObject({ code: 0, signal: null });
    const { delivered, drops, most } = JSON.parse(end.stdout) as Record<string, number>;
    expect(delivered).toBe(10_000);
    expect(most).toBeLessThanOrEqual(16);
    // The others fit into 16 MiB, and wait to be collected.
    expect(drops).toBeGreaterThanOrEqual(10_000 - Math.ceil((16 * 2 ** 20) / (160 * 144 * 1.5)));
    expect(end.stderr.match(/collected without being closed/g)).toHaveLength(1);
  }, 60_000);
});
