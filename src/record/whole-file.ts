import { randomUUID } from 'node:crypto';
import { link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';

/** How {@link writeWholeFile} writes. */
export interface WholeFileOptions {
  /** Whether a file of that name is replaced. */
  readonly overwrite: boolean;
  /** Ends the writing; there is no file then, or the one that was there. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a file that has its name only when all of it is there: who reads it meanwhile finds the one before, or
 * none.
 *
 * @returns Whether it was written; `false` if a file of that name is there and must not be replaced.
 * @throws FramewireError `not-found` without the folder, `file` if it can't be written. The signal's reason.
 */
export async function writeWholeFile(
  path: string,
  bytes: Uint8Array | string,
  { overwrite, signal }: WholeFileOptions,
): Promise<boolean> {
  const partial = join(dirname(path), `.framewire-${randomUUID()}.part`);
  try {
    await writeFile(partial, bytes, { flag: 'wx' });
    signal?.throwIfAborted();
    if (overwrite) await rename(partial, path);
    else if (!(await becomeNew(partial, path))) return false;
    return true;
  } catch (error) {
    throw fileError(error, `${shown(path)} could not be written`);
  } finally {
    // It's there no longer, or a second name of the file.
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

/** @throws FramewireError `not-found` or `file` unless `path` is a folder. */
export async function checkFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    throw fileError(error, `The folder ${shown(path)} can't be used`);
  }
  throw new FramewireError('file', `${shown(path)} is not a folder.`);
}

/** @throws FramewireError `file` if a folder is where a file is to be replaced. */
export async function checkReplaceable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new FramewireError('file', `${shown(path)} is a folder.`);
}

/** What systems say of links where the file system has none. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Gives a file a name that nothing else has: a second link, since a rename would replace what has it. */
async function becomeNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.includes(code)) throw error;
  }
  // Between the two somebody else might take the name; there is no better way.
  if (await exists(to)) return false;
  await rename(from, to);
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
