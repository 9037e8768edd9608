import { types } from 'node:util';
import { FramewireError } from './errors.js';

/** What a function of `node:fs` failed with, as an error of ours; what is no failure of the system stays as it is. */
export function fileError(cause: unknown, what: string): unknown {
  if (!types.isNativeError(cause) || !('syscall' in cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  // Not the message: it has the path, which may be a name from elsewhere, unescaped.
  return new FramewireError(code === 'ENOENT' ? 'not-found' : 'file', `${what}: ${code}.`, {
    cause,
  });
}
