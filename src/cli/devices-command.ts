import { Command } from 'commander';
import type {
  CameraFormat,
  DeviceInfo,
  DeviceList,
  ScreenFormat,
  SoundFormat,
} from '../capture/device-info.js';
import { listDevices } from '../capture/list-devices.js';
import { FramewireError } from '../core/errors.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { EXIT } from './exit-code.js';
import { Interrupt } from './interrupt.js';
import { parseText } from './option-values.js';

interface DevicesFlags {
  readonly ffmpeg?: string;
  readonly monitors?: boolean;
  readonly json?: boolean;
}

/** Longer than the library's: somebody sits there, who has Ctrl-C. */
const PATIENCE_MS = 15_000;

/** `framewire devices`. */
export function devicesCommand(): Command {
  return new Command('devices')
    .description('Lists the cameras, microphones, speakers and screens that can be opened.')
    .option('--monitors', 'what speakers play counts as microphones too, on Linux')
    .option(
      '--ffmpeg <path>',
      'the ffmpeg to ask; default: FFMPEG_PATH, or the one on PATH',
      parseText,
    )
    .option('--json', 'print the lists as JSON')
    .exitOverride()
    .action(async (flags: DevicesFlags) => {
      process.exitCode = await printDevices(flags);
    });
}

async function printDevices({
  ffmpeg,
  monitors = false,
  json = false,
}: DevicesFlags): Promise<number> {
  using interrupt = new Interrupt(() => process.exit(EXIT.interrupted));
  const { signal } = interrupt;
  const program = ffmpeg === undefined ? {} : { ffmpegPath: ffmpeg };
  try {
    const [fault, list] = await Promise.all([
      ffmpegFault(program, signal),
      listDevices({ ...program, monitors, signal, timeoutMs: PATIENCE_MS }),
    ]);
    process.stdout.write(json ? `${JSON.stringify(list, undefined, 2)}\n` : devicesText(list));
    if (fault !== undefined) process.stderr.write(`framewire devices: ${fault}\n`);
    return EXIT.ok;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

/** Why lists may be empty: the library doesn't call that an error. */
async function ffmpegFault(
  program: { readonly ffmpegPath?: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await findFfmpeg(program, signal);
    return undefined;
  } catch (error) {
    if (error instanceof FramewireError) return error.message;
    throw error;
  }
}

/** The lists for people: a star for what is opened by default. */
export function devicesText({ cameras, microphones, speakers, screens }: DeviceList): string {
  return [
    section('Cameras', cameras, ({ formats }) => cameraFormats(formats)),
    section('Microphones', microphones, ({ formats }) => formats?.map(soundFormat)),
    section('Speakers', speakers, ({ formats }) => formats?.map(soundFormat)),
    section('Screens', screens, ({ formats }) => formats?.map(size)),
  ].join('\n');
}

function section<Device extends DeviceInfo>(
  title: string,
  devices: readonly Device[],
  formatsOf: (device: Device) => readonly string[] | undefined,
): string {
  if (devices.length === 0) return `${title}: none\n`;
  const width = Math.max(...devices.map(({ id }) => id.length));
  const lines = devices.map((device) => {
    const { id, label, isDefault } = device;
    const formats = formatsOf(device)?.join(', ');
    return `  ${isDefault ? '*' : ' '} ${id.padEnd(width)}  ${label}${formats ? ` (${formats})` : ''}`;
  });
  return `${title}:\n${lines.join('\n')}\n`;
}

/** What it sends, each with the largest of its sizes. */
function cameraFormats(formats: readonly CameraFormat[] = []): string[] {
  const largest = new Map<string, CameraFormat>();
  for (const format of formats) {
    const before = largest.get(format.inputFormat);
    if (!before || format.width * format.height > before.width * before.height) {
      largest.set(format.inputFormat, format);
    }
  }
  return [...largest.values()].map((format) => `${format.inputFormat} up to ${size(format)}`);
}

function soundFormat({ sampleRate, channels }: SoundFormat): string {
  return `${sampleRate} Hz, ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
}

function size({ width, height }: ScreenFormat): string {
  return `${width}x${height}`;
}
