import { FramewireError } from '../core/errors.js';
import { binding } from './binding.js';
import {
  type CaptureDetails,
  CaptureRequestWriter,
  type PixelsForNative,
} from './capture-request.js';
import { ffi, handleOf } from './ffi-client.js';
import { type MediaEvent, type NativePicture, pictureOf } from './media-events.js';
import { keepFreedMemory } from './memory.js';
import { openTrackStream } from './track-stream.js';

export type { PixelsForNative } from './capture-request.js';

function bufferInfo({ type, width, height, pointer, planes }: PixelsForNative) {
  return {
    type,
    width,
    height,
    dataPtr: pointer,
    stride: planes[0]?.stride ?? 0,
    components:
      planes.length === 1
        ? []
        : planes.map((plane) => ({
            dataPtr: pointer + BigInt(plane.offset),
            stride: plane.stride,
            size: plane.stride * plane.height,
          })),
  };
}

/** Makes a video source; drop the handle when done. */
export function newVideoSource(options: {
  readonly width: number;
  readonly height: number;
  readonly screencast: boolean;
}): number {
  const { width, height, screencast } = options;
  const { source } = ffi().send('newVideoSource', {
    type: 0,
    resolution: { width, height },
    isScreencast: screencast,
  });
  return handleOf(source, 'video source');
}

let captureRequest: CaptureRequestWriter | undefined;

/** Gives a frame to a source. The pixels are read before this returns. */
export function captureVideoFrame(
  source: number,
  pixels: PixelsForNative,
  details: CaptureDetails,
): void {
  captureRequest ??= new CaptureRequestWriter(binding());
  ffi().sendEncoded(captureRequest.write(source, pixels, details));
}

/** Converts pixels into native memory of its own; drop its handle when done. */
export function convertNatively(
  pixels: PixelsForNative,
  to: { readonly type: number; readonly flipY: boolean },
): NativePicture {
  keepFreedMemory();
  const { message } = ffi().send('videoConvert', {
    flipY: to.flipY,
    dstType: to.type,
    buffer: bufferInfo(pixels),
  });
  if (message.case !== 'buffer') {
    throw new FramewireError('native', `LiveKit could not convert the frame: ${message.value}.`);
  }
  return pictureOf(message.value);
}

/** Makes a track of a video source; drop the handle when done. */
export function newVideoTrack(name: string, source: number): number {
  const { track } = ffi().send('createVideoTrack', { name, sourceHandle: BigInt(source) });
  return handleOf(track, 'video track');
}

/** Opens a stream of a track's frames. @returns how to close it. */
export function openVideoStream(
  options: { readonly track: number; readonly type: number | undefined },
  listener: (event: MediaEvent) => void,
): () => void {
  const send = (): number => {
    const { stream } = ffi().send('newVideoStream', {
      trackHandle: BigInt(options.track),
      type: 0,
      normalizeStride: true,
      ...(options.type !== undefined && { format: options.type }),
    });
    return handleOf(stream, 'video stream');
  };
  return openTrackStream(send, listener);
}
