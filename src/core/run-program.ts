import { killGroup, spawnGroup } from './child-group.js';

/** What a program wrote, as text, and how it ended. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; `null` if a signal ended it, or it was given up. */
  readonly code: number | null;
}

/** Much more than the longest list of any program's. */
const MAX_CHARACTERS = 4_000_000;

/**
 * Runs a program to its end. One that isn't through when `signal` aborts, or writes without an end, is killed with
 * all that it has started, and what it wrote until then is its output.
 *
 * @throws What the system says if it can't be started.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { signal, env }: { readonly signal: AbortSignal; readonly env?: NodeJS.ProcessEnv },
): Promise<ProgramOutput> {
  const child = await spawnGroup(command, args, {
    // Said at all, because the environment may not be that of the process.
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return await new Promise((resolve) => {
    const text = { stdout: '', stderr: '' };
    const finish = (): void => {
      signal.removeEventListener('abort', giveUp);
      resolve({ ...text, code: child.exitCode });
    };
    // It runs, or what it has started holds its pipes.
    const giveUp = (): void => {
      killGroup(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      finish();
    };
    child.once('close', finish);
    signal.addEventListener('abort', giveUp, { once: true });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (piece: string) => {
        text[name] += piece;
        if (text[name].length > MAX_CHARACTERS) giveUp();
      });
    }
    // It may have aborted while the program was started.
    if (signal.aborted) giveUp();
  });
}
