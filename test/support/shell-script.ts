import { chmodSync, writeFileSync } from 'node:fs';

/** Writes a shell script that stands in for a program. @returns `path`. */
export function shellScript(path: string, body: string, mode = 0o755): string {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  // Whatever the umask.
  chmodSync(path, mode);
  return path;
}
