import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalVideoTrack, VideoFrame, VideoSource, VideoStream } from 'framewire';
import { type ImageRecording, recordImages, saveSnapshot } from 'framewire/record';
import { type Color, colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';
import { ImagePattern } from '../../src/record/image-name.js';

afterAll(() => whenIdle());

const RED: Color = [220, 30, 30];
const GREEN: Color = [30, 200, 40];

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'framewire-images-'));
});

afterEach(() => rm(dir, { recursive: true }));

/** Frames at the times given, in milliseconds. */
async function* framesAt(
  timesMs: Iterable<number>,
  color = RED,
): AsyncGenerator<VideoFrame, undefined> {
  for (const timeMs of timesMs) {
    await Promise.resolve();
    yield solidFrame(color, {
      width: 32,
      height: 24,
      format: 'I420',
      timestampUs: Math.round(timeMs * 1000),
    });
  }
}

/** The times of `count` frames at `fps`. */
function steady(count: number, fps: number): number[] {
  return Array.from({ length: count }, (_, i) => 1000 + (i * 1000) / fps);
}

async function colorOf(path: string): Promise<Color> {
  using frame = await VideoFrame.fromImage(await readFile(path));
  return meanColor(frame);
}

/** The times of the images of a recording, in milliseconds. */
function timesOf(recording: ImageRecording): number[] {
  const times: number[] = [];
  recording.on('imageWritten', ({ timestampUs }) => times.push(timestampUs / 1000));
  return times;
}

describe('saveSnapshot', () => {
  it.each(['png', 'jpg', 'jpeg', 'webp', 'PNG'])('makes the kind that .%s says', async (ending) => {
    const metadata = { captureTimeUs: 1_700_000_000_000_000 };
    const size = { width: 40, height: 30 } as const;
    using frame = solidFrame(GREEN, { ...size, format: 'RGBA', timestampUs: 7, metadata });
    const path = join(dir, `shot.${ending}`);
    const image = await saveSnapshot(frame, path);
    const bytes = await readFile(path);
    expect(image).toEqual({
      path,
      width: 40,
      height: 30,
      bytes: bytes.byteLength,
      timestampUs: 7,
      ...metadata,
    });
    const magic = { png: '\x89PNG', jpg: '\xff\xd8', jpeg: '\xff\xd8', webp: 'RIFF' };
    const wanted = magic[ending.toLowerCase() as keyof typeof magic];
    expect(bytes.toString('latin1').startsWith(wanted)).toBe(true);
    expect(colorDistance(await colorOf(path), GREEN)).toBeLessThan(12);
    expect(frame.closed).toBe(false);
    expect(await readdir(dir)).toEqual([`shot.${ending}`]);
  });

  it('takes the next frame of a track, upright', async () => {
    const source = new VideoSource({ width: 64, height: 48 });
    const saving = saveSnapshot(LocalVideoTrack.create('x', source), join(dir, 'a.png'));
    using frame = solidFrame(RED, { width: 64, height: 48, format: 'I420', rotation: 90 });
    let image: Awaited<typeof saving> | undefined;
    void saving.then((saved) => (image = saved));
    while (!image) {
      source.captureFrame(frame);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(image).toMatchObject({ width: 48, height: 64 });
    expect(colorDistance(await colorOf(image.path), RED)).toBeLessThan(12);
    source.close();
  });

  it('takes the next frame of a stream, which stays open', async () => {
    const frames = framesAt(steady(3, 10));
    for (const name of ['0.png', '1.png']) await saveSnapshot(frames, join(dir, name));
    const { value } = await frames.next();
    expect(value?.timestampUs).toBe(1_200_000);
    value?.close();
    await expect(saveSnapshot(frames, join(dir, '2.png'))).rejects.toMatchObject({
      code: 'closed',
    });
    expect(await readdir(dir)).toEqual(['0.png', '1.png']);
  });

  it('replaces no file unless told to, and leaves nothing behind', async () => {
    const path = join(dir, 'a.png');
    await writeFile(path, 'mine');
    using frame = solidFrame(RED, { width: 8, height: 8, format: 'RGBA' });
    await expect(saveSnapshot(frame, path)).rejects.toMatchObject({ code: 'file' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    await saveSnapshot(frame, path, { overwrite: true });
    expect(colorDistance(await colorOf(path), RED)).toBeLessThan(12);
    expect(await readdir(dir)).toEqual(['a.png']);
  });

  it('replaces a link itself, not what it leads to', async () => {
    await writeFile(join(dir, 'secret'), 'mine');
    await symlink(join(dir, 'secret'), join(dir, 'a.png'));
    using frame = solidFrame(RED, { width: 8, height: 8, format: 'RGBA' });
    await expect(saveSnapshot(frame, join(dir, 'a.png'))).rejects.toMatchObject({ code: 'file' });
    await saveSnapshot(frame, join(dir, 'a.png'), { overwrite: true });
    expect(await readFile(join(dir, 'secret'), 'utf8')).toBe('mine');
  });

  it('says what is wrong with the folder', async () => {
    using frame = solidFrame(RED, { width: 8, height: 8, format: 'RGBA' });
    await writeFile(join(dir, 'plain'), '');
    await expect(saveSnapshot(frame, join(dir, 'no', 'a.png'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(saveSnapshot(frame, join(dir, 'plain', 'a.png'))).rejects.toMatchObject({
      code: 'file',
    });
  });

  it('waits no longer than its signal says', async () => {
    const source = new VideoSource({ width: 64, height: 48 });
    const track = LocalVideoTrack.create('x', source);
    const controller = new AbortController();
    const saving = saveSnapshot(track, join(dir, 'a.png'), { signal: controller.signal });
    controller.abort('enough');
    await expect(saving).rejects.toBe('enough');
    const ending = saveSnapshot(track, join(dir, 'a.png'));
    source.close();
    await track.close();
    await expect(ending).rejects.toMatchObject({ code: 'closed' });
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses wrong arguments', async () => {
    using frame = solidFrame(RED, { width: 8, height: 8, format: 'RGBA' });
    const path = join(dir, 'a.png');
    const wrong: [unknown, unknown, unknown, typeof Error][] = [
      [frame, 5, {}, TypeError],
      [frame, '', {}, RangeError],
      [frame, 'a.gif', {}, RangeError],
      [frame, 'png', {}, RangeError],
      [frame, 'a\0.png', {}, RangeError],
      [frame, path, { quality: 0 }, RangeError],
      [frame, path, { overwrite: 1 }, TypeError],
      [frame, path, { signal: {} }, TypeError],
      [undefined, path, {}, TypeError],
      [[], path, {}, TypeError],
    ];
    for (const [from, to, options, error] of wrong) {
      await expect(saveSnapshot(from as never, to as never, options as never)).rejects.toThrow(
        error,
      );
    }
    frame.close();
    await expect(saveSnapshot(frame, path)).rejects.toMatchObject({ code: 'closed' });
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('the pattern of names', () => {
  it.each([
    ['frame-%04d.png', 7, 'frame-0007.png'],
    ['frame-%04d.png', 12_345, 'frame-12345.png'],
    ['%d.jpg', 0, '0.jpg'],
    ['100%% %02d%%.WEBP', 3, '100% 03%.WEBP'],
    ['%%d %d.jpeg', 3, '%d 3.jpeg'],
  ])('%s with %d is %s', (text, number, name) => {
    const pattern = new ImagePattern(text, 'pattern');
    expect(pattern.nameOf(number)).toBe(name);
    expect(pattern.numberIn(name)).toBe(number);
  });

  it('finds no number in other names', () => {
    const pattern = new ImagePattern('a%03db.png', 'pattern');
    for (const name of [
      'a1b.png',
      'a0001b.png',
      'a001b.jpg',
      'ab.png',
      'xa001b.png',
      'a-01b.png',
    ]) {
      expect([name, pattern.numberIn(name)]).toEqual([name, undefined]);
    }
  });

  it.each([
    'frame.png',
    'frame-%04d.gif',
    'frame-%04d',
    '%d-%d.png',
    '%s-%d.png',
    '%%d.png',
    '%4d.png',
    '%00d.png',
    '../%d.png',
    'a/%d.png',
    'a\\%d.png',
    '/tmp/%d.png',
    '.%d.png',
    'x%d\n.png',
  ])('refuses %j', (text) => {
    expect(() => new ImagePattern(text, 'pattern')).toThrow(RangeError);
  });

  it('refuses names that no file system takes', () => {
    const long = `${'x'.repeat(300)}%d.png`;
    expect(() => new ImagePattern(long, 'pattern')).toThrow(RangeError);
  });
});

describe('recordImages', () => {
  it('makes an image of each frame, numbered from 1, each whole when it has its name', async () => {
    const recording = await recordImages(framesAt(steady(12, 30)), { dir, pattern: '%03d.jpg' });
    const sizes: number[] = [];
    recording.on('imageWritten', async ({ path, bytes }) => {
      const { byteLength } = await readFile(path);
      sizes.push(byteLength - bytes);
    });
    const summary = await recording.finished;
    expect(summary).toMatchObject({ written: 12, dropped: 0, reason: 'ended' });
    expect(summary.lastPath).toBe(join(dir, '012.jpg'));
    const names = Array.from({ length: 12 }, (_, i) => `${String(i + 1).padStart(3, '0')}.jpg`);
    expect((await readdir(dir)).sort()).toEqual(names);
    for (const size of sizes) expect(size).toBe(0);
    expect(recording.stats).toMatchObject({ written: 12, bytes: summary.bytes });
  });

  it.each([
    [30, 100, [1000, 1100, 1200, 1300]],
    [25, 100, [1000, 1120, 1200, 1320]],
    [10, 250, [1000, 1300, 1500]],
    [4, 100, [1000, 1250, 1500, 1750]],
  ])('of %d a second takes one every %d ms by their time stamps', async (fps, ms, wanted) => {
    const times = steady(Math.ceil((wanted.at(-1)! - 1000) / (1000 / fps)) + 1, fps);
    const recording = await recordImages(framesAt(times), { dir, intervalMs: ms });
    const taken = timesOf(recording);
    await recording.finished;
    const sorted = taken.sort((one, other) => one - other);
    expect(sorted).toHaveLength(wanted.length);
    // Whichever of two frames that are as near.
    sorted.forEach((time, i) => expect(Math.abs(time - wanted[i]!)).toBeLessThan(1000 / fps));
  });

  it('goes on at once after a gap, and when time begins anew', async () => {
    const times = [...steady(10, 10), 60_000, 60_100, 200, 300];
    const recording = await recordImages(framesAt(times), { dir, intervalMs: 1000 });
    const taken = timesOf(recording);
    await recording.finished;
    expect(taken.sort((one, other) => one - other)).toEqual([200, 1000, 60_000]);
  });

  it('ends at its limit, and closes the frames', async () => {
    let closed = false;
    const endless = (async function* () {
      try {
        for (let i = 0; ; i++) yield* framesAt([i]);
      } finally {
        closed = true;
      }
    })();
    const recording = await recordImages(endless, { dir, limit: 5 });
    expect(await recording.finished).toMatchObject({ written: 5, reason: 'limit' });
    expect(await readdir(dir)).toHaveLength(5);
    await new Promise(setImmediate);
    expect(closed).toBe(true);
  });

  it('goes on with the numbers of the folder, or replaces what is there', async () => {
    await writeFile(join(dir, 'frame-0041.png'), 'old');
    await writeFile(join(dir, 'frame-9.png'), 'other');
    const first = await recordImages(framesAt(steady(2, 10)), { dir });
    await first.finished;
    expect((await readdir(dir)).sort()).toEqual([
      'frame-0041.png',
      'frame-0042.png',
      'frame-0043.png',
      'frame-9.png',
    ]);
    const options = { dir, overwrite: true, firstNumber: 41 };
    const second = await recordImages(framesAt(steady(1, 10), GREEN), options);
    expect(await second.finished).toMatchObject({ written: 1 });
    expect(colorDistance(await colorOf(join(dir, 'frame-0041.png')), GREEN)).toBeLessThan(12);
    expect(await readFile(join(dir, 'frame-9.png'), 'utf8')).toBe('other');
  });

  it('leaves out a name that somebody takes meanwhile', async () => {
    const frames = (async function* () {
      yield* framesAt([0]);
      await writeFile(join(dir, 'frame-0002.png'), 'mine');
      yield* framesAt([100]);
    })();
    const recording = await recordImages(frames, { dir });
    const { lastPath } = await recording.finished;
    expect(lastPath).toBe(join(dir, 'frame-0003.png'));
    expect(await readFile(join(dir, 'frame-0002.png'), 'utf8')).toBe('mine');
  });

  it('keeps the newest of what comes faster than it can be written, and counts the rest', async () => {
    const source = new VideoSource({ width: 1280, height: 720 });
    const track = LocalVideoTrack.create('fast', source);
    const stream = new VideoStream(track, { capacity: 4 });
    const recording = await recordImages(stream, { dir });
    using frame = solidFrame(RED, { width: 1280, height: 720, format: 'I420' });
    for (let captured = 0; recording.stats.dropped < 5; captured++) {
      source.captureFrame(frame, { timestampUs: 1 + captured * 1000 });
      await new Promise(setImmediate);
    }
    const { written, dropped, reason } = await recording.stop();
    expect(reason).toBe('stopped');
    expect(dropped).toBeGreaterThanOrEqual(5);
    expect(written).toBeGreaterThan(0);
    // What was queued in the stream when it was closed is nobody's.
    expect(written + dropped).toBe(stream.stats.delivered);
    expect(await readdir(dir)).toHaveLength(written);
    source.close();
  });

  it('reads no faster than it writes where the frames can wait', async () => {
    let ahead = 0;
    let most = 0;
    const frames = (async function* () {
      for await (const frame of framesAt(steady(40, 30))) {
        ahead += 1;
        most = Math.max(most, ahead);
        yield frame;
      }
    })();
    const recording = await recordImages(frames, { dir });
    recording.on('imageWritten', () => (ahead -= 1));
    expect(await recording.finished).toMatchObject({ written: 40, dropped: 0 });
    expect(most).toBeLessThanOrEqual(4);
  });

  it('fails with what the frames fail with, having written those before', async () => {
    const frames = (async function* () {
      yield* framesAt([0, 100]);
      throw new Error('unplugged');
    })();
    const recording = await recordImages(frames, { dir });
    const failures: unknown[] = [];
    recording.on('failed', (error) => failures.push(error));
    await expect(recording.finished).rejects.toThrow('unplugged');
    await expect(recording.stop()).rejects.toThrow('unplugged');
    expect(failures).toHaveLength(1);
    expect((await readdir(dir)).length).toBe(recording.stats.written);
    await recording.close();
  });

  it('fails when the folder goes away, and says so', async () => {
    const gone = join(dir, 'gone');
    await mkdir(gone);
    const frames = (async function* () {
      yield* framesAt([0]);
      await rename(gone, join(dir, 'moved'));
      for (let i = 1; ; i++) yield* framesAt([i * 100]);
    })();
    const recording = await recordImages(frames, { dir: gone });
    await expect(recording.finished).rejects.toMatchObject({ code: 'not-found' });
  });

  it('fails, and does not just end, when the last of its images can not be written', async () => {
    const inside = join(dir, 'inside');
    await mkdir(inside);
    async function* last(): AsyncGenerator<VideoFrame> {
      await rm(inside, { recursive: true });
      yield* framesAt([1]);
    }
    const recording = await recordImages(last(), { dir: inside });
    await expect(recording.finished).rejects.toMatchObject({ code: 'not-found' });
  });

  it('fails when a stream gives what is no frame', async () => {
    const frames = (async function* () {
      await Promise.resolve();
      yield 'a picture' as never;
    })();
    const recording = await recordImages(frames, { dir });
    await expect(recording.finished).rejects.toThrow(TypeError);
  });

  it('ends by its signal, with a track that gives nothing', async () => {
    const source = new VideoSource({ width: 64, height: 48 });
    const track = LocalVideoTrack.create('mute', source);
    const controller = new AbortController();
    const recording = await recordImages(track, { dir, signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await recording.finished).toMatchObject({ written: 0, reason: 'aborted' });
    await using stopped = await recordImages(track, { dir });
    expect(await stopped.stop()).toEqual({ written: 0, dropped: 0, bytes: 0, reason: 'stopped' });
    source.close();
  });

  it('tells what a listener throws by its error event, and goes on', async () => {
    const recording = await recordImages(framesAt(steady(3, 10)), { dir });
    const errors: unknown[] = [];
    recording.on('error', (error) => errors.push(error));
    recording.on('imageWritten', () => {
      throw new Error('thrown');
    });
    expect(await recording.finished).toMatchObject({ written: 3 });
    expect(errors).toHaveLength(3);
  });

  it('refuses wrong arguments before it reads anything', async () => {
    let read = false;
    const frames = (async function* () {
      read = true;
      yield* framesAt([0]);
    })();
    await writeFile(join(dir, 'plain'), '');
    const wrong: [object | undefined, typeof Error][] = [
      [undefined, TypeError],
      [{}, TypeError],
      [{ dir: '' }, RangeError],
      [{ dir: 'a\0b' }, RangeError],
      [{ dir, pattern: 'frame.png' }, RangeError],
      [{ dir, pattern: 5 }, TypeError],
      [{ dir, intervalMs: 0 }, RangeError],
      [{ dir, intervalMs: Infinity }, RangeError],
      [{ dir, intervalMs: 1e12 }, RangeError],
      [{ dir, limit: 0 }, RangeError],
      [{ dir, limit: 1.5 }, RangeError],
      [{ dir, firstNumber: -1 }, RangeError],
      [{ dir, quality: 101 }, RangeError],
      [{ dir, overwrite: 'yes' }, TypeError],
      [{ dir, overflow: 'error' }, RangeError],
      [{ dir, signal: 1 }, TypeError],
    ];
    for (const [options, error] of wrong) {
      await expect(recordImages(frames, options as never)).rejects.toThrow(error);
    }
    const impossible: [{ readonly dir: string }, unknown][] = [
      [{ dir: join(dir, 'no') }, expect.objectContaining({ code: 'not-found' })],
      [{ dir: join(dir, 'plain') }, expect.objectContaining({ code: 'file' })],
    ];
    for (const [options, error] of impossible) {
      await expect(recordImages(frames, options)).rejects.toEqual(error);
    }
    const signal = AbortSignal.abort('enough');
    await expect(recordImages(frames, { dir, signal })).rejects.toBe('enough');
    await expect(recordImages({} as never, { dir })).rejects.toThrow(TypeError);
    expect(read).toBe(false);
    expect(await readdir(dir)).toEqual(['plain']);
  });
});
