import { checkBoolean, checkInteger, checkOneOf, checkPath } from '../core/check.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import { AUDIO_BACKENDS, type AudioBackend } from './audio-backend.js';

/** What `openMicrophone` and `openSpeaker` have in common: the device, and how it's reached. */
export interface AudioDeviceOptions extends FfmpegOptions {
  /**
   * The device: the `id` that `listDevices` gives, which is the system's own name for it. Default: the
   * system's default one.
   */
  readonly device?: string;
  /** By what the device is reached. Default `auto`. */
  readonly backend?: AudioBackend;
  /**
   * The folder of the npm package naudiodon. Default: the environment's `NAUDIODON_PATH`, else the one that
   * your program would `require`. It's loaded in a process of its own.
   */
  readonly naudiodonPath?: string;
  /**
   * How long the device may stand still before it counts as lost, 100 to 60,000 ms: some drivers fall silent
   * instead of failing. Default 3,000.
   */
  readonly stallMs?: number;
  /**
   * Waits for a device that was lost to come back, instead of failing. Default `false`. One that isn't there
   * when it's opened is an error all the same.
   */
  readonly reopen?: boolean;
}

/** {@link AudioDeviceOptions} with their defaults. */
export interface ResolvedDeviceOptions {
  readonly device: string | undefined;
  readonly backend: AudioBackend;
  readonly ffmpegPath: string | undefined;
  readonly naudiodonPath: string | undefined;
  readonly stallMs: number;
  readonly reopen: boolean;
}

/** @throws TypeError or RangeError if one is not as it must be. */
export function resolveDeviceOptions(options: AudioDeviceOptions): ResolvedDeviceOptions {
  const { device, backend = 'auto', ffmpegPath, naudiodonPath } = options;
  const { stallMs = 3_000, reopen = false } = options;
  if (device !== undefined) checkPath(device, 'options.device');
  checkOneOf(backend, 'options.backend', AUDIO_BACKENDS);
  if (ffmpegPath !== undefined) checkPath(ffmpegPath, 'options.ffmpegPath');
  if (naudiodonPath !== undefined) checkPath(naudiodonPath, 'options.naudiodonPath');
  checkInteger(stallMs, 'options.stallMs', { min: 100, max: 60_000 });
  checkBoolean(reopen, 'options.reopen');
  return { device, backend, ffmpegPath, naudiodonPath, stallMs, reopen };
}
