import { deadline } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { type Ask, askProgram } from './ask-program.js';
import type { DevicePlatform } from './device-arguments.js';
import type { DeviceInfo } from './device-info.js';
import { linuxCameras } from './list-devices-linux.js';
import { win32Devices } from './list-devices-win32.js';

/** A device that doesn't say by then what it is says nothing. */
const ANSWER_MS = 5_000;

/** Where a device is looked for. */
export interface DefaultDeviceOptions {
  readonly platform: DevicePlatform;
  readonly program: FfmpegProgram;
  readonly signal: AbortSignal | undefined;
}

/**
 * The camera that is opened where none is named: what `listDevices()` calls the default.
 *
 * @throws FramewireError `device` if there is no camera, or none is listed in time; the signal's reason if that
 * aborts.
 */
export async function defaultCamera(options: DefaultDeviceOptions): Promise<string> {
  const { platform } = options;
  if (platform === 'darwin') return 'default';
  return await defaultOf('camera', options, async (ffmpeg) =>
    platform === 'linux' ? await linuxCameras({ ffmpeg }) : (await win32Devices(ffmpeg)).cameras,
  );
}

/**
 * The microphone that is opened where none is named. Only DirectShow has no name for that.
 *
 * @throws FramewireError `device` if there is no microphone; the signal's reason if that aborts.
 */
export async function defaultMicrophone(options: DefaultDeviceOptions): Promise<string> {
  if (options.platform !== 'win32') return 'default';
  return await defaultOf(
    'microphone',
    options,
    async (ffmpeg) => (await win32Devices(ffmpeg)).microphones,
  );
}

async function defaultOf(
  kind: string,
  { program, signal }: DefaultDeviceOptions,
  list: (ffmpeg: Ask) => Promise<readonly DeviceInfo[]>,
): Promise<string> {
  const onTimeout = (): Error => new Error('It took too long.');
  using limit = deadline({ signal, timeoutMs: ANSWER_MS, onTimeout });
  const devices = await list(askProgram(program.path, limit.signal));
  signal?.throwIfAborted();
  const device = devices.find(({ isDefault }) => isDefault);
  if (device) return device.id;
  if (limit.signal.aborted) {
    const seconds = ANSWER_MS / 1000;
    const message = `The list of ${kind}s didn't come within ${seconds} s. Name one by options.device.`;
    throw new FramewireError('device', message);
  }
  throw new FramewireError('device', `There is no ${kind}.`);
}
