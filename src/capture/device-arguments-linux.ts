import type {
  CameraInput,
  MicrophoneInput,
  ScreenInput,
  SpeakerOutput,
} from './device-arguments.js';
import { checkDeviceRule, option, partOptions, sizeOption } from './device-rule.js';

/** How PulseAudio's mixer names us. */
const PROGRAM = ['-name', 'Framewire'];

/** Bytes of a sample, which are 16 bits in all that we ask for. */
const SAMPLE_BYTES = 2;

/** Video4Linux: its frames are stamped with the wall clock, whichever one the driver has. */
export function v4l2Camera(camera: CameraInput): string[] {
  const { device, fps, inputFormat } = camera;
  // `fd:3` would be a file that is open already, and a bare name a file in the current folder.
  checkDeviceRule(device, device.startsWith('/'), 'an absolute path such as /dev/video0');
  return [
    ...['-f', 'v4l2', '-timestamps', 'abs'],
    ...option('-input_format', inputFormat),
    ...sizeOption(camera),
    ...option('-framerate', fps),
    ...['-i', device],
  ];
}

/** A display of X11: its frames are stamped with the wall clock. */
export function x11Screen(screen: ScreenInput): string[] {
  const { device, fps, cursor = true } = screen;
  // `:0+10,20` would have a position.
  checkDeviceRule(device, /^[^+]*:\d+(\.\d+)?$/.test(device), 'a display such as :0 or :0.1');
  return [
    ...['-f', 'x11grab', '-draw_mouse', cursor ? '1' : '0'],
    ...option('-framerate', fps),
    ...partOptions(screen, ['-grab_x', '-grab_y']),
    ...['-i', device],
  ];
}

/** PulseAudio, and PipeWire, which answers to that name. */
export function pulseMicrophone(microphone: MicrophoneInput): string[] {
  const { device, sampleRate = 48_000, channels = 1, blockMs } = microphone;
  const fragment =
    blockMs === undefined
      ? undefined
      : Math.max(1, Math.round((sampleRate * blockMs) / 1000)) * channels * SAMPLE_BYTES;
  return [
    ...['-f', 'pulse', ...PROGRAM, '-stream_name', 'microphone'],
    ...['-sample_rate', String(sampleRate), '-channels', String(channels)],
    // Without it the sound comes in blocks of 50 ms.
    ...option('-fragment_size', fragment),
    ...['-i', device],
  ];
}

/** A sound card without a sound server in between. */
export function alsaMicrophone(microphone: MicrophoneInput): string[] {
  const { device, sampleRate = 48_000, channels = 1 } = microphone;
  checkAlsa(device);
  return [
    ...['-f', 'alsa', '-sample_rate', String(sampleRate), '-channels', String(channels)],
    ...['-i', device],
  ];
}

/** PulseAudio, and PipeWire, which answers to that name. */
export function pulseSpeaker({ device, bufferMs }: SpeakerOutput): string[] {
  return [
    ...['-f', 'pulse', ...PROGRAM, '-stream_name', 'speaker'],
    ...option('-buffer_duration', bufferMs),
    // The default is asked for by naming none.
    ...option('-device', device === 'default' ? undefined : device),
    'speaker',
  ];
}

/** A sound card without a sound server in between. */
export function alsaSpeaker({ device }: SpeakerOutput): string[] {
  checkAlsa(device);
  return ['-f', 'alsa', device];
}

/**
 * ALSA's names are a language: some write files, or run programs. Those of devices are a word, and a card's
 * names and numbers.
 */
function checkAlsa(device: string): void {
  const plain = /^\w[\w-]*(:[\w,=.-]+)?$/.test(device) && !/^(file|tee)(:|$)/i.test(device);
  checkDeviceRule(device, plain, 'an ALSA device such as default, hw:0,0 or plughw:CARD=PCH');
}
