import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { FramewireError } from '../core/errors.js';

/** How a process ended: by itself with a `code`, or by a `signal`. */
export interface ProcessExit {
  /** The exit code, or `null` if a signal ended it. */
  readonly code: number | null;
  /** The name of the signal, or `null` if it ended by itself. */
  readonly signal: NodeJS.Signals | null;
}

/** What {@link OwnedProcess.spawn} takes. */
export interface OwnedProcessOptions {
  /** The program, as an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** A program and its arguments, run after the process has ended, however it ended. */
  readonly cleanup?: readonly string[] | undefined;
  /** Gets each line that the process writes to stdout or stderr. */
  readonly onLine: (line: string) => void;
}

// What the watchdog reads and says.
interface StartMessage {
  readonly command: string;
  readonly args: readonly string[];
  readonly cleanup: readonly string[] | undefined;
  readonly repeatMs: number;
  readonly graceMs: number;
}
type WatchdogMessage =
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'failed'; readonly message: string }
  | ({ readonly type: 'ended' } & ProcessExit);

// The LiveKit server waits at the first SIGTERM until all participants have left, and ignores one
// that comes in the tenth of a second after it began to listen; the second SIGTERM ends it at once.
const REPEAT_MS = 250;
const GRACE_MS = 5_000;

// The program of the watchdog: `node` is the one thing that is there on each platform. It is text,
// not a file of its own, so that it works wherever this package is bundled to. The end of the IPC
// channel tells it that its owner is gone, whatever ended the owner.
const WATCHDOG = `
const { spawn, spawnSync } = require('node:child_process');
const windows = process.platform === 'win32';
let spec, child, finished = false, ending = false;
const signalAll = (name) => {
  if (!child || !child.pid || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // The child leads a group of its own, which holds what it has started.
    if (windows) child.kill(name); else process.kill(-child.pid, name);
  } catch {}
};
const finish = (message) => {
  if (finished) return;
  finished = true;
  if (spec.cleanup) {
    spawnSync(spec.cleanup[0], spec.cleanup.slice(1), { stdio: 'ignore', timeout: 15000 });
  }
  if (process.connected) process.send(message, () => process.exit());
  else process.exit();
};
const start = (message) => {
  spec = message;
  try {
    child = spawn(spec.command, spec.args, {
      stdio: ['ignore', 'inherit', 'inherit'], detached: !windows, windowsHide: true,
    });
  } catch (error) {
    finish({ type: 'failed', message: error.message });
    return;
  }
  child.once('spawn', () => {
    if (process.connected) process.send({ type: 'started', pid: child.pid }, () => {});
  });
  child.on('error', (error) => {
    if (!child.pid) finish({ type: 'failed', message: error.message });
  });
  child.once('exit', (code, signal) => finish({ type: 'ended', code, signal }));
};
const end = () => {
  if (!child) process.exit();
  if (ending) return;
  ending = true;
  signalAll('SIGTERM');
  setTimeout(signalAll, spec.repeatMs, 'SIGTERM');
  setTimeout(signalAll, spec.graceMs, 'SIGKILL');
};
process.on('message', (message) => {
  if (message === 'end') end();
  else if (message === 'kill') signalAll('SIGKILL');
  else start(message);
});
process.on('disconnect', end);
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, end);
`;

/**
 * A child process that never outlives its owner, even if the owner is killed by SIGKILL, and that
 * takes what it has itself started along when it is killed.
 *
 * A watchdog stands between the two: it starts the child, and ends it once the owner is gone.
 */
export class OwnedProcess {
  readonly #watchdog: ChildProcess;
  readonly #exited: Promise<ProcessExit>;
  #pid: number | undefined;
  #exit: ProcessExit | undefined;

  private constructor(
    options: OwnedProcessOptions,
    onStart: (failure: FramewireError | undefined) => void,
  ) {
    const env = { ...options.env };
    // What is meant for the owner alone: a debugger's port, hooks, a test runner's coverage.
    for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_EXTRA_CA_CERTS']) {
      Reflect.deleteProperty(env, name);
    }
    const fail = (message: string, cause?: Error): void => {
      onStart(
        new FramewireError('server-start', `${options.command} can't be run: ${message}`, {
          cause,
        }),
      );
    };
    this.#watchdog = spawn(process.execPath, ['-e', WATCHDOG], {
      // Only does something where the owner runs in Electron.
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Out of the terminal's process group: Ctrl-C is the owner's to answer.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    for (const stream of [this.#watchdog.stdout, this.#watchdog.stderr]) {
      createInterface({ input: stream as Readable, crlfDelay: Infinity }).on(
        'line',
        options.onLine,
      );
    }
    this.#watchdog.on('message', (message: WatchdogMessage) => {
      if (message.type === 'started') {
        this.#pid = message.pid;
        onStart(undefined);
      } else if (message.type === 'failed') {
        fail(message.message);
      } else {
        this.#exit = { code: message.code, signal: message.signal };
      }
    });
    this.#watchdog.once('disconnect', () => {
      // Somebody has killed the watchdog, so its work is ours.
      if (!this.#exit && this.#pid !== undefined) killGroup(this.#pid);
    });
    this.#exited = new Promise((resolve) => {
      const settle = (): void => {
        this.#exit ??= { code: null, signal: 'SIGKILL' };
        fail('its watchdog ended.');
        resolve(this.#exit);
      };
      // 'close' comes after the last line and the last message.
      this.#watchdog.once('close', settle);
      this.#watchdog.once('error', (error) => {
        fail(error.message, error);
        if (this.#watchdog.pid === undefined) settle();
      });
    });
    const message: StartMessage = {
      command: options.command,
      args: options.args,
      cleanup: options.cleanup,
      repeatMs: REPEAT_MS,
      graceMs: GRACE_MS,
    };
    this.#tell(message);
  }

  /**
   * Starts a process, which keeps the owner's event loop alive until {@link OwnedProcess.unref}.
   *
   * @throws FramewireError with `server-start` if the program can't be run at all.
   */
  static async spawn(options: OwnedProcessOptions): Promise<OwnedProcess> {
    let made: OwnedProcess | undefined;
    await new Promise<void>((resolve, reject) => {
      made = new OwnedProcess(options, (failure) => {
        if (failure) reject(failure);
        else resolve();
      });
    });
    return made as OwnedProcess;
  }

  /** The process's id. */
  get pid(): number {
    return this.#pid as number;
  }

  /** How the process ended, or `undefined` while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** Resolves when the process is gone and all that it wrote has been read. Never rejects. */
  get exited(): Promise<ProcessExit> {
    return this.#exited;
  }

  /** Asks the process to end, and kills it if it hasn't after five seconds. */
  end(): Promise<ProcessExit> {
    this.ref();
    this.#tell('end');
    return this.#exited;
  }

  /** Kills the process. */
  kill(): Promise<ProcessExit> {
    this.ref();
    this.#tell('kill');
    return this.#exited;
  }

  /** Keeps the owner's event loop alive while the process runs. */
  ref(): void {
    this.#watchdog.ref();
    this.#watchdog.channel?.ref();
    for (const pipe of this.#pipes()) pipe.ref();
  }

  /** Lets the owner exit while the process runs; the watchdog then ends the process. */
  unref(): void {
    this.#watchdog.unref();
    this.#watchdog.channel?.unref();
    for (const pipe of this.#pipes()) pipe.unref();
  }

  #pipes(): Socket[] {
    // Pipes of child processes are sockets in all but type.
    return [this.#watchdog.stdout as Socket, this.#watchdog.stderr as Socket];
  }

  #tell(message: StartMessage | 'end' | 'kill'): void {
    // A watchdog that is gone has taken the process along, or 'disconnect' does so.
    if (this.#watchdog.connected) this.#watchdog.send(message, () => undefined);
  }
}

/**
 * Runs a program to its end.
 *
 * @throws The signal's reason once it aborts, when the program is gone; FramewireError with
 * `server-start` if it can't be run at all.
 */
export async function runToEnd(
  options: OwnedProcessOptions,
  signal: AbortSignal | undefined,
): Promise<ProcessExit> {
  signal?.throwIfAborted();
  const running = await OwnedProcess.spawn(options);
  const onAbort = (): void => void running.kill();
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const exit = await running.exited;
  signal?.removeEventListener('abort', onAbort);
  signal?.throwIfAborted();
  return exit;
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
