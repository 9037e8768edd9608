import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { PictureReader, type PictureRequest } from '../ffmpeg/picture-reader.js';
import type { PixelFormat } from '../video/pixel-format.js';
import { whyEnded } from './device-fault.js';
import { FFMPEG_PIXEL_FORMATS } from './ffmpeg-pixel-format.js';
import { type Closable, OpeningDevice } from './opening-device.js';
import { PictureThread, type PictureThreadOutlet } from './picture-thread.js';
import type { PictureSize } from '../video/picture-size.js';
import type { Reader } from './video-device-options.js';

/** Which pictures are asked of a camera or a screen. */
export interface VideoDeviceRequest {
  readonly program: FfmpegProgram;
  /** The device as it begins a sentence. */
  readonly named: string;
  /** The arguments up to the one after `-i`. */
  readonly input: readonly string[];
  /** What is done with the pictures first. */
  readonly filters: readonly string[];
  readonly format: PixelFormat;
  /** The size to bring them to. */
  readonly size: PictureSize | undefined;
  /** How long the device may pause before it counts as lost. */
  readonly stallMs: number;
  /** Which thread reads. */
  readonly readIn: Reader;
}

/** What becomes of a device that is opened. */
export interface VideoDeviceEvents extends Omit<PictureThreadOutlet, 'ended'> {
  /** The device is gone, and nothing comes any more. Told once, and not after `close()`. */
  readonly lost: (error: Error) => void;
}

/**
 * Opens a camera or a screen. Resolves when its first picture comes.
 *
 * @throws FramewireError `device` if it isn't there or can't be used; the signal's reason if that aborts.
 */
export async function openVideoDevice(
  request: VideoDeviceRequest,
  events: VideoDeviceEvents,
  signal: AbortSignal,
): Promise<Closable> {
  signal.throwIfAborted();
  const { program, input, format, named, readIn } = request;
  const opening = new OpeningDevice({
    lost: events.lost,
    stallMs: request.stallMs,
    ...{ named, stalled: 'gives no picture any more' },
    free: async () => await (await reader)?.close(),
  });
  const pictures: PictureRequest = {
    program,
    input,
    filters: filtersFor(request),
    pixelFormat: FFMPEG_PIXEL_FORMATS[format],
  };
  const outlet: PictureThreadOutlet = {
    ...events,
    picture: (picture, timeUs, arrivedUs) => {
      if (opening.heard()) events.picture(picture, timeUs, arrivedUs);
      else events.unused(picture);
    },
    ended: (end) => {
      const { garbage } = end;
      opening.failBecause(
        garbage === undefined ? whyEnded(end, input.at(-1)) : `${program.path} gave ${garbage}`,
      );
    },
  };
  const starting: Promise<Closable> =
    readIn === 'worker'
      ? PictureThread.start(pictures, format, outlet)
      : PictureReader.start(pictures, outlet);
  const reader = starting.catch((error: unknown) => {
    opening.fail(error as Error);
    return undefined;
  });
  return await opening.untilOpen(signal);
}

/** All that is made of a picture: its part, size, colours and format. */
function filtersFor({ filters, size, format }: VideoDeviceRequest): string[] {
  // Cameras and screens say of their colours what they want; ours are those of WebRTC.
  const colors = 'out_color_matrix=bt601:out_range=tv';
  const sized = size
    ? [
        `scale=${size.width}:${size.height}:force_original_aspect_ratio=increase:${colors}`,
        // What sticks out is cut off, equally on both sides; exactly, also where chroma is halved.
        `crop=${size.width}:${size.height}:exact=1`,
      ]
    : [`scale=${colors}`];
  return [...filters, ...sized, `format=${FFMPEG_PIXEL_FORMATS[format]}`];
}
