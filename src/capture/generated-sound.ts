import {
  AUDIO_PACES,
  GeneratedAudio,
  type SilenceOptions,
  type SineWaveOptions,
} from '../audio/generated-audio.js';
import { AudioFrame } from '../audio/audio-frame.js';
import { checkOneOf, checkOptions, shown } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import {
  type CapturedAudioOptions,
  CapturedAudioStream,
  resolveCapturedAudioOptions,
} from './captured-audio-stream.js';
import { CAPTURE_OVERFLOWS } from './captured-stream.js';

/**
 * How generated sound is made and given. With the default `pace`, `real-time`, it comes as from a microphone,
 * whether somebody reads or not; with `reader` as fast as it's read, without a drop, with time stamps from 0 on.
 */
export type CapturedSilenceOptions = SilenceOptions & CapturedAudioOptions;

/** What a {@link tone} sounds like, and how it's given. */
export type CapturedToneOptions = SineWaveOptions & CapturedSilenceOptions;

/**
 * A tone in place of a microphone: a sine wave as a live, bounded stream with statistics. For the samples alone,
 * made as they're read, `sineWave()` of `framewire` is less.
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 * @example
 * ```ts
 * await using sound = tone({ frequencyHz: 440, durationMs: 10_000 });
 * for await (const frame of sound) await source.captureFrame(frame);
 * ```
 */
export function tone(options: CapturedToneOptions = {}): CapturedAudioStream {
  return generatedSound(options, {});
}

/**
 * A microphone that hears nothing: silence as a live, bounded stream with statistics. `silence()` of
 * `framewire` is another: samples that are made as they're read.
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 */
export function silence(options: CapturedSilenceOptions = {}): CapturedAudioStream {
  return generatedSound(options, { amplitude: 0, frequencyHz: 1 });
}

function generatedSound(
  options: CapturedToneOptions,
  voice: Pick<SineWaveOptions, 'amplitude' | 'frequencyHz'>,
): CapturedAudioStream {
  checkOptions(options, 'options');
  const { pace = 'real-time', frameMs = 10, overflow } = options;
  checkOneOf(pace, 'options.pace', AUDIO_PACES);
  const live = pace === 'real-time';
  if (!live && overflow !== undefined) {
    throw new RangeError(
      `options.overflow must be left out with options.pace 'reader', got ${shown(overflow)}.`,
    );
  }
  const over = new AbortController();
  const sound = new GeneratedAudio({ ...options, ...voice, pace, frameMs, signal: over.signal });
  const { sampleRate, channels } = sound;
  const settings = live
    ? resolveCapturedAudioOptions(options, frameMs)
    : resolveCapturedAudioOptions(options, frameMs, CAPTURE_OVERFLOWS, 'wait');
  return CapturedAudioStream.open(
    (sink) => {
      const run = async (): Promise<void> => {
        let startUs: number | undefined;
        await sink.ready();
        for await (const frame of sound) {
          startUs ??= live ? monotonicUs() - frame.timestampUs : 0;
          const timestampUs = startUs + frame.timestampUs;
          sink.push(new AudioFrame(frame.data, { sampleRate, channels, timestampUs }));
          await sink.ready();
        }
      };
      run().then(sink.end, sink.fail);
      return () => {
        over.abort();
      };
    },
    { ...settings, sampleRate, channels, frameMs },
  );
}
