import { AudioStream, OVERFLOWS, PIXEL_FORMATS, SAMPLE_RATES, VideoStream } from 'framewire';
import { construct, getters, invoke, method } from '../calls.mjs';
import { audioFrameCalls } from './audio-frame.mjs';
import { captureCalls, closeSources, freshSources, holdSources } from './sources.mjs';
import { frameCalls } from './video-frame.mjs';

function common(f) {
  return {
    overflow: () => f.of(OVERFLOWS),
    maxAgeMs: () => f.number(1, 1000),
    signal: () => f.signal(),
  };
}

function videoOptions(f) {
  return f.options({
    format: () => f.of(PIXEL_FORMATS),
    capacity: () => f.int(1, 4),
    fps: () => f.number(1, 60),
    upright: () => f.boolean(),
    clockOffsetUs: () => f.number(-1e6, 1e6),
    maxWidth: () => f.int(8, 100),
    maxHeight: () => f.int(8, 100),
    ...common(f),
  });
}

function audioOptions(f) {
  return f.options({
    sampleRate: () => f.of(SAMPLE_RATES),
    channels: () => f.int(1, 2),
    frameMs: () => f.int(10, 40),
    capacityMs: () => f.number(1, 500),
    ...common(f),
  });
}

function streamCalls(kind, gives) {
  return {
    [`${kind}.next`]: method(kind, 'next', () => [], {
      waits: true,
      gives: gives,
    }),
    [`${kind}.return`]: method(kind, 'return'),
    [`${kind}.close`]: method(kind, 'close'),
    [`${kind} getters`]: getters(kind, ['stats', 'ended']),
    [`${kind}[Symbol.asyncIterator]`]: method(kind, Symbol.asyncIterator),
    [`${kind}[Symbol.asyncDispose]`]: method(kind, Symbol.asyncDispose),
  };
}

const closeStreams = {
  ...closeSources,
  videoStream: (one) => one.close(),
  audioStream: (one) => one.close(),
};
const holdStreams = { ...holdSources, videoStream: 6, audioStream: 6 };

const openVideo = (f) => [f.object('videoTrack'), videoOptions(f)];
const openAudio = (f) => [f.object('audioTrack'), audioOptions(f)];
const follow = (f, source, options) => [f.either(() => ({})), f.of([source]), options];

/** Streams of a local track, whose frames are native ones. */
export function videoStreams() {
  let fuzzer;
  return {
    fresh: {
      ...freshSources,
      videoStream: (f) => new VideoStream(openTrack(f, 'videoTrack')),
    },
    hold: holdStreams,
    forget: ['frame', 'audioFrame'],
    close: closeStreams,
    start: (f) => {
      fuzzer = f;
    },
    calls: {
      'new VideoStream': construct(VideoStream, openVideo, { gives: 'videoStream' }),
      'VideoStream.fromTrack': invoke(VideoStream, 'fromTrack', openVideo, {
        gives: 'videoStream',
      }),
      'VideoStream.fromParticipant': invoke(
        VideoStream,
        'fromParticipant',
        (f) => follow(f, 'camera', videoOptions(f)),
        { gives: 'videoStream' },
      ),
      ...streamCalls('videoStream', (result) => {
        if (!result.done) fuzzer?.keep('frame', result.value);
      }),
      'videoSource.captureFrame': captureCalls['videoSource.captureFrame'],
      'videoSource.captureFrame ': captureCalls['videoSource.captureFrame'],
      'a good frame': goodFrame,
      'a good frame ': goodFrame,
      'videoTrack.close': method('videoTrack', 'close'),
      'videoSource.close': method('videoSource', 'close'),
      ...frameCalls,
    },
  };
}

function goodFrame(f) {
  const track = openTrack(f, 'videoTrack');
  const frame = freshSources.frame(f);
  f.keep('frame', frame);
  f.call('source.captureFrame', [frame], (one) => track.source.captureFrame(one));
}

function openTrack(f, kind) {
  const track = f.take(kind);
  if (track !== undefined && !track.ended) return track;
  const fresh = freshSources[kind](f);
  f.keep(kind, fresh);
  return fresh;
}

export function audioStreams() {
  let fuzzer;
  return {
    fresh: {
      ...freshSources,
      audioStream: (f) => new AudioStream(openTrack(f, 'audioTrack')),
    },
    hold: holdStreams,
    forget: ['frame', 'audioFrame'],
    close: closeStreams,
    start: (f) => {
      fuzzer = f;
    },
    calls: {
      'new AudioStream': construct(AudioStream, openAudio, { gives: 'audioStream' }),
      'AudioStream.fromTrack': invoke(AudioStream, 'fromTrack', openAudio, {
        gives: 'audioStream',
      }),
      'AudioStream.fromParticipant': invoke(
        AudioStream,
        'fromParticipant',
        (f) => follow(f, 'microphone', audioOptions(f)),
        { gives: 'audioStream' },
      ),
      ...streamCalls('audioStream', (result) => {
        if (!result.done) fuzzer?.keep('audioFrame', result.value);
      }),
      'audioSource.captureFrame': captureCalls['audioSource.captureFrame'],
      'audioSource.captureFrame ': captureCalls['audioSource.captureFrame'],
      'audioTrack.close': method('audioTrack', 'close'),
      'audioSource.close': method('audioSource', 'close'),
      ...audioFrameCalls,
    },
  };
}
