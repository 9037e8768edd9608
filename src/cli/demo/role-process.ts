import { type ChildProcess, fork } from 'node:child_process';
import type { ChildMessage, ParentMessage, RoleFigures, RoleName } from './protocol.js';

type Finished = Extract<ChildMessage, { readonly type: 'finished' }>;

const FINISH_TIMEOUT_MS = 6_000;
const STOP_TIMEOUT_MS = 5_000;

/** A role in a process of its own, as the demo sees it. The process ends when the demo does. */
export class RoleProcess {
  readonly name: RoleName;
  /** Rejects when the role fails or its process ends unasked. Never resolves. */
  readonly failed: Promise<never>;
  /** What it measured, newest. */
  recent: RoleFigures | undefined;
  total: RoleFigures | undefined;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #finished: ((message: Finished) => void) | undefined;
  #stopping = false;

  /**
   * @param cli - The file of the `framewire` command.
   * @param onFigures - Called once a second, when there are new ones.
   */
  constructor(name: RoleName, cli: string, onFigures: () => void) {
    this.name = name;
    this.#child = fork(cli, ['demo-role', name], {
      // Nothing but the summary belongs on stdout.
      stdio: ['ignore', 2, 2, 'ipc'],
      // A debugger's port is for one process.
      execArgv: [],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        resolve();
      });
      this.#child.once('error', () => {
        if (this.#child.pid === undefined) resolve();
      });
    });
    this.failed = new Promise((_resolve, reject) => {
      this.#child.once('error', (error) => {
        reject(new Error(`The ${name} could not be started: ${error.message}`));
      });
      this.#child.once('exit', (code, signal) => {
        if (this.#stopping) return;
        reject(new Error(`The ${name}'s process ended: ${signal ?? `exit code ${code}`}.`));
      });
      this.#child.on('message', (message: ChildMessage) => {
        if (message.type === 'failed') {
          if (!this.#stopping) reject(new Error(`The ${name} failed: ${message.message}`));
        } else if (message.type === 'finished') {
          this.total = message.total;
          this.#finished?.(message);
        } else {
          this.recent = message.recent;
          this.total = message.total;
          onFigures();
        }
      });
    });
    // Who waits for it hears of it; before and after that it's no unhandled rejection.
    this.failed.catch(() => undefined);
  }

  /** The process's id. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tells the process something. */
  send(message: ParentMessage): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Asks for the last figures and, of the viewer, a snapshot. `undefined` if it doesn't answer. */
  async finish(snapshot: string | undefined): Promise<Finished | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(undefined);
      }, FINISH_TIMEOUT_MS);
      // A process that has died meanwhile is a failure already, and not worth the wait.
      timer.unref();
      this.#finished = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
      this.send({ type: 'finish', snapshot });
    });
  }

  /** Makes the role leave its room, and resolves when its process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.send({ type: 'stop' });
    const timer = setTimeout(() => {
      this.kill();
    }, STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stopping = true;
    this.#child.kill('SIGKILL');
  }
}
