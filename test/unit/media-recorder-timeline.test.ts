import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AudioFrame, PIXEL_FORMATS, sineWave, VideoFrame, type VideoRotation } from 'framewire';
import { MediaRecorder, type MediaRecorderOptions, type Recording } from 'framewire/record';
import { BeepAndFlash, type Color, frequencyOf, solidFrame, Tone } from 'framewire/testing';
import { offsetsInFile } from '../support/beeps-in-file.js';
import { decodeAudio, decodeFrames, meanRgb, probe } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-recorder-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const SIZE = { width: 160, height: 90 };
const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];
const BLACK: Color = [0, 0, 0];
/** Any time, as of a clock that began with the machine. */
const START_US = 7_000_000_123;

/** Records what `give` writes, to a file that the test judges. */
async function recorded(
  give: (recorder: MediaRecorder) => Promise<void>,
  options: MediaRecorderOptions = {},
  name = 'x.mp4',
): Promise<Recording> {
  const recorder = await MediaRecorder.open(join(folder, name), { overflow: 'wait', ...options });
  try {
    await give(recorder);
    return await recorder.stop();
  } finally {
    // What fails must not leave ffmpeg behind.
    await recorder.close();
  }
}

function picture(timestampUs: number, color: Color = RED): VideoFrame {
  return solidFrame(color, { ...SIZE, format: 'I420', timestampUs });
}

/** The nearest colour of each picture of a file, as a run: `RRRGG`. */
async function colorsOf(path: string): Promise<string> {
  const frames = await decodeFrames(path, { width: 16, height: 16 });
  const names = [
    ['r', RED],
    ['g', GREEN],
    ['.', BLACK],
  ] as const;
  const nearest = (color: Color): string => {
    const apart = names.map(([name, one]) => [
      name,
      Math.hypot(...one.map((c, i) => c - color[i]!)),
    ]);
    return String(apart.sort(([, a], [, b]) => Number(a) - Number(b))[0]![0]);
  };
  return frames.map((pixels) => nearest(meanRgb(pixels))).join('');
}

describeWith(['ffmpeg', 'ffprobe'], "a recording's pictures", () => {
  it('come at any rate and go in at a constant one, the nearest at each tick', async () => {
    const { path, ...counts } = await recorded(
      async (recorder) => {
        // Some 50 a second with a gap, and every time stamp a little off.
        for (let i = 0; i < 50; i++) {
          const offUs = ((i * 7919) % 3000) - 1500;
          const timestampUs = START_US + i * 20_000 + offUs + (i >= 25 ? 500_000 : 0);
          await recorder.write(picture(timestampUs, i < 25 ? RED : GREEN));
        }
      },
      { audio: false, video: { fps: 10 } },
    );
    // 0.5 s of red, then the gap, in which the last one stays, and green from 1 s on.
    expect(await colorsOf(path)).toBe('rrrrrrrrrrgggggg');
    expect(counts).toMatchObject({ frames: 16, jumps: 0, dropped: { full: 0, late: 0 } });
    expect(counts.filled).toBeGreaterThanOrEqual(4);
    expect((await probe(path)).video).toMatchObject({ avg_frame_rate: '10/1' });
  });

  it('go in in every format, the right way up', async () => {
    const { path } = await recorded(
      async (recorder) => {
        for (const [i, format] of PIXEL_FORMATS.entries()) {
          const frame = solidFrame(GREEN, { ...SIZE, format });
          await recorder.write(frame, { timestampUs: START_US + i * 100_000 });
          expect(frame.closed).toBe(true);
        }
      },
      { audio: false, video: { fps: 10 } },
    );
    expect(await colorsOf(path)).toBe('g'.repeat(PIXEL_FORMATS.length));
    for (const rotation of [90, 180, 270] satisfies VideoRotation[]) {
      const frame = VideoFrame.create({ width: 30, height: 20, format: 'RGB24', rotation });
      // The left half is white: turned clockwise it's above, on the right, below.
      for (let i = 0; i < frame.data.length; i++) frame.data[i] = i % 90 < 45 ? 255 : 0;
      const turned = await recorded(
        async (recorder) => recorder.write(frame),
        { audio: false },
        `${rotation}.mp4`,
      );
      const size = rotation === 180 ? { width: 30, height: 20 } : { width: 20, height: 30 };
      expect(turned).toMatchObject(size);
      const [pixels] = await decodeFrames(turned.path, size);
      const first = pixels![0]! > 128;
      const last = pixels!.at(-1)! > 128;
      expect([first, last]).toEqual(rotation === 90 ? [true, false] : [false, true]);
    }
  });

  it('are fitted into the first size, which may be odd', async () => {
    const { path, width, height } = await recorded(
      async (recorder) => {
        const sizes = [
          [33, 25],
          [66, 50],
          [100, 10],
          [1, 1],
        ] as const;
        for (const [i, [w, h]] of sizes.entries()) {
          const timestampUs = START_US + i * 33_333;
          await recorder.write(
            solidFrame(GREEN, { width: w, height: h, format: 'RGBA', timestampUs }),
          );
        }
      },
      { audio: false },
    );
    expect([width, height]).toEqual([34, 26]);
    const [first, second, wide] = await decodeFrames(path, { width, height });
    expect(meanRgb(first!)[1]).toBeGreaterThan(150);
    expect(meanRgb(second!)[1]).toBeGreaterThan(150);
    // Black bars above and below.
    expect(wide!.subarray(0, 3).every((c) => c < 60)).toBe(true);
    expect(meanRgb(wide!)[1]).toBeLessThan(60);
  });

  it('begin a new file where their size changes, if that is wanted', async () => {
    const { parts } = await recorded(
      async (recorder) => {
        for (let i = 0; i < 30; i++) {
          const timestampUs = START_US + i * 33_333;
          const size = i < 10 ? { width: 64, height: 48 } : { width: 48, height: 64 };
          const tone = new Tone({ frequency: 440 }).next(33);
          await recorder.write(solidFrame(RED, { ...size, format: 'I420', timestampUs }));
          await recorder.write(tone, { timestampUs });
        }
      },
      { video: { onResize: 'part' } },
    );
    expect(parts).toMatchObject([
      { width: 64, height: 48, frames: 10, startMs: 0 },
      { width: 48, height: 64, frames: 20 },
    ]);
    expect(parts.map(({ path }) => basename(path))).toEqual(['x-001.mp4', 'x-002.mp4']);
  });
});

describeWith(['ffmpeg', 'ffprobe'], "a recording's timeline", () => {
  it('keeps the offset of what begins late, and ends early', async () => {
    const { path, durationMs } = await recorded(async (recorder) => {
      const scene = new BeepAndFlash({ fps: 25, ...SIZE });
      for (let i = 0; i < 75; i++) {
        const { picture: shown, sound, timestampUs } = scene.next();
        const stamp = { timestampUs: START_US + timestampUs };
        if (i < 20) shown.close();
        const writing = [
          recorder.write(sound, stamp),
          ...(i < 20 ? [] : [recorder.write(shown, stamp)]),
        ];
        await Promise.all(writing);
      }
    });
    expect(durationMs).toBe(3000);
    const offsets = await offsetsInFile(path);
    expect(offsets.length).toBeGreaterThanOrEqual(8);
    for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(15);
  });

  it('fills gaps with the last picture, and with silence', async () => {
    const { path, silenceMs } = await recorded(
      async (recorder) => {
        for (let i = 0; i < 100; i++) {
          const timestampUs = START_US + i * 10_000 + (i >= 50 ? 1_000_000 : 0);
          const writing = recorder.write(new Tone({ frequency: 1000 }).next(10), { timestampUs });
          if (i % 10 === 0) await recorder.write(picture(timestampUs, i < 50 ? RED : GREEN));
          await writing;
        }
      },
      { video: { fps: 10 } },
    );
    expect(silenceMs).toBeCloseTo(1000, 0);
    expect(await colorsOf(path)).toBe('r'.repeat(15) + 'g'.repeat(5));
    const samples = await decodeAudio(path);
    const loud = (fromMs: number, toMs: number): boolean =>
      samples.subarray(fromMs * 48, toMs * 48).some((sample) => Math.abs(sample) > 2000);
    expect([loud(100, 480), loud(530, 1470), loud(1530, 1900)]).toEqual([true, false, true]);
  });

  it('cuts out what was paused', async () => {
    const { path, durationMs } = await recorded(async (recorder) => {
      const scene = new BeepAndFlash({ fps: 30, ...SIZE });
      for (let i = 0; i < 120; i++) {
        if (i === 30) recorder.pause();
        if (i === 90) recorder.resume();
        const { picture: shown, sound, timestampUs } = scene.next();
        const stamp = { timestampUs: START_US + timestampUs };
        await Promise.all([recorder.write(shown, stamp), recorder.write(sound, stamp)]);
      }
    });
    expect(durationMs).toBe(2000);
    const offsets = await offsetsInFile(path);
    expect(offsets.length).toBeGreaterThanOrEqual(8);
    for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(2);
  });

  it('goes on over time stamps that jump by hours, and over equal ones', async () => {
    const { durationMs, jumps, dropped } = await recorded(
      async (recorder) => {
        const hours = 3_600_000_000;
        for (const base of [10 * hours, 20 * hours, hours, hours + 400_000]) {
          for (let i = 0; i < 10; i++) await recorder.write(picture(base + i * 33_333));
        }
        for (let i = 0; i < 50; i++) await recorder.write(picture(hours + 1_000_000));
      },
      { audio: false },
    );
    expect(jumps).toBe(2);
    expect(durationMs).toBeLessThan(2500);
    expect(dropped.rate + dropped.late).toBe(49);
  });

  it('follows frames that have no time stamps', async () => {
    const { durationMs, frames } = await recorded(async (recorder) => {
      for (let i = 0; i < 30; i++) {
        await Promise.all([
          recorder.write(picture(0)),
          recorder.write(new Tone({ frequency: 440 }).next(100 / 3)),
        ]);
      }
    });
    expect(frames).toBe(30);
    expect(durationMs).toBeCloseTo(1000, 0);
  });

  it('loses nothing between the files of segments', async () => {
    const { parts, frames } = await recorded(
      async (recorder) => {
        const scene = new BeepAndFlash({ fps: 30, ...SIZE });
        for (let i = 0; i < 100; i++) {
          const { picture: shown, sound, timestampUs } = scene.next();
          await Promise.all([
            recorder.write(shown, { timestampUs }),
            recorder.write(sound, { timestampUs }),
          ]);
        }
      },
      { segmentMs: 1000 },
      'x-%02d.mp4',
    );
    expect(await readdir(folder)).toEqual(['x-01.mp4', 'x-02.mp4', 'x-03.mp4', 'x-04.mp4']);
    expect(parts.map((part) => [part.startMs, part.frames])).toEqual([
      [0, 30],
      [1000, 30],
      [2000, 30],
      [3000, 10],
    ]);
    expect(frames).toBe(100);
    for (const { path, frames: count } of parts) {
      const { video, audio, format } = await probe(path);
      expect(video?.nb_read_packets).toBe(`${count}`);
      expect(Number(format.duration)).toBeCloseTo(count / 30, 1);
      expect(audio).toBeDefined();
    }
  });
});

describeWith('ffmpeg', "a recording's sound", () => {
  it('may have any rate and any channels', async () => {
    const { path, durationMs } = await recorded(
      async (recorder) => {
        for await (const frame of sineWave({
          frequencyHz: 440,
          sampleRate: 44_100,
          channels: 2,
          durationMs: 1000,
        })) {
          await recorder.write(frame);
        }
      },
      { audio: { sampleRate: 16_000, channels: 1 } },
      'x.wav',
    );
    expect(durationMs).toBeCloseTo(1000, 0);
    const samples = await decodeAudio(path, { sampleRate: 16_000 });
    expect(frequencyOf(samples.subarray(0, 16_000), 16_000)).toBeCloseTo(440, -1);
  });

  it.each([3, 4])('may have %d channels and any bit rate in Opus', async (channels) => {
    const sound = AudioFrame.create({ sampleRate: 48_000, channels, samplesPerChannel: 4800 });
    const audio = { codec: 'opus', bitrateBps: 2_000_000 } as const;
    const { path } = await recorded((recorder) => recorder.write(sound), { audio }, 'x.mkv');
    expect((await probe(path)).audio).toMatchObject({ codec_name: 'opus', channels });
  });

  it('is all of it in a .wav file, sample by sample', async () => {
    const data = Int16Array.from({ length: 16_000 }, (_, i) => (i * 37) % 20_000);
    const { path } = await recorded(
      (recorder) => recorder.write(new AudioFrame(data, { sampleRate: 8000, channels: 2 })),
      {},
      'x.wav',
    );
    const decoded = await decodeAudio(path, { sampleRate: 8000, channels: 2 });
    expect(
      Buffer.compare(Buffer.from(decoded.buffer, 0, decoded.byteLength), Buffer.from(data.buffer)),
    ).toBe(0);
  });
});

describeWith(['ffmpeg', 'ffprobe'], 'recording of sources', () => {
  it('ends with them, waits where they can, and closes them', async () => {
    let closed = 0;
    async function* pictures(): AsyncGenerator<VideoFrame> {
      try {
        for (let i = 0; i < 200; i++) yield await Promise.resolve(picture(START_US + i * 33_333));
      } finally {
        closed += 1;
      }
    }
    const recorder = await MediaRecorder.open(join(folder, 'x.mp4'));
    await recorder.record({ video: pictures() });
    const { frames, dropped, path } = await recorder.stop();
    expect({ frames, closed, dropped }).toEqual({
      ...{ frames: 200, closed: 1 },
      dropped: { full: 0, rate: 0, late: 0 },
    });
    // Nobody gave sound, nor was any to come.
    expect((await probe(path)).audio).toBeUndefined();
  });

  it('reads none where one of them can not be read', async () => {
    let closed = 0;
    async function* pictures(): AsyncGenerator<VideoFrame> {
      try {
        for (let i = 0; ; i++) yield await Promise.resolve(picture(START_US + i * 33_333));
      } finally {
        closed += 1;
      }
    }
    const refusing: AsyncIterable<AudioFrame> = {
      [Symbol.asyncIterator]: () => {
        throw new Error('It is read already.');
      },
    };
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'));
    const both = { video: pictures(), audio: refusing };
    await expect(recorder.record(both)).rejects.toThrow('It is read already.');
    while (closed === 0) await new Promise(setImmediate);
    // It's free for another.
    await recorder.record({ video: none() });
  });

  it('ends when the recorder is stopped, and rejects with what a source fails with', async () => {
    async function* broken(): AsyncGenerator<VideoFrame> {
      yield await Promise.resolve(picture(1));
      throw new Error('broken');
    }
    await using recorder = await MediaRecorder.open(join(folder, 'x.mp4'), { audio: false });
    await expect(recorder.record({ video: broken() })).rejects.toThrow('broken');
    async function* endless(): AsyncGenerator<VideoFrame> {
      yield picture(2);
      await new Promise(() => undefined);
    }
    const recording = recorder.record({ video: endless() });
    await expect(recorder.record({ video: endless() })).rejects.toMatchObject({
      code: 'invalid-state',
    });
    const { parts } = await recorder.stop();
    await recording;
    expect(parts).toHaveLength(1);
  });
});

describeWith('ffmpeg', 'a writer that gives both media in turn, and waits', () => {
  const options = { video: { fps: 10 } };
  const sound = (atMs: number): AudioFrame =>
    new AudioFrame(new Int16Array(4_800), {
      ...{ sampleRate: 48_000, channels: 1 },
      timestampUs: START_US + atMs * 1000,
    });

  it('goes on where its sound is far behind its pictures', async () => {
    const { frames, dropped } = await recorded(async (recorder) => {
      await recorder.write(sound(0));
      for (let i = 0; i < 60; i++) {
        await recorder.write(picture(START_US + i * 100_000));
        if (i >= 30) await recorder.write(sound((i - 30) * 100));
      }
    }, options);
    expect({ frames, dropped }).toEqual({ frames: 60, dropped: { full: 0, rate: 0, late: 0 } });
  }, 60_000);

  it('has the size of its pictures, though seconds of sound come before them', async () => {
    const recording = await recorded(async (recorder) => {
      for (let i = 0; i < 50; i++) {
        await recorder.write(sound(i * 100));
        if (i >= 32) await recorder.write(picture(START_US + i * 100_000));
      }
    }, options);
    expect(recording).toMatchObject({ ...SIZE, frames: 50 });
  });
});

async function* none(): AsyncGenerator<VideoFrame> {}
