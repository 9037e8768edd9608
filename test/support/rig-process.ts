import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Ends a program with the one that started it, however that ends. Part of every Linux that isn't tiny. */
const SETPRIV = '/usr/bin/setpriv';

/** A program that a test needs while it runs, such as a sound server. It ends with this process at the latest. */
export class RigProcess {
  readonly child: ChildProcess;
  /** Resolves when the program is gone and its pipes are read. */
  readonly ended: Promise<void>;
  readonly #name: string;
  #said = '';
  #over = false;

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#name = command;
    const [program, ...all] = existsSync(SETPRIV)
      ? [SETPRIV, '--pdeathsig', 'KILL', command, ...args]
      : [command, ...args];
    this.child = spawn(program, all, {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...options,
      // Said here: by default it would be the environment of jest, and not the test's copy.
      env: { ...process.env, ...options.env },
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      // The last of it: some of these programs run for a long time.
      this.#said = (this.#said + chunk.toString()).slice(-20_000);
    });
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#over = true;
        resolve();
      };
      this.child.once('error', end);
      this.child.once('close', end);
    });
  }

  /** What the program wrote to stderr, or the last of it. */
  get said(): string {
    return this.#said;
  }

  /** The process's id. */
  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves when the program has written `text` to stderr. Fails if it ends before. */
  says(text: string): Promise<void> {
    return this.until(
      (look) => this.child.stderr?.on('data', look),
      () => this.#said.includes(text) || undefined,
    ).then(() => undefined);
  }

  /** Resolves with what `look` finds at one of those events. Fails if the program ends before. */
  until<T>(listen: (look: () => void) => void, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        const found = look();
        if (found !== undefined) resolve(found);
      };
      listen(attempt);
      attempt();
      void this.ended.then(() => reject(new Error(`${this.#name} ended: ${this.#said}`)));
    });
  }

  /** Ends the program, which has nothing to save. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#over) this.child.kill('SIGKILL');
    // What it has written and nobody reads would keep it from being over.
    this.child.stdout?.destroy();
    await this.ended;
  }
}
