import {
  AudioFrame,
  AudioSource,
  AVSynchronizer,
  type AVSynchronizerOptions,
  type CaptureFrameOptions,
  VideoFrame,
  VideoSource,
} from 'framewire';
import { whenIdle } from 'framewire/testing';

const SIZE = { width: 32, height: 16 } as const;
/** So far ahead that no test waits for it. */
const NEVER_US = 3_60_000_000;

/** Takes note of what it's given. */
class Camera extends VideoSource {
  /** The first byte of each frame. */
  readonly shown: number[] = [];
  readonly captureTimesUs: number[] = [];
  failure: Error | undefined;

  override captureFrame(frame: VideoFrame, options?: CaptureFrameOptions): void {
    if (this.failure) throw this.failure;
    this.shown.push(frame.data[0] ?? -1);
    const { captureTimeUs } = { ...frame.metadata, ...options?.metadata };
    if (captureTimeUs !== undefined) this.captureTimesUs.push(captureTimeUs);
    super.captureFrame(frame, options);
  }
}

/** Takes note of what it's given, and plays it. */
class Voice extends AudioSource {
  /** The first sample and the length of each frame. */
  readonly played: (readonly [sample: number, ms: number])[] = [];

  override captureFrame(frame: AudioFrame): Promise<void> {
    this.played.push([frame.data[0] ?? -1, frame.durationMs]);
    return super.captureFrame(frame);
  }
}

interface Stage {
  readonly camera: Camera;
  readonly voice: Voice;
  readonly sync: AVSynchronizer;
}

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(() => whenIdle());

function stage(options: Partial<AVSynchronizerOptions> = {}): Stage {
  const camera = new Camera(SIZE);
  const voice = new Voice({ sampleRate: 48_000, channels: 1, queueMs: 5000 });
  // However busy the machine is: nothing is late but what a test makes so.
  const sync = new AVSynchronizer({
    audioSource: voice,
    videoSource: camera,
    videoQueueMs: 1,
    maxLateMs: 60_000,
    ...options,
  });
  ends.push(() => {
    sync.close();
    camera.close();
    voice.close();
  });
  return { camera, voice, sync };
}

function picture(value: number, timestampUs = 0): VideoFrame {
  const frame = VideoFrame.create({ ...SIZE, format: 'RGBA', timestampUs });
  frame.data.fill(value);
  return frame;
}

function sound(ms: number, value = 1, timestampUs = 0): AudioFrame {
  const data = new Int16Array(48 * ms).fill(value);
  return new AudioFrame(data, { sampleRate: 48_000, channels: 1, timestampUs });
}

/** The times between a series of times, in milliseconds. */
function gapsMs(timesUs: readonly number[]): number[] {
  return timesUs.slice(1).map((timeUs, i) => (timeUs - (timesUs[i] ?? 0)) / 1000);
}

describe('AVSynchronizer', () => {
  it('captures video when the audio of its time is played', async () => {
    const { camera, sync } = stage();
    await sync.push(sound(300), { timestampUs: 1_000_000 });
    for (const [i, timestampUs] of [1_000_000, 1_050_000, 1_200_000].entries()) {
      await sync.push(picture(i), { timestampUs });
    }
    await sync.waitForPlayout();
    expect(camera.shown).toEqual([0, 1, 2]);
    const [first = 0, second = 0] = gapsMs(camera.captureTimesUs);
    // The time of day is read between two readings of another clock.
    expect(Math.abs(first - 50)).toBeLessThan(5);
    expect(Math.abs(second - 150)).toBeLessThan(5);
    expect(sync.lastVideoTimeUs).toBe(1_200_000);
    expect(sync.lastAudioTimeUs).toBe(1_300_000);
    expect(sync.stats).toMatchObject({ captured: 3, queuedFrames: 0, queuedAudioMs: 0 });
  });

  it("takes the frames' own time stamps where none are given", async () => {
    const { camera, sync } = stage();
    await sync.push(sound(100, 1, 7_000_000));
    await sync.push(picture(1, 7_000_000));
    await sync.push(picture(2, 7_080_000));
    await sync.waitForPlayout();
    expect(Math.abs(gapsMs(camera.captureTimesUs)[0]! - 80)).toBeLessThan(5);
    expect(sync.lastVideoTimeUs).toBe(7_080_000);
  });

  it('counts frames without time stamps: audio by its samples, video by its rate', async () => {
    const { camera, sync } = stage({ fps: 20 });
    for (let i = 0; i < 4; i++) {
      await sync.push(picture(i));
      await sync.push(sound(50));
    }
    await sync.waitForPlayout();
    expect(camera.shown).toEqual([0, 1, 2, 3]);
    expect(sync.lastVideoTimeUs).toBe(150_000);
    expect(sync.lastAudioTimeUs).toBe(200_000);
    expect(sync.actualFps).toBeGreaterThan(0);
  });

  it('drops and counts video that comes too late', async () => {
    const { camera, sync } = stage({ maxLateMs: 100 });
    await sync.push(sound(4000), { timestampUs: 10_000_000 });
    const late = picture(1);
    await sync.push(late, { timestampUs: 5_000_000 });
    expect(late.closed).toBe(true);
    expect(camera.shown).toEqual([]);
    expect(sync.stats.dropped).toEqual({ late: 1, cleared: 0 });
  });

  it('takes video that may be later than clocks can tell', async () => {
    const { camera, sync } = stage({ maxLateMs: Infinity });
    await sync.push(sound(4000), { timestampUs: 2 ** 52 });
    await sync.push(picture(1), { timestampUs: 1 });
    expect(camera.captureTimesUs).toEqual([0]);
    expect(sync.closed).toBe(false);
  });

  it('takes the newest of several frames that are due', async () => {
    const { camera, sync } = stage({ videoQueueMs: 1000 });
    // Nothing is due before there is audio at its time.
    await sync.push(picture(0), { timestampUs: 1_000_000 });
    for (let i = 1; i < 4; i++) {
      await sync.push(picture(i), { timestampUs: NEVER_US + i });
    }
    await sync.push(sound(100), { timestampUs: NEVER_US + 10 });
    expect(camera.shown).toEqual([0, 3]);
    expect(sync.stats.dropped.late).toBe(2);
  });

  it('goes on with video alone where audio has paused, whatever its time stamps', async () => {
    const { camera, sync } = stage({ maxLateMs: 0 });
    await sync.push(picture(1), { timestampUs: 8_000_000 });
    await sync.push(picture(2), { timestampUs: 2_000_000 });
    expect(camera.shown).toEqual([1, 2]);
  });

  it('plays audio at its time, after silence', async () => {
    const { voice, sync } = stage();
    await sync.push(sound(2000, 5), { timestampUs: 1_000_000 });
    await sync.push(sound(100, 6), { timestampUs: 3_200_000 });
    const [first, silence, second] = voice.played;
    expect(first).toEqual([5, 2000]);
    expect(silence![0]).toBe(0);
    expect(silence![1]).toBeGreaterThan(150);
    expect(silence![1]).toBeLessThanOrEqual(200.1);
    expect(second).toEqual([6, 100]);
  });

  it('begins anew where the time stamps of the audio jump', async () => {
    const { voice, camera, sync } = stage();
    await sync.push(sound(20, 5), { timestampUs: 1_000_000 });
    await sync.push(sound(20, 6), { timestampUs: NEVER_US });
    await sync.push(picture(1), { timestampUs: NEVER_US });
    await sync.waitForPlayout();
    expect(voice.played).toHaveLength(2);
    expect(camera.shown).toEqual([1]);
  });

  it('lets video wait for room in its queue', async () => {
    const { sync } = stage({ fps: 30, videoQueueMs: 100 });
    await sync.push(picture(0), { timestampUs: 1 });
    for (let i = 0; i < 3; i++) await sync.push(picture(i), { timestampUs: NEVER_US + i });
    const fourth = picture(4);
    let room = false;
    const pushed = sync.push(fourth, { timestampUs: NEVER_US + 4 }).then(() => (room = true));
    await sync.push(sound(10), { timestampUs: 2 });
    expect(room).toBe(false);
    expect(sync.stats.queuedFrames).toBe(3);
    // Audio of their time makes them due.
    await sync.push(sound(10), { timestampUs: NEVER_US });
    await pushed;
    await sync.waitForPlayout();
    expect(fourth.closed).toBe(true);
    expect(sync.lastVideoTimeUs).toBe(NEVER_US + 4);
  });

  it('clears both queues, and begins anew with the next frame', async () => {
    const { camera, sync } = stage();
    const frames = [picture(1), picture(2)];
    await sync.push(sound(1000), { timestampUs: 1 });
    await sync.push(frames[0]!, { timestampUs: NEVER_US });
    const waiting = sync.push(frames[1]!, { timestampUs: NEVER_US });
    sync.clearQueue();
    await waiting;
    expect(frames.map((frame) => frame.closed)).toEqual([true, true]);
    expect(sync.stats).toMatchObject({ dropped: { cleared: 2 }, queuedAudioMs: 0 });
    await sync.waitForPlayout();
    await sync.push(picture(3), { timestampUs: NEVER_US });
    expect(camera.shown).toEqual([3]);
  });

  it('forgets its times when it is reset', async () => {
    const { sync } = stage();
    await sync.push(sound(10), { timestampUs: 1_000_000 });
    await sync.push(picture(1), { timestampUs: 1_000_000 });
    sync.reset();
    expect(sync.lastAudioTimeUs).toBeUndefined();
    expect(sync.lastVideoTimeUs).toBeUndefined();
    expect(sync.actualFps).toBe(0);
    await sync.push(picture(2), { timestampUs: 5 });
    expect(sync.lastVideoTimeUs).toBe(5);
  });

  it('gives the reason of a signal that aborts, and drops what waited', async () => {
    const { sync } = stage();
    await sync.push(picture(0), { timestampUs: 1 });
    await sync.push(picture(1), { timestampUs: NEVER_US });
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = picture(2);
    const pushed = sync.push(waiting, { timestampUs: NEVER_US, signal: controller.signal });
    const playout = sync.waitForPlayout({ signal: controller.signal });
    controller.abort(reason);
    await expect(pushed).rejects.toBe(reason);
    await expect(playout).rejects.toBe(reason);
    expect(waiting.closed).toBe(true);
    await expect(sync.push(picture(3), { signal: controller.signal })).rejects.toBe(reason);
    expect(sync.closed).toBe(false);
  });

  it('closes what it holds when it is closed, and rejects what waits', async () => {
    const { camera, voice, sync } = stage();
    const frames = [picture(1), picture(2), picture(3)];
    await sync.push(picture(0), { timestampUs: 1 });
    await sync.push(frames[0]!, { timestampUs: NEVER_US });
    const pushed = sync.push(frames[1]!, { timestampUs: NEVER_US });
    const playout = sync.waitForPlayout();
    sync.close();
    sync.close();
    await expect(pushed).rejects.toMatchObject({ code: 'closed' });
    await expect(playout).rejects.toMatchObject({ code: 'closed' });
    await expect(sync.push(frames[2]!)).rejects.toMatchObject({ code: 'closed' });
    expect(() => sync.clearQueue()).toThrow('closed');
    expect(frames.map((frame) => frame.closed)).toEqual([true, true, false]);
    expect([camera.closed, voice.closed, sync.closed]).toEqual([false, false, true]);
  });

  it('lets nobody wait for audio that is still to be played when it is closed', async () => {
    const { voice, sync } = stage();
    // More than the source queues, and longer than any test may take.
    const pushed = sync.push(sound(60_000));
    const playout = sync.waitForPlayout();
    sync.close();
    await expect(pushed).rejects.toMatchObject({ code: 'closed' });
    await expect(playout).rejects.toMatchObject({ code: 'closed' });
    expect(voice.queuedMs).toBeGreaterThan(5000);
  });

  it('is closed by its signal', async () => {
    const controller = new AbortController();
    const { sync } = stage({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    expect(sync.closed).toBe(true);
    await expect(sync.push(sound(10))).rejects.toBe(reason);
  });

  it('sleeps until a picture of another clock is due, however long that is', async () => {
    const { sync } = stage();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await sync.push(sound(10), { timestampUs: 1 });
    // Of the clock on the wall, where the sound began near 0.
    await sync.push(picture(1), { timestampUs: 1_700_000_000_000_000 });
    const delays = timers.mock.calls.map(([, delayMs = 0]) => delayMs);
    timers.mockRestore();
    expect(Math.max(...delays)).toBe(2 ** 31 - 1);
  });

  it('drops a frame that was closed while it waited, and goes on', async () => {
    const { camera, sync } = stage({ videoQueueMs: 1000 });
    const closed = picture(2, 30_000);
    await sync.push(picture(1, 1));
    await sync.push(closed);
    await sync.push(picture(3, 60_000));
    closed.close();
    await sync.waitForPlayout();
    expect(camera.shown).toEqual([1, 3]);
    expect(sync.stats.dropped).toEqual({ late: 0, cleared: 1 });
  });

  it('tells of a capture that failed at the next call', async () => {
    const { camera, sync } = stage();
    camera.failure = new Error('no camera');
    await sync.push(picture(1));
    await expect(sync.push(picture(2))).rejects.toBe(camera.failure);
    await expect(sync.waitForPlayout()).rejects.toBe(camera.failure);
  });

  it('refuses what does not fit, and leaves it to the caller', async () => {
    const { camera, voice, sync } = stage();
    const wrong = (value: unknown): never => value as never;
    const large = VideoFrame.create({ width: 64, height: 64, format: 'I420' });
    const stereo = AudioFrame.create({ sampleRate: 48_000, channels: 2, samplesPerChannel: 480 });
    const good = picture(1);
    const closed = picture(2);
    closed.close();
    await expect(sync.push(large)).rejects.toThrow('frame must be 32x16 as its source, got 64x64.');
    await expect(sync.push(stereo)).rejects.toThrow(RangeError);
    await expect(sync.push(closed)).rejects.toMatchObject({ code: 'closed' });
    await expect(sync.push(wrong({}))).rejects.toThrow(TypeError);
    await expect(sync.push(good, wrong(5))).rejects.toThrow(TypeError);
    await expect(sync.push(good, wrong(null))).rejects.toThrow(TypeError);
    await expect(sync.push(good, { timestampUs: 0.5 })).rejects.toThrow(RangeError);
    await expect(sync.push(good, { timestampUs: -1 })).rejects.toThrow(RangeError);
    await expect(sync.push(good, { signal: wrong({}) })).rejects.toThrow(TypeError);
    await expect(sync.waitForPlayout({ signal: wrong(1) })).rejects.toThrow(TypeError);
    expect([large.closed, stereo.closed, good.closed]).toEqual([false, false, false]);
    expect(camera.shown).toEqual([]);
    expect(voice.played).toEqual([]);
    expect(() => new AVSynchronizer(wrong(undefined))).toThrow(TypeError);
    expect(() => stage({ audioSource: wrong(camera) })).toThrow(TypeError);
    expect(() => stage({ videoSource: wrong(voice) })).toThrow(TypeError);
    expect(() => stage({ fps: 0 })).toThrow(RangeError);
    expect(() => stage({ fps: 1001 })).toThrow(RangeError);
    expect(() => stage({ videoQueueMs: 0 })).toThrow(RangeError);
    expect(() => stage({ maxLateMs: -1 })).toThrow(RangeError);
  });
});
