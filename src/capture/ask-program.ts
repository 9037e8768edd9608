import { type ChildProcess, spawn } from 'node:child_process';

/** Runs a program, and gives what it wrote to stdout and stderr together; nothing if it can't be run. */
export type Ask = (args: readonly string[]) => Promise<string>;

/** Much more than the longest list of devices. */
const MAX_CHARACTERS = 1_000_000;

/**
 * How to ask a program. One that isn't through when `signal` aborts, or writes without an end, is killed, and
 * what it wrote until then is its answer.
 *
 * @param program - Where it is; undefined for one that isn't there.
 */
export function askProgram(program: string | undefined, signal: AbortSignal): Ask {
  return async (args) => {
    if (program === undefined || signal.aborted) return '';
    try {
      const child = spawn(program, args, {
        // Said in English; and the environment is said at all, because it may not be the one of the process.
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      return await answerOf(child, signal);
    } catch {
      // Of some reasons why it can't be run, the system tells at once.
      return '';
    }
  };
}

function answerOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (): void => {
      signal.removeEventListener('abort', finish);
      // One that has ended by itself isn't hurt. What it has started may hold its pipes.
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(text);
    };
    child.once('error', finish);
    child.once('close', finish);
    signal.addEventListener('abort', finish, { once: true });
    // Without a free file descriptor there are none.
    for (const pipe of [child.stdout, child.stderr]) {
      pipe?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_CHARACTERS) finish();
      });
    }
  });
}
