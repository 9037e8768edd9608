import {
  AudioSource,
  AudioStream,
  FramewireError,
  LocalAudioTrack,
  LocalVideoTrack,
  type TrackHandle,
  VideoFrame,
  VideoSource,
  VideoStream,
  type VideoStreamOptions,
} from 'framewire';
import { whenIdle } from 'framewire/testing';

/**
 * A local track whose frames carry their number as their brightness, from 0 on. No room and no server
 * is needed to read it.
 */
class Counter implements Disposable {
  readonly source = new VideoSource({ width: 64, height: 48 });
  readonly track = LocalVideoTrack.create('counter', this.source);
  captured = 0;
  #timer: NodeJS.Timeout | undefined;

  capture(): void {
    using frame = VideoFrame.create({ width: 64, height: 48, format: 'I420' });
    frame.plane(0).data.fill(this.captured % 256);
    this.source.captureFrame(frame);
    this.captured += 1;
  }

  /** Captures at a steady pace until it, or its source, is closed. */
  run(everyMs = 5): void {
    this.#timer = setInterval(() => {
      if (!this.source.closed) this.capture();
    }, everyMs);
  }

  stream(options: VideoStreamOptions = {}): VideoStream {
    return new VideoStream(this.track, options);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.source.close();
  }
}

/** A track whose native side is gone. */
class BrokenTrack implements TrackHandle {
  declare readonly brand: TrackHandle['brand'];
  readonly kind: TrackHandle['kind'];
  readonly name = 'broken';
  readonly remote = false;
  readonly ended = false;

  constructor(kind: TrackHandle['kind']) {
    this.kind = kind;
  }

  onEnded(): () => void {
    return () => undefined;
  }

  nativeTrack(): number {
    // No native track has this handle.
    return 0;
  }
}

/** The number that a frame carries. Closes it. */
function numberOf(frame: VideoFrame): number {
  using closing = frame;
  return closing.borrow((view) => view[0]!);
}

/** Resolves when the stream has been given so many frames, read or not. */
async function received(stream: VideoStream, frames: number): Promise<void> {
  while (stream.stats.received < frames) await new Promise(setImmediate);
}

/** Reads so many frames and leaves the loop, which closes the stream. */
async function read(stream: VideoStream, frames: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const frame of stream) {
    numbers.push(numberOf(frame));
    if (numbers.length === frames) break;
  }
  return numbers;
}

/** Computes, as a model would, without giving the event loop a turn. */
function compute(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

afterAll(() => whenIdle());

describe('VideoStream', () => {
  it('gives the frames in order, on the same clock, in the format that they have', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 8 });
    counter.run();
    const times: number[] = [];
    for await (using frame of stream) {
      expect(frame).toMatchObject({ width: 64, height: 48, format: 'I420', rotation: 0 });
      times.push(frame.timestampUs);
      if (times.length === 5) break;
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(5);
  });

  it.each(['RGBA', 'BGRA', 'RGB24', 'NV12', 'I010'] as const)(
    'gives frames in %s when asked to',
    async (format) => {
      using counter = new Counter();
      await using stream = counter.stream({ format });
      counter.run();
      const { value } = await stream.next();
      using frame = value!;
      expect(frame.format).toBe(format);
      expect(frame.data).toHaveLength(frame.byteLength);
    },
  );

  it('keeps the newest frame only, and counts what it dropped', async () => {
    using counter = new Counter();
    await using stream = counter.stream();
    for (let i = 0; i < 10; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    const { value } = await stream.next();
    expect(numberOf(value!)).toBe(9);
    expect(stream.stats).toMatchObject({ received: 10, delivered: 1, missing: undefined });
    expect(stream.stats.dropped).toEqual({
      full: 9,
      rate: 0,
      late: 0,
      size: 0,
      memory: 0,
      closed: 0,
    });
  });

  it.each([
    ['drop-oldest', [7, 8, 9]],
    ['drop-newest', [0, 1, 2]],
  ] as const)('with overflow %s keeps those of the right end', async (overflow, wanted) => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 3, overflow });
    for (let i = 0; i < 10; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    expect(await read(stream, 3)).toEqual(wanted);
    expect(stream.stats.dropped.full).toBe(7);
  });

  it('fails on overflow when that is an error, and is closed then', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 2, overflow: 'error' });
    for (let i = 0; i < 3; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    const numbers: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const frame of stream) numbers.push(numberOf(frame));
    };
    await expect(loop()).rejects.toMatchObject({ code: 'overflow' });
    expect(numbers).toEqual([0, 1]);
    expect(stream.ended).toBe(true);
    expect((await stream.next()).done).toBe(true);
  });

  it('keeps every frame with infinite capacity', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: Infinity, overflow: 'error' });
    for (let i = 0; i < 40; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    expect(await read(stream, 40)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('thins to the rate asked for', async () => {
    using counter = new Counter();
    const stream = counter.stream({ fps: 20, capacity: 100 });
    counter.run(10);
    await received(stream, 60);
    const { received: all, dropped } = stream.stats;
    expect(dropped.full).toBe(0);
    expect(dropped.rate).toBeGreaterThan(0);
    // As many as there may be in their time, which is longer on a busy machine.
    const timestampsUs: number[] = [];
    while (timestampsUs.length < all - dropped.rate) {
      using frame = (await stream.next()).value!;
      timestampsUs.push(frame.timestampUs);
    }
    const spanUs = timestampsUs.at(-1)! - timestampsUs[0]!;
    expect(timestampsUs.length).toBeLessThanOrEqual(spanUs / 50_000 + 2);
    await stream.close();
  });

  it('drops frames that got too old before they were read', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 10, maxAgeMs: 30 });
    for (let i = 0; i < 3; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    compute(40);
    const next = stream.next();
    // More than one, since a busy machine may be late with any.
    counter.run(10);
    const number = numberOf((await next).value!);
    expect(number).toBeGreaterThanOrEqual(3);
    const { late, full } = stream.stats.dropped;
    expect(late).toBeGreaterThanOrEqual(3);
    expect(late + full).toBeLessThanOrEqual(number);
    await stream.close();
  });

  it('drops frames that got too old before anybody could hear of them', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 10, maxAgeMs: 50 });
    counter.capture();
    await received(stream, 1);
    const next = stream.next();
    for (let i = 0; i < 3; i++) {
      counter.capture();
      compute(100);
    }
    counter.capture();
    const numbers = [numberOf((await next).value!)];
    while (numbers.at(-1)! < 4) numbers.push(numberOf((await stream.next()).value!));
    // When the stream was told of the first ones, they were 100 ms old and more.
    expect(numbers.at(-1)).toBe(4);
    expect(stream.stats.dropped.late).toBeGreaterThanOrEqual(3);
    await stream.close();
  });

  it('gives a reader that computes for 200 ms fresh frames, and counts what it missed', async () => {
    using counter = new Counter();
    const stream = counter.stream();
    const ages: number[] = [];
    counter.run();
    for await (const frame of stream) {
      ages.push(counter.captured - 1 - numberOf(frame));
      if (ages.length === 6) break;
      // Another thread's camera would go on meanwhile.
      for (let i = 0; i < 20; i++) {
        compute(10);
        counter.capture();
      }
    }
    // Each time 20 were captured; woken at once, the reader would get the first of them.
    expect(Math.max(...ages)).toBeLessThanOrEqual(5);
    expect(stream.stats.dropped.full).toBeGreaterThan(50);
  });
});

describe('the end of a VideoStream', () => {
  const endings: [string, (counter: Counter) => unknown][] = [
    ['its track is closed', ({ track }) => track.close()],
    ['the source of its track is closed', ({ source }) => source.close()],
  ];

  it.each(endings)('comes when %s, for every stream on it', async (_, end) => {
    using counter = new Counter();
    const streams = [counter.stream(), counter.stream({ format: 'RGBA' })];
    counter.run();
    const loops = streams.map(async (stream) => {
      let frames = 0;
      for await (using frame of stream) {
        frames += frame.closed ? 0 : 1;
        if (frames === 2) await end(counter);
      }
      return frames;
    });
    for (const frames of await Promise.all(loops)) expect(frames).toBeGreaterThan(0);
    expect(streams.map(({ ended }) => ended)).toEqual([true, true]);
  });

  it.each(endings)('comes when %s while the reader waits', async (_, end) => {
    using counter = new Counter();
    const stream = counter.stream();
    const next = stream.next();
    await end(counter);
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it.each(endings)('comes at once for a stream that is made after %s', async (_, end) => {
    using counter = new Counter();
    await end(counter);
    expect((await counter.stream().next()).done).toBe(true);
  });

  it.each([
    ['break', (stream: VideoStream) => read(stream, 1)],
    ['return()', (stream: VideoStream) => stream.return()],
    ['close()', (stream: VideoStream) => stream.close()],
    ['disposal', (stream: VideoStream) => stream[Symbol.asyncDispose]()],
  ])('comes by %s, and leaves the other streams on the track alone', async (_, leave) => {
    using counter = new Counter();
    const [left, other] = [counter.stream(), counter.stream()];
    counter.run();
    await leave(left);
    expect(left.ended).toBe(true);
    expect((await left.next()).done).toBe(true);
    expect(await read(other, 3)).toHaveLength(3);
  });

  it('comes by an error in the loop, which the loop throws', async () => {
    using counter = new Counter();
    const stream = counter.stream();
    counter.run();
    const loop = async (): Promise<void> => {
      for await (using frame of stream) throw new Error(`at ${frame.format}`);
    };
    await expect(loop()).rejects.toThrow('at I420');
    expect(stream.ended).toBe(true);
  });

  it('drops what is queued, counted', async () => {
    using counter = new Counter();
    const stream = counter.stream({ capacity: 5 });
    for (let i = 0; i < 3; i++) {
      counter.capture();
      await received(stream, i + 1);
    }
    await stream.close();
    await stream.close();
    expect(stream.stats.dropped.closed).toBe(3);
  });

  it('leaves frames alone that were read before', async () => {
    using counter = new Counter();
    const stream = counter.stream();
    counter.run();
    const { value } = await stream.next();
    await stream.close();
    counter[Symbol.dispose]();
    await whenIdle();
    expect(value!.data).toHaveLength(value!.byteLength);
    value!.close();
  });

  it("comes by a signal, with the signal's reason", async () => {
    using counter = new Counter();
    const controller = new AbortController();
    const stream = counter.stream({ signal: controller.signal });
    counter.run();
    const loop = async (): Promise<void> => {
      for await (using frame of stream) controller.abort(new Error(`enough ${frame.format}`));
    };
    await expect(loop()).rejects.toThrow('enough I420');
    expect((await stream.next()).done).toBe(true);
  });

  it('comes by a signal while the reader waits, or that was aborted before', async () => {
    using counter = new Counter();
    const controller = new AbortController();
    const { signal } = controller;
    const next = counter.stream({ signal }).next();
    controller.abort('enough');
    await expect(next).rejects.toBe('enough');
    const late = counter.stream({ signal });
    expect(late.ended).toBe(true);
    await expect(late.next()).rejects.toBe('enough');
  });

  it('is not needed for a track of the other kind, which is refused', () => {
    using counter = new Counter();
    using source = new AudioSource({ sampleRate: 48_000, channels: 1 });
    const audio = LocalAudioTrack.create('voice', source);
    expect(() => new VideoStream(audio)).toThrow(
      new RangeError("track must be a video track, got one of 'audio'."),
    );
    expect(() => new AudioStream(counter.track)).toThrow(
      new RangeError("track must be an audio track, got one of 'video'."),
    );
  });
});

describe('a track that cannot be read', () => {
  it.each([
    ['video', (track: TrackHandle) => new VideoStream(track)],
    ['audio', (track: TrackHandle) => new AudioStream(track)],
  ] as const)('is an error at once for a stream of %s', async (kind, open) => {
    expect(() => open(new BrokenTrack(kind))).toThrow(FramewireError);
    // Nothing is left that keeps the process alive.
    await whenIdle();
  });
});

describe('the native side', () => {
  it('is started again for a stream after it was shut down', async () => {
    for (let round = 0; round < 3; round++) {
      using counter = new Counter();
      counter.run();
      expect(await read(counter.stream(), 2)).toHaveLength(2);
      await whenIdle();
    }
  });

  it('serves a stream that is made while it shuts down', async () => {
    using counter = new Counter();
    counter.run();
    await read(counter.stream(), 1);
    const stopping = whenIdle();
    for (let turn = 0; turn < 3; turn++) {
      const stream = counter.stream();
      expect(await read(stream, 1)).toHaveLength(1);
    }
    await stopping;
  });
});
