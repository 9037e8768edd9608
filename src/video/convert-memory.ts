import { capabilities } from '../native/capabilities.js';
import { convertNatively } from '../native/video-requests.js';
import { convertPixels } from './convert-pixels.js';
import { conversionRoute, type ConversionStep } from './convert-route.js';
import { FrameMemory, type Picture } from './frame-memory.js';
import { byteLengthOf, PIXEL_FORMATS, type PixelFormat } from './pixel-format.js';
import { copyAlpha } from './pixels-alpha.js';

/** The picture of `memory` in another format, in memory of its own. */
export function convertMemory(
  memory: FrameMemory,
  picture: Picture,
  target: { readonly format: PixelFormat; readonly flipY: boolean },
): FrameMemory {
  const { width, height } = picture;
  const { format, flipY } = target;
  const { steps, alphaApart } = conversionRoute(picture.format, format, picture);
  let current = memory;
  try {
    for (const step of steps) {
      const next = stepped(current, { width, height }, step, flipY && step.flips);
      if (next === current) continue;
      if (current !== memory) current.release();
      current = next;
    }
    if (!alphaApart) return current;
    // What native code made is not for us to write to.
    const result = current.native ? current.copy() : current;
    if (result !== current) current.release();
    current = result;
    memory.read((view) => {
      copyAlpha(view, result.bytes(), { from: picture, to: format, flipY });
    });
    return result;
  } catch (error) {
    if (current !== memory) current.release();
    throw error;
  }
}

/** The pixels after a step: memory of their own, but for a step that needs none. */
function stepped(
  memory: FrameMemory,
  { width, height }: { readonly width: number; readonly height: number },
  { from, to, way }: ConversionStep,
  flipY: boolean,
): FrameMemory {
  if (way === 'none') return memory;
  // Own code can do all of it: in a worker, where there is no native code, it's only slower.
  if (way === 'native' && capabilities.native) {
    const type = PIXEL_FORMATS.indexOf(to);
    const result = memory.withNativePixels({ format: from, width, height }, (pixels) =>
      convertNatively(pixels, { type, flipY }),
    );
    return FrameMemory.ofPicture(result, to);
  }
  const converted = FrameMemory.pooled(byteLengthOf(to, width, height));
  try {
    memory.read((view) => {
      convertPixels(view, converted.bytes(), { from, to, width, height, flipY });
    });
  } catch (error) {
    converted.release();
    throw error;
  }
  return converted;
}
