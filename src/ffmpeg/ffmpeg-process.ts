import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { killGroup, spawnGroup } from '../core/child-group.js';
import { fileError } from '../core/file-error.js';
import type { FfmpegProgram } from './ffmpeg-program.js';
import { whenClosed } from './when-closed.js';

/** How an {@link FfmpegProcess} ended. */
export interface FfmpegExit {
  /** The exit code, or `null` if a signal ended it. */
  readonly code: number | null;
  /** The name of the signal, or `null` if it ended by itself. */
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote to stderr, 4 KB at most. */
  readonly stderr: string;
  /** Of these, what it calls errors: without the signs by which it marks them. */
  readonly errors: readonly string[];
}

/** What {@link FfmpegProcess.spawn} takes. */
export interface FfmpegProcessOptions {
  /**
   * What its file descriptors are: 0, 1, 3, 4 and so on; 2 is stderr, which is read here whatever it says.
   * Default: 0 is closed, 1 a pipe.
   */
  readonly stdio?: readonly ('ignore' | 'pipe' | Duplex | number)[];
  /** Gets each line of stderr, which has its level in it: `[x11grab @ 0x0] [error] Cannot open display`. */
  readonly onLine?: (line: string) => void;
  /** What it writes to stderr: `info` also tells of streams and their sizes. Default `warning`. */
  readonly logLevel?: 'error' | 'warning' | 'info';
  /** Variables of its environment besides ours. */
  readonly env?: NodeJS.ProcessEnv;
}

const STDERR = 2;
const STDERR_TAIL = 4096;

/** After the process is gone, its stderr is waited for so long: a wrapper's child may go on to hold it. */
const STDERR_GRACE_MS = 500;

/**
 * An ffmpeg that runs. It never gets a shell, and never our stdin.
 *
 * It ends with this process, since its pipes break; an open one keeps this process alive.
 */
export class FfmpegProcess {
  /** Resolves once it's gone, however it ended. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  readonly #child: ChildProcess;
  #gone = false;

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.#child = child;
    const stderr = new Tail(child.stderr, onLine);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        void stderr.ended().then(() => {
          // Of a wrapper that is gone, ffmpeg may still run.
          void this.kill();
          this.#gone = true;
          resolve({ code, signal, stderr: stderr.text, errors: errorsIn(stderr.text) });
        });
      });
    });
  }

  /**
   * Starts the program with these arguments, of which each arrives as it is.
   *
   * @throws FramewireError `not-found` if it isn't there, `file` if the system can't start it.
   */
  static async spawn(
    program: FfmpegProgram,
    args: readonly string[],
    options: FfmpegProcessOptions = {},
  ): Promise<FfmpegProcess> {
    const { stdio = ['ignore', 'pipe'], onLine = () => undefined, logLevel = 'warning' } = options;
    const env = { ...process.env, ...options.env };
    const all: StdioOptions = [...stdio];
    all[0] ??= 'ignore';
    all[1] ??= 'ignore';
    all[STDERR] = 'pipe';
    try {
      const child = await spawnGroup(
        program.path,
        ['-hide_banner', '-nostdin', '-nostats', '-loglevel', `level+${logLevel}`, ...args],
        { stdio: all, env },
      );
      return new FfmpegProcess(child, onLine);
    } catch (error) {
      throw fileError(error, `${program.path} can't be run`);
    }
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid as number;
  }

  /** Our ends of those of its file descriptors that are `'pipe'`, by their numbers. */
  get pipes(): readonly (Readable | Duplex | null | undefined)[] {
    return this.#child.stdio as readonly (Readable | Duplex | null | undefined)[];
  }

  /** Kills it, with all that it has started. Resolves once it's gone. */
  kill(): Promise<FfmpegExit> {
    if (!this.#gone) killGroup(this.#child);
    return this.exited;
  }
}

/** Reads a stream as lines and keeps the last of it. */
class Tail {
  text = '';
  readonly #stream: Readable | null;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #line = '';

  constructor(stream: Readable | null, onLine: (line: string) => void) {
    this.#stream = stream;
    this.#onLine = onLine;
    stream?.on('data', (bytes: Buffer) => this.#add(this.#decoder.write(bytes)));
    // What is there is all that there will be.
    stream?.on('error', () => undefined);
  }

  /** Resolves when the stream is over, or nearly so. */
  async ended(): Promise<void> {
    const timer = setTimeout(() => this.#stream?.destroy(), STDERR_GRACE_MS);
    await whenClosed(this.#stream);
    clearTimeout(timer);
    // The last line may have no end.
    if (this.#line !== '') this.#onLine(this.#line);
  }

  #add(text: string): void {
    this.text = (this.text + text).slice(-STDERR_TAIL);
    const lines = (this.#line + text).split(/\r?\n/);
    // A line without an end must not grow for ever.
    this.#line = (lines.pop() ?? '').slice(-STDERR_TAIL);
    for (const line of lines) this.#onLine(line);
  }
}

const MARKED = /^(?:\[[^\]]* @ [^\]]*\] )*\[(fatal|error)\] (.*)$/;

/** The lines that are marked as errors, each of them once. */
function errorsIn(text: string): readonly string[] {
  const errors = text.split(/\r?\n/).flatMap((line) => MARKED.exec(line)?.[2] ?? []);
  return [...new Set(errors)];
}
