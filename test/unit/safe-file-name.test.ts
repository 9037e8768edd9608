import fc from 'fast-check';
import { basename, join, posix, resolve, win32 } from 'node:path';
import { numberedFileName, safeFileName } from '../../src/room/safe-file-name.js';

/** What a hostile sender would put together a name from. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '\0',
        '\n',
        '\u001b[31m',
        ':',
        '~',
        '-',
        ' ',
        'CON',
        'nul',
        'COM1',
        'x',
        '.txt',
        '\u202e',
        '\ud800',
        '\udc00',
        '\u{1f9d9}',
        'é',
        '%2e%2e%2f',
        '//',
        'C:',
        'a'.repeat(300),
        '\u{1f9d9}'.repeat(80),
        '*',
        '?',
        '"',
        '<',
        '>',
        '|',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('safeFileName', () => {
  it('gives a name in the folder, whatever it is made of', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const safe = safeFileName(name);
        expect(safe).not.toBe('');
        expect(basename(safe)).toBe(safe);
        expect(posix.basename(safe)).toBe(safe);
        expect(win32.basename(safe)).toBe(safe);
        expect(join(resolve('/inbox', safe), '..')).toBe('/inbox');
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}/\\:*?"<>|\u2028-\u202e\u2066-\u2069]/u);
        expect(safe).not.toMatch(/^[.\s]|[.\s]$/);
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(240);
        expect(Buffer.byteLength(numberedFileName(safe, 9_999))).toBeLessThanOrEqual(255);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes a name no further once it is safe', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const safe = safeFileName(name);
        expect(safeFileName(safe)).toBe(safe);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['notes.txt', 'notes.txt'],
    ['Übersicht (2) – final.tar.gz', 'Übersicht (2) – final.tar.gz'],
    ['../../x', 'x'],
    ['/etc/passwd', 'passwd'],
    ['C:\\Windows\\system32\\cmd.exe', 'cmd.exe'],
    ['..', 'file'],
    ['', 'file'],
    ['///', 'file'],
    ['a/..', 'file'],
    ['folder/', 'folder'],
    ['.bashrc', 'bashrc'],
    ['...', 'file'],
    ['a\0b\u001b[31m.txt', 'ab[31m.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['name. . ', 'name'],
    ['file.txt:stream', 'file.txt_stream'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1 .log', '_com1 .log'],
    ['console', 'console'],
    ['what?.txt', 'what_.txt'],
    ['half \ud800', 'half \ufffd'],
    [`${'a'.repeat(300)}.txt`, `${'a'.repeat(236)}.txt`],
    [`${'\u{1f9d9}'.repeat(100)}.txt`, `${'\u{1f9d9}'.repeat(59)}.txt`],
    [`a.${'b'.repeat(300)}`, `a.${'b'.repeat(238)}`],
  ])('makes of %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });
});

describe('numberedFileName', () => {
  it.each([
    ['x.txt', 0, 'x.txt'],
    ['x.txt', 1, 'x (1).txt'],
    ['x', 12, 'x (12)'],
    ['x.tar.gz', 2, 'x.tar (2).gz'],
  ])('numbers %s with %d', (name, number, numbered) => {
    expect(numberedFileName(name, number)).toBe(numbered);
  });
});
