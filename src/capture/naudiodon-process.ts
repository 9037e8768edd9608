import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { checkPath } from '../core/check.js';
import { killGroup, spawnGroup } from '../core/child-group.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { NAUDIODON_CHILD } from './naudiodon-child.js';

/** Which naudiodon is used, where one is. */
export interface NaudiodonOptions {
  /**
   * The folder of the npm package. Default: the environment's `NAUDIODON_PATH`, else the one that your program
   * would `require`. It's loaded in a process of its own.
   */
  readonly naudiodonPath?: string | undefined;
}

/** What is opened in the child. */
export interface NaudiodonRequest {
  readonly direction: 'microphone' | 'speaker';
  readonly device: string | undefined;
  readonly sampleRate: number;
  readonly channels: number;
  readonly naudiodonPath: string | undefined;
}

/** What the child says. */
export type NaudiodonMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly broken?: boolean; readonly message: string };

/** It works in blocks of that many milliseconds. */
export const NAUDIODON_BLOCK_MS = 10;

const SOUND_FD = 3;

const PACKAGE = 'naudiodon';

/**
 * Where naudiodon is: what `naudiodonPath` names, else `NAUDIODON_PATH`, else what the program, the current
 * directory or this package would load.
 *
 * @returns `undefined` if it isn't installed.
 * @throws TypeError or RangeError if `naudiodonPath` is no path.
 */
export function findNaudiodon({ naudiodonPath }: NaudiodonOptions): string | undefined {
  if (naudiodonPath !== undefined) checkPath(naudiodonPath, 'options.naudiodonPath');
  const asked = naudiodonPath ?? (process.env['NAUDIODON_PATH'] || undefined);
  const here = join(process.cwd(), 'index.js');
  if (asked !== undefined) return resolvedFrom(here, resolve(asked));
  const program = process.argv[1];
  const byProgram = program === undefined ? undefined : resolvedFrom(resolve(program), PACKAGE);
  return byProgram ?? resolvedFrom(here, PACKAGE) ?? resolvedHere();
}

function resolvedFrom(file: string, request: string): string | undefined {
  try {
    return createRequire(file).resolve(request);
  } catch {
    return undefined;
  }
}

function resolvedHere(): string | undefined {
  try {
    return require.resolve(PACKAGE);
  } catch {
    return undefined;
  }
}

/** A process with naudiodon in it, which ends with ours. */
export class NaudiodonProcess {
  /** Resolves once it's gone, with how. Never rejects. */
  readonly exited: Promise<string>;
  /** Sound, in the direction of the device: see {@link NAUDIODON_CHILD}. */
  readonly sound: Duplex;
  readonly #child: ChildProcess;
  #gone = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.sound = child.stdio[SOUND_FD] as Duplex;
    // How the process ended says why.
    this.sound.on('error', () => undefined);
    this.exited = new Promise((done) => {
      child.once('exit', (code, signal) => {
        this.#gone = true;
        done(signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
    });
  }

  /**
   * Starts a process that opens a device.
   *
   * @throws FramewireError `not-found` if naudiodon isn't installed, `file` if the system can't start a process.
   */
  static async spawn(request: NaudiodonRequest): Promise<NaudiodonProcess> {
    const module = findNaudiodon(request);
    if (module === undefined) throw naudiodonMissing(request);
    const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    // What is meant for us alone: a debugger's port, hooks, a test runner's coverage.
    for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE']) Reflect.deleteProperty(env, name);
    // PulseAudio would otherwise hold back more than we do.
    env['PULSE_LATENCY_MSEC'] ??= '20';
    const child = await spawnGroup(process.execPath, ['-e', NAUDIODON_CHILD], {
      env,
      // Its segfault handler writes a file into the current directory.
      cwd: tmpdir(),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ipc'],
    }).catch((error: unknown) => {
      throw fileError(error, "naudiodon can't be run");
    });
    const { direction, device, sampleRate, channels } = request;
    const blockSamples = (sampleRate * NAUDIODON_BLOCK_MS) / 1000;
    child.send({ module, direction, device, sampleRate, channels, blockSamples }, () => undefined);
    return new NaudiodonProcess(child);
  }

  /** Calls `listener` with what the child says. */
  onMessage(listener: (message: NaudiodonMessage) => void): void {
    this.#child.on('message', listener);
  }

  /** Ends it. Resolves once it's gone. */
  async kill(): Promise<void> {
    if (!this.#gone) killGroup(this.#child);
    await this.exited;
  }
}

function naudiodonMissing({ naudiodonPath }: NaudiodonRequest): FramewireError {
  const asked = naudiodonPath ?? (process.env['NAUDIODON_PATH'] || undefined);
  const what =
    asked === undefined ? 'naudiodon is not installed' : `There is no naudiodon at '${asked}'`;
  return new FramewireError(
    'not-found',
    `${what}. Install it with \`npm install naudiodon\`, or use backend 'ffmpeg'.`,
  );
}
