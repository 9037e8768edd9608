import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AudioSource,
  AVSynchronizer,
  LocalAudioTrack,
  LocalVideoTrack,
  type Room,
  VideoSource,
  VideoStream,
} from 'framewire';
import { recordRoom } from 'framewire/record';
import { BeepAndFlash, type Color, colorDistance } from 'framewire/testing';
import { offsetsInFile } from '../support/beeps-in-file.js';
import { decodeAudio, decodeFrames } from '../support/ffmpeg.js';
import { liveRooms } from '../support/live-rooms.js';
import {
  folderForEach,
  lengthMs,
  longFiles,
  nextFile,
  offsetsSideBySide,
  pictures,
  pitch,
  readManifest,
  untilManifest,
} from '../support/recorded-room.js';
import { amplitudeAt } from '../support/sound.js';
import { describeWith } from '../support/tools.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];
const BLUE: Color = [40, 60, 200];
const BLACK: Color = [0, 0, 0];

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describeWith(['ffmpeg', 'ffprobe'], 'a room recorded by tracks', () => {
  const folder = folderForEach();

  it('has a file for each stay of each, and ends when the room is left', async () => {
    const [ada, recorder] = await Promise.all([live.join('../ada'), live.join('recorder')]);
    const startedMs = Date.now();
    const recording = await recordRoom(recorder, { dir: folder() });
    await expect(recordRoom(recorder, { dir: folder() })).rejects.toMatchObject({ code: 'file' });
    await Promise.all([live.paint(ada, RED), live.sing(ada, 440)]);
    await untilManifest(recording, longFiles(2, 500));
    const bob = await live.join('bob');
    const { track } = await live.paint(bob, GREEN);
    await untilManifest(recording, longFiles(3, 500));
    const unpublished = nextFile(recording, 'fileFinished');
    await bob.localParticipant.unpublishTrack(track);
    await unpublished;
    await live.paint(bob, BLUE);
    await untilManifest(recording, longFiles(4, 500));
    const left = nextFile(recording, 'fileFinished');
    await bob.disconnect();
    await left;
    expect(await readManifest(folder())).toMatchObject({ state: 'recording' });
    await recorder.disconnect();
    const { dir, manifestPath, ...manifest } = await recording.finished;

    expect([dir, manifestPath]).toEqual([folder(), join(folder(), 'manifest.json')]);
    expect(await readManifest(folder())).toEqual(manifest);
    expect(manifest).toMatchObject({
      version: 1,
      layout: 'tracks',
      state: 'finished',
      room: live.roomName,
      end: 'disconnected',
      refused: [],
    });
    expect(manifest.startedAtUs / 1000).toBeGreaterThan(startedMs - 1000);
    expect(manifest.startedAtUs / 1000).toBeLessThan(Date.now());
    expect(Date.parse(manifest.startedAt)).toBe(Math.floor(manifest.startedAtUs / 1000));
    const files = Object.fromEntries(manifest.files.map((file) => [file.file, file]));
    const names = ['_ada-camera.mp4', '_ada-microphone.mp4', 'bob-camera-2.mp4', 'bob-camera.mp4'];
    expect(Object.keys(files).sort()).toEqual(names);
    expect((await readdir(folder())).sort()).toEqual([...names, 'manifest.json'].sort());
    expect(files).toMatchObject({
      [names[0]!]: {
        end: 'disconnected',
        kind: 'video',
        codecs: ['h264'],
        width: 320,
        height: 180,
      },
      [names[1]!]: { end: 'disconnected', kind: 'audio', codecs: ['aac'] },
      'bob-camera.mp4': { end: 'unpublished', participant: { identity: 'bob', local: false } },
      'bob-camera-2.mp4': { end: 'participant-left', track: { source: 'camera', kind: 'video' } },
    });
    for (const { file, state, startMs, durationMs } of manifest.files) {
      expect([file, state]).toEqual([file, 'finished']);
      expect(Math.abs((await lengthMs(join(folder(), file))) - durationMs)).toBeLessThan(60);
      expect(startMs).toBeGreaterThan(0);
      expect(startMs + durationMs).toBeLessThan(manifest.durationMs + 500);
    }
    expect(manifest.tracks.map(({ files: of, end }) => [of[0], end]).sort()).toEqual(
      names.map((name) => [name, files[name]?.end]),
    );
    const colors = { [names[0]!]: RED, 'bob-camera.mp4': GREEN, 'bob-camera-2.mp4': BLUE };
    for (const [name, color] of Object.entries(colors)) {
      const { all, of } = await pictures(join(folder(), name), color);
      expect([name, all > 8, all - of]).toEqual([name, true, 0]);
    }
    expect(Math.abs((await pitch(join(folder(), names[1]!))) - 440)).toBeLessThan(9);
  });

  it('ends at once by its signal, and with nothing if nobody is there', async () => {
    const recorder = await live.join('recorder');
    const ending = new AbortController();
    const recording = await recordRoom(recorder, { dir: folder(), signal: ending.signal });
    ending.abort();
    expect(await recording.finished).toMatchObject({ end: 'stopped', files: [], tracks: [] });
    expect(await recording.stop()).toBe(await recording.finished);
    const again = await recordRoom(recorder, { dir: folder(), overwrite: true, layout: 'grid' });
    await again.close();
    expect((await again.finished).end).toBe('stopped');
    expect(await readManifest(folder())).toMatchObject({ layout: 'grid', state: 'finished' });
  });

  it('does not begin in a room that is just being left, and leaves nothing then', async () => {
    const [ada, recorder] = await Promise.all([live.join('ada'), live.join('recorder')]);
    const seen = recorder.waitForTrack({ kind: 'video' });
    await live.paint(ada, RED);
    await seen;
    const beginning = recordRoom(recorder, { dir: folder() });
    await Promise.all([
      expect(beginning).rejects.toMatchObject({ code: 'disconnected' }),
      recorder.disconnect(),
    ]);
    expect(await readdir(folder())).toEqual([]);
  });

  it('refuses what it can not record', async () => {
    const dir = folder();
    await expect(recordRoom(live.room(), { dir })).rejects.toMatchObject({ code: 'disconnected' });
    const room = await live.join('recorder');
    await writeFile(join(dir, 'plain'), '');
    const refused: [object, object][] = [
      [{ dir: join(dir, 'no') }, { code: 'not-found' }],
      [{ dir: join(dir, 'plain') }, { code: 'file' }],
      [{ dir, ffmpegPath: join(dir, 'no-ffmpeg') }, { code: 'not-found' }],
    ];
    for (const [options, error] of refused) {
      await expect(recordRoom(room, options as never)).rejects.toMatchObject(error);
    }
    const wrong = [
      { dir: '' },
      { dir, layout: 'rows' },
      { dir, maxFiles: 0 },
      { dir, maxPauseMs: 1 },
      { dir, videoContainer: 'wav' },
      { dir, audioContainer: 'mp3' },
      { dir, video: { fps: 0 } },
      { dir, audio: { channels: 3 } },
      { dir, grid: { width: 321 } },
      { dir, grid: { maxTiles: 0 } },
    ];
    for (const options of wrong) {
      await expect(recordRoom(room, options as never)).rejects.toThrow(RangeError);
    }
    for (const options of [
      undefined,
      {},
      { dir, filter: 1 },
      { dir, grid: 1 },
      { dir, local: 1 },
    ]) {
      await expect(recordRoom(room, options as never)).rejects.toThrow(TypeError);
    }
    await expect(recordRoom({} as never, { dir })).rejects.toThrow(TypeError);
    await expect(recordRoom(room, { dir, signal: AbortSignal.abort('enough') })).rejects.toBe(
      'enough',
    );
    expect(await readdir(dir)).toEqual(['plain']);
  });
});

describeWith(['ffmpeg', 'ffprobe'], 'a room recorded as a grid', () => {
  const folder = folderForEach();

  it('shows everybody who is there and not muted, with all sound', async () => {
    const [ada, recorder] = await Promise.all([live.join('ada'), live.join('recorder')]);
    const size = { width: 320, height: 180 };
    const recording = await recordRoom(recorder, { dir: folder(), layout: 'grid', grid: size });
    const [{ track }] = await Promise.all([live.paint(ada, RED), live.sing(ada, 440)]);
    const longer = async (): Promise<void> => {
      const { durationMs = 0 } = recording.manifest.files[0] ?? {};
      await untilManifest(recording, longFiles(1, durationMs + 700));
    };
    await recorder.waitForTrack({ kind: 'audio' });
    await recorder.waitForTrack({ kind: 'video' });
    await longer();
    const bob = await live.join('bob');
    await Promise.all([live.paint(bob, GREEN), live.sing(bob, 660)]);
    await recorder.waitForTrack({ kind: 'audio', participant: 'bob' });
    const seen = await recorder.waitForTrack({ kind: 'video', participant: 'bob' });
    // It's there before its first picture is.
    await using pictures = new VideoStream(seen.track);
    (await pictures[Symbol.asyncIterator]().next()).value?.close();
    await longer();
    const muted = nextEvent(recorder, 'trackMuted');
    track.mute();
    await muted;
    await longer();
    await ada.disconnect();
    await longer();
    const { files, tracks } = await recording.stop();

    expect(files).toMatchObject([{ file: 'room.mp4', kind: 'mixed', codecs: ['h264', 'aac'] }]);
    expect(tracks).toHaveLength(4);
    for (const one of tracks) expect(one.files).toEqual(['room.mp4']);
    const path = join(folder(), 'room.mp4');
    const looks = await scenes(path);
    // Whatever is between two of them while it changes.
    const wanted = ['red red', 'red green', 'black green', 'green green'];
    expect(looks.filter((look) => wanted.includes(look))).toEqual(wanted);
    const samples = await decodeAudio(path);
    const heard = (frequencyHz: number, at: number): boolean =>
      amplitudeAt(samples.subarray(at, at + 9600), { frequencyHz, sampleRate: 48_000 }) > 1000;
    const starts = Array.from({ length: samples.length / 4800 - 2 }, (_, i) => i * 4800);
    expect(starts.some((at) => heard(440, at) && !heard(660, at))).toBe(true);
    expect(starts.some((at) => heard(440, at) && heard(660, at))).toBe(true);
    expect(starts.some((at) => !heard(440, at) && heard(660, at))).toBe(true);
  });
});

describeWith(['ffmpeg', 'ffprobe'], 'what was at one moment', () => {
  const folder = folderForEach();

  it('is at one place in files laid side by side, and in a grid', async () => {
    const [ada, recorder] = await Promise.all([live.join('ada'), live.join('recorder')]);
    void beepAndFlash(ada).catch(() => undefined);
    const [single, all] = [await folderIn('single'), await folderIn('all')];
    const grid = { width: 320, height: 180 };
    const tracks = await recordRoom(recorder, { dir: single });
    const mixed = await recordRoom(recorder, { dir: all, layout: 'grid', grid });
    await untilManifest(tracks, longFiles(2, 5000));
    const [{ files }, { files: room }] = await Promise.all([tracks.stop(), mixed.stop()]);
    const of = (kind: string): (typeof files)[number] => files.find((file) => file.kind === kind)!;
    const apart = await offsetsSideBySide(single, of('video'), of('audio'));
    const together = await offsetsInFile(join(all, room[0]!.file));
    for (const offsets of [apart, together]) {
      // In the first second or two WebRTC's buffers change, and are not known.
      const settled = offsets
        .slice(-10)
        .map(Math.abs)
        .sort((one, other) => one - other);
      expect([offsets, settled.length, settled[5]! < 40]).toEqual([offsets, 10, true]);
    }
  });

  async function folderIn(name: string): Promise<string> {
    const dir = join(folder(), name);
    await mkdir(dir);
    return dir;
  }
});

/** Beeps and flashes of one moment, in a room, until the test is over. */
async function beepAndFlash(room: Room): Promise<void> {
  const size = { width: 320, height: 180 };
  const camera = new VideoSource(size);
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 500 });
  closing.push(
    () => camera.close(),
    () => voice.close(),
  );
  const me = room.localParticipant;
  await me.publishTrack(LocalVideoTrack.create('camera', camera), { simulcast: false, maxFps: 25 });
  await me.publishTrack(LocalAudioTrack.create('voice', voice));
  using sync = new AVSynchronizer({ audioSource: voice, videoSource: camera, fps: 25 });
  const scene = new BeepAndFlash(size);
  while (!voice.closed) {
    const { picture, sound, timestampUs } = scene.next();
    await sync.push(picture, { timestampUs });
    await sync.push(sound, { timestampUs });
  }
}

/** What is seen left and right in a file, one look after the other. */
async function scenes(path: string): Promise<string[]> {
  const colors = { red: RED, green: GREEN, black: BLACK };
  const name = (pixels: Uint8Array, x: number): string => {
    const at = (4 * 16 + x) * 3;
    const color: Color = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    const found = Object.entries(colors).find(([, one]) => colorDistance(color, one) <= 40);
    return found?.[0] ?? 'other';
  };
  const looks: string[] = [];
  for (const pixels of await decodeFrames(path, { width: 16, height: 9 })) {
    const look = `${name(pixels, 3)} ${name(pixels, 12)}`;
    if (looks.at(-1) !== look) looks.push(look);
  }
  return looks;
}
