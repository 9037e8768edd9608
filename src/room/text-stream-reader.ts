import type { TextStreamInfo } from '../native/stream-info.js';
import {
  checkedReadOptions,
  type ReadOptions,
  StreamReader,
  type StreamReaderInit,
} from './stream-reader.js';

/**
 * A text that somebody sends. Its pieces are whole characters of valid UTF-8.
 *
 * @example
 * ```ts
 * room.registerTextStreamHandler('story', async (reader) => {
 *   for await (const piece of reader) process.stdout.write(JSON.stringify(piece));
 * });
 * ```
 */
export class TextStreamReader extends StreamReader<TextStreamInfo, string> {
  private constructor(init: StreamReaderInit<TextStreamInfo, string>) {
    super(init);
  }

  /** @internal */
  static create(init: StreamReaderInit<TextStreamInfo, string>): TextStreamReader {
    return new TextStreamReader(init);
  }

  /**
   * All of the text, once it has come.
   *
   * @throws TypeError or RangeError if an option is not as it must be. FramewireError as reading does, `overflow`
   * above `maxBytes`. The signal's reason if it aborts.
   */
  async readAll(options: ReadOptions = {}): Promise<string> {
    const read = checkedReadOptions(options);
    const pieces: string[] = [];
    await this.readPieces(
      read,
      (piece) => Buffer.byteLength(piece),
      (piece) => pieces.push(piece),
    );
    return pieces.join('');
  }
}
