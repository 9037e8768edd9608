import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

/**
 * Starts a program, never in a shell, in a process group of its own: a Ctrl-C at the terminal is this program's to
 * answer, and {@link killGroup} reaches what the program has started, as a shell script does that stands in for it.
 *
 * Resolves once it runs. From then on no `error` of the child's goes unheard: a signal or a message that can't be
 * sent is none, since the process is gone.
 *
 * @throws What the system says if it can't be started.
 */
export async function spawnGroup(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    ...options,
    windowsHide: true,
    detached: process.platform !== 'win32',
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', reject);
  });
  return child;
}

/**
 * Kills a program and, where the system has process groups, all that it has started. Not to be called when the
 * program has been gone for long: its number may be another's.
 */
export function killGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // There is nobody left.
  }
}
