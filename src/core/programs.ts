import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The program called `name` in the first directory of PATH that has one that can be run. */
export async function findOnPath(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  // A relative directory would run whatever lies in the current one.
  const directories = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute);
  for (const directory of directories) {
    const path = join(directory, file);
    if ((await runnableFault(path)) === undefined) return path;
  }
  return undefined;
}

/** Why a file can't be run, as the end of a sentence, or `undefined` if it can. */
export async function runnableFault(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return 'is not a file';
    if (stats.size === 0) return 'is empty';
    await access(path, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return "doesn't exist";
    return code === 'EACCES' ? 'is not executable' : `can't be looked at (${code})`;
  }
}
