import { PIXEL_FORMATS } from 'framewire';
import { colorDistance, frequencyOf, meanColor, solidFrame, Tone } from 'framewire/testing';
import { construct, invoke, method } from '../calls.mjs';
import { freshFrame } from './video-frame.mjs';

const kit = { colorDistance, frequencyOf, meanColor, solidFrame };

const color = (f) => f.list(() => f.int(0, 255), 3, 3);

export default {
  fresh: { frame: freshFrame, tone: () => new Tone() },
  close: { frame: (frame) => frame.close() },
  calls: {
    solidFrame: invoke(
      kit,
      'solidFrame',
      (f) => [
        color(f),
        f.options(
          {
            width: () => f.int(1, 40),
            height: () => f.int(1, 40),
            format: () => f.of(PIXEL_FORMATS),
            timestampUs: () => f.int(0, 1e9),
          },
          { needed: ['width', 'height', 'format'] },
        ),
      ],
      { gives: 'frame' },
    ),
    meanColor: invoke(kit, 'meanColor', (f) => [
      f.object('frame'),
      f.options(
        {
          x: () => f.int(0, 2),
          y: () => f.int(0, 2),
          width: () => f.int(1, 4),
          height: () => f.int(1, 4),
        },
        { needed: ['x', 'y', 'width', 'height'] },
      ),
    ]),
    colorDistance: invoke(kit, 'colorDistance', (f) => [color(f), color(f)]),
    frequencyOf: invoke(kit, 'frequencyOf', (f) => [
      f.bytes(() => new Int16Array(480)),
      f.int(8000, 48_000),
    ]),
    'new Tone': construct(
      Tone,
      (f) => [
        f.options({
          frequency: () => f.number(100, 1000),
          sampleRate: () => f.int(8000, 48_000),
          channels: () => f.int(1, 8),
          amplitude: () => f.int(1, 32_767),
        }),
      ],
      { gives: 'tone' },
    ),
    'tone.next': method('tone', 'next', (f) => [f.number(1, 40)]),
  },
};
