import { FramewireError } from '../core/errors.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { findNaudiodon } from './naudiodon-process.js';

/**
 * By what a microphone or a speaker is reached.
 *
 * - `ffmpeg`: the program, with PulseAudio or ALSA on Linux, AVFoundation and AudioToolbox on macOS. On
 *   Windows it has microphones alone.
 * - `naudiodon`: the npm package, which you install yourself: `npm install naudiodon`.
 * - `auto`: what is best on the system and there: `ffmpeg` where it has the device, else `naudiodon`.
 */
export const AUDIO_BACKENDS = ['auto', 'ffmpeg', 'naudiodon'] as const;

/** One of {@link AUDIO_BACKENDS}. */
export type AudioBackend = (typeof AUDIO_BACKENDS)[number];

/** What an `auto` back end turned out to be. */
export type ChosenBackend = Exclude<AudioBackend, 'auto'>;

/** What the choice depends on. */
export interface BackendWish {
  readonly ffmpegPath: string | undefined;
  readonly naudiodonPath: string | undefined;
  readonly backend: AudioBackend;
  readonly direction: 'microphone' | 'speaker';
}

/**
 * The back end to use here.
 *
 * @throws FramewireError `not-found` if neither is installed, `unsupported` if ffmpeg can't do it.
 */
export async function chooseBackend(
  wish: BackendWish,
  { platform = process.platform, signal }: ChooseOptions = {},
): Promise<ChosenBackend> {
  const { backend, direction } = wish;
  const ffmpegHasIt = direction === 'microphone' || platform !== 'win32';
  if (backend === 'ffmpeg' && !ffmpegHasIt) {
    throw new FramewireError(
      'unsupported',
      "ffmpeg plays no sound on Windows; use backend 'naudiodon'.",
    );
  }
  if (backend !== 'auto') return backend;
  if (!ffmpegHasIt) return 'naudiodon';
  try {
    await findFfmpeg(wish, signal);
    return 'ffmpeg';
  } catch (error) {
    signal?.throwIfAborted();
    // Whoever names an ffmpeg wants to know what is wrong with it.
    if (wish.ffmpegPath !== undefined || findNaudiodon(wish) === undefined) throw error;
    return 'naudiodon';
  }
}

interface ChooseOptions {
  readonly platform?: NodeJS.Platform;
  readonly signal?: AbortSignal | undefined;
}
