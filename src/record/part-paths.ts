import { readdir } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';

/** A number's place in a file's name: `%d`, or `%04d` for four digits at least. */
const NUMBER = /%(?:0(\d))?d/;
const DIGITS = 3;

/**
 * The path of a recording's part, whose numbers begin at 1: the path itself of a single one; else with the
 * number where the name has a `%d` or `%04d`, or before the extension: `talk-001.mp4`.
 */
export function partPath(path: string, index: number, numbered: boolean): string {
  if (!numbered) return path;
  const { dir, base, name, ext } = parse(path);
  const place = NUMBER.exec(base);
  const digits = place ? Number(place[1] ?? 1) : DIGITS;
  const number = `${index + 1}`.padStart(digits, '0');
  return join(dir, place ? base.replace(NUMBER, number) : `${name}-${number}${ext}`);
}

/**
 * Makes sure that none of the parts is there already, so that none is in the way later.
 *
 * @throws FramewireError `file` if one is, or the folder can't be read; `not-found` if there is none.
 */
export async function checkNoParts(path: string): Promise<void> {
  // What every part's name begins and ends with.
  const first = basename(partPath(path, 0, true));
  const { name, ext, base } = parse(path);
  const place = NUMBER.exec(base);
  const head = place ? base.slice(0, place.index) : `${name}-`;
  const tail = place ? base.slice(place.index + place[0].length) : ext;
  let files: string[];
  try {
    files = await readdir(dirname(path));
  } catch (error) {
    throw fileError(error, "The recording's folder could not be read");
  }
  const taken = files.find((file) => {
    const number = file.slice(head.length, file.length - tail.length);
    const fits = file.length >= first.length && file.startsWith(head) && file.endsWith(tail);
    return fits && /^\d+$/.test(number);
  });
  if (taken === undefined) return;
  throw new FramewireError(
    'file',
    `A part of the recording would be in the way of ${JSON.stringify(taken)}, which is there already.`,
  );
}
