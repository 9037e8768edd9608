// LiveKit's binding is what both sides share, so it's where both are measured the same way: from outside
// of either, at the callback by which the native side brings an event.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const binding = require('@livekit/rtc-ffi-bindings');

const { no } = binding.FfiEvent.fields
  .list()
  .find((field) => field.localName === 'videoStreamEvent');
/** The first byte of an event of a video stream: protobuf's tag of a field with a length. */
const VIDEO_EVENT = (no << 3) | 2;

/**
 * Has `entered` and `returned` called with the time around each native callback that brings a video
 * frame. To be called before either side starts the native library.
 */
export function watchFrameEvents({ entered, returned = () => undefined }) {
  const { livekitInitialize } = binding;
  binding.livekitInitialize = (callback, ...rest) =>
    livekitInitialize(
      (bytes) => {
        if (bytes[0] !== VIDEO_EVENT) return callback(bytes);
        entered(performance.now());
        callback(bytes);
        returned(performance.now());
      },
      ...rest,
    );
}

/** What `captureVideoFrame` needs to know of tight I420 or RGBA pixels that begin their own buffer. */
export function bufferInfo(pixels, { width, height, format }) {
  const pointer = binding.livekitRetrievePtr(pixels);
  const type = binding.VideoBufferType[format];
  if (format === 'RGBA')
    return { type, width, height, dataPtr: pointer, stride: 4 * width, components: [] };
  const [luma, chroma] = [width * height, (width / 2) * (height / 2)];
  return {
    type,
    width,
    height,
    dataPtr: pointer,
    stride: width,
    components: [
      { dataPtr: pointer, stride: width, size: luma },
      { dataPtr: pointer + BigInt(luma), stride: width / 2, size: chroma },
      { dataPtr: pointer + BigInt(luma + chroma), stride: width / 2, size: chroma },
    ],
  };
}

/** Gives pixels to a native video source. May be called in a worker. */
export function capture(sourceHandle, buffer, timestampUs) {
  const request = new binding.FfiRequest({
    message: {
      case: 'captureVideoFrame',
      value: { sourceHandle, buffer, timestampUs, rotation: 0 },
    },
  });
  binding.livekitFfiRequest(request.toBinary());
}
