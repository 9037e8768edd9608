import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** How a child program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child program that runs. */
export interface Program {
  /** Resolves with everything it printed, when it's over. */
  readonly end: Promise<ProgramEnd>;
  /** Resolves when it has printed `text` on stdout. */
  printed(text: string): Promise<void>;
  /** Writes a line to its stdin. */
  tell(line: string): void;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts one of the programs in `test/support/programs`, on the compiled package. It is what a user's
 * program is: a process of its own, that ends by itself or doesn't.
 */
export function startProgram(
  name: string,
  args: readonly string[] = [],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly nodeArgs?: readonly string[];
  } = {},
): Program {
  const path = join(__dirname, 'programs', name);
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), path, ...args], {
    // A user's environment doesn't have the variable that silences the native log in tests.
    env: { ...process.env, RUST_LOG: undefined, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const end = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    end,
    async printed(text) {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        look();
        void end.then(() => reject(new Error(`It ended before printing '${text}': ${stderr}`)));
      });
    },
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => child.kill(signal),
  };
}

/** Runs a program to its end. */
export function runProgram(...args: Parameters<typeof startProgram>): Promise<ProgramEnd> {
  return startProgram(...args).end;
}
