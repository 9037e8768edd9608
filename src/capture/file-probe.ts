import { stat } from 'node:fs/promises';
import { deadline, listenForAbort } from '../core/abort.js';
import { inOneLine } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { FfmpegProcess } from '../ffmpeg/ffmpeg-process.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { describeFile, type FileDescription } from './file-description.js';
import type { FileLocation } from './file-location.js';

/** More than ffmpeg says of any file but one made for it. */
const MOST_LINES = 10_000;

/** A playlist that names itself, or what isn't there, is tried without an end. */
const ANSWER_MS = 30_000;

const LEVEL = /^((?:\[[^\]]* @ [^\]]*\] )*)\[(\w+)\] /;

/** What ffmpeg says when it's asked for nothing but the description. */
const NO_OUTPUT = 'At least one output file must be specified';

/**
 * Asks ffmpeg what is in a file.
 *
 * @throws FramewireError `not-found` if it isn't there, `file` if it can't be read or is no media file,
 * `forbidden` if it names others that may not be read. The signal's reason, once it aborts.
 */
export async function probeFile(
  program: FfmpegProgram,
  location: FileLocation,
  signal: AbortSignal | undefined,
): Promise<FileDescription> {
  await checkReadable(location);
  const { input, protocols } = location;
  const lines: string[] = [];
  const process = await FfmpegProcess.spawn(
    program,
    ['-protocol_whitelist', protocols, '-i', input],
    {
      stdio: ['ignore', 'ignore'],
      logLevel: 'info',
      onLine: (line) => {
        if (lines.length < MOST_LINES) lines.push(line);
      },
    },
  );
  const onTimeout = (): Error => {
    const seconds = ANSWER_MS / 1000;
    const message = `${location.name} can't be read: ffmpeg didn't find out within ${seconds} s what it is.`;
    return new FramewireError('file', message);
  };
  using limit = deadline({ signal, timeoutMs: ANSWER_MS, onTimeout });
  listenForAbort(limit.signal, () => void process.kill());
  // It may have aborted while ffmpeg was started.
  if (limit.signal.aborted) void process.kill();
  const { errors } = await process.exited;
  limit.signal.throwIfAborted();
  const description = describeFile(lines.map((line) => line.replace(LEVEL, '$1')));
  if (description.formats.length > 0) return description;
  throw unreadable(
    location,
    errors.filter((error) => !error.includes(NO_OUTPUT)),
    lines,
  );
}

/** @throws FramewireError `not-found` or `file` unless there is something to read at a path. */
async function checkReadable({ path, name }: FileLocation): Promise<void> {
  if (path === undefined) return;
  let fault: string;
  try {
    const found = await stat(path);
    if (found.isDirectory()) fault = 'is a folder';
    else if (found.isFIFO() || found.isSocket()) fault = 'is a pipe, which can only be read once';
    else if (found.isFile() && found.size === 0) fault = 'is empty';
    else return;
  } catch (error) {
    throw fileError(error, `${name} can't be read`);
  }
  throw new FramewireError('file', `${name} ${fault}.`);
}

function unreadable(
  location: FileLocation,
  errors: readonly string[],
  lines: readonly string[],
): FramewireError {
  const { name, protocols } = location;
  const refused = /Protocol '([^']*)' not on whitelist/.exec(lines.join('\n'))?.[1];
  if (refused !== undefined) {
    return new FramewireError(
      'forbidden',
      `${name} names something that is read by the protocol '${refused}', which options.protocols ` +
        `doesn't allow (with what those are made of, it's ${protocols}).`,
    );
  }
  return new FramewireError('file', `${name} can't be read: ${reasonOf(errors, location)}.`);
}

/** What ffmpeg called an error, without what a URL may have of secrets. */
export function reasonOf(errors: readonly string[], { input, name }: FileLocation): string {
  const reason = errors.at(-1) ?? 'ffmpeg says no more';
  return inOneLine(reason)
    .replaceAll(inOneLine(input), name)
    .replace(`${name}: `, '')
    .replace(/\.+$/, '');
}
