import { readFileSync } from 'node:fs';

/** Whether there is such a process, and it's not dead: whose it was may be late to hear of that. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) [XZ] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // It has ended just now, or the system isn't Linux.
    return process.platform !== 'linux';
  }
}

/** Resolves when a process that isn't ours to wait for is gone. */
export async function gone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((done) => setImmediate(done));
}
