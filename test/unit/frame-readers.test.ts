import { runProgram, type ProgramEnd } from '../support/program.js';

/** What each reader finds, though the frame is closed before it's done. */
const WANTED: Readonly<Record<string, string>> = {
  gzip: 'the picture',
  'gzip of a frame made here': 'the picture',
  'gzip of a part': 'the picture',
  'gzip of a plane': 'the picture',
  brotli: 'the picture',
  'a stream of zlib': 'the picture',
  CompressionStream: 'number',
  'a socket': 'the picture',
  'a pipe': 'the picture',
  'a file stream': 'the picture',
  'fs.write': 'no error',
  'fs.write at once': '691200',
  'fs.read': '691200',
  'writeFile of promises': 'no error',
  'crypto.randomFill': 'no error',
  'crypto.subtle': 'the picture',
  'a datagram': 'no error',
  Blob: 'the picture',
  'a worker': 'the picture',
  'a worker that gets the memory': 'the picture',
  'an array of larger numbers': 'the picture',
  'gzip of what is borrowed': 'the picture',
  'gzip of a part of what is borrowed': 'the picture',
  'a socket with what is borrowed': 'the picture',
  'fs.write of what is borrowed': 'no error',
};

describe('a frame that is closed while its pixels are read asynchronously', () => {
  let end: ProgramEnd;

  beforeAll(async () => {
    end = await runProgram('frame-readers.cjs');
  }, 60_000);

  it('does not crash the program', () => {
    expect(end).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it.each(Object.entries(WANTED))('is safe with %s: it finds %s', (name, found) => {
    expect(end.stdout.split('\n')).toContain(`${name}: ${found}`);
  });

  it('was tried with all of them', () => {
    expect(end.stdout.trim().split('\n')).toHaveLength(Object.keys(WANTED).length);
  });
});
