import {
  configureLog,
  FramewireError,
  type LocalAudioTrack,
  type LocalTrackPublication,
  type LocalVideoTrack,
  type PublishOptions,
  type Room,
  type VideoFrame,
  VideoStream,
  type VideoStreamStats,
} from 'framewire';
import { solidFrame } from 'framewire/testing';
import { VideoFeed } from '../../src/capture/track-feed.js';
import type { CaptureStream } from '../../src/capture/capture-stream.js';
import { PublishedCapture } from '../../src/capture/published-capture.js';

/** As much of a room as a capture knows: it publishes at once, unless told otherwise. */
class FakeRoom {
  connected = true;
  leaving = false;
  publish: (options: PublishOptions) => Promise<void> = () => Promise.resolve();
  published: LocalTrackPublication | undefined;
  readonly #listeners = new Map<string, Set<(...args: unknown[]) => void>>();

  readonly localParticipant = {
    publishTrack: async (track: LocalVideoTrack | LocalAudioTrack, options: PublishOptions) => {
      await this.publish(options);
      this.published = { track, sid: 'TR_1' } as unknown as LocalTrackPublication;
      return this.published;
    },
  };

  on(event: string, listener: (...args: unknown[]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...args);
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  get asRoom(): Room {
    return this as unknown as Room;
  }
}

/** A camera that gives the frames that it's told to. */
class FakeCamera implements CaptureStream<'video'> {
  readonly stats = { received: 7 } as VideoStreamStats;
  closes = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #items: (VideoFrame | 'end' | Error)[] = [];

  give(...items: (VideoFrame | 'end' | Error)[]): this {
    this.#items.push(...items);
    for (const wake of this.#waiting.splice(0)) wake();
    return this;
  }

  close(): Promise<void> {
    this.closes += 1;
    this.give('end');
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<VideoFrame, undefined> {
    for (;;) {
      while (this.#items.length === 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      const item = this.#items.shift();
      if (item instanceof Error) throw item;
      if (item === 'end' || item === undefined) return undefined;
      yield item;
    }
  }
}

function red(width = 64, height = 48, timestampUs = 0): VideoFrame {
  return solidFrame([255, 0, 0], { width, height, format: 'I420', timestampUs });
}

function publish(
  room: FakeRoom,
  camera: FakeCamera,
  options: { readonly signal?: AbortSignal; readonly publish?: PublishOptions } = {},
): Promise<PublishedCapture<'video'>> {
  return PublishedCapture.publish(room.asRoom, {
    open: () => new VideoFeed(camera),
    name: 'camera',
    publish: options.publish ?? {},
    signal: options.signal,
  });
}

const warnings: unknown[] = [];

beforeEach(() => {
  warnings.length = 0;
  configureLog({ sink: (_level, _message, fields) => warnings.push(fields) });
});

describe('a device that is published', () => {
  it('gives its frames to a track of the size of the first', async () => {
    const room = new FakeRoom();
    const camera = new FakeCamera().give(red(96, 64));
    await using capture = await publish(room, camera);
    await using stream = new VideoStream(capture.track);
    expect(capture.track.source).toMatchObject({ width: 96, height: 64, screencast: false });
    expect(capture.publication).toBe(room.published);
    expect(capture.stats).toBe(camera.stats);
    camera.give(red(96, 64, 40_000));
    const { value } = await stream.next();
    expect([value?.width, value?.height]).toEqual([96, 64]);
    value?.close();
  });

  it('follows a size that changes, and time stamps that stand still', async () => {
    const camera = new FakeCamera().give(red());
    await using capture = await publish(new FakeRoom(), camera);
    await using stream = new VideoStream(capture.track, { capacity: 8 });
    const sizes: string[] = [];
    camera.give(red(64, 48), red(128, 96), red(128, 96));
    while (!sizes.includes('128x96')) {
      const { value } = await stream.next();
      sizes.push(`${value?.width}x${value?.height}`);
      value?.close();
    }
    expect(sizes.at(-1)).toBe('128x96');
  });

  it('passes on how it is to be published', async () => {
    const room = new FakeRoom();
    const given: PublishOptions[] = [];
    room.publish = (options) => {
      given.push(options);
      return Promise.resolve();
    };
    const publishing = { codec: 'vp9', maxBitrateBps: 500_000 } as const;
    await using capture = await publish(room, new FakeCamera().give(red()), {
      publish: publishing,
    });
    expect(given).toEqual([{ ...publishing, signal: expect.any(AbortSignal) as AbortSignal }]);
    expect(capture.track.name).toBe('camera');
  });

  it('is freed by close(), however often that is called', async () => {
    const room = new FakeRoom();
    const camera = new FakeCamera().give(red());
    const capture = await publish(room, camera);
    const closing = capture.close();
    await Promise.all([closing, capture.close(), capture[Symbol.asyncDispose]()]);
    expect(await capture.closed).toEqual({ reason: 'closed' });
    expect(camera.closes).toBe(1);
    expect(capture.track.ended).toBe(true);
    expect(capture.track.source.closed).toBe(true);
    expect(room.listeners).toBe(0);
  });

  it('ends with its last frame', async () => {
    const camera = new FakeCamera().give(red());
    const capture = await publish(new FakeRoom(), camera);
    camera.give(red(64, 48, 40_000), 'end');
    expect(await capture.closed).toEqual({ reason: 'ended' });
    expect(capture.track.source.framesCaptured).toBe(2);
    expect(capture.track.ended).toBe(true);
    expect(camera.closes).toBe(1);
  });

  it('ends with the error of a device that is lost, and says so', async () => {
    const camera = new FakeCamera().give(red());
    const capture = await publish(new FakeRoom(), camera);
    const lost = new Error('unplugged');
    camera.give(lost);
    expect(await capture.closed).toEqual({ reason: 'failed', error: lost });
    expect(warnings).toEqual([{ error: lost }]);
    expect(capture.track.source.closed).toBe(true);
    await capture.close();
  });

  it('ends with an error when a frame cannot be sent', async () => {
    const camera = new FakeCamera().give(red());
    const capture = await publish(new FakeRoom(), camera);
    const small = red(64, 8, 40_000);
    camera.give(small);
    const { reason, error } = await capture.closed;
    expect(reason).toBe('failed');
    expect(error).toBeInstanceOf(RangeError);
    expect(small.closed).toBe(true);
  });

  it('ends when the room is left', async () => {
    const room = new FakeRoom();
    const camera = new FakeCamera().give(red());
    const capture = await publish(room, camera);
    room.connected = false;
    room.emit('disconnected');
    expect(await capture.closed).toEqual({ reason: 'disconnected' });
    expect(camera.closes).toBe(1);
    expect(room.listeners).toBe(0);
  });

  it('ends when the room is being left, which unpublishes the track before', async () => {
    const room = new FakeRoom();
    const capture = await publish(room, new FakeCamera().give(red()));
    room.leaving = true;
    room.emit('localTrackUnpublished', capture.publication);
    expect(await capture.closed).toEqual({ reason: 'disconnected' });
  });

  it.each(['unpublished', 'closed'])('ends when its track is %s', async (how) => {
    const room = new FakeRoom();
    const camera = new FakeCamera().give(red());
    const capture = await publish(room, camera);
    room.emit('localTrackUnpublished', {});
    if (how === 'unpublished') room.emit('localTrackUnpublished', capture.publication);
    else await capture.track.close();
    expect(await capture.closed).toEqual({ reason: 'unpublished' });
    expect(camera.closes).toBe(1);
  });

  it("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const camera = new FakeCamera().give(red());
    const capture = await publish(new FakeRoom(), camera, { signal: controller.signal });
    controller.abort('enough');
    expect(await capture.closed).toEqual({ reason: 'aborted', error: 'enough' });
    expect(camera.closes).toBe(1);
  });
});

describe('a device that cannot be published', () => {
  it('is not opened without a room', async () => {
    const room = new FakeRoom();
    room.connected = false;
    const open = jest.fn<VideoFeed, []>();
    const options = { open, name: 'camera', publish: {}, signal: undefined };
    await expect(PublishedCapture.publish(room.asRoom, options)).rejects.toMatchObject({
      code: 'disconnected',
    });
    expect(open).not.toHaveBeenCalled();
  });

  it('is freed when publishing fails', async () => {
    const room = new FakeRoom();
    const refusal = new FramewireError('forbidden', 'no');
    room.publish = () => Promise.reject(refusal);
    const frame = red();
    const camera = new FakeCamera().give(frame);
    await expect(publish(room, camera)).rejects.toBe(refusal);
    expect(camera.closes).toBe(1);
    expect(frame.closed).toBe(true);
    expect(room.listeners).toBe(0);
  });

  it('is freed when it gives no frame at all', async () => {
    const room = new FakeRoom();
    const camera = new FakeCamera().give('end');
    await expect(publish(room, camera)).rejects.toMatchObject({ code: 'incomplete' });
    expect(camera.closes).toBe(1);
    expect(room.listeners).toBe(0);
  });

  it('is freed when the room is left before its first frame', async () => {
    const room = new FakeRoom();
    const camera = new FakeCamera();
    const publishing = publish(room, camera);
    room.connected = false;
    setImmediate(() => {
      room.emit('disconnected');
    });
    await expect(publishing).rejects.toMatchObject({ code: 'disconnected' });
    expect(camera.closes).toBe(1);
  });

  it('is freed when the signal aborts before its first frame, or did before', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const camera = new FakeCamera();
    const publishing = publish(new FakeRoom(), camera, { signal });
    setImmediate(() => {
      controller.abort('enough');
    });
    await expect(publishing).rejects.toBe('enough');
    expect(camera.closes).toBe(1);
    await expect(publish(new FakeRoom(), camera, { signal })).rejects.toBe('enough');
    expect(camera.closes).toBe(1);
  });
});
