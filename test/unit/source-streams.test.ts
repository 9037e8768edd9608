import { existsSync, readdirSync } from 'node:fs';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { whenIdle } from 'framewire/testing';

afterAll(() => whenIdle());

/** How many threads this process has, where the system tells. */
function threads(): number {
  const listed = '/proc/self/task';
  return existsSync(listed) ? readdirSync(listed).length : 0;
}

/** Captures small pictures until the source is closed. */
async function paint(source: VideoSource): Promise<void> {
  while (!source.closed) {
    using frame = VideoFrame.create({ width: 64, height: 48, format: 'I420' });
    source.captureFrame(frame);
    await new Promise(setImmediate);
  }
}

/** Captures silence until the source is closed. */
async function hum(source: AudioSource): Promise<void> {
  const frame = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 4800 });
  while (!source.closed) await source.captureFrame(frame).catch(() => undefined);
}

async function readOne(stream: VideoStream | AudioStream): Promise<void> {
  for await (const frame of stream) {
    frame.close();
    break;
  }
}

describe('the streams on the tracks of a source', () => {
  // Without a room every native track has threads of its own. What two of one source do at once to the
  // list that the source has of them ended the process.
  it('read the same native track', async () => {
    using camera = new VideoSource({ width: 64, height: 48 });
    using voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
    const open = (name: string) => [
      new VideoStream(LocalVideoTrack.create(name, camera)),
      new AudioStream(LocalAudioTrack.create(name, voice)),
    ];
    const first = open('first');
    const before = threads();
    const others = Array.from({ length: 10 }, (_, i) => open(`another ${i}`)).flat();
    expect(threads() - before).toBeLessThan(20);
    for (const stream of [...first, ...others]) await stream.close();
  });

  it('can end at once, again and again', async () => {
    for (let round = 0; round < 20; round++) {
      using camera = new VideoSource({ width: 64, height: 48 });
      using voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
      const pictures = LocalVideoTrack.create('camera', camera);
      const sound = LocalAudioTrack.create('voice', voice);
      const feeding = [paint(camera), hum(voice)];
      const streams = Array.from({ length: 3 }, () => [
        new VideoStream(pictures),
        new AudioStream(sound),
      ]).flat();
      await Promise.all(streams.map(readOne));
      expect(streams.every(({ ended }) => ended)).toBe(true);
      camera.close();
      voice.close();
      await Promise.all(feeding);
    }
  });
});
