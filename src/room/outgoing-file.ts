import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPath, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';

/** How much is read at once. */
const PIECE_BYTES = 240_000;

/** A pipe would otherwise be waited for until somebody writes into it. */
const READ_NOW = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** A file that is being sent: as much of it as there was when it was opened. */
export class OutgoingFile implements AsyncDisposable {
  /** What it's called, without the folders. */
  readonly name: string;
  readonly byteLength: number;
  readonly #handle: FileHandle;

  private constructor(name: string, byteLength: number, handle: FileHandle) {
    this.name = name;
    this.byteLength = byteLength;
    this.#handle = handle;
  }

  /** @throws TypeError if it's no path; FramewireError `not-found`, or `file` if it can't be read. */
  static async open(file: string | URL): Promise<OutgoingFile> {
    const path = file instanceof URL ? pathOf(file) : file;
    checkPath(path, 'path');
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, READ_NOW);
      const stats = await handle.stat();
      if (!stats.isFile()) throw new FramewireError('file', `${shown(path)} is not a file.`);
      return new OutgoingFile(basename(path), stats.size, handle);
    } catch (error) {
      await handle?.close();
      throw fileError(error, `${shown(path)} could not be read`);
    }
  }

  /** Its bytes; a piece is overwritten by the next. @throws FramewireError `file` if it can't be read, or shrank. */
  async *pieces(): AsyncGenerator<Uint8Array, void> {
    const buffer = new Uint8Array(Math.min(PIECE_BYTES, this.byteLength));
    for (let sent = 0; sent < this.byteLength;) {
      const length = Math.min(buffer.byteLength, this.byteLength - sent);
      const bytesRead = await this.#read(buffer, length, sent);
      if (bytesRead === 0) {
        throw new FramewireError('file', `${shown(this.name)} became shorter while it was sent.`);
      }
      sent += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #read(buffer: Uint8Array, length: number, position: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, 0, length, position)).bytesRead;
    } catch (error) {
      throw fileError(error, `${shown(this.name)} could not be read`);
    }
  }
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new TypeError(
      `path must be a URL of scheme file on this machine, got ${shown(String(url))}.`,
      { cause },
    );
  }
}
