import { extname } from 'node:path';
import { safeFileName } from '../room/safe-file-name.js';

/** Letters of a part that a name has: no more than a file system takes with what follows. */
const MAX_LETTERS = 40;

/**
 * Names of the files of a recording, made of what others call themselves: safe in every folder of every system, and
 * each only once, upper and lower case being the same, and letters however their accents are coded.
 */
export class RecordingNames {
  readonly #taken: Set<string>;

  /** @param taken - Names that nobody else gets. */
  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken.map(sameFor));
  }

  /** Of `alice` and `camera`: `alice-camera.mp4`; the second one is `alice-camera-2.mp4`. */
  next(parts: readonly string[], extension: string): string {
    // What would be folders must not make two people one.
    const flat = parts
      .map((part) => Array.from(part.replace(/[/\\]/g, '_')).slice(0, MAX_LETTERS).join(''))
      .join('-');
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? '' : `-${number}`;
      const name = safeFileName(`${flat}${suffix}.${extension}`);
      if (extname(name) !== `.${extension}` || this.#taken.has(sameFor(name))) continue;
      this.#taken.add(sameFor(name));
      return name;
    }
  }
}

/** What names have in common that are one for some file system. */
function sameFor(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
