import { checkOneOf, checkString, shown } from '../core/check.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { defaultCamera } from './default-device.js';
import { cameraInput, devicePlatform } from './device-arguments.js';
import type { LiveVideoStream } from './live-video-stream.js';
import { openLiveVideo } from './open-video-device.js';
import { resolveVideoDeviceOptions, type VideoDeviceOptions } from './video-device-options.js';

/** What can be opened as a camera. */
export const CAMERA_BACKENDS = ['auto', 'lavfi'] as const;

/** One of {@link CAMERA_BACKENDS}. */
export type CameraBackend = (typeof CAMERA_BACKENDS)[number];

/** How {@link openCamera} captures. */
export interface CameraOptions extends VideoDeviceOptions {
  /**
   * What the camera is to send: a codec, such as `mjpeg`, or one of ffmpeg's pixel formats, such as `yuyv422`. Many
   * have their largest sizes only as `mjpeg`. Default: what the system chooses.
   */
  readonly inputFormat?: string;
  /**
   * By what the camera is reached: `auto` is what the system has, Video4Linux, AVFoundation or DirectShow.
   * With `lavfi`, `device` is no camera but a graph of ffmpeg's filters that stands in for one, such as
   * `testsrc2=size=1280x720:rate=30`. A graph can read files, so never take one from somebody else. Pictures that
   * a camera would skip while the main thread is busy come late from a graph, one by one.
   */
  readonly backend?: CameraBackend;
}

/** Few cameras can be asked to be slower. What they send is thinned. */
const LEAST_FPS = 1;

/**
 * Opens a camera. Resolves when its first picture is there; from then on what nobody reads is dropped and counted.
 *
 * It's asked for the size and the rate; what comes in another size is scaled to cover the one asked for, and cut
 * in the middle. Without one the camera chooses.
 *
 * @returns The stream, which is yours to close; leaving a loop over it closes it, and frees the camera.
 * @throws TypeError or RangeError if an option is not as it must be.
 * @throws FramewireError `device` if the camera isn't there or can't be used, `not-found` if ffmpeg isn't installed,
 * `unsupported` if it's too old; the signal's reason if that aborts.
 * @example
 * ```ts
 * await using camera = await openCamera({ width: 1280, height: 720, fps: 30 });
 * for await (using frame of camera) source.captureFrame(frame);
 * ```
 */
export async function openCamera(options: CameraOptions = {}): Promise<LiveVideoStream> {
  const resolved = resolveVideoDeviceOptions(options);
  const { inputFormat, backend = 'auto' } = options;
  checkOneOf(backend, 'options.backend', CAMERA_BACKENDS);
  if (inputFormat !== undefined) checkString(inputFormat, 'options.inputFormat');
  const platform = devicePlatform();
  if (backend === 'lavfi') checkString(resolved.device, 'options.device');
  const { ffmpegPath, signal, size, fps } = resolved;
  const device =
    resolved.device ??
    (await defaultCamera({ platform, program: await findFfmpeg({ ffmpegPath }, signal), signal }));
  const input = cameraInput({
    platform,
    device,
    ...size,
    ...(fps === undefined || fps < LEAST_FPS ? {} : { fps }),
    ...(inputFormat === undefined ? {} : { inputFormat }),
    ...(backend === 'lavfi' ? { backend } : {}),
  });
  return await openLiveVideo(resolved, {
    device,
    named: resolved.device === undefined ? 'The default camera' : `The camera ${shown(device)}`,
    // A graph is as fast as the machine.
    input: backend === 'lavfi' ? ['-re', ...input] : input,
    filters: [],
    thin: true,
  });
}
