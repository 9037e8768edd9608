/** Whether there is such a process. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a process that isn't ours to wait for is gone. */
export async function gone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((done) => setImmediate(done));
}
