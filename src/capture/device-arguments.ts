// What ffmpeg is told to open a device, by the system that it's on. Pure functions: they build arguments for
// any system on any system. Each device name arrives as one argument of its own, and what a name can't hold
// there, because ffmpeg would read it as something else, is refused here.

import { checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import {
  avfoundationCamera,
  avfoundationMicrophone,
  avfoundationScreen,
  audiotoolboxSpeaker,
} from './device-arguments-darwin.js';
import {
  alsaMicrophone,
  alsaSpeaker,
  pulseMicrophone,
  pulseSpeaker,
  v4l2Camera,
  x11Screen,
} from './device-arguments-linux.js';
import { dshowCamera, dshowMicrophone, gdigrabScreen } from './device-arguments-win32.js';

/** The systems whose devices ffmpeg can open. */
export const DEVICE_PLATFORMS = ['linux', 'darwin', 'win32'] as const;

/** One of {@link DEVICE_PLATFORMS}. */
export type DevicePlatform = (typeof DEVICE_PLATFORMS)[number];

/** What {@link cameraInput} takes. */
export interface CameraInput {
  readonly platform: DevicePlatform;
  /** As `listDevices()` names it. */
  readonly device: string;
  /** Together with `height`; a size that the camera doesn't have is refused by some, replaced by others. */
  readonly width?: number;
  readonly height?: number;
  /** Frames a second. */
  readonly fps?: number;
  /** What the camera sends: a codec, such as `mjpeg`, or one of ffmpeg's pixel formats, such as `yuyv422`. */
  readonly inputFormat?: string;
  /** `lavfi`: `device` is no camera, but a graph of ffmpeg's filters that stands in for one. */
  readonly backend?: 'lavfi';
}

/** What {@link screenInput} takes. */
export interface ScreenInput {
  readonly platform: DevicePlatform;
  /** As `listDevices()` names it; on Windows also `title=` and a window's title. */
  readonly device: string;
  /** The left edge of what is captured, in pixels. Default 0. */
  readonly x?: number;
  /** The upper edge of what is captured, in pixels. Default 0. */
  readonly y?: number;
  /** Together with `height`; default: all of it. */
  readonly width?: number;
  readonly height?: number;
  /** Frames a second. */
  readonly fps?: number;
  /** Whether the mouse pointer is in the picture. Default true. */
  readonly cursor?: boolean;
}

/** What speaks to the sound cards, by ffmpeg's names for it. */
export type SoundSystem = 'pulse' | 'alsa';

/** What {@link microphoneInput} takes. */
export interface MicrophoneInput {
  readonly platform: DevicePlatform;
  /** As `listDevices()` names it; `default` is the system's own choice, except on Windows, where there is none. */
  readonly device: string;
  /** What is asked of the device where it can be asked; the samples that come may still be others. */
  readonly sampleRate?: number;
  readonly channels?: number;
  /** How much sound the device gives at a time, at most. */
  readonly blockMs?: number;
  /** On Linux. Default `pulse`. */
  readonly system?: SoundSystem;
}

/** What {@link speakerOutput} takes. */
export interface SpeakerOutput {
  readonly platform: DevicePlatform;
  /** As `listDevices()` names it; `default` is the system's own choice. */
  readonly device: string;
  /** How much sound waits in the device, at most. */
  readonly bufferMs?: number;
  /** On Linux. Default `pulse`. */
  readonly system?: SoundSystem;
}

/**
 * The arguments that make a camera ffmpeg's next input, `-i` and the device last.
 *
 * @throws TypeError or RangeError if ffmpeg would read the device's name as something else.
 */
export function cameraInput(camera: CameraInput): string[] {
  const { platform, device, backend } = camera;
  checkDevice(device);
  if (backend === 'lavfi') return ['-f', 'lavfi', '-i', device];
  switch (platform) {
    case 'linux':
      return v4l2Camera(camera);
    case 'darwin':
      return avfoundationCamera(camera);
    case 'win32':
      return dshowCamera(camera);
  }
}

/**
 * The arguments that make a screen ffmpeg's next input. {@link screenFilters} are the other half.
 *
 * @throws TypeError or RangeError if ffmpeg would read the device's name as something else.
 */
export function screenInput(screen: ScreenInput): string[] {
  checkDevice(screen.device);
  switch (screen.platform) {
    case 'linux':
      return x11Screen(screen);
    case 'darwin':
      return avfoundationScreen(screen);
    case 'win32':
      return gdigrabScreen(screen);
  }
}

/** The filters that a screen's pictures have to go through first, where ffmpeg can't capture a part alone. */
export function screenFilters({ platform, x = 0, y = 0, width, height }: ScreenInput): string[] {
  if (width !== undefined && height !== undefined) {
    return platform === 'darwin' ? [`crop=${width}:${height}:${x}:${y}:exact=1`] : [];
  }
  return x === 0 && y === 0 ? [] : [`crop=iw-${x}:ih-${y}:${x}:${y}:exact=1`];
}

/**
 * The arguments that make a microphone ffmpeg's next input.
 *
 * @throws TypeError or RangeError if ffmpeg would read the device's name as something else.
 */
export function microphoneInput(microphone: MicrophoneInput): string[] {
  checkDevice(microphone.device);
  switch (microphone.platform) {
    case 'linux':
      return microphone.system === 'alsa'
        ? alsaMicrophone(microphone)
        : pulseMicrophone(microphone);
    case 'darwin':
      return avfoundationMicrophone(microphone);
    case 'win32':
      return dshowMicrophone(microphone);
  }
}

/**
 * The arguments that make a speaker ffmpeg's next output, at the end of its command.
 *
 * @throws TypeError or RangeError if ffmpeg would read the device's name as something else.
 * @throws FramewireError `unsupported` on Windows, where ffmpeg plays no sound.
 */
export function speakerOutput(speaker: SpeakerOutput): string[] {
  checkDevice(speaker.device);
  switch (speaker.platform) {
    case 'linux':
      return speaker.system === 'alsa' ? alsaSpeaker(speaker) : pulseSpeaker(speaker);
    case 'darwin':
      return audiotoolboxSpeaker(speaker);
    case 'win32':
      throw new FramewireError('unsupported', 'ffmpeg can play no sound on Windows.');
  }
}

/**
 * The system that this runs on.
 *
 * @throws FramewireError `unsupported` if it's one whose devices ffmpeg can't open.
 */
export function devicePlatform(platform: NodeJS.Platform = process.platform): DevicePlatform {
  const known = DEVICE_PLATFORMS.find((one) => one === platform);
  if (known) return known;
  throw new FramewireError('unsupported', `There are no devices for ${platform}.`);
}

function checkDevice(device: unknown): asserts device is string {
  checkString(device, 'options.device');
  // No program can be given such an argument.
  if (!device.includes('\0')) return;
  throw new RangeError(`options.device must have no null characters, got ${shown(device)}.`);
}
