import { runProgram } from '../core/run-program.js';

/** Runs a program, and gives what it wrote to stdout and stderr together; nothing if it can't be run. */
export type Ask = (args: readonly string[]) => Promise<string>;

/**
 * How to ask a program. One that isn't through when `signal` aborts is killed, and what it wrote until then is its
 * answer.
 *
 * @param program - Where it is; undefined for one that isn't there.
 */
export function askProgram(program: string | undefined, signal: AbortSignal): Ask {
  return async (args) => {
    if (program === undefined || signal.aborted) return '';
    try {
      // Said in English.
      const { stdout, stderr } = await runProgram(program, args, { signal, env: { LC_ALL: 'C' } });
      return `${stdout}\n${stderr}`;
    } catch {
      return '';
    }
  };
}
