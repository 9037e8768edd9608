import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AudioSource,
  AudioStream,
  AVSynchronizer,
  LocalAudioTrack,
  LocalVideoTrack,
  type Room,
  VideoSource,
  VideoStream,
} from 'framewire';
import { MediaRecorder } from 'framewire/record';
import { BeepAndFlash } from 'framewire/testing';
import { offsetsInFile } from '../support/beeps-in-file.js';
import { p95 } from '../support/lip-sync.js';
import { liveRooms } from '../support/live-rooms.js';
import { describeWith } from '../support/tools.js';

const live = liveRooms();
const FPS = 30;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-recording-'));
  closing.push(() => rm(folder, { recursive: true }));
});

/** Publishes beeps and flashes, 30 pictures a second. */
async function publishScene(room: Room): Promise<void> {
  const camera = new VideoSource({ width: 640, height: 360 });
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 1000 });
  const me = room.localParticipant;
  await me.publishTrack(LocalVideoTrack.create('camera', camera), {
    simulcast: false,
    maxFps: FPS,
  });
  await me.publishTrack(LocalAudioTrack.create('voice', voice));
  const scene = new BeepAndFlash({ fps: FPS });
  const play = async (): Promise<void> => {
    using sync = new AVSynchronizer({ audioSource: voice, videoSource: camera, fps: FPS });
    while (!voice.closed) {
      const { picture, sound, timestampUs } = scene.next();
      await sync.push(picture, { timestampUs });
      await sync.push(sound, { timestampUs });
    }
  };
  const played = play().catch(() => undefined);
  closing.push(async () => {
    camera.close();
    voice.close();
    await played;
  });
}

describeWith(['ffmpeg', 'ffprobe'], 'a recording of a participant', () => {
  it('has its sound and its pictures within 15 ms', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await publishScene(alice);
    const [{ track: video }, { track: audio }] = await Promise.all([
      bob.waitForTrack({ kind: 'video', participant: 'alice' }),
      bob.waitForTrack({ kind: 'audio', participant: 'alice' }),
    ]);
    const recorder = await MediaRecorder.open(join(folder, 'alice.mp4'), { segmentMs: 4000 });
    const measured = new Promise<readonly number[]>((resolve, reject) => {
      recorder.on('failed', reject);
      const off = recorder.on('partFinished', async ({ path }) => {
        // What a busy machine moves takes a part or two to be right again.
        const offsets = await offsetsInFile(path);
        if (offsets.length < 10 || p95(offsets) > 15) return;
        off();
        resolve(offsets);
      });
    });
    const recorded = recorder.record({
      video: new VideoStream(video),
      audio: new AudioStream(audio),
    });
    expect(p95(await measured)).toBeLessThanOrEqual(15);
    const { parts, jumps } = await recorder.stop();
    await recorded;
    expect(parts.length).toBeGreaterThanOrEqual(1);
    expect(jumps).toBe(0);
  });
});
