import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeviceInfo,
  type DeviceList,
  listDevices,
  type ListDevicesOptions,
} from 'framewire/capture';
import { gone } from '../support/processes.js';
import { shellScript } from '../support/shell-script.js';
import { SoundServer } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

/** Runs something with another environment. */
async function within<T>(
  env: Readonly<Record<string, string>>,
  what: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await what();
  } finally {
    for (const name of Object.keys(env)) {
      const value = before[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

const NO_SERVER = { FFMPEG_PATH: '', PULSE_SERVER: 'unix:/nowhere', DISPLAY: '' };

describeWith(['ffmpeg', 'pulseaudio'], 'the sound devices here', () => {
  it('are those of the sound server, with one default of each kind', async () => {
    await using sound = await SoundServer.start();
    const { microphones, speakers } = await within(sound.env, () =>
      listDevices({ timeoutMs: 60_000 }),
    );
    expect(microphones).toEqual([
      {
        id: 'vmic',
        label: 'Remapped Monitor of Null Output',
        isDefault: true,
        formats: [{ sampleRate: 48_000, channels: 1 }],
      },
    ]);
    expect(speakers.map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['spk', true],
      ['mic', false],
    ]);
    await sound.plug('module-null-sink', 'sink_name=headset');
    const options = { monitors: true, timeoutMs: 60_000 };
    const now = await within(sound.env, () => listDevices(options));
    expect(now.speakers.map(({ id }) => id)).toContain('headset');
    expect(now.microphones.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['vmic', 'spk.monitor', 'headset.monitor']),
    );
  });

  it('are none of a sound server that is frozen, after a time that is said', async () => {
    await using sound = await SoundServer.start();
    sound.freeze();
    const { speakers } = await within(sound.env, () => listDevices({ timeoutMs: 500 }));
    sound.thaw();
    expect(speakers.map(({ id }) => id)).not.toContain('spk');
  });
});

describeWith(['ffmpeg', 'xvfb'], 'the screens here', () => {
  it('are listed with their sizes, and the default is that of DISPLAY', async () => {
    await using one = await VirtualScreen.start({ width: 400, height: 300 });
    await using other = await VirtualScreen.start({ width: 640, height: 480 });
    const { screens } = await within({ ...NO_SERVER, ...other.env }, () =>
      listDevices({ timeoutMs: 60_000 }),
    );
    const label = (display: string): string => `X11 display ${display}`;
    expect(screens.find(({ id }) => id === one.display)).toEqual({
      id: one.display,
      label: label(one.display),
      isDefault: false,
      formats: [{ width: 400, height: 300 }],
    });
    expect(screens.filter(({ isDefault }) => isDefault)).toEqual([
      {
        id: other.display,
        label: label(other.display),
        isDefault: true,
        formats: [{ width: 640, height: 480 }],
      },
    ]);
  });
});

describe('listing devices', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'framewire-list-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that isn't ffmpeg, in spite of what it says. */
  function program(name: string, script: string): string {
    return shellScript(join(folder, name), script);
  }

  const list = (options?: ListDevicesOptions): Promise<DeviceList> =>
    within({ ...NO_SERVER, PATH: '/nowhere' }, () => listDevices(options));

  const SAYS_VERSION = 'case "$*" in -version*) echo "ffmpeg version 7.1"; exit;; esac';

  const NOTHING = { microphones: [], speakers: [], screens: [] };

  /** All that ffmpeg or a sound server tell of: a machine may have sound cards all the same. */
  async function told(listed: Promise<DeviceList>): Promise<Omit<DeviceList, 'cameras'>> {
    const { microphones, speakers, screens } = await listed;
    const isTold = ({ id }: DeviceInfo): boolean => !id.startsWith('plughw:');
    return { microphones: microphones.filter(isTold), speakers: speakers.filter(isTold), screens };
  }

  it('finds nothing where there is no ffmpeg and no sound server', async () => {
    expect(await told(list())).toEqual(NOTHING);
  });

  it.each([
    ['is not there', '/nowhere/ffmpeg'],
    ['is a folder', '/'],
  ])('is no error where ffmpeg %s', async (_, ffmpegPath) => {
    expect(await told(list({ ffmpegPath }))).toEqual(NOTHING);
  });

  it.each([
    ['is another program', 'echo hello'],
    ['is too old', 'echo "ffmpeg version 4.4"'],
    ['fails', `${SAYS_VERSION}; echo "Segmentation fault" >&2; exit 139`],
    ['writes garbage', `${SAYS_VERSION}; head -c 100000 /dev/urandom`],
    ['writes without an end', `${SAYS_VERSION}; exec yes`],
  ])('is no error where ffmpeg %s', async (name, script) => {
    const ffmpegPath = program(name.replaceAll(' ', '-'), `PATH=/bin:/usr/bin; ${script}`);
    expect(await told(list({ ffmpegPath }))).toEqual(NOTHING);
  });

  it('is no error where ffmpeg hangs, and kills it', async () => {
    const pids = join(folder, 'pids');
    const hanging = `${SAYS_VERSION}; echo $$ >> ${pids}; exec sleep 1000`;
    const ffmpegPath = program('hangs', `PATH=/bin:/usr/bin; ${hanging}`);
    expect(await told(list({ ffmpegPath, timeoutMs: 1_000 }))).toEqual(NOTHING);
    const started = existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n') : [];
    await Promise.all(started.map((pid) => gone(Number(pid))));
    // Not even a version.
    const mute = program('mute', 'exec /bin/sleep 1000');
    expect(await told(list({ ffmpegPath: mute, timeoutMs: 200 }))).toEqual(NOTHING);
  });

  it('ends when its signal aborts, with the reason', async () => {
    const ffmpegPath = program('slow', `PATH=/bin:/usr/bin; ${SAYS_VERSION}; exec sleep 1000`);
    const reason = new Error('Enough.');
    await expect(listDevices({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const listed = list({ ffmpegPath, signal: controller.signal });
    controller.abort(reason);
    await expect(listed).rejects.toBe(reason);
  });

  it.each<[string, unknown]>([
    ['options must be an object', 'all'],
    ['options.monitors must be a boolean', { monitors: 'yes' }],
    ['options.timeoutMs must be a positive number', { timeoutMs: 0 }],
    ['options.timeoutMs must be a positive number', { timeoutMs: NaN }],
    ['options.signal must be an AbortSignal', { signal: {} }],
    ['options.ffmpegPath must be a string', { ffmpegPath: 5 }],
    ['options.ffmpegPath must have no null characters', { ffmpegPath: 'a\0b' }],
  ])('takes no options that are none: %s', async (message, options) => {
    await expect(listDevices(options as ListDevicesOptions)).rejects.toThrow(message);
  });
});
