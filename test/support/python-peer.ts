import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Peer } from './peer.js';
import { toolPath } from './tools.js';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** LiveKit's Python SDK in a process of its own. */
export class PythonPeer extends Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  #stderr = '';

  private constructor(child: ChildProcessWithoutNullStreams) {
    super();
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    // Of one that was killed while it was told something.
    child.stdin.on('error', () => undefined);
    createInterface(child.stdout).on('line', (line) => this.#answered(line));
    this.#ended = once(child, 'close').then(() => {
      for (const { reject } of this.#calls.values()) {
        reject(new Error(`The Python program has ended: ${this.#stderr}`));
      }
      this.#calls.clear();
    });
  }

  /** Starts the program. */
  static async launch(): Promise<PythonPeer> {
    const program = join(__dirname, 'programs', 'python_peer.py');
    const child = spawn(toolPath('python'), [program], {
      env: { ...process.env, PYTHONUNBUFFERED: '1' },
    });
    await once(child, 'spawn');
    return new PythonPeer(child);
  }

  /** Ends the program without a word, as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  override async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }

  protected override call(method: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = (this.#lastId += 1);
      this.#calls.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  #answered(line: string): void {
    const { id, result, error } = JSON.parse(line) as Answer;
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  }
}
