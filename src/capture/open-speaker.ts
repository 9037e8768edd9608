import { checkAudioFormat } from '../audio/audio-format.js';
import { checkInteger, checkOptions, checkSignal } from '../core/check.js';
import { chooseBackend } from './audio-backend.js';
import { type AudioDeviceOptions, resolveDeviceOptions } from './audio-device-options.js';
import { openFfmpegOutput } from './ffmpeg-audio-output.js';
import { openNaudiodonOutput } from './naudiodon-audio-output.js';
import { Speaker } from './speaker.js';
import { SpeakerFeed } from './speaker-feed.js';

/** How `openSpeaker` plays. */
export interface SpeakerOptions extends AudioDeviceOptions {
  /** Samples a second that the device is given, one of `SAMPLE_RATES`. Default 48,000. */
  readonly sampleRate?: number;
  /** Channels that the device is given, 1 or 2. Default 2. */
  readonly channels?: number;
  /**
   * How much sound may wait to be heard before `write` waits, 50 to 1,000 ms, with what the device holds; half of
   * it is how late live sound is heard. More bridges longer pauses of the network or of this program. Default 100.
   */
  readonly latencyMs?: number;
  /** Ends opening, or closes the speaker: what waits then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a speaker. Resolves when it can play.
 *
 * @returns The speaker, which is yours to close.
 * @throws TypeError or RangeError if an option is not as it must be.
 * @throws FramewireError `device` if the device isn't there or can't be used, `not-found` if ffmpeg or naudiodon
 * isn't installed, `unsupported` if it lacks what is needed; the signal's reason if that aborts.
 * @example
 * ```ts
 * await using speaker = await openSpeaker();
 * await speaker.play(new AudioStream(track));
 * ```
 */
export async function openSpeaker(options: SpeakerOptions = {}): Promise<Speaker> {
  checkOptions(options, 'options');
  const { sampleRate = 48_000, channels = 2, latencyMs = 100, signal } = options;
  const request = { ...resolveDeviceOptions(options), sampleRate, channels };
  checkAudioFormat(sampleRate, channels);
  checkInteger(latencyMs, 'options.latencyMs', { min: 50, max: 1_000 });
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  const backend = await chooseBackend({ ...request, direction: 'speaker' }, { signal });
  const openDevice = backend === 'ffmpeg' ? openFfmpegOutput : openNaudiodonOutput;
  const feed = await SpeakerFeed.open(
    {
      sampleRate,
      channels,
      latencyMs,
      device: request.device,
      reopen: request.reopen,
      backend,
      open: (events, ending) => openDevice(request, events, ending),
    },
    signal ?? new AbortController().signal,
  );
  if (signal?.aborted) {
    await feed.close();
    signal.throwIfAborted();
  }
  return new Speaker(feed, signal);
}
