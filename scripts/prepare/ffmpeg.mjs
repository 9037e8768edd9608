// An ffmpeg, with its ffprobe, for the tests of devices, files and recordings.

import { dirname, join } from 'node:path';
import { aptInstall, onPath, runnable } from './programs.mjs';

const ending = process.platform === 'win32' ? '.exe' : '';

/** The path of an ffmpeg, or undefined. Whoever names one with `FFMPEG_PATH` means that one. */
export function findFfmpeg() {
  const named = process.env.FFMPEG_PATH;
  if (named) return runnable(named) ? named : undefined;
  return onPath('ffmpeg');
}

/** The path of the ffprobe that belongs to it, or undefined. */
export function findFfprobe() {
  const ffmpeg = findFfmpeg();
  if (!ffmpeg) return undefined;
  const beside = join(dirname(ffmpeg), `ffprobe${ending}`);
  return runnable(beside) ? beside : onPath('ffprobe');
}

/** Installs them if they aren't there. @returns Why there are none, or undefined if there are. */
export function prepareFfmpeg() {
  if (findFfmpeg() && findFfprobe()) return undefined;
  const named = process.env.FFMPEG_PATH;
  if (named && !findFfmpeg()) return `FFMPEG_PATH is ${named}, which can't be run`;
  const fault = aptInstall('ffmpeg');
  if (!fault && findFfmpeg() && findFfprobe()) return undefined;
  return `there is no ffmpeg with an ffprobe: ${fault ?? 'the package brought none'}; put both on PATH`;
}
