import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { DeviceList } from 'framewire/capture';
import { devicesText } from '../../src/cli/devices-command.js';
import { SoundServer } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

const CLI = resolve('dist/cli/main.js');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `framewire devices` to its end. */
function devices(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  return new Promise((done) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, [CLI, 'devices', ...args], options, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

it('shows devices with what is known of them, and a star for each default', () => {
  const list: DeviceList = {
    cameras: [
      {
        id: '/dev/video0',
        label: 'HD Webcam',
        isDefault: true,
        formats: [
          { inputFormat: 'mjpeg', width: 640, height: 480 },
          { inputFormat: 'mjpeg', width: 1280, height: 720, maxFps: 30 },
          { inputFormat: 'yuyv422', width: 640, height: 480 },
        ],
      },
      { id: '/dev/video10', label: 'Other', isDefault: false },
    ],
    microphones: [
      { id: 'm', label: 'Mic', isDefault: true, formats: [{ sampleRate: 48_000, channels: 1 }] },
    ],
    speakers: [],
    screens: [
      {
        id: ':0',
        label: 'X11 display :0',
        isDefault: false,
        formats: [{ width: 1920, height: 1080 }],
      },
    ],
  };
  expect(devicesText(list)).toBe(`Cameras:
  * /dev/video0   HD Webcam (mjpeg up to 1280x720, yuyv422 up to 640x480)
    /dev/video10  Other

Microphones:
  * m  Mic (48000 Hz, 1 channel)

Speakers: none

Screens:
    :0  X11 display :0 (1920x1080)
`);
});

it('says how to install ffmpeg where there is none, and lists what there is', async () => {
  const { code, stdout, stderr } = await devices([], {
    ...{ PATH: '/nowhere', FFMPEG_PATH: '', DISPLAY: '' },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('Screens: none');
  expect(stderr).toContain('There is no ffmpeg on PATH.');
});

it('takes no arguments that are none', async () => {
  const { code, stderr } = await devices(['--all'], {});
  expect(code).toBe(2);
  expect(stderr).toContain('--all');
});

describeWith(['ffmpeg', 'pulseaudio', 'xvfb'], 'framewire devices', () => {
  it('lists those of this machine, for people and for programs', async () => {
    await using sound = await SoundServer.start();
    await using screen = await VirtualScreen.start({ width: 400, height: 300 });
    const env = { ...sound.env, ...screen.env };
    const { code, stdout, stderr } = await devices(['--monitors'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Microphones:\n(.*\n)*? {4}spk\.monitor +Monitor of Null Output/);
    expect(stdout).toMatch(/ {2}\* vmic .*\(48000 Hz, 1 channel\)/);
    expect(stdout).toMatch(/ {2}\* spk .*\(48000 Hz, 2 channels\)/);
    expect(stdout).toMatch(new RegExp(`\\* ${screen.display} .*\\(400x300\\)`));
    const { stdout: text } = await devices(['--json'], env);
    const { microphones } = JSON.parse(text) as DeviceList;
    expect(microphones.map(({ id }) => id)).toEqual(['vmic']);
  });
});
