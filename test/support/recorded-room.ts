import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioFrame, VideoFrame } from 'framewire';
import type {
  RecordedFile,
  RoomManifest,
  RoomRecording,
  RoomRecordingEvents,
} from 'framewire/record';
import { BeepAndFlashMeter, type Color, colorDistance, frequencyOf } from 'framewire/testing';
import { decodeAudio, decodeFrames, ffmpegPath, frameTimes, meanRgb, probe } from './ffmpeg.js';

/** A folder for each test, gone after it. Call it where `describe` is called. */
export function folderForEach(): () => string {
  let dir = '';
  beforeEach(async () => {
    process.env['FFMPEG_PATH'] = ffmpegPath();
    dir = await mkdtemp(join(tmpdir(), 'framewire-room-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  return () => dir;
}

/** The next event of a recording's files that fits. */
export function nextFile(
  recording: RoomRecording,
  event: 'fileStarted' | 'fileFinished' | 'fileFailed',
  fits: (file: RecordedFile) => boolean = () => true,
): Promise<RoomRecordingEvents['fileFailed'] | readonly [RecordedFile]> {
  return new Promise((resolve) => {
    const off = recording.on(event, (...args: [RecordedFile, ...unknown[]]) => {
      if (!fits(args[0])) return;
      off();
      resolve(args as [RecordedFile]);
    });
  });
}

/** Resolves when what the manifest says fits. */
export async function untilManifest(
  recording: RoomRecording,
  fits: (manifest: RoomManifest) => boolean,
): Promise<RoomManifest> {
  for (;;) {
    const { manifest } = recording;
    if (fits(manifest)) return manifest;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether as many files are so long at least. */
export function longFiles(count: number, ms: number): (manifest: RoomManifest) => boolean {
  return ({ files }) => files.filter(({ durationMs }) => durationMs >= ms).length >= count;
}

/** The manifest as it's in the folder. */
export async function readManifest(dir: string): Promise<RoomManifest> {
  return JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as RoomManifest;
}

/** Of the pictures of a file, how many are of a colour, give or take what codecs do to it. */
export async function pictures(path: string, color: Color): Promise<{ all: number; of: number }> {
  const frames = await decodeFrames(path, { width: 16, height: 16 });
  const of = frames.filter((frame) => colorDistance(meanRgb(frame), color) <= 30).length;
  return { all: frames.length, of };
}

/** The pitch of the loudest tone in the middle of a file. */
export async function pitch(path: string): Promise<number> {
  const samples = await decodeAudio(path);
  const middle = Math.floor(samples.length / 2);
  return frequencyOf(samples.slice(Math.max(0, middle - 9600), middle + 9600), 48_000);
}

/** The id of the process that writes a file. */
export async function writerOf(path: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // It may be gone meanwhile.
    const line = await readFile(join('/proc', name, 'cmdline'), 'utf8').catch(() => '');
    if (line.includes(path)) return Number(name);
  }
  throw new Error(`Nobody writes ${path}.`);
}

/** How long a file is by what is in it, in milliseconds. */
export async function lengthMs(path: string): Promise<number> {
  const { format } = await probe(path);
  return Number(format.duration) * 1000;
}

/**
 * How much later than its flash each beep is, in milliseconds, where a file with pictures and one with sound are laid
 * side by side as their manifest says.
 */
export async function offsetsSideBySide(
  dir: string,
  video: RecordedFile,
  audio: RecordedFile,
): Promise<readonly number[]> {
  const size = { width: 16, height: 16 };
  const path = join(dir, video.file);
  const sound = join(dir, audio.file);
  const [times, frames, samples, first, soundFirst] = await Promise.all([
    frameTimes(path, 'video'),
    decodeFrames(path, size),
    decodeAudio(sound),
    startUs(path),
    startUs(sound),
  ]);
  const meter = new BeepAndFlashMeter();
  // Both after the recording began, whatever came first.
  const ahead = 1_000_000;
  for (const [i, pixels] of frames.entries()) {
    using picture = new VideoFrame(pixels, { ...size, format: 'RGB24' });
    meter.video(picture, ahead + Math.round(video.startMs * 1000 + times[i]! * 1e6 - first));
  }
  const placeUs = ahead + Math.round(audio.startMs * 1000 - soundFirst);
  meter.audio(new AudioFrame(samples, { sampleRate: 48_000, channels: 1 }), placeUs);
  return meter.offsetsMs;
}

async function startUs(path: string): Promise<number> {
  return Number((await probe(path)).format.start_time) * 1e6;
}
