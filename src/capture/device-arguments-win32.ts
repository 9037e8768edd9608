import type { CameraInput, MicrophoneInput, ScreenInput } from './device-arguments.js';
import { checkDeviceRule, option, partOptions, sizeOption } from './device-rule.js';

/** What cameras send compressed is asked for as a codec, all else as a pixel format. */
const CODECS = ['mjpeg', 'h264', 'hevc'];

/** Without it frames are lost while ffmpeg starts: by default there is room for three of 720p. */
const BUFFER = ['-rtbufsize', '128M'];

/** DirectShow. */
export function dshowCamera(camera: CameraInput): string[] {
  const { device, fps, inputFormat } = camera;
  checkName(device);
  const format = CODECS.includes(inputFormat ?? '') ? '-c:v' : '-pixel_format';
  return [
    ...['-f', 'dshow', ...BUFFER],
    ...sizeOption(camera),
    ...option('-framerate', fps),
    ...option(format, inputFormat),
    ...['-i', `video=${device}`],
  ];
}

/** The desktop of all monitors, or the window of that title. */
export function gdigrabScreen(screen: ScreenInput): string[] {
  const { device, fps, cursor = true } = screen;
  const isWindow = /^title=./s.test(device);
  checkDeviceRule(
    device,
    device === 'desktop' || isWindow,
    "'desktop' or 'title=' and a window's title",
  );
  return [
    ...['-f', 'gdigrab', '-draw_mouse', cursor ? '1' : '0'],
    ...option('-framerate', fps),
    ...partOptions(screen, ['-offset_x', '-offset_y']),
    ...['-i', device],
  ];
}

/** The device says in which samples it speaks: it refuses those that it doesn't have. */
export function dshowMicrophone({ device, blockMs }: MicrophoneInput): string[] {
  checkName(device);
  return [
    // Without it most devices give half a second at a time.
    ...['-f', 'dshow', ...option('-audio_buffer_size', blockMs)],
    ...['-i', `audio=${device}`],
  ];
}

/** A colon would end the name: in the alternative names of the list there is an underscore for each. */
function checkName(device: string): void {
  checkDeviceRule(
    device,
    !device.includes(':'),
    "a name or alternative name of ffmpeg's list, without a colon",
  );
}
