import { setTimeout } from 'node:timers/promises';
import {
  AudioSource,
  AVSynchronizer,
  LocalAudioTrack,
  LocalVideoTrack,
  type Room,
  VideoSource,
} from 'framewire';
import { BeepAndFlash } from 'framewire/testing';
import { p95, settledOffsets } from '../support/lip-sync.js';
import { liveRooms } from '../support/live-rooms.js';

const live = liveRooms();
jest.setTimeout(120_000);
const PAIRS = 20;

interface Scene {
  readonly camera: VideoSource;
  readonly voice: AudioSource;
}

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function publish(room: Room): Promise<Scene> {
  const camera = new VideoSource({ width: 640, height: 360 });
  // A busy machine must not make gaps in what is played.
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 1000 });
  closing.push(
    () => camera.close(),
    () => voice.close(),
  );
  const me = room.localParticipant;
  await me.publishTrack(LocalVideoTrack.create('camera', camera), { simulcast: false, maxFps: 25 });
  await me.publishTrack(LocalAudioTrack.create('voice', voice));
  return { camera, voice };
}

/** Beeps and flashes by a synchronizer, as it's pushed. */
async function withSynchronizer({ camera, voice }: Scene): Promise<void> {
  using sync = new AVSynchronizer({ audioSource: voice, videoSource: camera, fps: 25 });
  const scene = new BeepAndFlash();
  while (!voice.closed) {
    const { picture, sound, timestampUs } = scene.next();
    await sync.push(picture, { timestampUs });
    await sync.push(sound, { timestampUs });
  }
}

/** Beeps and flashes by the sources alone: each picture when its sound is played. */
async function byHand({ camera, voice }: Scene): Promise<void> {
  const wallMs = (): number => performance.timeOrigin + performance.now();
  const sounds = new BeepAndFlash();
  const pictures = new BeepAndFlash();
  let startMs = Infinity;
  const speak = async (): Promise<void> => {
    // As much ahead as there is room for.
    for (let pushedMs = 0; !voice.closed;) {
      const { sound, picture } = sounds.next();
      picture.close();
      pushedMs += sound.durationMs;
      await voice.captureFrame(sound);
      startMs = wallMs() + voice.queuedMs - pushedMs;
    }
  };
  const show = async (): Promise<void> => {
    while (!camera.closed) {
      const { picture, timestampUs } = pictures.next();
      using shown = picture;
      while (wallMs() < startMs + timestampUs / 1000) await setTimeout(1);
      const captureTimeUs = Math.round(startMs * 1000) + timestampUs;
      camera.captureFrame(shown, { metadata: { captureTimeUs } });
    }
  };
  await Promise.all([speak(), show()]);
}

describe('lip sync', () => {
  it('is within 20 ms at the far end, published by a synchronizer and by plain sources', async () => {
    const rooms = await Promise.all([live.join('alice'), live.join('bob'), live.join('carol')]);
    const [alice, bob, carol] = rooms;
    const [first, second] = await Promise.all([publish(alice), publish(carol)]);
    const ends = Promise.allSettled([withSynchronizer(first), byHand(second)]);
    closing.push(() => ends);
    const measured = await Promise.all([
      settledOffsets(bob, { pairs: PAIRS, limitMs: 20, participant: 'alice' }),
      settledOffsets(bob, { pairs: PAIRS, limitMs: 20, participant: 'carol' }),
    ]);
    for (const { offsetsMs, quality } of measured) {
      expect(p95(offsetsMs)).toBeLessThanOrEqual(20);
      expect(quality).toBe('estimated');
    }
  });
});
