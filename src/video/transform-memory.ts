import { blackenPixels } from './black-pixels.js';
import { type CropArea, cropPixels } from './crop-pixels.js';
import { FrameMemory, type Picture } from './frame-memory.js';
import { byteLengthOf } from './pixel-format.js';
import { type RotateDegrees, rotatePixels } from './rotate-pixels.js';
import type { ScalePlan } from './scale-fit.js';
import { scalePixels } from './scale-pixels.js';

// Each reads the pixels where they lie, and gives memory of its own.

/** The picture of `memory` turned clockwise: by 90 and 270 degrees, its sides change places. */
export function rotateMemory(
  memory: FrameMemory,
  { format, width, height }: Picture,
  degrees: RotateDegrees,
): FrameMemory {
  return made(memory, byteLengthOf(format, ...turned(width, height, degrees)), (view, target) => {
    rotatePixels(view, target, { format, width, height, degrees });
  });
}

/** Width and height of a picture that was turned. */
export function turned(width: number, height: number, degrees: number): [number, number] {
  return degrees % 180 === 0 ? [width, height] : [height, width];
}

/** A part of the picture of `memory`. */
export function cropMemory(
  memory: FrameMemory,
  { format, width, height }: Picture,
  area: CropArea,
): FrameMemory {
  return made(memory, byteLengthOf(format, area.width, area.height), (view, target) => {
    cropPixels(view, target, { format, width, height, area });
  });
}

/** The picture of `memory` in another size. */
export function scaleMemory(
  memory: FrameMemory,
  { format, width, height }: Picture,
  plan: ScalePlan,
): FrameMemory {
  const { width: toWidth, height: toHeight, from, to } = plan;
  return made(memory, byteLengthOf(format, toWidth, toHeight), (view, target) => {
    if (to.width < toWidth || to.height < toHeight) {
      blackenPixels(target, { format, width: toWidth, height: toHeight });
    }
    const size = { format, width, height, toWidth, toHeight };
    scalePixels(view, target, { ...size, fromArea: from, toArea: to });
  });
}

/** Pooled memory, filled from `memory`. */
function made(
  memory: FrameMemory,
  byteLength: number,
  make: (view: Uint8Array, target: Uint8Array) => void,
): FrameMemory {
  const result = FrameMemory.pooled(byteLength);
  try {
    memory.read((view) => make(view, result.bytes()));
  } catch (error) {
    result.release();
    throw error;
  }
  return result;
}
