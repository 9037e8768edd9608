import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureMemory, memoryUsage, PIXEL_FORMATS } from 'framewire';
import { openCamera, openScreen, READERS } from 'framewire/capture';
import { type Color, colorDistance, meanColor } from 'framewire/testing';
import { monotonicUs, wallClockUs } from '../../src/core/clock.js';
import {
  childProcesses,
  nextFrame,
  openDescriptors,
  openGraph,
  untilReceived,
} from '../support/cameras.js';
import { describeWith } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

const RED: Color = [200, 40, 40];
const SMALL = 'testsrc2=size=64x48:rate=30';

/** Rounding of the way through YUV, there and back. */
const ROUNDING = 6;

/** The ffmpeg that was started last. */
function lastChild(): number {
  const [child] = [...childProcesses()].sort((a, b) => b - a);
  if (child === undefined) throw new Error('There is no child process.');
  return child;
}

describeWith('ffmpeg', 'openCamera', () => {
  it('gives frames of the camera, from the first one on', async () => {
    await using camera = await openGraph(SMALL);
    expect(camera).toMatchObject({ width: 64, height: 48, format: 'I420', device: SMALL });
    const beforeUs = monotonicUs();
    let lastUs = 0;
    for (let i = 0; i < 5; i++) {
      using frame = await nextFrame(camera);
      expect(frame).toMatchObject({ width: 64, height: 48, format: 'I420' });
      expect(frame.timestampUs).toBeGreaterThan(lastUs);
      lastUs = frame.timestampUs;
      const aheadUs = wallClockUs() - monotonicUs();
      expect(Math.abs(frame.metadata.captureTimeUs! - aheadUs - lastUs)).toBeLessThan(20_000);
    }
    expect(lastUs).toBeGreaterThan(beforeUs);
    expect(lastUs).toBeLessThanOrEqual(monotonicUs());
    expect(camera.stats).toMatchObject({ delivered: 5, reopened: 0, width: 64 });
    expect(camera.stats.latencyMs).toBeDefined();
  });

  it.each(PIXEL_FORMATS)('gives true colours as %s, also of odd sizes', async (format) => {
    // Of another range than ours, as cameras with MJPEG.
    const full = 'format=rgb24,scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p';
    const graph = `color=0xC82828:size=64x48,${full}`;
    await using camera = await openGraph(graph, { format, width: 31, height: 17 });
    using frame = await nextFrame(camera);
    expect(frame).toMatchObject({ width: 31, height: 17, format });
    using rgba = frame.convert('RGBA');
    expect(colorDistance(meanColor(rgba), RED)).toBeLessThanOrEqual(ROUNDING);
  });

  it('covers the size asked for, and cuts in the middle', async () => {
    // Red between two bars of blue: what is higher than asked for is cut off above and below.
    const bars = 'drawbox=y=0:h=16:color=blue:t=fill,drawbox=y=48:h=16:color=blue:t=fill';
    const graph = `color=0xC82828:size=64x64,format=rgba,${bars}`;
    await using camera = await openGraph(graph, { format: 'RGBA', width: 64, height: 32 });
    using frame = await nextFrame(camera);
    expect(colorDistance(meanColor(frame), RED)).toBeLessThanOrEqual(ROUNDING);
  });

  it('thins a camera that is faster than asked for', async () => {
    await using camera = await openGraph('color=size=64x48:rate=60', { fps: 20, capacity: 100 });
    await untilReceived(camera, 30);
    const { received, dropped } = camera.stats;
    expect(dropped.rate).toBeGreaterThan(received / 2);
  });

  it.each(READERS)(
    'gives a reader that stalls the newest frame, and counts the others, read in %s',
    async (readIn) => {
      await using camera = await openGraph(SMALL, { readIn });
      using first = await nextFrame(camera);
      await untilReceived(camera, 12);
      using newest = await nextFrame(camera);
      expect(camera.stats.dropped.full).toBeGreaterThanOrEqual(10);
      expect(newest.timestampUs - first.timestampUs).toBeGreaterThan(8 * 33_000);
    },
  );

  it.each(READERS)(
    'gives the newest frame after a pause of the program, read in %s',
    async (readIn) => {
      await using camera = await openGraph(SMALL, { readIn });
      const sleep = new Int32Array(new SharedArrayBuffer(4));
      let fresh = 0;
      while (fresh < 2 || camera.stats.dropped.full < 2) {
        using frame = await nextFrame(camera);
        const beforeUs = monotonicUs();
        Atomics.wait(sleep, 0, 0, 200);
        using next = await nextFrame(camera);
        // Those from before and from the beginning of the pause were dropped.
        if (next.timestampUs > Math.max(frame.timestampUs, beforeUs)) fresh += 1;
      }
      expect(fresh).toBeGreaterThanOrEqual(2);
    },
  );

  it('drops and counts what there is no memory for', async () => {
    const { maxBytes } = memoryUsage();
    await using camera = await openGraph(SMALL, { capacity: Infinity });
    try {
      configureMemory({ maxBytes: memoryUsage().pooledBytes + 5 * 64 * 48 * 1.5 });
      await untilReceived(camera, 12);
      expect(camera.stats.dropped.memory).toBeGreaterThan(0);
    } finally {
      configureMemory({ maxBytes });
    }
    (await nextFrame(camera)).close();
  });
});

describeWith('ffmpeg', 'the end of a camera', () => {
  it.each(READERS)(
    'frees everything, 50 times in a row or at once, read in %s',
    async (readIn) => {
      const cycle = async (i: number): Promise<void> => {
        const controller = new AbortController();
        const camera = await openGraph(SMALL, { readIn, signal: controller.signal });
        if (i % 3 === 0) {
          for await (const frame of camera) {
            frame.close();
            break;
          }
        } else if (i % 3 === 1) {
          const read = camera.next();
          await camera.close();
          (await read).value?.close();
        } else {
          controller.abort('enough');
          await camera.next().catch(() => undefined);
          await camera.close();
        }
      };
      // Threads are heavier.
      const [rounds, together] = readIn === 'main' ? [10, 5] : [3, 3];
      await cycle(0);
      const before = {
        descriptors: openDescriptors(),
        children: childProcesses(),
        listeners: process.listenerCount('exit'),
      };
      for (let i = 0; i < rounds; i++) {
        await Promise.all(Array.from({ length: together }, (_, j) => cycle(i + j)));
      }
      expect(childProcesses()).toEqual(before.children);
      // A thread that has ended closes its last ones a moment later.
      while (openDescriptors() > before.descriptors) await new Promise(setImmediate);
      expect(process.listenerCount('exit')).toBe(before.listeners);
    },
    60_000,
  );

  it.each(READERS)('is an error when ffmpeg is killed, read in %s', async (readIn) => {
    await using camera = await openGraph(SMALL, { readIn });
    process.kill(lastChild(), 'SIGKILL');
    const reading = (async () => {
      for await (const frame of camera) frame.close();
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'device',
      message: expect.stringContaining('SIGKILL') as string,
    });
    expect(camera.ended).toBe(true);
  });

  it('is an error when ffmpeg ends by itself, as if all were well', async () => {
    await using camera = await openGraph(`${SMALL},trim=end_frame=3`, { capacity: 10 });
    const times: number[] = [];
    const reading = (async () => {
      for await (using frame of camera) times.push(frame.timestampUs);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'device' });
    expect(times).toHaveLength(3);
  });

  it.each(READERS)('is waited for, if it is to be opened again, read in %s', async (readIn) => {
    await using camera = await openGraph(SMALL, { reopen: true, readIn });
    const events: string[] = [];
    camera.on('deviceLost', (error) => events.push(`lost ${(error as { code?: string }).code}`));
    const back = new Promise<void>((resolve) => {
      camera.once('deviceReopened', () => {
        events.push('back');
        resolve();
      });
    });
    using before = await nextFrame(camera);
    process.kill(lastChild(), 'SIGKILL');
    await back;
    // What was queued before is the first.
    (await nextFrame(camera)).close();
    using after = await nextFrame(camera);
    expect(after.timestampUs).toBeGreaterThan(before.timestampUs);
    expect(events).toEqual(['lost device', 'back']);
    expect(camera.stats.reopened).toBe(1);
  });

  it('comes with an abort while it is opened', async () => {
    const before = childProcesses();
    const controller = new AbortController();
    const opening = openGraph(SMALL, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await expect(openGraph(SMALL, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    expect(childProcesses()).toEqual(before);
  });
});

describeWith('ffmpeg', 'a camera that can not be opened', () => {
  let bin: string;

  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'framewire-'));
  });

  afterAll(() => rm(bin, { recursive: true }));

  /** A program that says that it's ffmpeg, and does something else. */
  async function fake(body: string): Promise<string> {
    const path = join(bin, `ffmpeg-${Math.random().toString(36).slice(2)}`);
    const version = '[ "$1" = -version ] && echo "ffmpeg version 5.1" && exit';
    await writeFile(path, `#!/bin/sh\n${version}\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  }

  it.each([
    ['/dev/there-is-none'],
    [`/dev/vi"d'e;o`],
    ['/dev/video0; touch /tmp/framewire-was-here'],
    ['/dev/$(id) `id` && id | id > id'],
    ['/dev/two\nlines'],
  ])('is an error of the device: %j', async (device) => {
    await expect(openCamera({ device })).rejects.toMatchObject({
      name: 'FramewireError',
      code: 'device',
    });
  });

  it.each([
    ['', RangeError],
    ['a\0b', RangeError],
    ['-version', RangeError],
    ['file:/etc/passwd', RangeError],
    [5, TypeError],
  ])('is refused by its name: %j', async (device, error) => {
    await expect(openCamera({ device: device as string })).rejects.toThrow(error);
  });

  it.each([
    [{ width: 64 }, TypeError],
    [{ width: 0, height: 4 }, RangeError],
    [{ fps: -1 }, RangeError],
    [{ fps: 1e9 }, RangeError],
    [{ stallMs: 5 }, RangeError],
    [{ readIn: 'thread' }, RangeError],
    [{ reopen: 1 }, TypeError],
    [{ backend: 'v4l2' }, RangeError],
    [{ backend: 'lavfi' }, TypeError],
    [{ inputFormat: 7 }, TypeError],
    [{ overflow: 'wait' }, RangeError],
    [{ ffmpegPath: '' }, RangeError],
  ])('is refused with wrong options: %j', async (options, error) => {
    await expect(openCamera(options as never)).rejects.toThrow(error);
  });

  it('says that ffmpeg is missing, or too old', async () => {
    await expect(openGraph(SMALL, { ffmpegPath: join(bin, 'none') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nstall') as string,
    });
    const old = join(bin, 'old');
    await writeFile(old, '#!/bin/sh\necho "ffmpeg version 4.4.2-0ubuntu0.22.04.1"\n');
    await chmod(old, 0o755);
    await expect(openGraph(SMALL, { ffmpegPath: old })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  const SIZE =
    "echo '[info] Output #0, rawvideo'; echo '[info]   Stream #0:0: Video: rawvideo, rgba, 64x48, 30 fps'";
  it.each([
    ['writes garbage for ever', 'cat /dev/urandom'],
    ['writes garbage and ends as if all were well', 'head -c 1000000 /dev/urandom'],
    ['writes pictures without times', `{ ${SIZE}; } >&2; cat /dev/zero`],
    ['writes times without pictures', `{ ${SIZE}; } >&2; exec yes 'frame:0 pts:5 ' >&3`],
    ['writes nothing and ends', 'exit 0'],
    ['fails at once', 'exit 1'],
    ['talks and ends', 'head -c 300000 /dev/urandom >&2'],
  ])('is an error where ffmpeg %s', async (_, body) => {
    const before = childProcesses();
    const ffmpegPath = await fake(body);
    const fails = READERS.map((readIn) =>
      expect(openGraph(SMALL, { ffmpegPath, readIn })).rejects.toMatchObject({ code: 'device' }),
    );
    await Promise.all(fails);
    expect(childProcesses()).toEqual(before);
  });
});

describeWith(['ffmpeg', 'xvfb'], 'openScreen', () => {
  it('ends with an error when the screen is gone', async () => {
    await using screen = await VirtualScreen.start();
    await using stream = await openScreen({ device: screen.display, format: 'RGBA' });
    (await nextFrame(stream)).close();
    await screen.kill();
    const reading = (async () => {
      for await (const frame of stream) frame.close();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'device' });
  });
});
