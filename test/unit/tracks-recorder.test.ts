import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalVideoTrack } from 'framewire';
import type { RecordedFile } from 'framewire/record';
import { type Color, whenIdle } from 'framewire/testing';
import { monotonicUs } from '../../src/core/clock.js';
import { RecordingNames } from '../../src/record/recording-names.js';
import { RoomOutput, type RoomOutputOptions } from '../../src/record/room-output.js';
import { resolveRoomOptions } from '../../src/record/room-recording-options.js';
import type { SeenTrack } from '../../src/record/room-tracks.js';
import { TracksRecorder } from '../../src/record/tracks-recorder.js';
import { Painter } from '../support/painter.js';
import { folderForEach, lengthMs, pictures, writerOf } from '../support/recorded-room.js';
import { describeWith } from '../support/tools.js';

afterAll(() => whenIdle());

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];

const painters: Painter[] = [];

afterEach(() => {
  for (const painter of painters.splice(0)) painter.close();
});

/** Somebody's camera, which paints once it's told to. */
function camera(identity: string, color: Color): { painter: Painter; seen: SeenTrack } {
  const painter = new Painter(color, { width: 64, height: 48 });
  painters.push(painter);
  const track = LocalVideoTrack.create('camera', painter.source);
  const source = { sid: `TR_${identity}`, name: 'x', kind: 'video', source: 'camera' } as const;
  return {
    painter,
    seen: {
      track,
      participant: { identity, sid: `PA_${identity}`, name: '', local: false },
      source: { ...source, mimeType: 'video/VP8' },
      muted: () => false,
      end: () => 'unpublished',
    },
  };
}

/** What becomes of files, and how to wait for it. */
class Log {
  readonly started: string[] = [];
  readonly finished: RecordedFile[] = [];
  readonly failed: RecordedFile[] = [];

  async until(fits: (log: Log) => boolean): Promise<void> {
    while (!fits(this)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function output(dir: string, log: Log, options: Partial<RoomOutputOptions> = {}): RoomOutput {
  const { formats } = resolveRoomOptions({ dir });
  return new RoomOutput({
    dir,
    originUs: monotonicUs(),
    maxFiles: 8,
    maxPauseUs: 60_000_000,
    channels: 1,
    formats,
    changed: () => undefined,
    started: ({ file }) => log.started.push(file),
    finished: (file) => log.finished.push(file),
    failed: (file) => log.failed.push(file),
    ...options,
  });
}

/** Resolves when a file that is being recorded is so long. */
async function untilLong(files: RoomOutput, name: string, ms: number): Promise<void> {
  const long = (): boolean =>
    files.describe().some(({ file, durationMs }) => file === name && durationMs >= ms);
  while (!long()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describeWith(['ffmpeg', 'ffprobe'], 'the files of tracks', () => {
  const folder = folderForEach();

  it('begin with the first frame: a track without one has none', async () => {
    const log = new Log();
    const files = output(folder(), log);
    const recorder = new TracksRecorder(files);
    const silent = camera('ada', RED);
    const seen = camera('bob', GREEN);
    recorder.came(silent.seen);
    recorder.came(seen.seen);
    recorder.came(seen.seen);
    seen.painter.start();
    await untilLong(files, 'bob-camera.mp4', 300);
    await recorder.stop('stopped');
    expect(await readdir(folder())).toEqual(['bob-camera.mp4']);
    expect(recorder.describe()).toMatchObject([
      { participant: { identity: 'ada' }, files: [], missing: 'no-media', end: 'stopped' },
      { participant: { identity: 'bob' }, files: ['bob-camera.mp4'], end: 'stopped' },
    ]);
    expect(recorder.describe()[1]?.missing).toBeUndefined();
    expect(files.describe()).toHaveLength(1);
  });

  it('end when no frames come for a while, and go on in new ones', async () => {
    const log = new Log();
    const files = output(folder(), log, { maxPauseUs: 400_000 });
    const recorder = new TracksRecorder(files);
    const { painter, seen } = camera('ada', RED);
    recorder.came(seen);
    painter.start();
    await untilLong(files, 'ada-camera.mp4', 300);
    painter.rest();
    const check = setInterval(() => recorder.check(monotonicUs()), 50);
    await log.until(({ finished }) => finished.length === 1);
    painter.change(GREEN);
    await untilLong(files, 'ada-camera-2.mp4', 300);
    clearInterval(check);
    await recorder.stop('stopped');
    const [first, second] = files.describe();
    expect([first?.end, second?.end]).toEqual(['paused', 'stopped']);
    expect(second!.startMs - first!.startMs).toBeGreaterThan(first!.durationMs);
    for (const [i, color] of [RED, GREEN].entries()) {
      const { file, durationMs } = files.describe()[i]!;
      const path = join(folder(), file);
      const { all, of } = await pictures(path, color);
      expect([file, all > 5, all - of]).toEqual([file, true, 0]);
      expect(Math.abs((await lengthMs(path)) - durationMs)).toBeLessThan(60);
    }
  });

  it.each([
    ['go on in new ones', 0, ['ada-camera-2.mp4', 'ada-camera.mp4', 'bob-camera.mp4']],
    ['are given up if they fail at once', 600_000_000, ['ada-camera.mp4', 'bob-camera.mp4']],
  ])('fail each for itself, and %s', async (_, hopelessUs, names) => {
    const log = new Log();
    const files = output(folder(), log, { hopelessUs });
    const recorder = new TracksRecorder(files);
    const [ada, bob] = [camera('ada', RED), camera('bob', GREEN)];
    for (const { painter, seen } of [ada, bob]) {
      recorder.came(seen);
      painter.start();
    }
    await untilLong(files, 'ada-camera.mp4', 300);
    await untilLong(files, 'bob-camera.mp4', 300);
    process.kill(await writerOf(join(folder(), 'ada-camera.mp4')), 'SIGKILL');
    await log.until(({ failed }) => failed.length === 1);
    if (names.length === 3) await untilLong(files, 'ada-camera-2.mp4', 200);
    else await log.until(() => recorder.describe()[0]?.end === 'failed');
    await untilLong(files, 'bob-camera.mp4', 800);
    await recorder.stop('stopped');
    expect(log.failed).toMatchObject([
      { file: 'ada-camera.mp4', end: 'failed', error: { code: 'file' } },
    ]);
    expect(log.finished).toHaveLength(names.length - 1);
    const described = files.describe();
    expect(described.map(({ file }) => file).sort()).toEqual(names);
    for (const { file, state } of described) {
      expect([file, state]).toEqual([file, file === 'ada-camera.mp4' ? 'failed' : 'finished']);
    }
    const { missing, end } = recorder.describe()[0]!;
    expect([missing, end]).toEqual(
      names.length === 3 ? [undefined, 'stopped'] : ['failed', 'failed'],
    );
  });

  it('that can not be made fail with what the system says', async () => {
    const log = new Log();
    const gone = join(folder(), 'gone');
    await mkdir(gone);
    const files = output(gone, log);
    const recorder = new TracksRecorder(files);
    const { painter, seen } = camera('ada', RED);
    await rm(gone, { recursive: true });
    recorder.came(seen);
    painter.start();
    await log.until(({ failed }) => failed.length === 1);
    await recorder.stop('stopped');
    expect(files.describe()).toMatchObject([
      { file: 'ada-camera.mp4', state: 'failed', error: { code: 'not-found' } },
    ]);
    expect(recorder.describe()).toMatchObject([{ missing: 'failed', end: 'failed', files: [] }]);
  });

  it('are another when a track comes anew before the one before is finished', async () => {
    const log = new Log();
    const files = output(folder(), log);
    const recorder = new TracksRecorder(files);
    const { painter, seen } = camera('ada', RED);
    recorder.came(seen);
    painter.start();
    await untilLong(files, 'ada-camera.mp4', 200);
    recorder.gone(seen.track);
    recorder.came({ ...seen, source: { ...seen.source, sid: 'TR_anew' } });
    await untilLong(files, 'ada-camera-2.mp4', 200);
    await recorder.stop('stopped');
    expect(recorder.describe()).toMatchObject([
      { files: ['ada-camera.mp4'], end: 'unpublished' },
      { files: ['ada-camera-2.mp4'], end: 'stopped', track: { sid: 'TR_anew' } },
    ]);
    expect(log.finished).toHaveLength(2);
  });

  it('leave alone what was in the folder before', async () => {
    const log = new Log();
    await writeFile(join(folder(), 'ADA-camera.mp4'), 'mine');
    const files = output(folder(), log, { taken: await readdir(folder()) });
    const recorder = new TracksRecorder(files);
    const { painter, seen } = camera('ada', RED);
    recorder.came(seen);
    painter.start();
    await untilLong(files, 'ada-camera-2.mp4', 200);
    await recorder.stop('stopped');
    expect(await readFile(join(folder(), 'ADA-camera.mp4'), 'utf8')).toBe('mine');
    expect(log.finished).toMatchObject([{ file: 'ada-camera-2.mp4' }]);
  });

  it('are as many at a time as are allowed; others wait for one to end', async () => {
    const log = new Log();
    const files = output(folder(), log, { maxFiles: 1 });
    const recorder = new TracksRecorder(files);
    const [ada, bob] = [camera('ada', RED), camera('bob', GREEN)];
    recorder.came(ada.seen);
    ada.painter.start();
    await untilLong(files, 'ada-camera.mp4', 200);
    recorder.came(bob.seen);
    bob.painter.start();
    const missing = (): unknown => recorder.describe()[1]?.missing;
    while (missing() !== 'too-many-files') await new Promise((resolve) => setTimeout(resolve, 10));
    recorder.gone(ada.seen.track);
    await untilLong(files, 'bob-camera.mp4', 200);
    expect(missing()).toBeUndefined();
    await recorder.stop('stopped');
    expect(files.describe()).toMatchObject([
      { file: 'ada-camera.mp4', end: 'unpublished' },
      { file: 'bob-camera.mp4', end: 'stopped' },
    ]);
  });
});

describe('the names of files', () => {
  it('are safe, and each is there once, whatever people call themselves', () => {
    const names = new RecordingNames(['manifest.json']);
    const next = (identity: string): string => names.next([identity, 'camera'], 'mp4');
    expect(next('ada')).toBe('ada-camera.mp4');
    expect(next('ada')).toBe('ada-camera-2.mp4');
    expect(next('ADA')).toBe('ADA-camera-3.mp4');
    expect(next('\u00e9')).toBe('\u00e9-camera.mp4');
    expect(next('e\u0301')).toBe('\u00e9-camera-2.mp4');
    expect(next('../../etc/passwd')).toBe('_.._etc_passwd-camera.mp4');
    expect(next('a/b')).toBe('a_b-camera.mp4');
    expect(next('x/b')).toBe('x_b-camera.mp4');
    expect(next('a\\b')).toBe('a_b-camera-2.mp4');
    expect(next('-rf %d "; $(id)\n')).toBe('-rf %d _; $(id)-camera.mp4');
    for (const identity of ['x'.repeat(5000), '\u{1f600}'.repeat(300), '', '\u202e', 'con', '\0']) {
      const name = next(identity);
      expect(name).toMatch(/camera(-\d+)?\.mp4$/);
      expect(Buffer.byteLength(name)).toBeLessThan(250);
      expect(name).not.toMatch(/[/\\\0]/);
    }
  });
});
