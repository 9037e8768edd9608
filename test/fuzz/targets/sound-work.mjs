import {
  AudioFrame,
  AudioProcessingModule,
  AudioResampler,
  LevelMeter,
  PlatformAudio,
  RESAMPLER_QUALITIES,
  VoiceActivityDetector,
} from 'framewire';
import { construct, getters, invoke, listeners, method } from '../calls.mjs';
import { detach } from '../hostile.mjs';
import { freshAudioFrame } from './audio-frame.mjs';

const RATES = [8000, 16_000, 44_100, 48_000];

/** A frame that mostly is of the usual kind. */
function frame(f) {
  if (f.random.chance(0.3)) return freshAudioFrame(f);
  const samples = new Int16Array(f.random.int(1, 1000));
  f.keep('bytes', samples);
  return new AudioFrame(samples, { sampleRate: 48_000, channels: 1 });
}

const closed = (kind) => ({
  [`${kind}.close`]: method(kind, 'close'),
  [`${kind}[Symbol.dispose]`]: method(kind, Symbol.dispose),
});

/** Resampling. */
export const resampling = {
  fresh: {
    audioFrame: frame,
    resampler: () => new AudioResampler({ inputRate: 48_000, outputRate: 16_000 }),
  },
  forget: ['resampler'],
  close: { resampler: (one) => one.close() },
  calls: {
    'new AudioResampler': construct(
      AudioResampler,
      (f) => [
        f.options(
          {
            inputRate: () => f.of(RATES),
            outputRate: () => f.of(RATES),
            channels: () => f.int(1, 2),
            quality: () => f.of(RESAMPLER_QUALITIES),
          },
          { needed: ['inputRate', 'outputRate'] },
        ),
      ],
      { gives: 'resampler' },
    ),
    'resampler.push': method('resampler', 'push', (f) => [f.object('audioFrame')]),
    'resampler.push ': method('resampler', 'push', (f) => [f.object('audioFrame')]),
    'resampler.flush': method('resampler', 'flush'),
    'resampler getters': getters('resampler', ['closed', 'quality', 'inputRate']),
    ...closed('resampler'),
    'audioFrame.close': method('audioFrame', 'close'),
    'memory taken away': takeAway,
  },
};

const db = (f, min, max) => f.number(min, max);

/** Loudness, and whether somebody speaks. */
export const levels = {
  fresh: {
    audioFrame: frame,
    meter: () => new LevelMeter(),
    detector: () => new VoiceActivityDetector(),
  },
  close: { off: (off) => off() },
  calls: {
    'new LevelMeter': construct(
      LevelMeter,
      (f) => [f.options({ windowMs: () => f.int(10, 500) })],
      {
        gives: 'meter',
      },
    ),
    'meter.push': method('meter', 'push', (f) => [f.object('audioFrame')]),
    'meter.channelRmsDb': method('meter', 'channelRmsDb', (f) => [f.int(0, 7)]),
    'meter.channelPeakDb': method('meter', 'channelPeakDb', (f) => [f.int(0, 7)]),
    'meter.reset': method('meter', 'reset'),
    'meter getters': getters('meter', ['rmsDb', 'peakDb', 'channels']),
    'new VoiceActivityDetector': construct(
      VoiceActivityDetector,
      (f) => [
        f.options({
          thresholdDb: () => db(f, -100, 0),
          marginDb: () => db(f, 1, 60),
          minDb: () => db(f, -100, 0),
          hysteresisDb: () => db(f, 0, 30),
          attackMs: () => f.int(0, 100),
          hangoverMs: () => f.int(0, 100),
        }),
      ],
      { gives: 'detector' },
    ),
    'detector.process': method('detector', 'process', (f) => [f.object('audioFrame')]),
    'detector getters': getters('detector', ['active', 'levelDb', 'noiseFloorDb', 'thresholdDb']),
    ...listeners('detector', ['speechStarted', 'speechEnded', 'error']),
    'audioFrame.close': method('audioFrame', 'close'),
    'memory taken away': takeAway,
  },
};

/** The platform's devices, as far as there are any. */
export const platform = {
  fresh: {},
  hold: { platform: 2 },
  close: { platform: (one) => one.close(), source: (one) => one.close() },
  calls: {
    'PlatformAudio.open': invoke(PlatformAudio, 'open', () => [], { gives: 'platform' }),
    'platform.setRecordingDevice': method('platform', 'setRecordingDevice', (f) => [device(f)]),
    'platform.setPlayoutDevice': method('platform', 'setPlayoutDevice', (f) => [device(f)]),
    'platform.createSource': method(
      'platform',
      'createSource',
      (f) => [
        f.options({
          echoCancellation: () => f.boolean(),
          noiseSuppression: () => f.boolean(),
          autoGainControl: () => f.boolean(),
          preferHardware: () => f.boolean(),
        }),
      ],
      { gives: 'source' },
    ),
    'platform.startRecording': method('platform', 'startRecording'),
    'platform.stopRecording': method('platform', 'stopRecording'),
    'platform.close': method('platform', 'close'),
    'platform getters': getters('platform', ['recordingDevices', 'playoutDevices', 'closed']),
  },
};

function device(f) {
  return f.options({ name: () => f.text(), id: () => f.text() }, { needed: ['name', 'id'] });
}

/** Echo cancellation and so on. */
export const processing = {
  fresh: { audioFrame: frame, apm: () => new AudioProcessingModule({ noiseSuppression: true }) },
  hold: { apm: 4 },
  forget: ['apm'],
  close: { apm: (one) => one.close() },
  calls: {
    'new AudioProcessingModule': construct(
      AudioProcessingModule,
      (f) => [
        f.options({
          echoCancellation: () => f.boolean(),
          noiseSuppression: () => f.boolean(),
          autoGainControl: () => f.boolean(),
          highPassFilter: () => f.boolean(),
        }),
      ],
      { gives: 'apm' },
    ),
    'apm.processStream': method('apm', 'processStream', (f) => [f.object('audioFrame')]),
    'apm.processStream ': method('apm', 'processStream', (f) => [f.object('audioFrame')]),
    'apm.processReverseStream': method('apm', 'processReverseStream', (f) => [
      f.object('audioFrame'),
    ]),
    'apm.setStreamDelayMs': method('apm', 'setStreamDelayMs', (f) => [f.int(0, 500)]),
    'apm getters': getters('apm', ['closed', 'latencyMs', 'echoCancellation']),
    ...closed('apm'),
    'audioFrame.close': method('audioFrame', 'close'),
    'memory taken away': takeAway,
  },
};

function takeAway(f) {
  const bytes = f.peek('bytes');
  f.call('structuredClone(frame.data)', [], () => detach(bytes.buffer));
}
