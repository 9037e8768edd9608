import { AudioFrame, AVSynchronizer, MediaClock, VideoFrame } from 'framewire';
import { BeepAndFlash, BeepAndFlashMeter } from 'framewire/testing';
import { construct, getters, method } from '../calls.mjs';
import { closeSources, freshSources, holdSources } from './sources.mjs';

const signal = (f) => f.options({ signal: () => f.signal() });

function sources(f) {
  return {
    audioSource: f.take('audioSource'),
    videoSource: f.take('videoSource'),
  };
}

const frames = {
  frame: () => VideoFrame.create({ width: 32, height: 24, format: 'I420' }),
  audioFrame: () => AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 }),
};

/** Video and audio, published in sync. */
export const synchronizer = {
  fresh: {
    ...freshSources,
    ...frames,
    sync: (f) => {
      const audioSource = freshSources.audioSource();
      const videoSource = freshSources.videoSource();
      f.keep('audioSource', audioSource);
      f.keep('videoSource', videoSource);
      return new AVSynchronizer({ audioSource, videoSource });
    },
  },
  hold: { ...holdSources, sync: 4 },
  close: { ...closeSources, sync: (one) => one.close() },
  calls: {
    'new AVSynchronizer': construct(
      AVSynchronizer,
      (f) => {
        const { audioSource, videoSource } = sources(f);
        return [
          f.options(
            {
              audioSource: () => f.either(() => audioSource),
              videoSource: () => f.either(() => videoSource),
              fps: () => f.number(1, 60),
              videoQueueMs: () => f.int(1, 500),
              maxLateMs: () => f.number(0, 500),
              signal: () => f.signal(),
            },
            { needed: ['audioSource', 'videoSource'] },
          ),
        ];
      },
      { gives: 'sync' },
    ),
    'sync.push video': push('frame'),
    'sync.push audio': push('audioFrame'),
    'sync.clearQueue': method('sync', 'clearQueue'),
    'sync.reset': method('sync', 'reset'),
    'sync.waitForPlayout': method('sync', 'waitForPlayout', (f) => [signal(f)], { waits: true }),
    'sync.close': method('sync', 'close'),
    'sync[Symbol.dispose]': method('sync', Symbol.dispose),
    'sync getters': getters('sync', ['closed', 'actualFps', 'lastVideoTimeUs', 'stats']),
    'videoSource.close': method('videoSource', 'close'),
    'audioSource.close': method('audioSource', 'close'),
  },
};

function push(kind) {
  return method(
    'sync',
    'push',
    (f) => [
      f.object(kind),
      f.options({ timestampUs: () => f.int(0, 1e7), signal: () => f.signal() }),
    ],
    { waits: true },
  );
}

const track = (f) =>
  f.options(
    {
      getStats: () => f.func(async () => []),
      ended: () => f.boolean(),
      once: () => f.func(() => () => undefined),
    },
    { needed: ['getStats', 'ended', 'once'] },
  );

/** Received video and audio, on one timeline. */
export const clock = {
  fresh: { ...freshSources, ...frames, clock: () => new MediaClock() },
  hold: holdSources,
  close: { ...closeSources, follower: (one) => one[Symbol.dispose]() },
  calls: {
    'new MediaClock': construct(
      MediaClock,
      (f) => [
        f.options({
          deadbandMs: () => f.number(0, 20),
          slewMsPerS: () => f.number(1, 10),
          resyncMs: () => f.number(100, 1000),
        }),
      ],
      { gives: 'clock' },
    ),
    'clock.audio': method('clock', 'audio', (f) => [
      f.random.chance(0.3) ? f.object('audioFrame') : timing(f, true),
      f.int(0, 1e9),
    ]),
    'clock.video': method('clock', 'video', (f) => [
      f.random.chance(0.3) ? f.object('frame') : timing(f, false),
      f.int(0, 1e9),
    ]),
    'clock.buffers': method('clock', 'buffers', (f) => [
      f.options(
        { audioUs: () => f.number(0, 1e5), videoUs: () => f.number(0, 1e5) },
        { needed: ['audioUs', 'videoUs'] },
      ),
      f.int(0, 1e9),
    ]),
    'clock.delayMs': method('clock', 'delayMs', (f) => [f.int(0, 1e9), f.int(0, 1e9)]),
    'clock.follow': method(
      'clock',
      'follow',
      (f) => [
        f.options(
          {
            audio: () => (f.random.chance(0.5) ? f.object('audioTrack') : track(f)),
            video: () => (f.random.chance(0.5) ? f.object('videoTrack') : track(f)),
            intervalMs: () => f.int(100, 1000),
            signal: () => f.signal(),
          },
          { needed: ['audio', 'video'] },
        ),
      ],
      { gives: 'follower' },
    ),
    'clock getters': getters('clock', ['quality', 'resyncs', 'videoLeadMs']),
  },
};

function timing(f, audio) {
  const fields = {
    timestampUs: () => f.int(0, 1e9),
    captureTimeUs: () => f.int(0, 1e9),
    metadata: () => f.options({ captureTimeUs: () => f.int(0, 1e9) }),
  };
  return f.options(fields, { needed: audio ? ['timestampUs'] : ['timestampUs', 'metadata'] });
}

/** What lip sync is measured with. */
export const lipSync = {
  fresh: {
    ...frames,
    beeps: () => new BeepAndFlash({ width: 32, height: 24 }),
    meter: () => new BeepAndFlashMeter(),
  },
  close: { frame: (one) => one.close(), audioFrame: (one) => one.close() },
  calls: {
    'new BeepAndFlash': construct(
      BeepAndFlash,
      (f) => [
        f.options({
          width: () => f.int(16, 64),
          height: () => f.int(16, 64),
          fps: () => f.number(1, 60),
          sampleRate: () => f.of([8000, 48_000]),
          every: () => f.int(2, 30),
        }),
      ],
      { gives: 'beeps' },
    ),
    'beeps.next': method('beeps', 'next'),
    'new BeepAndFlashMeter': construct(BeepAndFlashMeter, () => [], { gives: 'meter' }),
    'meter.video': method('meter', 'video', (f) => [f.object('frame'), f.int(0, 1e9)]),
    'meter.audio': method('meter', 'audio', (f) => [f.object('audioFrame'), f.int(0, 1e9)]),
    'meter getters': getters('meter', ['offsetsMs']),
  },
};
