import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CapturedFile, openFile, type OpenFileOptions } from 'framewire/capture';
import { makeNumberedClip, numberOf } from '../support/clips.js';
import { describeWith } from '../support/tools.js';

// A busy machine takes its time to start so many programs.
jest.setTimeout(120_000);

let folder = '';
let clip = '';
let song = '';

const at = (name: string): string => join(folder, name);

function written(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function codeOf(opening: Promise<CapturedFile>): Promise<unknown> {
  try {
    await using file = await opening;
    return `opened: ${file.video?.width}`;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

/** Reads to the end, or to what it ends with. */
async function numbersOf(file: CapturedFile): Promise<{ numbers: number[]; error?: unknown }> {
  const numbers: number[] = [];
  try {
    for await (using frame of file.video!) numbers.push(numberOf(frame));
    return { numbers };
  } catch (error) {
    return { numbers, error };
  }
}

/** Reads all of the sound. @returns how many frames there were. */
async function heard(file: CapturedFile): Promise<number> {
  let frames = 0;
  for await (const frame of file.audio!) {
    frame.close();
    frames += 1;
  }
  return frames;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

describeWith('ffmpeg', 'openFile of what is no film', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'framewire-fault-'));
    clip = at('clip.mkv');
    song = at('song.ts');
    await makeNumberedClip(clip, { output: ['-c:v', 'ffv1', '-g', '1', '-c:a', 'pcm_s16le'] });
    await makeNumberedClip(song, { output: ['-c:v', 'mpeg2video', '-c:a', 'mp2'] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused with a typed error', async () => {
    const garbage = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i * 7919) >> 5);
    await expect(codeOf(openFile(at('none.mp4')))).resolves.toBe('not-found');
    await expect(codeOf(openFile(join(at('none'), 'a.mp4')))).resolves.toBe('not-found');
    await expect(codeOf(openFile(folder))).resolves.toBe('file');
    await expect(codeOf(openFile(written('empty.mp4', '')))).resolves.toBe('file');
    await expect(codeOf(openFile(written('garbage.mp4', garbage)))).resolves.toBe('file');
    await expect(codeOf(openFile(written('text.mp4', 'hello\n'.repeat(99))))).resolves.toBe('file');
    execFileSync('mkfifo', [at('fifo')]);
    await expect(codeOf(openFile(at('fifo')))).resolves.toBe('file');
  });

  it('is refused if it has nothing that is wanted', async () => {
    const silent = at('silent.mkv');
    await makeNumberedClip(silent, { seconds: 0.2, sound: false });
    await expect(codeOf(openFile(silent, { video: false }))).resolves.toBe('file');
    expect(await codeOf(openFile(silent, { audio: false }))).toBe('opened: 64');
  });

  it('gives what there is of a file that breaks off, and then fails', async () => {
    const bytes = readFileSync(clip);
    await using file = await openFile(written('part.mkv', bytes.subarray(0, bytes.length >> 1)));
    const hearing = heard(file);
    const { numbers, error } = await numbersOf(file);
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers).toEqual(numbers.map((_, i) => i));
    expect(error).toMatchObject({ code: 'file' });
    expect(messageOf(error)).toMatch(/breaks off/);
    await expect(hearing).rejects.toMatchObject({ code: 'file' });
    await expect(file.seek(0)).rejects.toMatchObject({ code: 'invalid-state' });
  });

  it('fails with the file when ffmpeg dies', async () => {
    await using file = await openFile(clip, { loop: true });
    const dying = `/proc/${process.pid}/task/${process.pid}/children`;
    const { value } = await file.video!.next();
    value?.close();
    for (const pid of readFileSync(dying, 'utf8').split(' ').filter(Boolean)) {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      if (name === 'ffmpeg') process.kill(Number(pid), 'SIGKILL');
    }
    const hearing = heard(file);
    const { error } = await numbersOf(file);
    expect(error).toMatchObject({ code: 'file' });
    await expect(hearing).rejects.toMatchObject({ code: 'file' });
  });

  it('fails with what keeps it from being sought, so that no reader waits for ever', async () => {
    const ffmpegPath = at('ffmpeg-for-now');
    writeFileSync(ffmpegPath, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 });
    await using file = await openFile(clip, { ffmpegPath, audio: false });
    rmSync(ffmpegPath);
    await expect(file.seek(0)).rejects.toMatchObject({ code: 'not-found' });
    expect((await numbersOf(file)).error).toMatchObject({ code: 'not-found' });
  });

  it('takes a name for a name, whatever is in it', async () => {
    for (const name of ['-i.mkv', "a'b;c $(d) %s.mkv", 'concat:a.mkv', 'ä|b,c.mkv']) {
      copyFileSync(clip, at(name));
      expect(await codeOf(openFile(at(name), { audio: false }))).toBe('opened: 64');
    }
  });

  it('passes over no protocol that is not allowed, whatever a file names', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(readFileSync(song));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/song.ts`;
    const list = (entry: string): string =>
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${entry}\n#EXT-X-ENDLIST\n`;
    const session = `v=0\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`;
    try {
      for (const [name, content] of [
        ['list.m3u8', list(url)],
        ['list.mp4', list(url)],
        [
          'key.m3u8',
          list('song.ts').replace('#EXTINF', `#EXT-X-KEY:METHOD=AES-128,URI="${url}"\n#EXTINF`),
        ],
        ['tcp.m3u8', list(`tcp://127.0.0.1:${port}/a.ts`)],
        ['concat.m3u8', list(`concat:song.ts|${url}`)],
        ['passwd.m3u8', list('file:///etc/passwd')],
        ['list.ffconcat', `ffconcat version 1.0\nfile '${url}'\n`],
        ['absolute.ffconcat', `ffconcat version 1.0\nfile '${song}'\n`],
        ['session.sdp', session],
      ] as const) {
        const code = await codeOf(openFile(written(name, content)));
        expect([name, code]).toEqual([name, expect.stringMatching(/^(file|forbidden)$/)]);
      }
      await expect(codeOf(openFile(written('list.m3u8', list(url))))).resolves.toBe('forbidden');
      await expect(codeOf(openFile(url))).resolves.toBe('forbidden');
      expect(asked).toEqual([]);
      // What is allowed is read.
      expect(await codeOf(openFile(written('own.m3u8', list('song.ts'))))).toBe('opened: 64');
      expect(await codeOf(openFile(url, { protocols: ['http'] }))).toBe('opened: 64');
      expect(asked.length).toBeGreaterThan(0);
      const missing = openFile('http://user:secret@127.0.0.1:1/a', { protocols: ['http'] });
      const refusal: unknown = await missing.catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'file' });
      expect(messageOf(refusal)).not.toContain('secret');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('refuses options that are not as they must be', async () => {
    const wrong = [
      { pace: 'slow' },
      { loop: 0 },
      { loop: 'yes' },
      { startMs: -1 },
      { startMs: NaN },
      { durationMs: 0 },
      { video: false, audio: false },
      { video: { width: 0 } },
      { video: { format: 'rgba' } },
      { video: { fps: 0 } },
      { video: { fps: 1e9 } },
      { video: 5 },
      { audio: { sampleRate: 1 } },
      { audio: { channels: 3 } },
      { audio: { frameMs: 5 } },
      { protocols: 'file' },
      { signal: {} },
      { ffmpegPath: 5 },
    ];
    for (const options of wrong) {
      await expect(openFile(clip, options as unknown as OpenFileOptions)).rejects.toThrow(
        /^(options|pathOrUrl)/,
      );
    }
    await using file = await openFile(clip, { audio: false });
    await expect(file.seek(-1)).rejects.toThrow(RangeError);
    await expect(file.seek('5' as unknown as number)).rejects.toThrow(TypeError);
  });
});

describeWith('ffmpeg', 'an open file', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'framewire-open-'));
    clip = at('clip.mkv');
    await makeNumberedClip(clip, { seconds: 4, output: ['-c:v', 'ffv1', '-c:a', 'pcm_s16le'] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['video', 'audio'],
    ['audio', 'video'],
  ] as const)('gives all of its %s though nobody reads its %s', async (read, unread) => {
    await using file = await openFile(clip);
    let us = 0;
    for await (const frame of file[read]!) {
      us = frame.timestampUs;
      frame.close();
    }
    expect(us).toBeGreaterThan(3_900_000);
    // It has what it could keep, and the rest is counted.
    await file[unread]!.close();
    const { received, delivered, dropped } = file[unread]!.stats;
    expect(delivered).toBe(0);
    expect(received).toBe(dropped.full + dropped.closed);
  });

  it('loses nothing to a reader that takes its time', async () => {
    await using file = await openFile(clip, { audio: false, durationMs: 1_000 });
    const numbers: number[] = [];
    for await (using frame of file.video!) {
      numbers.push(numberOf(frame));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, i) => i));
  });

  it('gives a stalled reader the newest in real time, and counts the rest', async () => {
    await using file = await openFile(clip, { pace: 'real-time', loop: true });
    const first = await file.video!.next();
    expect(first.value?.timestampUs).toBe(0);
    first.value?.close();
    // So much was heard meanwhile.
    for await (const frame of file.audio!) if (frame.timestampUs >= 500_000) break;
    const { value } = await file.video!.next();
    using frame = value!;
    expect(frame.timestampUs).toBeGreaterThanOrEqual(400_000);
    expect(file.video!.stats.dropped.full).toBeGreaterThan(5);
  });

  it('begins in real time when it is first read', async () => {
    await using file = await openFile(clip, { pace: 'real-time', durationMs: 200 });
    // While this one is opened, that one has long had something to give.
    await using other = await openFile(clip);
    expect(other.ended).toBe(false);
    const { value } = await file.audio!.next();
    expect(value?.timestampUs).toBe(0);
    expect(file.audio!.stats.dropped.full).toBe(0);
  });

  it('is closed with its streams, twice, early and while it is read', async () => {
    const file = await openFile(clip, { loop: true });
    for await (const frame of file.video!) {
      frame.close();
      break;
    }
    const waiting = file.audio!.next();
    await waiting;
    await file.audio!.close();
    expect(file.ended).toBe(true);
    await file.close();
    await expect(file.seek(0)).rejects.toMatchObject({ code: 'closed' });
    const other = await openFile(clip, { pace: 'real-time' });
    const reading = numbersOf(other);
    await other.close();
    await other.close();
    expect((await reading).error).toBeUndefined();
    expect(ffmpegs()).toBe(0);
  });

  it('is aborted by its signal, at any time', async () => {
    const reason = new Error('enough');
    await expect(openFile(clip, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const early = new AbortController();
    const opening = openFile(clip, { signal: early.signal });
    early.abort(reason);
    await expect(opening).rejects.toBe(reason);
    const late = new AbortController();
    const file = await openFile(clip, { signal: late.signal, loop: true });
    const reading = numbersOf(file);
    late.abort(reason);
    await expect(reading).resolves.toMatchObject({ error: reason });
    await expect(file.audio!.next()).rejects.toBe(reason);
    await file.close();
    expect(ffmpegs()).toBe(0);
  });

  it('seeks again and again, and gives what was sought last', async () => {
    await using file = await openFile(clip, { audio: false });
    const seeks = [3_000, 100, 2_000, 1_000].map((ms) => file.seek(ms));
    await Promise.all(seeks);
    const { value } = await file.video!.next();
    using frame = value!;
    expect(frame.timestampUs).toBe(1_000_000);
    expect(numberOf(frame)).toBe(25);
    // All of it was decoded, but not read.
    await file.seek(3_960);
    await file.seek(3_960);
    expect((await file.video!.next()).value?.timestampUs).toBe(3_960_000);
    await file.seek(0);
    expect((await file.video!.next()).value?.timestampUs).toBe(0);
    await file.seek(60_000);
    await expect(file.video!.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('begins anew if it is sought past its end, as often as it is to be played', async () => {
    await using file = await openFile(clip, { loop: 2, startMs: 3_000 });
    await file.seek(60_000);
    const { value: sound } = await file.audio!.next();
    expect(sound?.timestampUs).toBe(3_000_000);
    const stamps: number[] = [];
    for await (using frame of file.video!) stamps.push(frame.timestampUs);
    expect(stamps).toEqual(Array.from({ length: 25 }, (_, i) => 3_000_000 + i * 40_000));
  });

  it('leaves no process and no descriptor behind', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const once = async (i: number): Promise<void> => {
      const file = await openFile(clip, i % 2 === 0 ? {} : { loop: true });
      if (i % 3 === 0) (await file.video!.next()).value?.close();
      await file.close();
    };
    await once(0);
    const before = descriptors();
    for (let i = 0; i < 8; i++) await once(i);
    expect(descriptors()).toBeLessThanOrEqual(before + 1);
    expect(ffmpegs()).toBe(0);
  });
});

/** How many ffmpegs of this process run. */
function ffmpegs(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return children.split(' ').filter((pid) => {
    if (pid === '') return false;
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes('(ffmpeg)');
  }).length;
}
