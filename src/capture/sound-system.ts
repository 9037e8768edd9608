import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { FfmpegPart, FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { FramewireError } from '../core/errors.js';
import { type DevicePlatform, devicePlatform, type SoundSystem } from './device-arguments.js';

/** What ffmpeg calls the devices' part of each system, by direction. */
const PARTS: { readonly [Platform in DevicePlatform]: { readonly [Part in FfmpegPart]?: string } } =
  {
    linux: {},
    darwin: { demuxer: 'avfoundation', muxer: 'audiotoolbox' },
    win32: { demuxer: 'dshow' },
  };

/** Names that only ALSA knows: of a sound card, and of what its plugins make of one. */
const ALSA_DEVICE =
  /^(?:(?:plug)?hw|sysdefault|default|front|rear|surround\d+|iec958|hdmi|dmix|dsnoop|plug|usbstream|null):/;

/** Where an ffmpeg finds a device. */
export interface FoundSoundSystem {
  readonly platform: DevicePlatform;
  /** On Linux. */
  readonly system: SoundSystem;
}

/**
 * By what ffmpeg reaches a device here: on Linux by the sound server, if there is one and the device isn't
 * ALSA's by its name.
 *
 * @throws FramewireError `unsupported` if this ffmpeg was built without it.
 */
export async function soundSystem(
  program: FfmpegProgram,
  part: 'demuxer' | 'muxer',
  device: string | undefined,
): Promise<FoundSoundSystem> {
  const platform = devicePlatform();
  const named = PARTS[platform][part];
  if (named !== undefined) {
    await checkPart(program, part, named);
    return { platform, system: 'pulse' };
  }
  const isAlsa = device !== undefined && ALSA_DEVICE.test(device);
  if (!isAlsa && (await program.has(part, 'pulse')) && (await hasPulse())) {
    return { platform, system: 'pulse' };
  }
  await checkPart(program, part, 'alsa');
  return { platform, system: 'alsa' };
}

async function checkPart(program: FfmpegProgram, part: FfmpegPart, name: string): Promise<void> {
  if (await program.has(part, name)) return;
  throw new FramewireError(
    'unsupported',
    `${program.path} was built without ${name}; use another one, or backend 'naudiodon'.`,
  );
}

/** Whether PulseAudio, or what answers to its name, is to be reached; whether it answers, opening will tell. */
async function hasPulse(): Promise<boolean> {
  const { env } = process;
  if (env['PULSE_SERVER']) return true;
  const folder = env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.()}`;
  const sockets = [
    ...(env['PULSE_RUNTIME_PATH'] ? [join(env['PULSE_RUNTIME_PATH'], 'native')] : []),
    join(folder, 'pulse', 'native'),
    '/run/pulse/native',
  ];
  const found = await Promise.all(
    sockets.map((socket) =>
      access(socket).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
