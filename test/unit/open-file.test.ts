import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFrame, VideoFrame } from 'framewire';
import { type CapturedFile, openFile } from 'framewire/capture';
import { BeepAndFlashMeter, colorDistance, frequencyOf, meanColor } from 'framewire/testing';
import { makeNumberedClip, numberOf, NUMBERS } from '../support/clips.js';
import { decodeAudio, frameTimes, makeClip, probe, runFfmpeg } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

// A busy machine takes its time to start so many programs.
jest.setTimeout(120_000);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewire-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Played {
  readonly timesUs: number[];
  readonly numbers: number[];
  readonly samples: number;
  readonly frameLengths: number[];
  readonly soundTimesUs: number[];
  /** How much later than its flash each beep is. */
  readonly offsetsMs: readonly number[];
}

/** Reads all of a file, both media at once. */
async function playAll(file: CapturedFile): Promise<Played> {
  const timesUs: number[] = [];
  const numbers: number[] = [];
  const frameLengths: number[] = [];
  const soundTimesUs: number[] = [];
  const meter = new BeepAndFlashMeter();
  const heard: AudioFrame[] = [];
  const watching = (async () => {
    for await (const frame of (file.video ?? []) as AsyncIterable<VideoFrame>) {
      timesUs.push(frame.timestampUs);
      numbers.push(numberOf(frame));
      meter.video(frame, frame.timestampUs);
      frame.close();
    }
  })();
  for await (const frame of (file.audio ?? []) as AsyncIterable<AudioFrame>) {
    frameLengths.push(frame.samplesPerChannel);
    soundTimesUs.push(frame.timestampUs);
    heard.push(frame);
  }
  await watching;
  for (const frame of heard) meter.audio(frame, frame.timestampUs);
  const samples = frameLengths.reduce((sum, length) => sum + length, 0);
  return { timesUs, numbers, samples, frameLengths, soundTimesUs, offsetsMs: meter.offsetsMs };
}

/** The times of a file's pictures in microseconds from its beginning, as ffprobe says. */
async function probedTimesUs(path: string): Promise<number[]> {
  const [times, { format }] = await Promise.all([frameTimes(path, 'video'), probe(path)]);
  const startUs = Math.round(Number(format.start_time ?? 0) * 1e6);
  return times.map((seconds) => Math.round(seconds * 1e6) - startUs);
}

function expectEach(values: readonly number[], expected: readonly number[], within: number): void {
  expect(values).toHaveLength(expected.length);
  const furthest = Math.max(0, ...values.map((value, i) => Math.abs(value - expected[i]!)));
  expect(furthest).toBeLessThanOrEqual(within);
}

function countedFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (first + i) % NUMBERS);
}

const H264 = ['-c:v', 'libx264', '-qp', '4', '-g', '25', '-bf', '2'];

describeWith(['ffmpeg', 'ffprobe'], 'openFile', () => {
  const containers = [
    ['clip.mp4', [...H264, '-c:a', 'aac']],
    ['clip.mov', [...H264, '-c:a', 'pcm_s16le']],
    ['clip.mkv', ['-c:v', 'ffv1', '-c:a', 'flac']],
    ['clip.ts', [...H264, '-c:a', 'aac']],
    ['clip.webm', ['-c:v', 'libvpx', '-crf', '4', '-b:v', '2M', '-c:a', 'libopus']],
    ['clip.flv', [...H264, '-c:a', 'aac']],
  ] as const;
  // With an index, without one, and with times that don't begin at 0.
  const entered = containers.filter(([name]) => /mp4|ts|webm/.test(name));

  it.each(containers)(
    'gives every picture of %s at its time, and every sample',
    async (name, output) => {
      const path = join(folder, name);
      await makeNumberedClip(path, { output });
      await using file = await openFile(path);
      expect(file).toMatchObject({ width: 64, height: 48, fps: 25 });
      expect(Math.abs((file.durationMs ?? 0) - 2_000)).toBeLessThan(100);
      const played = await playAll(file);
      // Of a number, since a frame's time in the file is rounded to the container's unit.
      expectEach(played.timesUs, await probedTimesUs(path), 1);
      expect(played.numbers).toEqual(countedFrom(0, 50));
      expect(Math.abs(played.samples - (await decodeAudio(path)).length)).toBeLessThanOrEqual(1);
      // All of 10 ms but the last, one after the other from 0.
      expect(new Set(played.frameLengths.slice(0, -1))).toEqual(new Set([480]));
      expect(played.soundTimesUs).toEqual(played.soundTimesUs.map((_, i) => i * 10_000));
      expect(file.video?.stats.dropped.full).toBe(0);
      expect(file.ended).toBe(true);
    },
  );

  it.each(entered)('plays %s again and again, in step', async (name, output) => {
    const path = join(folder, `loop-${name}`);
    await makeNumberedClip(path, { seconds: 1.92, output });
    await using file = await openFile(path, { loop: 4 });
    const { numbers, timesUs, soundTimesUs, offsetsMs } = await playAll(file);
    const round = countedFrom(0, 48);
    expect(numbers).toEqual([...round, ...round, ...round, ...round]);
    const rising = timesUs.every((timeUs, i) => i === 0 || timeUs > timesUs[i - 1]!);
    expect(rising).toBe(true);
    expect(soundTimesUs).toEqual(soundTimesUs.map((_, i) => i * 10_000));
    // Four flashes a round. A lossy codec's beep begins softly.
    expect(offsetsMs).toHaveLength(16);
    expect(Math.max(...offsetsMs.map(Math.abs))).toBeLessThan(10);
  });

  it.each(entered)('begins %s at the picture and the sample asked for', async (name, output) => {
    const path = join(folder, `seek-${name}`);
    await makeNumberedClip(path, { seconds: 4, output });
    const whole = await probedTimesUs(path);
    await using file = await openFile(path, { startMs: 1_300, durationMs: 1_500 });
    const { numbers, timesUs, samples, soundTimesUs, offsetsMs } = await playAll(file);
    const wanted = whole.filter((timeUs) => timeUs >= 1_300_000 && timeUs < 2_800_000);
    expectEach(timesUs, wanted, 1);
    expect(numbers).toEqual(countedFrom(whole.indexOf(wanted[0]!), wanted.length));
    expect(soundTimesUs[0]).toBe(1_300_000);
    expect(samples).toBe(72_000);
    expect(offsetsMs.length).toBeGreaterThan(1);
    expect(Math.max(...offsetsMs.map(Math.abs))).toBeLessThan(10);
  });

  it('begins between key frames that are far apart, where the container has no index', async () => {
    const path = join(folder, 'far.ts');
    const output = ['-c:v', 'libx264', '-qp', '4', '-g', '100', '-bf', '0', '-c:a', 'mp2'];
    await makeNumberedClip(path, { seconds: 6, output });
    const whole = await probedTimesUs(path);
    const wanted = whole.filter((timeUs) => timeUs >= 1_300_000 && timeUs < 1_800_000);
    await using file = await openFile(path, { startMs: 1_300, durationMs: 500 });
    const { numbers, timesUs, samples } = await playAll(file);
    expectEach(timesUs, wanted, 1);
    expect(numbers).toEqual(countedFrom(whole.indexOf(wanted[0]!), wanted.length));
    expect(samples).toBe(24_000);
  });

  it('goes on where it is told to, and drops what was queued', async () => {
    const path = join(folder, 'jump.mp4');
    await makeNumberedClip(path, { seconds: 4, output: [...H264, '-c:a', 'aac'] });
    await using file = await openFile(path);
    const before = await file.video!.next();
    expect(before.value?.timestampUs).toBe(0);
    await file.audio!.next();
    await file.seek(2_000);
    const { numbers, timesUs, soundTimesUs, offsetsMs } = await playAll(file);
    expect(timesUs[0]).toBe(2_000_000);
    expect(numbers).toEqual(countedFrom(0, 50));
    expect(soundTimesUs[0]).toBe(2_000_000);
    expect(Math.max(...offsetsMs.map(Math.abs))).toBeLessThan(10);
    await expect(file.seek(0)).rejects.toMatchObject({ code: 'invalid-state' });
  });

  it('gives frames of the format, the size and the rate asked for', async () => {
    const path = join(folder, 'plain.mp4');
    await makeClip(path, { width: 320, height: 180, partMs: 400 });
    const video = { format: 'RGBA', width: 160, fps: 10 } as const;
    const audio = { sampleRate: 16_000, channels: 2, frameMs: 20 };
    await using file = await openFile(path, { video, audio });
    expect(file).toMatchObject({ width: 160, height: 90, fps: 10 });
    const watching = (async () => {
      const timesUs: number[] = [];
      for await (using frame of file.video!) {
        expect(frame).toMatchObject({ format: 'RGBA', width: 160, height: 90 });
        timesUs.push(frame.timestampUs);
      }
      return timesUs;
    })();
    for await (const frame of file.audio!) {
      expect(frame).toMatchObject({ sampleRate: 16_000, channels: 2 });
      if (frame.timestampUs !== 500_000) continue;
      const left = frame.data.filter((_, i) => i % 2 === 0);
      expect(frequencyOf(left, 16_000)).toBeCloseTo(440, -2);
    }
    const timesUs = await watching;
    expect(timesUs).toEqual(timesUs.map((_, i) => i * 100_000));
    expect(timesUs).toHaveLength(12);
  });

  const BT709 = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];
  const reds = [
    [
      'HD that says BT.709',
      'tagged.mp4',
      1280,
      'bt709:out_range=tv',
      ['-c:v', 'libx264', ...BT709],
    ],
    ['HD that says nothing', 'untagged.mp4', 1280, 'bt709:out_range=tv', ['-c:v', 'libx264']],
    ['SD that says nothing', 'sd.mp4', 640, 'bt601:out_range=tv', ['-c:v', 'libx264']],
    [
      'full range MJPEG',
      'full.avi',
      640,
      'bt601:out_range=pc,format=yuvj420p',
      ['-c:v', 'mjpeg', '-q:v', '2'],
    ],
    ['a PNG', 'one.png', 640, 'auto', ['-frames:v', '1']],
  ] as const;
  it.each(reds)('has the colours of %s', async (_, name, width, matrix, output) => {
    const path = join(folder, name);
    const height = (width * 9) / 16;
    await runFfmpeg([
      ...['-f', 'lavfi', '-i', `color=0xC82828:size=${width}x${height}:rate=25:duration=0.2`],
      ...['-vf', `scale=out_color_matrix=${matrix}`, ...output, path],
    ]);
    for (const format of ['I420', 'RGBA'] as const) {
      await using file = await openFile(path, { video: { format } });
      const { value } = await file.video!.next();
      using frame = value!;
      expect(colorDistance(meanColor(frame), [200, 40, 40])).toBeLessThan(10);
    }
  });

  it('turns what a phone has filmed upright', async () => {
    const flat = join(folder, 'flat.mov');
    const path = join(folder, 'turned.mov');
    // Left half red, right half blue.
    await runFfmpeg([
      ...['-f', 'lavfi', '-i', 'color=0x2828C8:size=160x90:rate=25:duration=0.2'],
      ...['-vf', 'drawbox=color=0xC82828:width=80:t=fill', '-c:v', 'libx264', flat],
    ]);
    await runFfmpeg(['-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90', path]);
    await using file = await openFile(path);
    expect(file).toMatchObject({ width: 90, height: 160 });
    const { value } = await file.video!.next();
    using frame = value!;
    expect(frame).toMatchObject({ width: 90, height: 160, rotation: 0 });
    const top = meanColor(frame, { x: 10, y: 10, width: 60, height: 40 });
    const bottom = meanColor(frame, { x: 10, y: 110, width: 60, height: 40 });
    const [expectedTop, expectedBottom] = await upright(path);
    expect(colorDistance(top, expectedTop)).toBeLessThan(12);
    expect(colorDistance(bottom, expectedBottom)).toBeLessThan(12);
    expect(colorDistance(top, bottom)).toBeGreaterThan(100);
  });

  it('gives pixels that are square', async () => {
    const path = join(folder, 'wide.mp4');
    await makeNumberedClip(path, {
      ...{ width: 72, height: 58, sound: false, seconds: 0.2 },
      filters: ['setsar=16/15'],
    });
    await using file = await openFile(path);
    expect(file).toMatchObject({ width: 77, height: 58 });
    expect((await playAll(file)).numbers).toEqual(countedFrom(0, 5));
  });

  it('has each picture of a variable rate at its own time', async () => {
    const path = join(folder, 'vfr.mkv');
    await makeNumberedClip(path, {
      sound: false,
      // Numbers 0, 1, 4, 9, 16, 25, 36, 49.
      filters: ["select='eq(mod(sqrt(n),1),0)'"],
      output: ['-c:v', 'ffv1', '-fps_mode', 'vfr'],
    });
    await using file = await openFile(path);
    const { numbers, timesUs } = await playAll(file);
    expect(numbers).toEqual([0, 1, 4, 9, 16, 25, 36, 49]);
    expect(timesUs).toEqual(numbers.map((number) => number * 40_000));
  });

  it('takes sizes that are odd', async () => {
    const path = join(folder, 'odd.mkv');
    await makeNumberedClip(path, {
      ...{ width: 65, height: 47, seconds: 0.4, sound: false },
      output: ['-c:v', 'ffv1'],
    });
    for (const format of ['I420', 'NV12', 'RGB24'] as const) {
      await using file = await openFile(path, { video: { format } });
      expect(file).toMatchObject({ width: 65, height: 47 });
      let frames = 0;
      for await (using frame of file.video!) {
        using i420 = frame.convert('I420');
        expect(numberOf(i420)).toBe(frames);
        frames += 1;
      }
      expect(frames).toBe(10);
    }
  });

  it('gives one picture of a still image, and no sound of pictures alone', async () => {
    const path = join(folder, 'still.png');
    await runFfmpeg([
      '-f',
      'lavfi',
      '-i',
      'color=red:size=33x21,format=rgb24',
      '-frames:v',
      '1',
      path,
    ]);
    await using file = await openFile(path);
    expect(file.audio).toBeUndefined();
    expect(file).toMatchObject({ width: 33, height: 21, durationMs: undefined });
    expect((await playAll(file)).timesUs).toEqual([0]);
  });

  it('takes a cover for no film, and gives stereo as it is', async () => {
    const path = join(folder, 'song.mp3');
    const cover = join(folder, 'cover.png');
    await runFfmpeg(['-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', cover]);
    await runFfmpeg([
      ...['-f', 'lavfi', '-i', 'aevalsrc=0.4*sin(2*PI*440*t)|0.4*sin(2*PI*880*t):duration=1'],
      ...['-i', cover, '-map', '0', '-map', '1', '-disposition:v', 'attached_pic', path],
    ]);
    await using file = await openFile(path, { audio: { channels: 2 } });
    expect(file.video).toBeUndefined();
    const heard: [number[], number[]] = [[], []];
    for await (const { data, timestampUs } of file.audio!) {
      if (timestampUs < 200_000 || timestampUs >= 700_000) continue;
      data.forEach((sample, i) => heard[i % 2 === 0 ? 0 : 1].push(sample));
    }
    const [left, right] = heard.map((one) => frequencyOf(Int16Array.from(one), 48_000));
    expect(Math.abs(left! - 440)).toBeLessThan(5);
    expect(Math.abs(right! - 880)).toBeLessThan(10);
  });

  it('waits as long as an animation shows its last picture before it begins anew', async () => {
    const path = join(folder, 'blink.gif');
    await runFfmpeg([
      ...['-f', 'lavfi', '-i', 'testsrc=size=16x16:rate=10:duration=0.5'],
      // Hundredths of a second.
      ...['-final_delay', '70', path],
    ]);
    await using file = await openFile(path, { loop: 2 });
    expect((await playAll(file)).timesUs).toEqual([
      ...[0, 100_000, 200_000, 300_000, 400_000],
      ...[1_100_000, 1_200_000, 1_300_000, 1_400_000, 1_500_000],
    ]);
  });
});

/** The colours of the upper and the lower part of a file's first picture, as ffmpeg shows it. */
async function upright(
  path: string,
): Promise<[[number, number, number], [number, number, number]]> {
  const pixels = await runFfmpeg([
    ...['-i', path, '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const at = (y: number): [number, number, number] => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray((y * 90 + 40) * 3);
    return [red, green, blue];
  };
  return [at(30), at(130)];
}
