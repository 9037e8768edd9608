import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

// What `npm run demo` runs, once it's built.
const CLI = resolve('dist/cli/main.js');

/** What the page is told of the demo; see `PageNews`. */
export interface News {
  readonly role: string;
  readonly figures: {
    readonly guests?: readonly { readonly identity: string; readonly state: string }[];
  };
}

/** A demo that runs as a user's does. */
export class Demo implements AsyncDisposable {
  /** Where its page is. */
  readonly page: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  private constructor(page: string, child: ChildProcess, exited: Promise<number | null>) {
    this.page = page;
    this.#child = child;
    this.#exited = exited;
  }

  /** Starts it; resolves when it says where its page is. */
  static async start(...args: readonly string[]): Promise<Demo> {
    const child = spawn(process.execPath, [CLI, 'demo', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => code);
    let output = '';
    const page = new Promise<string>((found) => {
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const [, url] = /the page is at (\S+)\n/.exec(output) ?? [];
        if (url !== undefined) found(url);
      });
    });
    const failed = exited.then((code) => {
      throw new Error(`The demo ended before it had a page, with exit code ${code}: ${output}`);
    });
    return new Demo(await Promise.race([page, failed]), child, exited);
  }

  /** What the page is told, from the newest of each process on. Ends with the loop, and the demo. */
  async *news(): AsyncGenerator<News> {
    const stop = new AbortController();
    try {
      const { body } = await fetch(new URL('news', this.page), { signal: stop.signal });
      let text = '';
      for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
        const events = `${text}${chunk}`.split('\n\n');
        text = events.pop()!;
        for (const event of events) {
          if (event.startsWith('data: ')) yield JSON.parse(event.slice('data: '.length)) as News;
        }
      }
    } finally {
      stop.abort();
    }
  }

  /** Resolves when the agent has such guests: their states, in the order in which they came. */
  async untilGuests(states: readonly string[]): Promise<void> {
    for await (const { figures } of this.news()) {
      const { guests } = figures;
      if (guests?.map(({ state }) => state).join() === states.join()) return;
    }
    throw new Error('The demo has ended.');
  }

  /** Ctrl-C. Resolves with the exit code. */
  interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#exited;
  }

  /** As a crash would. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interrupt();
  }
}
