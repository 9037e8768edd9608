import { extname } from 'node:path';
import { checkString, shown } from '../core/check.js';
import { safeFileName } from '../room/safe-file-name.js';
import type { ImageType } from '../video/frame-image.js';

const TYPES: Readonly<Record<string, ImageType>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

/** The kind of image that a name is of. @throws RangeError unless it ends as one. */
export function imageTypeOf(path: string, name: string): ImageType {
  const type = TYPES[extname(path).toLowerCase()];
  if (type) return type;
  throw new RangeError(`${name} must end with .png, .jpg, .jpeg or .webp, got ${shown(path)}.`);
}

const NUMBER = /%(?:0([1-9]))?d/;

/**
 * Names of files with a number, as `frame-%04d.png`: `%04d` stands for the number with four digits or more, `%d`
 * for the number as it is, `%%` for a percent sign.
 */
export class ImagePattern {
  readonly type: ImageType;
  readonly #before: string;
  readonly #after: string;
  readonly #digits: number;

  /**
   * @param name - What the pattern is called in an error.
   * @throws TypeError or RangeError if it's no such pattern, ends as no image, or has what not every system takes
   * in the name of a file: of folders, too.
   */
  constructor(pattern: string, name: string) {
    checkString(pattern, name);
    // What is left between the escaped percent signs.
    const parts = pattern.split('%%');
    const numbers = parts.flatMap((part) => part.match(new RegExp(NUMBER, 'g')) ?? []);
    const percents = parts.join('').split('%').length - 1;
    const [number] = numbers;
    if (number === undefined || numbers.length > 1 || percents > 1) {
      throw new RangeError(
        `${name} must have one number, as in 'frame-%04d.png', got ${shown(pattern)}.`,
      );
    }
    this.type = imageTypeOf(pattern, name);
    this.#digits = Number(NUMBER.exec(number)?.[1] ?? 1);
    const at = parts.findIndex((part) => part.includes(number));
    const [before = '', after = ''] = (parts[at] ?? '').split(number);
    this.#before = [...parts.slice(0, at), before].join('%');
    this.#after = [after, ...parts.slice(at + 1)].join('%');
    const example = this.nameOf(1);
    if (safeFileName(example) !== example) {
      throw new RangeError(
        `${name} must be a name that a file may have on every system, without folders, got ${shown(pattern)}.`,
      );
    }
  }

  /** The name of the file with a number. */
  nameOf(number: number): string {
    return `${this.#before}${String(number).padStart(this.#digits, '0')}${this.#after}`;
  }

  /** The number in a name; `undefined` if it's not one of these. */
  numberIn(fileName: string): number | undefined {
    const { length } = this.#before;
    const end = fileName.length - this.#after.length;
    if (!fileName.startsWith(this.#before) || !fileName.endsWith(this.#after)) return undefined;
    const digits = fileName.slice(length, Math.max(length, end));
    if (!/^\d+$/.test(digits)) return undefined;
    const number = Number(digits);
    return Number.isSafeInteger(number) && this.nameOf(number) === fileName ? number : undefined;
  }
}
