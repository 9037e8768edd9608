import type {
  CameraInput,
  MicrophoneInput,
  ScreenInput,
  SpeakerOutput,
} from './device-arguments.js';
import { checkDeviceRule, option, sizeOption } from './device-rule.js';

/** AVFoundation's own default, 29.97, is a rate that most cameras refuse. */
const FPS = 30;

/** AVFoundation: its frames are stamped with the time since the machine started. */
export function avfoundationCamera(camera: CameraInput): string[] {
  const { device, fps = FPS, inputFormat } = camera;
  checkName(device);
  return [
    ...['-f', 'avfoundation', '-framerate', String(fps)],
    ...sizeOption(camera),
    ...option('-pixel_format', inputFormat),
    ...['-i', `${device}:none`],
  ];
}

/** Screens stand among the cameras, after them. They are always captured as a whole. */
export function avfoundationScreen({ device, fps = FPS, cursor = true }: ScreenInput): string[] {
  checkName(device);
  return [
    ...['-f', 'avfoundation', '-framerate', String(fps), '-capture_cursor', cursor ? '1' : '0'],
    ...['-i', `${device}:none`],
  ];
}

/** The device says in which samples it speaks. */
export function avfoundationMicrophone({ device }: MicrophoneInput): string[] {
  checkName(device);
  return ['-f', 'avfoundation', '-i', `none:${device}`];
}

/** An output is told by its place in the list alone. */
export function audiotoolboxSpeaker({ device }: SpeakerOutput): string[] {
  const isDefault = device === 'default';
  const isPlace = /^\d{1,4}$/.test(device);
  checkDeviceRule(device, isDefault || isPlace, "a device's number in ffmpeg's list, or default");
  return [
    '-f',
    'audiotoolbox',
    ...option('-audio_device_index', isDefault ? undefined : device),
    '-',
  ];
}

/**
 * The one argument holds a video and an audio device. Each is a name, or the beginning of one, or, if it
 * begins with a digit, its place in the list.
 */
function checkName(device: string): void {
  const isPlace = /^\d{1,4}$/.test(device);
  const isName = /^[^\d\s:-][^:]*$/.test(device) && !device.startsWith('none');
  checkDeviceRule(
    device,
    isPlace || isName,
    "a device's number in ffmpeg's list, or a name without a colon or a leading digit",
  );
}
