import { AudioFrame, VideoFrame } from 'framewire';
import { CapturedAudioStream } from '../../src/capture/captured-audio-stream.js';
import type { CaptureSink, CapturedStreamSettings } from '../../src/capture/captured-stream.js';
import {
  CapturedVideoStream,
  type CapturedVideoSettings,
  resolveCapturedVideoOptions,
} from '../../src/capture/captured-video-stream.js';

const SHAPE = { width: 2, height: 2, format: 'RGBA', fps: 30 } as const;

const LIVE: CapturedStreamSettings = {
  capacity: 1,
  overflow: 'drop-oldest',
  maxAgeMs: undefined,
  signal: undefined,
};

interface Fed<Stream, Frame> {
  readonly stream: Stream;
  readonly sink: CaptureSink<Frame>;
  /** How often it was told to stop. */
  readonly stops: () => number;
}

function video(
  settings: Partial<CapturedVideoSettings> = {},
  stop: () => void | Promise<void> = () => undefined,
): Fed<CapturedVideoStream, VideoFrame> {
  let sink!: CaptureSink<VideoFrame>;
  let stops = 0;
  const stream = CapturedVideoStream.open(
    (given) => {
      sink = given;
      return () => {
        stops += 1;
        return stop();
      };
    },
    { ...LIVE, ...SHAPE, ...settings },
  );
  return { stream, sink, stops: () => stops };
}

function frame(timestampUs: number, format: 'RGBA' | 'I420' = 'RGBA'): VideoFrame {
  return VideoFrame.create({ width: 2, height: 2, format, timestampUs });
}

describe('a captured video stream', () => {
  it('gives the newest frame and counts the others', async () => {
    const { stream, sink } = video();
    const frames = [1, 2, 3].map((n) => frame(n));
    for (const one of frames) sink.push(one);
    const { value } = await stream.next();
    expect(value).toBe(frames[2]);
    expect(frames.map(({ closed }) => closed)).toEqual([true, true, false]);
    expect(stream.stats).toMatchObject({
      received: 3,
      delivered: 1,
      dropped: { full: 2 },
      width: 2,
    });
    value?.close();
    await stream.close();
  });

  it('has a source that can wait do so until there is room', async () => {
    const { stream, sink } = video({ overflow: 'wait', capacity: 2 });
    const order: string[] = [];
    sink.push(frame(1));
    await sink.ready();
    sink.push(frame(2));
    const room = sink.ready().then(() => order.push('room'));
    await new Promise(setImmediate);
    order.push('read');
    (await stream.next()).value?.close();
    await room;
    expect(order).toEqual(['read', 'room']);
    expect(stream.stats.dropped.full).toBe(0);
    sink.push(frame(3));
    const end = sink.ready();
    await stream.close();
    await end;
    expect(stream.stats.dropped.closed).toBe(2);
  });

  it('has no source wait that is live', async () => {
    const { stream, sink } = video();
    sink.push(frame(1));
    await expect(sink.ready()).resolves.toBeUndefined();
    await stream.close();
  });

  it('ends after what is queued, and fails after it', async () => {
    const ended = video();
    ended.sink.push(frame(1));
    ended.sink.end();
    expect((await ended.stream.next()).done).toBe(false);
    expect((await ended.stream.next()).done).toBe(true);
    const failed = video();
    failed.sink.push(frame(1));
    failed.sink.fail(new Error('gone'));
    expect((await failed.stream.next()).done).toBe(false);
    await expect(failed.stream.next()).rejects.toThrow('gone');
    expect((await failed.stream.next()).done).toBe(true);
    expect(failed.stream.ended).toBe(true);
  });

  it('is closed when its source has freed everything', async () => {
    let free!: () => void;
    const freed = new Promise<void>((resolve) => (free = resolve));
    const { stream, sink, stops } = video({}, () => freed);
    const order: string[] = [];
    const closed = Promise.all([stream.close(), stream.close()]).then(() => order.push('closed'));
    await new Promise(setImmediate);
    order.push('freed');
    free();
    await closed;
    expect(order).toEqual(['freed', 'closed']);
    expect(stops()).toBe(1);
    const late = frame(1);
    sink.push(late);
    expect(late.closed).toBe(true);
  });

  it('stops its source when it is aborted, and when the loop is left', async () => {
    const controller = new AbortController();
    const aborted = video({ signal: controller.signal });
    const read = aborted.stream.next();
    controller.abort('enough');
    await expect(read).rejects.toBe('enough');
    expect(aborted.stops()).toBe(1);
    const left = video();
    left.sink.push(frame(1));
    for await (const one of left.stream) {
      one.close();
      break;
    }
    expect(left.stops()).toBe(1);
  });

  it('never feeds one that was aborted before', async () => {
    let fed = false;
    const stream = CapturedVideoStream.open(
      () => {
        fed = true;
        return () => undefined;
      },
      { ...LIVE, ...SHAPE, signal: AbortSignal.abort('before') },
    );
    await expect(stream.next()).rejects.toBe('before');
    expect(fed).toBe(false);
  });

  it('converts to its format what comes in another', async () => {
    const { stream, sink } = video();
    const other = frame(1, 'I420');
    sink.push(other);
    const { value } = await stream.next();
    expect(value?.format).toBe('RGBA');
    expect(other.closed).toBe(true);
    value?.close();
    await stream.close();
  });

  it('drops what is too old, what is too much a second, and counts what never came', async () => {
    const { stream, sink } = video({ maxAgeMs: 1000, thinTo: 10, capacity: 9 });
    for (const ms of [0, 33, 66, 100]) sink.push(frame(ms * 1000));
    sink.push(frame(200_000), 0);
    sink.missed('memory');
    sink.end();
    const times: number[] = [];
    for await (const one of stream) {
      times.push(one.timestampUs);
      one.close();
    }
    expect(times).toEqual([0, 100_000]);
    expect(stream.stats).toMatchObject({ received: 6, dropped: { rate: 2, late: 1, memory: 1 } });
  });

  it('refuses wrong options', () => {
    const wrong: [Parameters<typeof resolveCapturedVideoOptions>[0], unknown][] = [
      [{ format: 'rgba' as never }, RangeError],
      [{ capacity: 0 }, RangeError],
      [{ capacity: '1' as never }, TypeError],
      [{ overflow: 'wait' }, RangeError],
      [{ maxAgeMs: -1 }, RangeError],
      [{ signal: {} as never }, TypeError],
      [5 as never, TypeError],
    ];
    for (const [options, error] of wrong) {
      expect(() => resolveCapturedVideoOptions(options)).toThrow(error as never);
    }
    expect(resolveCapturedVideoOptions({})).toMatchObject({ format: 'I420', capacity: 1 });
  });
});

describe('a captured audio stream', () => {
  it('counts what the reader got and what it missed', async () => {
    let sink!: CaptureSink<AudioFrame>;
    const stream = CapturedAudioStream.open(
      (given) => {
        sink = given;
        return () => undefined;
      },
      { ...LIVE, capacity: 2, sampleRate: 48_000, channels: 1, frameMs: 10 },
    );
    const options = { sampleRate: 48_000, channels: 1, samplesPerChannel: 480 };
    const push = (n: number): void => {
      sink.push(AudioFrame.create({ ...options, timestampUs: n * 10_000 }));
    };
    push(0);
    await stream.next();
    for (const n of [1, 2, 3]) push(n);
    sink.end();
    const times: number[] = [];
    for await (const { timestampUs } of stream) times.push(timestampUs);
    expect(times).toEqual([20_000, 30_000]);
    expect(stream.stats).toMatchObject({
      received: 4,
      delivered: 3,
      dropped: { full: 1 },
      deliveredMs: 30,
      gaps: { count: 1, totalMs: 10 },
    });
  });
});
