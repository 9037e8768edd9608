import { deadline } from '../core/abort.js';
import { checkBoolean, checkPositive, checkSignal, readOnce } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { findOnPath } from '../core/programs.js';
import { findFfmpeg, type FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import { askProgram } from './ask-program.js';
import type { DeviceList } from './device-info.js';
import { darwinDevices } from './list-devices-darwin.js';
import { linuxDevices } from './list-devices-linux.js';
import { win32Devices } from './list-devices-win32.js';

/** What {@link listDevices} takes. */
export interface ListDevicesOptions extends FfmpegOptions {
  /**
   * Whether what a speaker plays is listed as a microphone too, on Linux: PulseAudio's monitors. They can be opened
   * by their names either way. Default false.
   */
  readonly monitors?: boolean;
  /**
   * How long it may take, in milliseconds: what the system hasn't said by then isn't in the lists. Default 5,000.
   */
  readonly timeoutMs?: number;
  /** Ends it, with the signal's reason. */
  readonly signal?: AbortSignal;
}

const OPTIONS = { ffmpegPath: true, monitors: true, timeoutMs: true, signal: true } as const;

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * The cameras, microphones, speakers and screens that there are. An `id` is what `openCamera`, `openMicrophone`,
 * `openSpeaker` and `openScreen` take as `device`.
 *
 * Where there are none, or nothing that knows of them, such as ffmpeg or a sound server, a list is empty; that
 * is no error. No device is switched on.
 *
 * @example
 * ```ts
 * const { cameras, microphones } = await listDevices();
 * for (const { id, label, isDefault } of cameras) console.log(isDefault ? '*' : ' ', id, label);
 * ```
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 */
export async function listDevices(options?: ListDevicesOptions): Promise<DeviceList> {
  const read = readOnce(options, 'options', OPTIONS);
  const { ffmpegPath, monitors = false, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = read;
  checkBoolean(monitors, 'options.monitors');
  checkPositive(timeoutMs, 'options.timeoutMs');
  checkSignal(signal, 'options.signal');
  signal?.throwIfAborted();
  using limit = deadline({ signal, timeoutMs, onTimeout: () => new Error('It took too long.') });
  const list = await devicesOf({ ffmpegPath, monitors, signal: limit.signal });
  signal?.throwIfAborted();
  return list;
}

async function devicesOf(options: {
  readonly ffmpegPath: string | undefined;
  readonly monitors: boolean;
  readonly signal: AbortSignal;
}): Promise<DeviceList> {
  const { ffmpegPath, monitors, signal } = options;
  const ffmpeg = askProgram(await ffmpegAt(ffmpegPath, signal), signal);
  switch (process.platform) {
    case 'linux': {
      const pactl = askProgram(await findOnPath('pactl', process.env), signal);
      return linuxDevices({ ffmpeg, pactl, monitors });
    }
    case 'darwin':
      return darwinDevices(ffmpeg);
    case 'win32':
      return win32Devices(ffmpeg);
    default:
      return { cameras: [], microphones: [], speakers: [], screens: [] };
  }
}

/** Where ffmpeg is, or undefined if there is none that is of use. */
async function ffmpegAt(
  ffmpegPath: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await findFfmpeg({ ffmpegPath }, signal)).path;
  } catch (error) {
    // Or it doesn't say what it is in time.
    if (error instanceof FramewireError || signal.aborted) return undefined;
    throw error;
  }
}
