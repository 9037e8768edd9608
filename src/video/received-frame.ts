import { ffi } from '../native/ffi-client.js';
import type { NativeVideoFrame } from '../native/media-events.js';
import { FrameMemory } from './frame-memory.js';
import { byteLengthOf, PIXEL_FORMATS } from './pixel-format.js';
import { type FrameMetadata, ROTATIONS, VideoFrame } from './video-frame.js';

/** The bytes of native memory behind a frame, as far as they are its pixels. */
export function nativeByteLength({ type, width, height }: NativeVideoFrame): number {
  const format = PIXEL_FORMATS[type];
  return format === undefined ? 0 : byteLengthOf(format, width, height);
}

/** The frame that a native event speaks of. Takes ownership of its handle, also when it throws. */
export function receivedFrame(native: NativeVideoFrame): VideoFrame {
  const format = PIXEL_FORMATS[native.type];
  const { width, height } = native;
  if (format === undefined || !(width > 0 && height > 0)) {
    ffi().drop(native.handle);
    throw new RangeError(`LiveKit gave a frame of ${width}x${height}, format ${native.type}.`);
  }
  const description = {
    width,
    height,
    format,
    timestampUs: Math.max(0, native.timestampUs),
    rotation: ROTATIONS[native.rotation] ?? 0,
    metadata: metadataOf(native),
  };
  // The native side's word is taken for it: its numbers are integers, and checking them again takes time.
  return new VideoFrame(FrameMemory.ofPicture(native, format), description, true);
}

/**
 * What the publisher said, as far as it can be so: the network may bring any number of 64 bits, such as
 * nanoseconds where microseconds are meant.
 */
function metadataOf({ captureTimeUs, frameId, userData }: NativeVideoFrame): FrameMetadata {
  const metadata: { -readonly [K in keyof FrameMetadata]: FrameMetadata[K] } = {};
  if (Number.isSafeInteger(captureTimeUs)) metadata.captureTimeUs = captureTimeUs as number;
  if (frameId !== undefined) metadata.frameId = frameId;
  if (userData !== undefined) metadata.userData = userData;
  return metadata;
}
