import { convertNatively } from '../native/video-requests.js';
import { convertPixels } from './convert-pixels.js';
import { FrameMemory, type Picture } from './frame-memory.js';
import { byteLengthOf, PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';

/**
 * What LiveKit's own conversion gets right at every size, measured against BT.601's arithmetic. Of the
 * other pairs it refuses most, shifts the chroma of some, and ends the process at a few (anything from
 * ABGR, NV12 to NV12): those are ours.
 */
const NATIVE: { readonly [From in PixelFormat]?: readonly PixelFormat[] } = {
  RGBA: ['BGRA', 'I420'],
  BGRA: ['RGBA', 'I420'],
  ARGB: ['I420'],
  RGB24: ['I420'],
  I420: ['RGBA', 'BGRA', 'ARGB', 'ABGR', 'RGB24'],
  I420A: ['I420'],
  I422: ['RGBA', 'ARGB', 'ABGR'],
  I444: ['RGBA', 'BGRA'],
  NV12: ['RGBA', 'BGRA', 'I420'],
};

/** The picture of `memory` in another format, in memory of its own. */
export function convertMemory(
  memory: FrameMemory,
  picture: Picture,
  target: { readonly format: PixelFormat; readonly flipY: boolean },
): FrameMemory {
  const { format: from, width, height } = picture;
  const { format: to, flipY } = target;
  if (NATIVE[from]?.includes(to)) {
    const type = PIXEL_FORMATS.indexOf(to);
    const result = memory.withNativePixels(picture, (pixels) =>
      convertNatively(pixels, { type, flipY }),
    );
    return FrameMemory.ofPicture(result, to);
  }
  const converted = FrameMemory.pooled(byteLengthOf(to, width, height));
  memory.borrow((view) => {
    convertPixels(view, converted.bytes(), { from, to, width, height, flipY });
  });
  return converted;
}
