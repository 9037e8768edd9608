import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLocation } from '../../src/capture/file-location.js';
import { probeFile } from '../../src/capture/file-probe.js';
import { FfmpegProgram } from '../../src/ffmpeg/ffmpeg-program.js';
import { shellScript } from '../support/shell-script.js';

afterEach(() => {
  jest.useRealTimers();
});

it('gives up a file that ffmpeg reads without an end, and says so in one line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'framewire-'));
  try {
    const path = shellScript(join(folder, 'ffmpeg'), 'sleep 1000');
    const list = join(folder, 'a\n\u001b[31mlist.m3u8');
    writeFileSync(list, '#EXTM3U\n');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const location = fileLocation(list, ['file']);
    const probing = probeFile(new FfmpegProgram(path, '5.1'), location, undefined);
    probing.catch(() => undefined);
    while (jest.getTimerCount() === 0) await new Promise(setImmediate);
    jest.advanceTimersByTime(30_000);
    await expect(probing).rejects.toMatchObject({
      code: 'file',
      message: expect.stringMatching(/a \[31mlist\.m3u8 can't be read: .* within 30 s/) as string,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
