import { createRequire } from 'node:module';
import { IMAGE_TYPES, PIXEL_FORMATS, ROTATIONS, VideoFrame } from 'framewire';
import { invoke, method } from '../calls.mjs';
import { frameClose, freshFrame } from './video-frame.mjs';

const { createCanvas, ImageData } = createRequire(import.meta.url)('@napi-rs/canvas');

const size = (f) => f.int(1, 60);
const drawn = (f) => ({
  format: () => f.of(PIXEL_FORMATS),
  timestampUs: () => f.int(0, 1e9),
  rotation: () => f.of(ROTATIONS),
});

/** The bytes of an image, of which some are not what they were. */
function broken(f) {
  const { random } = f;
  const image = f.peek('image');
  if (!(image instanceof Uint8Array) || random.chance(0.3)) return image;
  const bytes = new Uint8Array(image);
  for (let i = random.int(0, 3); i > 0; i--) {
    bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  }
  return random.chance(0.3) ? bytes.subarray(0, random.int(0, bytes.length)) : bytes;
}

export default {
  fresh: {
    frame: freshFrame,
    canvas: (f) => createCanvas(f.random.int(1, 40), f.random.int(1, 40)),
  },
  close: frameClose,
  forget: ['frame'],
  calls: {
    'frame.toImage': method(
      'frame',
      'toImage',
      (f) => [
        f.of(IMAGE_TYPES),
        f.options({ quality: () => f.number(0, 1), signal: () => f.signal() }),
      ],
      { gives: 'image' },
    ),
    'VideoFrame.fromImage': invoke(
      VideoFrame,
      'fromImage',
      (f) => [
        f.bytes(() => broken(f)),
        f.options({ maxWidth: () => size(f), maxHeight: () => size(f), ...drawn(f) }),
      ],
      { gives: 'frame' },
    ),
    'frame.toCanvas': method('frame', 'toCanvas', () => [], { gives: 'canvas' }),
    'frame.drawTo': method('frame', 'drawTo', (f) => [
      f.either(() => f.take('canvas').getContext('2d')),
      f.options({ x: () => f.number(-5, 5), y: () => f.number(-5, 5), width: () => size(f) }),
    ]),
    'VideoFrame.fromCanvas': invoke(
      VideoFrame,
      'fromCanvas',
      (f) => [
        f.either(() => (f.random.chance(0.7) ? f.take('canvas') : new ImageData(4, 4))),
        f.options(drawn(f)),
      ],
      { gives: 'frame' },
    ),
    'frame.close': method('frame', 'close'),
  },
};
