import { checkAudioFormat } from '../audio/audio-format.js';
import type { AudioProcessingOptions } from '../audio/audio-processing-module.js';
import { checkBoolean, checkInteger, checkOptions, shown } from '../core/check.js';
import {
  type AudioDeviceOptions,
  type ResolvedDeviceOptions,
  resolveDeviceOptions,
} from './audio-device-options.js';
import { type CapturedAudioOptions, resolveCapturedAudioOptions } from './captured-audio-stream.js';
import type { CapturedStreamSettings } from './captured-stream.js';
import { Speaker } from './speaker.js';

/** How `openMicrophone` captures. */
export interface MicrophoneOptions
  extends AudioDeviceOptions, CapturedAudioOptions, AudioProcessingOptions {
  /** Samples a second, one of `SAMPLE_RATES`: the system resamples. Default 48,000. */
  readonly sampleRate?: number;
  /** 1 or 2. Default 1. */
  readonly channels?: number;
  /** Length of each frame, 10 to 1,000 ms. Default 10. */
  readonly frameMs?: number;
  /**
   * The speaker whose sound `echoCancellation` takes out of the microphone's, and which must be given with it.
   * It stays yours.
   */
  readonly speaker?: Speaker;
}

/** {@link MicrophoneOptions} with their defaults. */
export interface ResolvedMicrophoneOptions extends ResolvedDeviceOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frameMs: number;
  readonly processing: Required<AudioProcessingOptions>;
  readonly speaker: Speaker | undefined;
  readonly stream: CapturedStreamSettings;
  /** How old a frame may be when it comes: older ones the reader should have had before. */
  readonly staleMs: number;
}

/** @throws TypeError or RangeError if one is not as it must be. */
export function resolveMicrophoneOptions(options: MicrophoneOptions): ResolvedMicrophoneOptions {
  checkOptions(options, 'options');
  const { sampleRate = 48_000, channels = 1, frameMs = 10, speaker, capacityMs = 500 } = options;
  const { echoCancellation = false, noiseSuppression = false } = options;
  const { autoGainControl = false, highPassFilter = false } = options;
  checkAudioFormat(sampleRate, channels);
  checkInteger(frameMs, 'options.frameMs', { min: 10, max: 1_000 });
  checkBoolean(echoCancellation, 'options.echoCancellation');
  checkBoolean(noiseSuppression, 'options.noiseSuppression');
  checkBoolean(autoGainControl, 'options.autoGainControl');
  checkBoolean(highPassFilter, 'options.highPassFilter');
  checkSpeaker(speaker, echoCancellation);
  return {
    ...resolveDeviceOptions(options),
    sampleRate,
    channels,
    frameMs,
    processing: { echoCancellation, noiseSuppression, autoGainControl, highPassFilter },
    speaker,
    stream: resolveCapturedAudioOptions(options, frameMs),
    staleMs: Math.max(capacityMs, frameMs) + STALE_MS,
  };
}

/** Later than the queue's length, so that a slow start of the machine's is none. */
const STALE_MS = 200;

function checkSpeaker(speaker: unknown, echoCancellation: boolean): void {
  if (speaker !== undefined && !(speaker instanceof Speaker)) {
    throw new TypeError(`options.speaker must be a Speaker, got ${shown(speaker)}.`);
  }
  if (!echoCancellation || speaker !== undefined) return;
  throw new TypeError(
    'options.speaker must be given with options.echoCancellation: what it plays is the echo.',
  );
}
