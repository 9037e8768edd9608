import type { ByteStreamInfo } from '../native/stream-info.js';
import { checkedSaveOptions, PartialFile, type SaveOptions } from './partial-file.js';
import {
  checkedReadOptions,
  type ReadOptions,
  StreamReader,
  type StreamReaderInit,
} from './stream-reader.js';

/**
 * Bytes that somebody sends, such as a file. Each piece is the reader's, nobody else has its memory.
 *
 * @example
 * ```ts
 * room.registerByteStreamHandler('files', async (reader) => {
 *   console.log(await reader.saveTo('inbox', { maxBytes: 10_000_000 }));
 * });
 * ```
 */
export class ByteStreamReader extends StreamReader<ByteStreamInfo, Uint8Array> {
  private constructor(init: StreamReaderInit<ByteStreamInfo, Uint8Array>) {
    super(init);
  }

  /** @internal */
  static create(init: StreamReaderInit<ByteStreamInfo, Uint8Array>): ByteStreamReader {
    return new ByteStreamReader(init);
  }

  /**
   * All of the bytes, once they have come.
   *
   * @throws TypeError or RangeError if an option is not as it must be. FramewireError as reading does, `overflow`
   * above `maxBytes`. The signal's reason if it aborts.
   */
  async readAll(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const read = checkedReadOptions(options);
    const pieces: Uint8Array[] = [];
    let byteLength = 0;
    await this.readPieces(read, byteLengthOf, (piece) => {
      pieces.push(piece);
      byteLength += piece.byteLength;
    });
    const whole = new Uint8Array(byteLength);
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.byteLength;
    }
    return whole;
  }

  /**
   * Writes it into a file of a folder, under the sender's name for it or yours.
   *
   * The sender's name never leads out of the folder, nor into a hidden file: what it says of folders, control
   * characters and whatever a file system gives a meaning is taken out. A file that is there is never written
   * to, nor is a link followed: the next free name, such as `x (1).txt`, is taken, or with `overwrite` the old
   * one replaced, once all has come. Until then it's in a hidden `.part` file next to it, which goes if it fails.
   *
   * @param folder - A folder that exists.
   * @returns The path of the file, when all has come and is written.
   * @throws TypeError or RangeError if an argument is not as it must be. FramewireError `file` if it can't be
   * written, `not-found` if the folder isn't there, otherwise as reading does. The signal's reason if it aborts.
   */
  async saveTo(folder: string, options: SaveOptions = {}): Promise<string> {
    const { name, overwrite } = checkedSaveOptions(folder, options);
    const read = checkedReadOptions(options);
    const file = await PartialFile.create(folder, name ?? this.info.name);
    try {
      await this.readPieces(read, byteLengthOf, (piece) => file.write(piece));
      return await file.finish(overwrite);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }
}

function byteLengthOf(bytes: Uint8Array): number {
  return bytes.byteLength;
}
