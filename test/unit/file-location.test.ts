import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileLocation } from '../../src/capture/file-location.js';

const LOCAL = ['file'];

describe('where a file is', () => {
  it('is a path unless it begins with a protocol', () => {
    const path = resolve('clip.mp4');
    const input = `file:${path}`;
    for (const one of ['clip.mp4', './clip.mp4', path, 'file:clip.mp4', pathToFileURL(path)]) {
      expect(fileLocation(one, LOCAL)).toMatchObject({ path, input, protocols: 'file' });
    }
    const spaced = pathToFileURL(join(process.cwd(), 'a b.mp4')).href;
    expect(fileLocation(spaced, LOCAL).path).toBe(resolve('a b.mp4'));
  });

  it('is never taken for an option, nor for a protocol of ffmpeg', () => {
    for (const name of [
      '-i',
      '-y',
      '--help',
      './concat:a|b',
      './http://a/b',
      '|ls',
      'subfile,,start,0,end,9,,:a',
    ]) {
      expect(fileLocation(name, LOCAL).input).toBe(`file:${resolve(name)}`);
    }
  });

  it.each([
    ...['http://a/b.mp4', 'HTTP://a/b.mp4', 'https://a/b', 'concat:a.ts|b.ts', 'concatf:list'],
    ...['data:video/mp4;base64,AAAA', 'pipe:0', 'fd:3', 'tcp://a:1'],
    ...[
      'crypto:a.mp4',
      'cache:a.mp4',
      'async:a.mp4',
      'unix:/a',
      'rtsp://a',
      'hls+http://a',
      'tee:a',
    ],
  ])('is refused where it is %s and nothing but files is allowed', (url) => {
    expect(() => fileLocation(url, LOCAL)).toThrow(
      expect.objectContaining({ code: 'forbidden' }) as Error,
    );
  });

  it('is read by what is allowed, and by what that is made of', () => {
    const { input, protocols, path } = fileLocation('HTTPS://a/b.mp4', ['https']);
    expect({ input, path }).toEqual({ input: 'https://a/b.mp4', path: undefined });
    expect(protocols.split(',')).toEqual(['https', 'tls', 'tcp', 'httpproxy']);
    expect(() => fileLocation('clip.mp4', ['https'])).toThrow(
      expect.objectContaining({ code: 'forbidden' }) as Error,
    );
  });

  it('is told without user, password and query', () => {
    const { name } = fileLocation('https://me:secret@a.example/b.mp4?token=secret#x', ['https']);
    expect(name).toBe('https://a.example/b.mp4');
    expect(() => fileLocation('https://me:secret@a.example/b', LOCAL)).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret') as string,
      }) as Error,
    );
  });

  it('refuses what is no path, and what are no protocols', () => {
    expect(() => fileLocation(5, LOCAL)).toThrow(TypeError);
    expect(() => fileLocation('', LOCAL)).toThrow(RangeError);
    expect(() => fileLocation('a\0b', LOCAL)).toThrow(RangeError);
    expect(() => fileLocation('file://host.example/a', LOCAL)).toThrow(RangeError);
    expect(() => fileLocation('a', 'file')).toThrow(TypeError);
    expect(() => fileLocation('a', [5])).toThrow(TypeError);
    for (const one of ['', 'file,http', 'ALL', 'a b', '-file']) {
      expect(() => fileLocation('a', ['file', one])).toThrow(RangeError);
    }
  });
});
