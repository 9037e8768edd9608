import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioFrame, FramewireError, VideoFrame } from 'framewire';
import { MediaRecorder, type MediaRecorderOptions } from 'framewire/record';
import { solidFrame } from 'framewire/testing';
import { ffmpegPath, probe } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-recorder-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The code that something fails with. */
async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
    return 'none';
  } catch (error) {
    return error instanceof FramewireError ? error.code : String(error);
  }
}

function picture(timestampUs: number): VideoFrame {
  return solidFrame([200, 40, 40], { width: 160, height: 90, format: 'I420', timestampUs });
}

/** A program that does something else than ffmpeg where a file is to be written. */
async function pretender(instead: string): Promise<string> {
  const path = join(folder, 'ffmpeg');
  const script = `#!/bin/sh\ncase "$*" in *-encoders*|*-version*) exec ${ffmpegPath()} "$@";; esac\n${instead}\n`;
  await writeFile(path, script, { mode: 0o755 });
  return path;
}

describeWith(['ffmpeg', 'ffprobe'], 'opening a recorder', () => {
  const open = (name: string, options?: MediaRecorderOptions): Promise<string> =>
    codeOf(MediaRecorder.open(join(folder, name), options));

  it('tells what is wrong with the file', async () => {
    await writeFile(join(folder, 'there.mp4'), 'precious');
    await mkdir(join(folder, 'folder.mp4'));
    expect(await open('there.mp4')).toBe('file');
    expect(await open('folder.mp4')).toBe('file');
    expect(await open('folder.mp4', { overwrite: true })).toBe('file');
    expect(await open('missing/x.mp4')).toBe('not-found');
    expect(await open('x.avi')).toBe('unsupported');
    expect(await open('x')).toBe('unsupported');
    expect(await readFile(join(folder, 'there.mp4'), 'utf8')).toBe('precious');
  });

  it('leaves no part of a recording in the way of what is there', async () => {
    await writeFile(join(folder, 'talk-007.mp4'), 'precious');
    expect(await open('talk.mp4', { segmentMs: 1000 })).toBe('file');
    expect(await readdir(folder)).toEqual(['talk-007.mp4']);
  });

  it('tells that ffmpeg, or a codec, is not there', async () => {
    expect(await open('x.mp4', { ffmpegPath: join(folder, 'none') })).toBe('not-found');
    const path = join(folder, 'poor');
    const script = `#!/bin/sh\n${ffmpegPath()} "$@" | grep -v -e libvpx -e libopus\n`;
    await writeFile(path, script, { mode: 0o755 });
    const opening = MediaRecorder.open(join(folder, 'x.webm'), { ffmpegPath: path });
    expect(await codeOf(opening)).toBe('unsupported');
    await expect(opening).rejects.toThrow(/vp8/);
    expect(await readdir(folder)).toEqual(['poor']);
  });

  it('refuses wrong options before anything is made', async () => {
    const wrong: unknown[] = [
      { video: false, audio: false },
      { video: { fps: 0 } },
      { video: { codec: 'vp8' } },
      { video: { size: { width: 3, height: 2 } } },
      { audio: { sampleRate: 1 } },
      // What ffmpeg would refuse when the first frame comes.
      { video: { fps: 1e-9 } },
      { video: { bitrateBps: 2_000_000_000 } },
      { video: { keyFrameIntervalMs: 1e12 } },
      { audio: { codec: 'opus', bitrateBps: 3_000_000 } },
      { audio: { codec: 'opus', channels: 1, bitrateBps: 300_000 } },
      { segmentMs: 1 },
      { overflow: 'explode' },
      { capacity: 0 },
    ];
    for (const options of wrong) {
      await expect(
        MediaRecorder.open(join(folder, 'x.mp4'), options as MediaRecorderOptions),
      ).rejects.toThrow(/^options/);
    }
    const wide = { video: { size: { width: 16_384, height: 2 } } };
    await expect(MediaRecorder.open(join(folder, 'x.webm'), wide)).rejects.toThrow(/16382/);
    await expect(MediaRecorder.open('a\0b.mp4')).rejects.toThrow(RangeError);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['-y.mp4', 'a%03d:b.mp4', "it's; $(x).mp4"])(
    'records to a file named %s',
    async (name) => {
      const before = process.cwd();
      process.chdir(folder);
      try {
        const recorder = await MediaRecorder.open(name, { audio: false });
        await recorder.write(picture(1));
        const { path } = await recorder.stop();
        expect(await readdir(folder)).toEqual([name]);
        expect((await probe(path)).video?.nb_read_packets).toBe('1');
      } finally {
        process.chdir(before);
      }
    },
  );
});

describeWith('ffmpeg', 'a recorder that fails', () => {
  const failures = [
    ['the disk is full', '', 'file'],
    ['ffmpeg dies', 'kill -KILL $$', 'file'],
    ['ffmpeg ends', 'exit 0', 'file'],
    ['ffmpeg fails', 'echo "[error] no way" >&2; exit 1', 'file'],
  ] as const;

  it.each(failures)('tells so when %s, and the program goes on', async (_, instead, code) => {
    const options: MediaRecorderOptions = { overwrite: true, audio: false };
    if (instead === '') await symlink('/dev/full', join(folder, 'x.mp4'));
    const recorder = await MediaRecorder.open(join(folder, 'x.mp4'), {
      ...options,
      ...(instead !== '' && { ffmpegPath: await pretender(instead) }),
    });
    const failed = new Promise((resolve) => recorder.on('failed', resolve));
    for (let i = 0; i < 30; i++) void recorder.write(picture(1e6 + i * 33_333));
    const ended = instead === '' ? recorder.stop() : failed.then(() => recorder.stop());
    await expect(ended).rejects.toMatchObject({ code });
    expect(await failed).toMatchObject({ code });
    expect(recorder.state).toBe('failed');
    const late = picture(5e6);
    expect(await codeOf(recorder.write(late))).toBe(code);
    expect(late.closed).toBe(true);
    await recorder.close();
  });
});

describeWith('ffmpeg', 'a recorder', () => {
  it('takes nothing once it was stopped, and stops once', async () => {
    const recorder = await MediaRecorder.open(join(folder, 'x.mp4'), { audio: false });
    await recorder.write(picture(1));
    const [first, second] = await Promise.all([recorder.stop(), recorder.stop()]);
    expect(first).toBe(second);
    expect(await codeOf(recorder.write(picture(2)))).toBe('closed');
    expect(await codeOf(recorder.record({ video: none() }))).toBe('closed');
    expect(() => recorder.pause()).toThrow(FramewireError);
    await recorder.close();
  });

  it('leaves no file of a recording of nothing', async () => {
    const recorder = await MediaRecorder.open(join(folder, 'x.mp4'));
    expect(await recorder.stop()).toMatchObject({ parts: [], durationMs: 0, frames: 0 });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses what is no frame of its media', async () => {
    await using recorder = await MediaRecorder.open(join(folder, 'x.wav'));
    expect(() => recorder.write(Object.create(null) as VideoFrame)).toThrow(TypeError);
    expect(await codeOf(recorder.write(picture(1)))).toBe('invalid-state');
    const sound = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
    expect(() => recorder.write(sound, { timestampUs: Number.NaN })).toThrow(RangeError);
    expect(sound.closed).toBe(false);
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- An iterable that is never read.
async function* none(): AsyncGenerator<VideoFrame> {
  yield picture(0);
}
