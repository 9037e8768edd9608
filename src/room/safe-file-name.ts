/** What a name may have in bytes: 255 is the limit of file systems, and one that is taken gets a number. */
const MAX_BYTES = 240;

/** Extensions longer than this are no extensions. */
const MAX_EXTENSION_BYTES = 32;

/** Devices, to Windows, with whatever extension. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)/i;

/**
 * The name of a file as it can be in any folder of any system, made of one that somebody else gave: what it
 * says of folders is gone, and so are control characters, marks that change the direction of text, leading dots,
 * which would hide it, trailing dots and spaces, which Windows ignores, and what is over 240 bytes of UTF-8.
 */
export function safeFileName(name: string): string {
  const base =
    name
      .normalize('NFC')
      .split(/[/\\]/)
      .findLast((part) => part !== '') ?? '';
  const clean = trimmed(
    Array.from(base)
      .filter((char) => !/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(char))
      .map((char) => (/[<>:"|?*]/.test(char) ? '_' : /\p{Cs}/u.test(char) ? '\ufffd' : char))
      .join(''),
  );
  if (clean === '') return 'file';
  return shortened(DEVICE.test(clean) ? `_${clean}` : clean);
}

/** The same name with a number, for when it's taken: `x (1).txt`. */
export function numberedFileName(name: string, number: number): string {
  if (number === 0) return name;
  const { stem, extension } = parts(name);
  return `${stem} (${number})${extension}`;
}

function trimmed(name: string): string {
  return name.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '');
}

function parts(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  return Buffer.byteLength(extension) > MAX_EXTENSION_BYTES
    ? { stem: name, extension: '' }
    : { stem: name.slice(0, name.length - extension.length), extension };
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const { stem, extension } = parts(name);
  let room = MAX_BYTES - Buffer.byteLength(extension);
  let kept = '';
  for (const char of stem) {
    room -= Buffer.byteLength(char);
    if (room < 0) break;
    kept += char;
  }
  return trimmed(`${trimmed(kept)}${extension}`);
}
