import type { PictureSize } from '../video/picture-size.js';
import type { VideoFrame } from '../video/video-frame.js';
import { SharedPicture } from './shared-picture.js';

/** The size of a frame as it's seen. */
export function uprightSize({ width, height, rotation }: VideoFrame): PictureSize {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/**
 * What is recorded of a frame: upright, in I420, and of a size, between black bars if it has another shape.
 * Takes ownership of the frame, also when it throws.
 */
export function recordedPicture(frame: VideoFrame, size: PictureSize): SharedPicture {
  let current = frame;
  const become = (next: VideoFrame): void => {
    current.close();
    current = next;
  };
  try {
    if (current.format !== 'I420') become(current.convert('I420'));
    if (current.rotation !== 0) become(current.upright());
    const { width, height } = size;
    if (current.width !== width || current.height !== height) {
      become(current.scale({ width, height, fit: 'contain' }));
    }
    const { bytes, release } = current.lend();
    return new SharedPicture(bytes, { width, height, release });
  } finally {
    current.close();
  }
}
