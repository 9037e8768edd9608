import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCamera, defaultMicrophone } from '../../src/capture/default-device.js';
import { deviceFault, whyEnded } from '../../src/capture/device-fault.js';
import { OpeningDevice } from '../../src/capture/opening-device.js';
import { FfmpegProgram } from '../../src/ffmpeg/ffmpeg-program.js';
import { shellScript } from '../support/shell-script.js';

/** How an ffmpeg ends that has said this. */
function exit(...errors: string[]): Parameters<typeof whyEnded>[0] {
  return { code: 1, signal: null, stderr: '', errors };
}

/** What is said of a device whose ffmpeg has said this. */
function said(device: string, ...errors: string[]): string {
  const why = whyEnded(exit(...errors), device);
  return deviceFault({ named: 'It', wasOpen: false }, why).message;
}

afterEach(() => {
  jest.useRealTimers();
});

describe('what is said of a device that fails', () => {
  it.each([
    [
      ':7',
      ['Cannot open display :7, error 1.', ':7: Input/output error'],
      "It can't be used: Cannot open display :7, error 1.",
    ],
    [
      '/dev/video9',
      [
        'Cannot open video device /dev/video9: No such file or directory',
        'Error opening input: No such file or directory',
        'Error opening input file /dev/video9.',
      ],
      "It can't be used: Cannot open video device /dev/video9: No such file or directory.",
    ],
    ['nobody', ['nobody: No such process'], "It can't be used: No such process."],
    [
      '1',
      [
        'Selected framerate is not supported.',
        'Supported modes:',
        '  640x480@30fps',
        '1: I/O error',
      ],
      "It can't be used: Selected framerate is not supported. Supported modes: 640x480@30fps.",
    ],
    ['x', [], "It can't be used: ffmpeg ended, exit code 1."],
    ['x', ['a\n\u001b[31mb\u202e\r\nc'], "It can't be used: a [31mb c."],
  ])('is what ffmpeg says of %s, once and in one line', (device, errors, message) => {
    expect(said(device, ...errors)).toBe(message);
  });

  it('is short', () => {
    expect(said('x', 'too much '.repeat(1000)).length).toBeLessThan(340);
  });

  it('is that it was lost if it was open', () => {
    const fault = deviceFault(
      { named: 'The camera', wasOpen: true },
      'ffmpeg ended, signal SIGKILL',
    );
    expect(fault).toMatchObject({
      code: 'device',
      message: 'The camera was lost: ffmpeg ended, signal SIGKILL.',
    });
  });

  it('tells who never gave anything from who gives no more', async () => {
    jest.useFakeTimers();
    const lost = new Promise<Error>((resolve) => {
      const options = { stallMs: 100, named: 'It', stalled: 'gives no more' };
      const free = (): Promise<void> => Promise.resolve();
      const never = new OpeningDevice({ ...options, lost: resolve, free });
      const ending = never.untilOpen(new AbortController().signal);
      ending.catch(resolve);
      jest.advanceTimersByTime(20_000);
    });
    expect((await lost).message).toBe("It can't be used: nothing came of it within 15 s.");
    const gone = new Promise<Error>((resolve) => {
      const options = { stallMs: 100, named: 'It', stalled: 'gives no more' };
      const free = (): Promise<void> => Promise.resolve();
      new OpeningDevice({ ...options, lost: resolve, free }).heard();
      jest.advanceTimersByTime(20_000);
    });
    expect((await gone).message).toBe('It gives no more.');
  });
});

it('does not call it no device when the system does not say in time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'framewire-'));
  try {
    const path = shellScript(join(folder, 'ffmpeg'), 'sleep 1000');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const options = { program: new FfmpegProgram(path, '5.1'), signal: undefined };
    const asked = [
      defaultCamera({ ...options, platform: 'win32' }),
      defaultMicrophone({ ...options, platform: 'win32' }),
    ];
    jest.advanceTimersByTime(5_000);
    for (const one of await Promise.allSettled(asked)) {
      expect(one).toMatchObject({
        reason: {
          code: 'device',
          message: expect.stringMatching(/^The list of \w+s didn't come within 5 s\./) as string,
        },
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
