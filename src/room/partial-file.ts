import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBoolean, checkOptions, checkPath, checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { numberedFileName, safeFileName } from './safe-file-name.js';
import type { ReadOptions } from './stream-reader.js';

/** How a stream is saved. */
export interface SaveOptions extends ReadOptions {
  /** What the file is called, instead of what the sender says; made safe all the same. */
  readonly name?: string;
  /** Replaces a file of that name, once all has come. Default `false`: another name is taken. */
  readonly overwrite?: boolean;
}

/** Names that are tried: `x.txt`, `x (1).txt` and so on. */
const MAX_NAMES = 10_000;

/** Neither an existing file nor what a link leads to; Windows has no links to speak of. */
const NEW_FILE =
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_WRONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/** A file that has its name only when it's whole. */
export class PartialFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(folder: string, name: string, path: string, handle: FileHandle) {
    this.#folder = folder;
    this.#name = name;
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * @param name - From anybody: what it says of folders doesn't count.
   * @throws FramewireError `not-found` or `file` if nothing can be written in the folder.
   */
  static async create(folder: string, name: string): Promise<PartialFile> {
    const path = join(folder, `.framewire-${randomUUID()}.part`);
    try {
      if (!(await stat(folder)).isDirectory()) {
        throw new FramewireError('file', `${shown(folder)} is not a folder.`);
      }
      const handle = await open(path, NEW_FILE, 0o666);
      return new PartialFile(folder, safeFileName(name), path, handle);
    } catch (error) {
      throw fileError(error, `Nothing can be written in ${shown(folder)}`);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(bytes);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** @returns Its path, now that it's whole. */
  async finish(overwrite: boolean): Promise<string> {
    try {
      await this.#handle.close();
      if (overwrite) return await this.#become(join(this.#folder, this.#name));
      for (let number = 0; number < MAX_NAMES; number++) {
        const path = join(this.#folder, numberedFileName(this.#name, number));
        // Takes the name, so that nobody else's file is replaced.
        if (!(await isNew(path))) continue;
        return await this.#become(path).catch(async (error: unknown) => {
          await rm(path, { force: true });
          throw error;
        });
      }
    } catch (error) {
      throw this.#failed(error);
    }
    throw new FramewireError('file', `${shown(this.#name)} is taken ${MAX_NAMES} times.`);
  }

  /** Leaves nothing of it. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    // What it failed with is told already.
    await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #become(path: string): Promise<string> {
    // A link of that name is replaced itself, not what it leads to.
    await rename(this.#path, path);
    return path;
  }

  #failed(error: unknown): unknown {
    return fileError(error, `${shown(this.#name)} could not be written`);
  }
}

async function isNew(path: string): Promise<boolean> {
  try {
    await (await open(path, NEW_FILE, 0o666)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @throws TypeError or RangeError if an argument is not as it must be. */
export function checkedSaveOptions(
  folder: string,
  options: SaveOptions,
): { readonly name: string | undefined; readonly overwrite: boolean } {
  checkPath(folder, 'folder');
  checkOptions(options, 'options');
  const { name, overwrite = false } = options;
  if (name !== undefined) checkString(name, 'options.name');
  checkBoolean(overwrite, 'options.overwrite');
  return { name, overwrite };
}
