import { types } from 'node:util';
import { checkString, shown } from './check.js';
import { FramewireError } from './errors.js';

/** @throws TypeError if not a string, RangeError if it can't be the path of anything. */
export function checkPath(path: unknown, name: string): asserts path is string {
  checkString(path, name);
  if (!path.includes('\0')) return;
  throw new RangeError(`${name} must have no null characters, got ${shown(path)}.`);
}

/** What a function of `node:fs` failed with, as an error of ours; what is no failure of the system stays as it is. */
export function fileError(cause: unknown, what: string): unknown {
  if (!types.isNativeError(cause) || !('syscall' in cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  // Not the message: it has the path, which may be a name from elsewhere, unescaped.
  return new FramewireError(code === 'ENOENT' ? 'not-found' : 'file', `${what}: ${code}.`, {
    cause,
  });
}
