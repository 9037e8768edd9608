import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { deadline, untilAborted } from '../core/abort.js';
import { checkPath, shown } from '../core/check.js';
import { FramewireError, messageOf } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { findOnPath, runnableFault } from '../core/programs.js';
import { runProgram } from '../core/run-program.js';
import { installCommandHere } from './install-command.js';

/** Which `ffmpeg` is run. */
export interface FfmpegOptions {
  /**
   * The program: its path, or a name that is on PATH. Default: the environment's `FFMPEG_PATH`, else `ffmpeg`
   * on PATH. It must be version 5.1 or newer.
   */
  readonly ffmpegPath?: string;
}

/** What an ffmpeg may have been built without. */
export type FfmpegPart = 'encoder' | 'decoder' | 'muxer' | 'demuxer' | 'filter' | 'protocol';

/** Which of the program's lists a part stands in. */
const LISTS: { readonly [Part in FfmpegPart]: string } = {
  encoder: '-encoders',
  decoder: '-decoders',
  muxer: '-muxers',
  demuxer: '-demuxers',
  filter: '-filters',
  protocol: '-protocols',
};

/** A program that doesn't answer within this time isn't ffmpeg. A cold start from a slow disk takes seconds. */
const ANSWER_MS = 20_000;

/** An `ffmpeg` that was found, and is new enough. */
export class FfmpegProgram {
  /** Where it is. */
  readonly path: string;
  /** As it calls itself: `5.1.9-0+deb12u1`, `n7.1`, or what git says. */
  readonly version: string;
  readonly #lists = new Map<FfmpegPart, Promise<ReadonlySet<string>>>();

  constructor(path: string, version: string) {
    this.path = path;
    this.version = version;
  }

  /**
   * Whether it was built with a part, such as the encoder `libx264`. Devices are demuxers and muxers.
   *
   * @throws FramewireError `unsupported` if it doesn't say.
   */
  async has(part: FfmpegPart, name: string): Promise<boolean> {
    let list = this.#lists.get(part);
    if (!list) {
      list = output(this.path, ['-hide_banner', LISTS[part]]).then(namesIn);
      this.#lists.set(part, list);
      // The next one who asks tries again.
      list.catch(() => this.#lists.delete(part));
    }
    return (await list).has(name);
  }
}

/** Of each path, the program there, and by what to tell that it's still the same. */
const known = new Map<string, { readonly stamp: string; readonly program: FfmpegProgram }>();

/**
 * Finds ffmpeg: what `ffmpegPath` names, else what the environment's `FFMPEG_PATH` names, else `ffmpeg` on
 * PATH. Each program is asked for its version once.
 *
 * @throws TypeError or RangeError if `ffmpegPath` is no path.
 * @throws FramewireError `not-found` if there is none, `unsupported` if it's older than 5.1 or not ffmpeg.
 */
export async function findFfmpeg(
  { ffmpegPath }: { readonly ffmpegPath?: string | undefined } = {},
  signal?: AbortSignal,
): Promise<FfmpegProgram> {
  if (ffmpegPath !== undefined) checkPath(ffmpegPath, 'options.ffmpegPath');
  signal?.throwIfAborted();
  return await untilAborted(find(ffmpegPath, signal), signal);
}

async function find(
  ffmpegPath: string | undefined,
  signal: AbortSignal | undefined,
): Promise<FfmpegProgram> {
  const path = await locate(ffmpegPath);
  const { mtimeMs, size, ino } = await statOf(path);
  const stamp = `${mtimeMs} ${size} ${ino}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.program;
  const version = versionIn(path, await output(path, ['-version'], signal));
  const program = new FfmpegProgram(path, version);
  known.set(path, { stamp, program });
  return program;
}

/** @throws FramewireError `not-found` if it was removed just now. */
async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fileError(error, `${path} can't be used`);
  }
}

async function locate(ffmpegPath: string | undefined): Promise<string> {
  const { env } = process;
  const asked = ffmpegPath ?? (env['FFMPEG_PATH'] || undefined);
  const onPath = /[/\\]/.test(asked ?? '') ? undefined : await findOnPath(asked ?? 'ffmpeg', env);
  if (onPath !== undefined) return onPath;
  if (asked === undefined) throw await notFound('There is no ffmpeg on PATH');
  const by = ffmpegPath === undefined ? 'FFMPEG_PATH' : 'options.ffmpegPath';
  const path = resolve(asked);
  const fault = await runnableFault(path);
  if (fault !== undefined) throw await notFound(`${by} is ${shown(asked)}, which ${fault}`);
  return path;
}

async function notFound(what: string): Promise<FramewireError> {
  const command = await installCommandHere();
  const how =
    command === undefined ? 'Install it (https://ffmpeg.org)' : `Install it with \`${command}\``;
  return new FramewireError(
    'not-found',
    `${what}. ${how}, or name the program with ffmpegPath or the environment's FFMPEG_PATH.`,
  );
}

/**
 * @throws FramewireError `unsupported` if it can't be run or fails, `file` if the system can start nothing now. The
 * signal's reason, once it aborts.
 */
async function output(
  path: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const failed = (why: string, cause?: unknown): FramewireError => {
    const message = `${path} doesn't run as ffmpeg does, with ${args.join(' ')}: ${why}.`;
    return new FramewireError('unsupported', message, { cause });
  };
  const onTimeout = (): Error => failed(`no answer within ${ANSWER_MS / 1000} s`);
  using limit = deadline({ signal, timeoutMs: ANSWER_MS, onTimeout });
  const { stdout, code } = await runProgram(path, args, { signal: limit.signal }).catch(
    (error: unknown) => {
      const short = SHORT_OF.includes((error as NodeJS.ErrnoException).code ?? '');
      throw short ? fileError(error, `${path} can't be run`) : failed(messageOf(error), error);
    },
  );
  limit.signal.throwIfAborted();
  if (code !== 0) throw failed(code === null ? 'it was killed' : `exit code ${code}`);
  return stdout;
}

/** What the system says when it has no more descriptors, processes or memory. */
const SHORT_OF: readonly string[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

/** @throws FramewireError `unsupported` if it's too old, or no ffmpeg's. */
function versionIn(path: string, text: string): string {
  const version = /^ffmpeg version (\S+)/.exec(text)?.[1];
  if (version === undefined) {
    throw new FramewireError('unsupported', `${path} is not ffmpeg: it tells no version.`);
  }
  if (isNewEnough(version, text)) return version;
  throw new FramewireError(
    'unsupported',
    `${path} is ffmpeg ${version}, but 5.1 or newer is needed.`,
  );
}

/** `-fps_mode` came with 5.1. */
function isNewEnough(version: string, text: string): boolean {
  const release = /^n?(\d+)\.(\d+)/.exec(version);
  if (release) return atLeast(release, 5, 1);
  // What was built of a git checkout has no such number, but its libraries have.
  const library = /^libavutil\s+(\d+)\.\s*(\d+)/m.exec(text);
  return !library || atLeast(library, 57, 28);
}

function atLeast(
  [, major, minor]: RegExpExecArray,
  leastMajor: number,
  leastMinor: number,
): boolean {
  return (
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
  );
}

/** Of each line ` FLAGS name[,name...] description`, the names; protocols stand alone on theirs. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const [, list = ''] = /^ +(?:[A-Z.|]+ +)?([a-z0-9_][^\s=]*)(?: |$)/.exec(line) ?? [];
    for (const name of list.split(',')) if (name !== '') names.add(name);
  }
  return names;
}
