import { chooseBackend } from './audio-backend.js';
import { openFfmpegInput } from './ffmpeg-audio-input.js';
import { Microphone } from './microphone.js';
import { MicrophoneFeed } from './microphone-feed.js';
import { type MicrophoneOptions, resolveMicrophoneOptions } from './microphone-options.js';
import { openNaudiodonInput } from './naudiodon-audio-input.js';
import { VoiceProcessing } from './voice-processing.js';

/**
 * Opens a microphone. Resolves when it gives sound; from then on what nobody reads is dropped and counted.
 *
 * Its sound can be processed before anybody gets it, with the options of `AudioProcessingModule`. For
 * `echoCancellation` it listens to what a {@link Speaker} plays.
 *
 * @returns The microphone, which is yours to close; leaving a loop over it closes it.
 * @throws TypeError or RangeError if an option is not as it must be.
 * @throws FramewireError `device` if the device isn't there or can't be used, `not-found` if ffmpeg or naudiodon
 * isn't installed, `unsupported` if it lacks what is needed; the signal's reason if that aborts.
 * @example
 * ```ts
 * await using microphone = await openMicrophone({ noiseSuppression: true, reopen: true });
 * for await (const frame of microphone) await source.captureFrame(frame);
 * ```
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<Microphone> {
  const resolved = resolveMicrophoneOptions(options);
  const { sampleRate, channels, frameMs, device, reopen, staleMs, stream, speaker } = resolved;
  const { signal } = stream;
  signal?.throwIfAborted();
  const backend = await chooseBackend({ ...resolved, direction: 'microphone' }, { signal });
  const openDevice = backend === 'ffmpeg' ? openFfmpegInput : openNaudiodonInput;
  const form = { sampleRate, channels, frameMs };
  const processing = VoiceProcessing.isWanted(resolved.processing)
    ? new VoiceProcessing(
        resolved.processing,
        resolved.processing.echoCancellation ? speaker?.echoReference() : undefined,
      )
    : undefined;
  const feed = await MicrophoneFeed.open(
    {
      ...form,
      open: (events, ending) => openDevice(resolved, events, ending),
      processing,
      reopen,
      staleMs,
    },
    signal ?? new AbortController().signal,
  );
  if (signal?.aborted) {
    await feed.close();
    signal.throwIfAborted();
  }
  return new Microphone(feed, { ...stream, ...form, device, backend });
}
