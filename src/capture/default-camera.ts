import { askProgram } from './ask-program.js';
import type { DevicePlatform } from './device-arguments.js';
import { deadline } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { linuxCameras } from './list-devices-linux.js';
import { win32Devices } from './list-devices-win32.js';

/** A camera that doesn't say by then what it sends says nothing. */
const ANSWER_MS = 5_000;

/**
 * The camera that is opened where none is named: what `listDevices()` calls the default.
 *
 * @throws FramewireError `device` if there is no camera; the signal's reason if that aborts.
 */
export async function defaultCamera(
  platform: DevicePlatform,
  program: FfmpegProgram,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (platform === 'darwin') return 'default';
  const onTimeout = (): Error => new Error('It took too long.');
  using limit = deadline({ signal, timeoutMs: ANSWER_MS, onTimeout });
  const ffmpeg = askProgram(program.path, limit.signal);
  const cameras =
    platform === 'linux' ? await linuxCameras({ ffmpeg }) : (await win32Devices(ffmpeg)).cameras;
  signal?.throwIfAborted();
  const camera = cameras.find(({ isDefault }) => isDefault);
  if (camera) return camera.id;
  throw new FramewireError('device', 'There is no camera.');
}
