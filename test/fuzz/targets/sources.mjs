import {
  AudioSource,
  LocalAudioTrack,
  LocalVideoTrack,
  RESIZES,
  ROTATIONS,
  SAMPLE_RATES,
  VideoFrame,
  VideoSource,
} from 'framewire';
import { construct, getters, invoke, listeners, method } from '../calls.mjs';
import { freshAudioFrame } from './audio-frame.mjs';
import { freshFrame } from './video-frame.mjs';

const SIZE = { width: 32, height: 24 };

/** A frame that fits the sources, half of the time. */
function frame(f) {
  if (f.random.chance(0.5)) return freshFrame(f);
  return VideoFrame.create({ ...SIZE, format: f.random.of(['RGBA', 'I420', 'NV12']) });
}

export const freshSources = {
  frame,
  audioFrame: freshAudioFrame,
  videoSource: () => new VideoSource(SIZE),
  audioSource: () => new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 }),
  videoTrack: (f) => LocalVideoTrack.create('video', freshOf(f, 'videoSource')),
  audioTrack: (f) => LocalAudioTrack.create('audio', freshOf(f, 'audioSource')),
};

function freshOf(f, kind) {
  const source = f.take(kind);
  if (source !== undefined && !source.closed) return source;
  const fresh = freshSources[kind](f);
  f.keep(kind, fresh);
  return fresh;
}

/** Sources and tracks hold native memory and threads. */
export const holdSources = { videoSource: 4, audioSource: 4, videoTrack: 4, audioTrack: 4 };

export const closeSources = {
  frame: (one) => one.close(),
  audioFrame: (one) => one.close(),
  videoSource: (one) => one.close(),
  audioSource: (one) => one.close(),
  videoTrack: (one) => one.close(),
  audioTrack: (one) => one.close(),
  off: (off) => off(),
};

/** Frames that are captured. */
export const captureCalls = {
  'videoSource.captureFrame': method('videoSource', 'captureFrame', (f) => [
    f.object('frame'),
    f.options({
      timestampUs: () => f.int(0, 1e12),
      rotation: () => f.of(ROTATIONS),
      metadata: () =>
        f.options({
          captureTimeUs: () => f.int(0, 2e15),
          userData: () => f.bytes(() => new Uint8Array(f.random.int(0, 240))),
        }),
    }),
  ]),
  'audioSource.captureFrame': method(
    'audioSource',
    'captureFrame',
    (f) => [f.object('audioFrame')],
    // Sound is taken at the pace at which it is heard.
    { waits: true },
  ),
  'audioSource.clearQueue': method('audioSource', 'clearQueue'),
};

const TRACK_EVENTS = ['ended', 'muted', 'unmuted', 'error'];

function trackCalls(kind) {
  return {
    [`${kind}.mute`]: method(kind, 'mute'),
    [`${kind}.unmute`]: method(kind, 'unmute'),
    [`${kind}.close`]: method(kind, 'close'),
    [`${kind}.getStats`]: method(kind, 'getStats', (f) => [
      f.options({ signal: () => f.signal() }),
    ]),
    [`${kind} getters`]: getters(kind, ['sid', 'published', 'ended', 'muted', 'name', 'source']),
    ...listeners(kind, TRACK_EVENTS),
  };
}

export const videoSources = {
  fresh: freshSources,
  hold: holdSources,
  forget: ['videoSource', 'audioSource', 'videoTrack', 'audioTrack', 'frame'],
  close: closeSources,
  calls: {
    'new VideoSource': construct(
      VideoSource,
      (f) => [
        f.options(
          {
            width: () => f.int(16, 64),
            height: () => f.int(16, 64),
            screencast: () => f.boolean(),
            onResize: () => f.of(RESIZES),
          },
          { needed: ['width', 'height'] },
        ),
      ],
      { gives: 'videoSource' },
    ),
    'LocalVideoTrack.create': invoke(
      LocalVideoTrack,
      'create',
      (f) => [f.text(), f.object('videoSource')],
      { gives: 'videoTrack' },
    ),
    'videoSource.captureFrame': captureCalls['videoSource.captureFrame'],
    'videoSource.captureFrame ': captureCalls['videoSource.captureFrame'],
    'videoSource.captureFrame  ': captureCalls['videoSource.captureFrame'],
    'videoSource.close': method('videoSource', 'close'),
    'videoSource[Symbol.dispose]': method('videoSource', Symbol.dispose),
    'videoSource getters': getters('videoSource', ['closed', 'framesCaptured', 'width']),
    ...trackCalls('videoTrack'),
  },
};

export const audioSources = {
  fresh: freshSources,
  hold: holdSources,
  forget: ['videoSource', 'audioSource', 'videoTrack', 'audioTrack', 'frame'],
  close: closeSources,
  calls: {
    'new AudioSource': construct(
      AudioSource,
      (f) => [
        f.options(
          {
            sampleRate: () => f.of(SAMPLE_RATES),
            channels: () => f.int(1, 2),
            queueMs: () => f.int(1, 200),
          },
          { needed: ['sampleRate', 'channels'] },
        ),
      ],
      { gives: 'audioSource' },
    ),
    'LocalAudioTrack.create': invoke(
      LocalAudioTrack,
      'create',
      (f) => [f.text(), f.object('audioSource')],
      { gives: 'audioTrack' },
    ),
    'audioSource.captureFrame': captureCalls['audioSource.captureFrame'],
    'audioSource.captureFrame ': captureCalls['audioSource.captureFrame'],
    'audioSource.clearQueue': captureCalls['audioSource.clearQueue'],
    'audioSource.waitForPlayout': method('audioSource', 'waitForPlayout', () => [], {
      waits: true,
    }),
    'audioSource.close': method('audioSource', 'close'),
    'audioSource[Symbol.dispose]': method('audioSource', Symbol.dispose),
    'audioSource getters': getters('audioSource', ['closed', 'queuedMs', 'queueMs']),
    ...trackCalls('audioTrack'),
  },
};
