import { byteLengthOf } from '../video/pixel-format.js';
import { FrameMemory } from '../video/frame-memory.js';
import { VideoFrame } from '../video/video-frame.js';
import { CapturedVideoStream } from './captured-video-stream.js';
import {
  generatedVideo,
  type GeneratedVideoOptions,
  resolveGeneratedVideoOptions,
} from './generated-video.js';
import { MIN_NUMBERED_SIZE } from './picture-number.js';
import { TestPatternPainter } from './test-pattern-painter.js';

/** What {@link testPattern} gives; width and height are 32 at least. */
export type TestPatternOptions = GeneratedVideoOptions;

/**
 * A test picture in place of a camera: colour bars, all greys with a box that moves, and the number and the
 * time of each picture, to be read by people and, as black and white cells, with {@link readPictureNumber}.
 * It's made here, without any program or device.
 *
 * @throws TypeError or RangeError if an option is not as it must be.
 * @example
 * ```ts
 * await using pattern = testPattern({ width: 1280, height: 720, fps: 30, durationMs: 10_000 });
 * for await (using frame of pattern) console.log(readPictureNumber(frame), pattern.stats.dropped.full);
 * ```
 */
export function testPattern(options: TestPatternOptions = {}): CapturedVideoStream {
  const settings = resolveGeneratedVideoOptions(options, MIN_NUMBERED_SIZE);
  const { width, height, format } = settings;
  let painter: TestPatternPainter | undefined;
  const feed = generatedVideo(settings, ({ frame, timestampUs }, times) => {
    painter ??= new TestPatternPainter(settings);
    const memory = FrameMemory.pooled(byteLengthOf(format, width, height));
    painter.paint(memory.bytes(), frame, timestampUs);
    return new VideoFrame(memory, { width, height, format, ...times });
  });
  return CapturedVideoStream.open(feed, settings);
}
