import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FfmpegProcess } from '../../src/ffmpeg/ffmpeg-process.js';
import { findFfmpeg } from '../../src/ffmpeg/ffmpeg-program.js';
import { installCommand } from '../../src/ffmpeg/install-command.js';
import { gone } from '../support/processes.js';

let bin: string;
const { PATH, FFMPEG_PATH } = process.env;

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'framewire-'));
  process.env['PATH'] = bin;
  delete process.env['FFMPEG_PATH'];
});

afterEach(async () => {
  process.env['PATH'] = PATH;
  if (FFMPEG_PATH === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = FFMPEG_PATH;
  await rm(bin, { recursive: true });
});

/** Puts a shell script where PATH finds it. */
async function script(name: string, body: string, mode = 0o755): Promise<string> {
  const path = join(bin, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, mode);
  return path;
}

/** A program that answers as ffmpeg of a version does. */
function ffmpeg(version: string, name = 'ffmpeg', more = ''): Promise<string> {
  return script(name, `echo 'ffmpeg version ${version} Copyright (c)'\n${more}`);
}

describe('the search for ffmpeg', () => {
  it('takes what the option names, before the environment, before PATH', async () => {
    const onPath = await ffmpeg('5.1.9');
    const named = await ffmpeg('6.0', 'six');
    const option = await ffmpeg('n7.1', 'seven');
    expect(await findFfmpeg()).toMatchObject({ path: onPath, version: '5.1.9' });
    process.env['FFMPEG_PATH'] = named;
    expect(await findFfmpeg()).toMatchObject({ path: named, version: '6.0' });
    expect(await findFfmpeg({ ffmpegPath: option })).toMatchObject({ version: 'n7.1' });
    expect(await findFfmpeg({ ffmpegPath: 'seven' })).toMatchObject({ path: option });
  });

  it.each(['4.4.2-0ubuntu0.22.04.1', '5.0.3', 'n4.4'])('refuses version %s', async (version) => {
    await ffmpeg(version);
    await expect(findFfmpeg()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`${version}, but 5.1 or newer is needed`) as string,
    });
  });

  it.each(['5.1', '5.1.9-0+deb12u1', '10.0', '2024-05-02-git-71669f2ad5', 'N-112233-gabcdef'])(
    'takes version %s',
    async (version) => {
      await ffmpeg(version);
      await expect(findFfmpeg()).resolves.toMatchObject({ version });
    },
  );

  it('goes by the libraries where a build has no version', async () => {
    await ffmpeg('N-104000-gabcdef', 'ffmpeg', "echo 'libavutil      57.  7.100 / 57.  7.100'");
    await expect(findFfmpeg()).rejects.toMatchObject({ code: 'unsupported' });
  });

  it.each([
    ['says something else', 'echo hello'],
    ['fails', 'exit 3'],
    ['says nothing', 'true'],
  ])('refuses a program that %s', async (_, body) => {
    await script('ffmpeg', body);
    await expect(findFfmpeg()).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('says how to install it where there is none', async () => {
    await expect(findFfmpeg()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /^There is no ffmpeg on PATH\. Install it .*FFMPEG_PATH/,
      ) as string,
    });
    await expect(findFfmpeg({ ffmpegPath: join(bin, 'no', 'ffmpeg') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining("options.ffmpegPath is '") as string,
    });
    process.env['FFMPEG_PATH'] = await script('plain', '', 0o644);
    // Root may run nothing that nobody may.
    await expect(findFfmpeg()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/FFMPEG_PATH is .* is not executable/) as string,
    });
  });

  it('refuses what is no path', async () => {
    await expect(findFfmpeg({ ffmpegPath: 5 as never })).rejects.toThrow(TypeError);
    await expect(findFfmpeg({ ffmpegPath: '' })).rejects.toThrow(RangeError);
    await expect(findFfmpeg({ ffmpegPath: 'a\0b' })).rejects.toThrow(RangeError);
  });

  it('looks again when the program was replaced', async () => {
    await ffmpeg('4.4');
    await expect(findFfmpeg()).rejects.toMatchObject({ code: 'unsupported' });
    await ffmpeg('5.1.10');
    const first = await findFfmpeg();
    expect(await findFfmpeg()).toBe(first);
    await ffmpeg('7.0');
    expect(await findFfmpeg()).toMatchObject({ version: '7.0' });
  });

  it('rejects with the reason of a signal', async () => {
    await ffmpeg('5.1');
    await expect(findFfmpeg({}, AbortSignal.abort('enough'))).rejects.toBe('enough');
  });

  it('knows with what it was built', async () => {
    const list = [
      'Encoders:',
      ' V..... = Video',
      ' ------',
      ' V....D libx264              libx264 H.264 (codec h264)',
      ' A....D aac                  AAC (Advanced Audio Coding)',
      ' D  mov,mp4,m4a              QuickTime / MOV',
      'Input:',
      '  file',
    ];
    await ffmpeg('5.1', 'ffmpeg', list.map((line) => `echo '${line}'`).join('\n'));
    const program = await findFfmpeg();
    for (const name of ['libx264', 'aac', 'mp4', 'file']) {
      expect([name, await program.has('encoder', name)]).toEqual([name, true]);
    }
    expect(await program.has('encoder', 'libx265')).toBe(false);
    expect(await program.has('encoder', '=')).toBe(false);
  });
});

describe('a running ffmpeg', () => {
  it('gets each argument as it is, and tells how it ended', async () => {
    await ffmpeg(
      '5.1',
      'ffmpeg',
      `for a in "$@"; do echo "<$a>"; done; echo '[x @ 0x1] [error] no' >&2; [ $# = 1 ] || exit 7`,
    );
    const hostile = `a"b'; touch /x\n$(id) \`id\``;
    const running = await FfmpegProcess.spawn(await findFfmpeg(), ['-i', hostile]);
    let text = '';
    running.pipes[1]?.on('data', (bytes: Buffer) => (text += bytes.toString()));
    const ended = new Promise((resolve) => running.pipes[1]?.once('end', resolve));
    expect(await running.exited).toEqual({
      code: 7,
      signal: null,
      stderr: '[x @ 0x1] [error] no\n',
      errors: ['no'],
    });
    await ended;
    expect(text).toContain(`<-i>\n<${hostile}>\n`);
  });

  it('keeps the last of what it says, and tells each line', async () => {
    await ffmpeg(
      '5.1',
      'ffmpeg',
      `i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo "line $i" >&2; done`,
    );
    const lines: string[] = [];
    const running = await FfmpegProcess.spawn(await findFfmpeg(), [], {
      stdio: [],
      onLine: (line) => lines.push(line),
    });
    const { stderr, errors } = await running.exited;
    expect(stderr).toHaveLength(4096);
    expect(stderr).toMatch(/line 2000\n$/);
    expect(errors).toEqual([]);
    expect(lines).toHaveLength(2000);
  });

  it.each([
    ['while its script runs', 'wait'],
    ['when its script is gone', 'exit'],
  ])('is killed with what it has started, %s', async (_, then) => {
    await ffmpeg('5.1', 'ffmpeg', `[ $# = 1 ] && exit; sleep 1000 & echo "child $!" >&2; ${then}`);
    const program = await findFfmpeg();
    process.env['PATH'] = PATH; // For sleep.
    const told: number[] = [];
    const running = await FfmpegProcess.spawn(program, [], {
      onLine: (line) => told.push(Number(/^child (\d+)/.exec(line)?.[1])),
    });
    while (told.length === 0) await new Promise(setImmediate);
    const end = await (then === 'wait' ? running.kill() : running.exited);
    expect(end).toMatchObject(then === 'wait' ? { signal: 'SIGKILL' } : { code: 0 });
    await gone(told[0]!);
  });

  it('has a process group of its own, which a Ctrl-C at the terminal does not reach', async () => {
    await ffmpeg('5.1', 'ffmpeg', `[ $# = 1 ] && exit; while :; do :; done`);
    const running = await FfmpegProcess.spawn(await findFfmpeg(), []);
    process.kill(-running.pid, 'SIGKILL'); // Throws where there is no such group.
    expect(await running.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  it('fails with a typed error where it can not be started', async () => {
    const path = await ffmpeg('5.1');
    const program = await findFfmpeg();
    await rm(path);
    await expect(FfmpegProcess.spawn(program, [])).rejects.toMatchObject({ code: 'not-found' });
    await script('ffmpeg', '', 0o644);
    await expect(FfmpegProcess.spawn(program, [])).rejects.toMatchObject({ code: 'file' });
  });
});

describe('the command that installs ffmpeg', () => {
  it.each([
    ['darwin', undefined, 'brew install ffmpeg'],
    ['win32', undefined, 'winget install --id Gyan.FFmpeg'],
    ['linux', 'ID=debian\nVERSION_ID="12"', 'apt-get install ffmpeg'],
    ['linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"', 'apt-get install ffmpeg'],
    ['linux', 'ID=fedora', 'dnf install ffmpeg'],
    ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"', 'dnf install ffmpeg'],
    ['linux', 'ID=arch', 'pacman -S ffmpeg'],
    ['linux', 'ID=alpine', 'apk add ffmpeg'],
    ['linux', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"', 'zypper install ffmpeg'],
    ['linux', 'ID=other', undefined],
    ['freebsd', undefined, undefined],
  ] as const)('is that of the system: %s %j', (platform, osRelease, command) => {
    const system = osRelease === undefined ? { platform } : { platform, osRelease };
    expect(installCommand(system)).toBe(command);
  });
});
