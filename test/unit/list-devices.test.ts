import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DeviceList } from 'framewire/capture';
import type { Ask } from '../../src/capture/ask-program.js';
import {
  cameraInput,
  type DevicePlatform,
  microphoneInput,
  screenInput,
  speakerOutput,
} from '../../src/capture/device-arguments.js';
import { darwinDevices } from '../../src/capture/list-devices-darwin.js';
import { linuxDevices } from '../../src/capture/list-devices-linux.js';
import { win32Devices } from '../../src/capture/list-devices-win32.js';

const NOTHING: DeviceList = { cameras: [], microphones: [], speakers: [], screens: [] };

const silent: Ask = () => Promise.resolve('');

/** A program that answers to arguments in which all of the words stand. */
function answering(answers: readonly (readonly [words: string, answer: string])[]): Ask {
  return (args) => {
    const given = args.join(' ');
    const answer = answers.find(([words]) =>
      words.split(' ').every((word) => given.includes(word)),
    );
    return Promise.resolve(answer?.[1] ?? '');
  };
}

/** Every id of a list can be opened: the builders of arguments take it. */
function expectOpenable(platform: DevicePlatform, list: DeviceList): void {
  for (const { id: device } of list.cameras) cameraInput({ platform, device });
  for (const { id: device } of list.screens) screenInput({ platform, device });
  for (const system of ['pulse', 'alsa'] as const) {
    for (const { id: device } of list.microphones) microphoneInput({ platform, device, system });
    for (const { id: device } of list.speakers) speakerOutput({ platform, device, system });
  }
  for (const devices of Object.values(list) as { isDefault: boolean }[][]) {
    expect(devices.filter(({ isDefault }) => isDefault).length).toBeLessThanOrEqual(1);
  }
}

describe('the devices of Linux', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'framewire-devices-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(path: string, text: string): void {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  it('are none where there is nothing to ask and nothing to look at', async () => {
    const system = { ffmpeg: silent, pactl: silent, monitors: false, root, env: {} };
    expect(await linuxDevices(system)).toEqual(NOTHING);
  });

  it('are cameras with their formats, without the nodes that have no picture', async () => {
    for (const [node, name, index] of [
      ['video10', 'Late Camera', '0'],
      ['video2', 'HD \x1b[31mWebcam', '0'],
      ['video3', 'HD Webcam', '1'],
      ['video4', 'Taken', '0'],
      ['video5', 'Taken', '1'],
    ] as const) {
      put(`sys/class/video4linux/${node}/name`, `${name}\n`);
      put(`sys/class/video4linux/${node}/index`, `${index}\n`);
    }
    put('sys/class/video4linux/v4l-subdev0/name', 'sensor');
    const ffmpeg = answering([
      [
        '/dev/video2',
        `[video4linux2,v4l2 @ 0x55d0c8] Compressed:       mjpeg :          Motion-JPEG : 1280x720 640x480
[video4linux2,v4l2 @ 0x55d0c8] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240
[video4linux2,v4l2 @ 0x55d0c8] Compressed: Unsupported :                 HEVC : 640x480
/dev/video2: Immediate exit requested
`,
      ],
      [
        '/dev/video3',
        '[video4linux2,v4l2 @ 0x1] Not a video capture device.\n/dev/video3: No such device\n',
      ],
      [
        '/dev/video4',
        '[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video4: Permission denied\n',
      ],
      [
        '/dev/video5',
        '[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video5: Permission denied\n',
      ],
      [
        '/dev/video10',
        '[video4linux2,v4l2 @ 0x1] [info] Raw       :     yuv420p :     Planar YUV 4:2:0 : {32-2592, 2}x{32-1944, 2}\n',
      ],
    ]);
    const list = await linuxDevices({ ffmpeg, pactl: silent, monitors: false, root, env: {} });
    expect(list.cameras).toEqual([
      {
        id: '/dev/video2',
        label: 'HD  [31mWebcam',
        isDefault: true,
        formats: [
          { inputFormat: 'mjpeg', width: 1280, height: 720 },
          { inputFormat: 'mjpeg', width: 640, height: 480 },
          { inputFormat: 'yuyv422', width: 640, height: 480 },
          { inputFormat: 'yuyv422', width: 320, height: 240 },
        ],
      },
      { id: '/dev/video4', label: 'Taken', isDefault: false },
      {
        id: '/dev/video10',
        label: 'Late Camera',
        isDefault: false,
        formats: [{ inputFormat: 'yuv420p', width: 2592, height: 1944 }],
      },
    ]);
    expectOpenable('linux', list);
  });

  const SOURCES = `Auto-detected sources for pulse:
  alsa_output.pci.analog-stereo.monitor [Monitor of Built-in Audio (Analog)] (none)
* alsa_input.pci.analog-stereo [Built-in Audio [Analog] Stereo] (none)
  bluez.headset [Kopfhörer]
`;
  const SHORT = `0\talsa_output.pci.analog-stereo.monitor\tmodule-alsa-card.c\ts16le 2ch 44100Hz\tIDLE
1\talsa_input.pci.analog-stereo\tmodule-alsa-card.c\ts16le 2ch 48000Hz\tSUSPENDED
2\tbluez.headset\tmodule-bluez.c\n`;

  it("are the sound server's, of which a monitor is no microphone unless that is asked", async () => {
    const ffmpeg = answering([['-sources pulse', SOURCES]]);
    const pactl = answering([['list short sources', SHORT]]);
    const system = { ffmpeg, pactl, root, env: {} };
    const list = await linuxDevices({ ...system, monitors: false });
    expect(list.microphones).toEqual([
      {
        id: 'alsa_input.pci.analog-stereo',
        label: 'Built-in Audio [Analog] Stereo',
        isDefault: true,
        formats: [{ sampleRate: 48_000, channels: 2 }],
      },
      { id: 'bluez.headset', label: 'Kopfhörer', isDefault: false },
    ]);
    expect(list.speakers).toEqual([]);
    const { microphones } = await linuxDevices({ ...system, monitors: true });
    expect(microphones.map(({ label }) => label)).toContain('Monitor of Built-in Audio (Analog)');
  });

  it("are the sound server's where only its own client knows of them", async () => {
    const pactl = answering([
      [
        'list short sinks',
        '0\tspk\tmodule-null-sink.c\ts16le 2ch 48000Hz\tIDLE\n1\thdmi\tx\tx\tIDLE\n',
      ],
      ['info', 'Server Name: pulseaudio\nDefault Sink: hdmi\nDefault Source: spk.monitor\n'],
    ]);
    const list = await linuxDevices({ ffmpeg: silent, pactl, monitors: false, root, env: {} });
    expect(list.speakers).toEqual([
      { id: 'spk', label: 'spk', isDefault: false, formats: [{ sampleRate: 48_000, channels: 2 }] },
      { id: 'hdmi', label: 'hdmi', isDefault: true },
    ]);
  });

  it('are the sound cards where there is no sound server', async () => {
    put(
      'proc/asound/cards',
      ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7d10000 irq 31
 1 [C920           ]: USB-Audio - HD Pro Webcam C920
                      HD Pro Webcam C920 at usb-0000:00:14.0-5, high speed
`,
    );
    put(
      'proc/asound/pcm',
      `00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
`,
    );
    const ffmpeg = answering([
      [
        '-sources pulse',
        'Auto-detected sources for pulse:\nCannot list sources: Generic error in an external library\n',
      ],
    ]);
    const list = await linuxDevices({ ffmpeg, pactl: silent, monitors: false, root, env: {} });
    expect(list.microphones).toEqual([
      { id: 'plughw:CARD=PCH,DEV=0', label: 'HDA Intel PCH, ALC257 Analog', isDefault: true },
      { id: 'plughw:CARD=C920,DEV=0', label: 'HD Pro Webcam C920, USB Audio', isDefault: false },
    ]);
    expect(list.speakers.map(({ id }) => id)).toEqual([
      'plughw:CARD=PCH,DEV=0',
      'plughw:CARD=PCH,DEV=3',
    ]);
    expectOpenable('linux', list);
  });

  describe('with X11', () => {
    const size = (text: string): string =>
      `Input #0, x11grab, from ':0':
  Duration: N/A, start: 1.0, bitrate: N/A
  Stream #0:0: Video: rawvideo (BGR[0] / 0x524742), bgr0, ${text}, 30 fps, 1000k tbr
At least one output file must be specified
`;

    beforeEach(() => {
      for (const name of ['X1', 'X0', 'X7', 'stale', 'X1_']) put(`tmp/.X11-unix/${name}`, '');
    });

    it("are the displays that let us in, and the default is the environment's", async () => {
      const ffmpeg = answering([
        ['-i :0', size('1920x1080')],
        ['-i :1', size('3840x1080')],
        ['-i :7', '[x11grab @ 0x1] Cannot open display :7, error 1.\n:7: Input/output error\n'],
      ]);
      const system = { ffmpeg, pactl: silent, monitors: false, root };
      const list = await linuxDevices({ ...system, env: { DISPLAY: ':1.0' } });
      expect(list.screens).toEqual([
        {
          id: ':0',
          label: 'X11 display :0',
          isDefault: false,
          formats: [{ width: 1920, height: 1080 }],
        },
        {
          id: ':1',
          label: 'X11 display :1',
          isDefault: true,
          formats: [{ width: 3840, height: 1080 }],
        },
      ]);
      expectOpenable('linux', list);
    });

    it("say so where X11 has a part of Wayland's windows only", async () => {
      const ffmpeg = answering([['-i :0', size('1920x1080')]]);
      const env = { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' };
      const list = await linuxDevices({ ffmpeg, pactl: silent, monitors: false, root, env });
      expect(list.screens[0]?.label).toContain('Wayland');
    });

    it('are also a display that is elsewhere', async () => {
      const ffmpeg = answering([['-i localhost:10.0', size('1024x768')]]);
      const env = { DISPLAY: 'localhost:10.0' };
      const list = await linuxDevices({ ffmpeg, pactl: silent, monitors: false, root, env });
      expect(list.screens.map(({ id, isDefault }) => [id, isDefault])).toEqual([
        ['localhost:10.0', true],
      ]);
    });

    it.each(['nonsense', ':0+10,20', '-i', ''])(
      'are none of a DISPLAY that is none: %j',
      async (DISPLAY) => {
        const system = { ffmpeg: silent, pactl: silent, monitors: false, root };
        expect((await linuxDevices({ ...system, env: { DISPLAY } })).screens).toEqual([]);
      },
    );
  });
});

describe('the devices of macOS', () => {
  const INPUTS = `[AVFoundation indev @ 0x7f8] AVFoundation video devices:
[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f8] [1] FaceTime HD
[AVFoundation indev @ 0x7f8] [2] 4K: Camera
[AVFoundation indev @ 0x7f8] [3] Capture screen 0
[AVFoundation indev @ 0x7f8] [4] Capture screen 1
[AVFoundation indev @ 0x7f8] AVFoundation audio devices:
[AVFoundation indev @ 0x7f8] [0] MacBook Pro Microphone
: Input/output error
`;
  const OUTPUTS = `[AudioToolbox @ 0x600] CoreAudio devices:
[AudioToolbox @ 0x600] [0]         MacBook Pro Microphone, BuiltInMicrophoneDevice
[AudioToolbox @ 0x600] [1]           MacBook Pro Speakers, BuiltInSpeakerDevice
Output #0, audiotoolbox, to 'pipe:':
`;

  it('are named where ffmpeg finds them by their names, and numbered where not', async () => {
    const list = await darwinDevices(
      answering([
        ['avfoundation', INPUTS],
        ['audiotoolbox', OUTPUTS],
      ]),
    );
    expect(list).toEqual({
      cameras: [
        { id: 'FaceTime HD Camera', label: 'FaceTime HD Camera', isDefault: true },
        // ffmpeg would take the first that begins so.
        { id: '1', label: 'FaceTime HD', isDefault: false },
        { id: '2', label: '4K: Camera', isDefault: false },
      ],
      microphones: [
        { id: 'MacBook Pro Microphone', label: 'MacBook Pro Microphone', isDefault: true },
      ],
      speakers: [
        { id: 'default', label: 'Default output', isDefault: true },
        { id: '0', label: 'MacBook Pro Microphone', isDefault: false },
        { id: '1', label: 'MacBook Pro Speakers', isDefault: false },
      ],
      screens: [
        { id: 'Capture screen 0', label: 'Capture screen 0', isDefault: true },
        { id: 'Capture screen 1', label: 'Capture screen 1', isDefault: false },
      ],
    });
    expectOpenable('darwin', list);
  });

  it('are none where ffmpeg says nothing', async () => {
    expect(await darwinDevices(silent)).toEqual(NOTHING);
  });
});

describe('the devices of Windows', () => {
  const WEBCAM = '@device_pnp_\\\\?\\usb#vid_0c45&pid_6448#{65e8773d}\\global';
  const MICROPHONE = '@device_cm_{33D9A762-90C8-11D0-BD43}\\wave_{E26AD2BE}';
  const OPTIONS = `[dshow @ 01] DirectShow video device options (from video devices)
[dshow @ 01]  Pin "Capture" (alternative pin name "0")
[dshow @ 01]   vcodec=mjpeg  min s=1280x720 fps=15 max s=1280x720 fps=30.0003
[dshow @ 01]   vcodec=mjpeg  min s=1280x720 fps=15 max s=1280x720 fps=30.0003 (pc, bt470bg/bt709/unknown, center)
[dshow @ 01]   pixel_format=yuyv422  min s=640x480 fps=10 max s=640x480 fps=30
video=Integrated Webcam: Immediate exit requested
`;

  it('are those of a new ffmpeg, each with its kind beside it', async () => {
    const ffmpeg = answering([
      ['-list_options video=Integrated', OPTIONS],
      [
        '-list_devices',
        `[dshow @ 01] "Integrated Webcam" (video)
[dshow @ 01]   Alternative name "${WEBCAM}"
[dshow @ 01] "Twin" (video)
[dshow @ 01]   Alternative name "@device_pnp_one"
[dshow @ 01] "Twin" (video)
[dshow @ 01]   Alternative name "@device_pnp_two"
[dshow @ 01] "OBS: Virtual Camera" (none)
[dshow @ 01]   Alternative name "@device_sw_{860BB310}"
[dshow @ 01] "Mikrofon: (USB)" (audio)
[dshow @ 01]   Alternative name "@device_cm:mic"
[dshow @ 01] "Capture Card" (audio, video)
[dshow @ 01]   Alternative name "@device_pnp_card"
dummy: Immediate exit requested
`,
      ],
    ]);
    const list = await win32Devices(ffmpeg);
    expect(list).toEqual({
      cameras: [
        {
          id: 'Integrated Webcam',
          label: 'Integrated Webcam',
          isDefault: true,
          formats: [
            { inputFormat: 'mjpeg', width: 1280, height: 720, maxFps: 30 },
            { inputFormat: 'yuyv422', width: 640, height: 480, maxFps: 30 },
          ],
        },
        { id: '@device_pnp_one', label: 'Twin', isDefault: false },
        { id: '@device_pnp_two', label: 'Twin', isDefault: false },
        { id: 'Capture Card', label: 'Capture Card', isDefault: false },
      ],
      microphones: [
        { id: '@device_cm_mic', label: 'Mikrofon: (USB)', isDefault: true },
        { id: 'Capture Card', label: 'Capture Card', isDefault: false },
      ],
      speakers: [],
      screens: [{ id: 'desktop', label: 'Desktop', isDefault: true }],
    });
    for (const { id: device } of list.cameras) cameraInput({ platform: 'win32', device });
    for (const { id: device } of list.microphones) microphoneInput({ platform: 'win32', device });
  });

  it('are those of an old ffmpeg, under headings', async () => {
    const ffmpeg = answering([
      [
        '-list_devices',
        `[dshow @ 00000000001c23c0] DirectShow video devices (some may be both video and audio devices)\r
[dshow @ 00000000001c23c0]  "Integrated Webcam"\r
[dshow @ 00000000001c23c0]     Alternative name "${WEBCAM}"\r
[dshow @ 00000000001c23c0] DirectShow audio devices\r
[dshow @ 00000000001c23c0]  "麦克风 (High Definition Audio)"\r
[dshow @ 00000000001c23c0]     Alternative name "${MICROPHONE}"\r
`,
      ],
    ]);
    const { cameras, microphones } = await win32Devices(ffmpeg);
    expect(cameras.map(({ id }) => id)).toEqual(['Integrated Webcam']);
    expect(microphones.map(({ id }) => id)).toEqual(['麦克风 (High Definition Audio)']);
  });

  it('are none where ffmpeg says nothing', async () => {
    expect(await win32Devices(silent)).toEqual(NOTHING);
  });
});
