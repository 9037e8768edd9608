import { execFile } from 'node:child_process';
import { FramewireError } from 'framewire';
import {
  type CameraInput,
  cameraInput,
  DEVICE_PLATFORMS,
  devicePlatform,
  microphoneInput,
  screenFilters,
  screenInput,
  speakerOutput,
} from '../../src/capture/device-arguments.js';
import { ffmpegPath } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

/** Names that mean something to a shell, and nothing to us. */
const HOSTILE = [
  `Bob's "cam"; rm -rf /`,
  '$(reboot)',
  '`id` && x | y',
  'Kamera für ☃',
  '-y',
  'a=b',
];

const SIZE = { width: 1280, height: 720, fps: 30 };

describe('the arguments of a camera', () => {
  it('are those of v4l2 on Linux', () => {
    const camera = { platform: 'linux', device: '/dev/video0' } as const;
    expect(cameraInput(camera)).toEqual('-f v4l2 -timestamps abs -i /dev/video0'.split(' '));
    expect(cameraInput({ ...camera, ...SIZE, inputFormat: 'mjpeg' })).toEqual(
      '-f v4l2 -timestamps abs -input_format mjpeg -video_size 1280x720 -framerate 30 -i /dev/video0'.split(
        ' ',
      ),
    );
  });

  it('are those of AVFoundation on macOS', () => {
    const camera = { platform: 'darwin', device: 'FaceTime HD Camera' } as const;
    expect(cameraInput(camera)).toEqual([
      ...['-f', 'avfoundation', '-framerate', '30', '-i', 'FaceTime HD Camera:none'],
    ]);
    expect(cameraInput({ ...camera, ...SIZE, device: '0', fps: 25, inputFormat: 'nv12' })).toEqual([
      ...['-f', 'avfoundation', '-framerate', '25', '-video_size', '1280x720'],
      ...['-pixel_format', 'nv12', '-i', '0:none'],
    ]);
  });

  it('are those of DirectShow on Windows', () => {
    const camera = { platform: 'win32', device: 'Integrated Webcam' } as const;
    expect(cameraInput(camera)).toEqual([
      ...['-f', 'dshow', '-rtbufsize', '128M', '-i', 'video=Integrated Webcam'],
    ]);
    expect(cameraInput({ ...camera, ...SIZE, inputFormat: 'mjpeg' })).toEqual([
      ...['-f', 'dshow', '-rtbufsize', '128M', '-video_size', '1280x720', '-framerate', '30'],
      ...['-c:v', 'mjpeg', '-i', 'video=Integrated Webcam'],
    ]);
    expect(cameraInput({ ...camera, inputFormat: 'yuyv422' })).toContain('-pixel_format');
  });

  it('are a graph of filters where one stands in for it', () => {
    const graph = 'testsrc2=size=1280x720:rate=30';
    for (const platform of DEVICE_PLATFORMS) {
      expect(cameraInput({ platform, device: graph, backend: 'lavfi' })).toEqual([
        ...['-f', 'lavfi', '-i', graph],
      ]);
    }
  });

  it('ask for no size of which only half is given', () => {
    const args = cameraInput({ platform: 'linux', device: '/dev/video0', width: 1280 });
    expect(args).not.toContain('-video_size');
  });
});

describe('the arguments of a screen', () => {
  const part = { x: 10, y: 20, width: 640, height: 480, fps: 15, cursor: false };

  it('are those of x11grab on Linux', () => {
    expect(screenInput({ platform: 'linux', device: ':0' })).toEqual(
      '-f x11grab -draw_mouse 1 -i :0'.split(' '),
    );
    const screen = { platform: 'linux', device: 'host:1.0', ...part } as const;
    expect(screenInput(screen)).toEqual(
      '-f x11grab -draw_mouse 0 -framerate 15 -video_size 640x480 -grab_x 10 -grab_y 20 -i host:1.0'.split(
        ' ',
      ),
    );
    expect(screenFilters(screen)).toEqual([]);
  });

  it('are those of AVFoundation on macOS, and a filter that cuts', () => {
    const screen = { platform: 'darwin', device: 'Capture screen 0', ...part } as const;
    expect(screenInput(screen)).toEqual([
      ...['-f', 'avfoundation', '-framerate', '15', '-capture_cursor', '0'],
      ...['-i', 'Capture screen 0:none'],
    ]);
    expect(screenFilters(screen)).toEqual(['crop=640:480:10:20:exact=1']);
    expect(screenFilters({ platform: 'darwin', device: '1' })).toEqual([]);
  });

  it('are those of gdigrab on Windows', () => {
    expect(screenInput({ platform: 'win32', device: 'desktop', ...part })).toEqual(
      '-f gdigrab -draw_mouse 0 -framerate 15 -video_size 640x480 -offset_x 10 -offset_y 20 -i desktop'.split(
        ' ',
      ),
    );
    const size = { width: 640, height: 480 };
    // Left of the first monitor.
    expect(screenInput({ platform: 'win32', device: 'title=A: "b"', x: -100, ...size })).toEqual([
      ...['-f', 'gdigrab', '-draw_mouse', '1', '-video_size', '640x480', '-offset_x', '-100'],
      ...['-i', 'title=A: "b"'],
    ]);
  });
});

describe('the rest of a screen from a place on', () => {
  it.each(DEVICE_PLATFORMS)('is cut from all of it on %s', (platform) => {
    const device = platform === 'win32' ? 'desktop' : platform === 'darwin' ? '1' : ':0';
    const screen = { platform, device, x: 5, y: 7 };
    expect(screenInput(screen).join()).not.toMatch(/video_size|grab_|offset_/);
    expect(screenFilters(screen)).toEqual(['crop=iw-5:ih-7:5:7:exact=1']);
  });
});

describe('the arguments of a microphone', () => {
  const sound = { sampleRate: 16_000, channels: 2, blockMs: 10 } as const;

  it('are those of PulseAudio, or of ALSA, on Linux', () => {
    const microphone = { platform: 'linux', device: 'default', ...sound } as const;
    expect(microphoneInput(microphone)).toEqual(
      '-f pulse -name Framewire -stream_name microphone -sample_rate 16000 -channels 2 -fragment_size 640 -i default'.split(
        ' ',
      ),
    );
    expect(microphoneInput({ ...microphone, system: 'alsa', device: 'hw:CARD=PCH,DEV=0' })).toEqual(
      '-f alsa -sample_rate 16000 -channels 2 -i hw:CARD=PCH,DEV=0'.split(' '),
    );
  });

  it('are those of AVFoundation on macOS and of DirectShow on Windows, which choose the samples', () => {
    expect(microphoneInput({ platform: 'darwin', device: 'default', ...sound })).toEqual(
      '-f avfoundation -i none:default'.split(' '),
    );
    expect(microphoneInput({ platform: 'win32', device: 'Mikrofon (USB)', ...sound })).toEqual([
      ...['-f', 'dshow', '-audio_buffer_size', '10', '-i', 'audio=Mikrofon (USB)'],
    ]);
  });
});

describe('the arguments of a speaker', () => {
  it('are those of PulseAudio, or of ALSA, on Linux', () => {
    const speaker = { platform: 'linux', device: 'default', bufferMs: 40 } as const;
    expect(speakerOutput(speaker)).toEqual(
      '-f pulse -name Framewire -stream_name speaker -buffer_duration 40 speaker'.split(' '),
    );
    expect(speakerOutput({ ...speaker, device: 'spk' })).toEqual(
      '-f pulse -name Framewire -stream_name speaker -buffer_duration 40 -device spk speaker'.split(
        ' ',
      ),
    );
    expect(speakerOutput({ ...speaker, system: 'alsa' })).toEqual('-f alsa default'.split(' '));
  });

  it('are those of AudioToolbox on macOS', () => {
    expect(speakerOutput({ platform: 'darwin', device: 'default' })).toEqual([
      ...['-f', 'audiotoolbox', '-'],
    ]);
    expect(speakerOutput({ platform: 'darwin', device: '2' })).toEqual([
      ...['-f', 'audiotoolbox', '-audio_device_index', '2', '-'],
    ]);
  });

  it("aren't there on Windows, where ffmpeg plays no sound", () => {
    const speaker = { platform: 'win32', device: 'default' } as const;
    expect(() => speakerOutput(speaker)).toThrow(FramewireError);
    expect(() => speakerOutput(speaker)).toThrow('Windows');
  });
});

describe('a name of a device', () => {
  it.each(HOSTILE)('is one argument, whatever is in it: %s', (device) => {
    const arguments_ = [
      cameraInput({ platform: 'linux', device: `/dev/v4l/by-id/${device}` }),
      cameraInput({ platform: 'win32', device }),
      microphoneInput({ platform: 'linux', device }),
      microphoneInput({ platform: 'win32', device }),
      speakerOutput({ platform: 'linux', device }),
    ];
    for (const args of arguments_) {
      expect(args.filter((arg) => arg.endsWith(device))).toHaveLength(1);
    }
    // What plays is the last argument, which could be an option where it was the name.
    expect(speakerOutput({ platform: 'linux', device }).at(-1)).toBe('speaker');
  });

  it.each<[string, Pick<CameraInput, 'platform' | 'device'>]>([
    ['a file that is open', { platform: 'linux', device: 'fd:3' }],
    ['a file in the current folder', { platform: 'linux', device: 'video0' }],
    ['an address', { platform: 'linux', device: 'http://example.com/video' }],
    ['an audio device too', { platform: 'darwin', device: 'Camera:0' }],
    ['a number', { platform: 'darwin', device: '4K Camera' }],
    ['none', { platform: 'darwin', device: 'none' }],
    ['an audio device too', { platform: 'win32', device: 'Camera:audio=Microphone' }],
    ['nothing', { platform: 'linux', device: '/dev/video0\0' }],
    ['nothing', { platform: 'linux', device: '' }],
  ])('is refused where ffmpeg would read it as %s: %j', (_, camera) => {
    expect(() => cameraInput(camera)).toThrow(RangeError);
    expect(() => cameraInput(camera)).toThrow('options.device must');
  });

  it.each([
    'file:out.raw',
    'tee:hw:0,out',
    'FILE',
    `file:"|touch /x"`,
    '{ type file }',
    '-f',
    'hw:0 ',
  ])('is refused where ALSA would read it as more than a device: %j', (device) => {
    const alsa = { platform: 'linux', system: 'alsa', device } as const;
    expect(() => speakerOutput(alsa)).toThrow(RangeError);
    expect(() => microphoneInput(alsa)).toThrow(RangeError);
  });

  it.each([':0+10,20', '0', 'screen', '-i', ':0;id', ':'])('is no display: %j', (device) => {
    expect(() => screenInput({ platform: 'linux', device })).toThrow(RangeError);
  });

  it('is refused where a window or an output is named by what is none', () => {
    expect(() => screenInput({ platform: 'win32', device: 'title=' })).toThrow(RangeError);
    expect(() => screenInput({ platform: 'win32', device: 'Notepad' })).toThrow(RangeError);
    expect(() => speakerOutput({ platform: 'darwin', device: 'Speakers' })).toThrow(RangeError);
  });
});

it('knows the systems that have devices', () => {
  expect(DEVICE_PLATFORMS.map((platform) => devicePlatform(platform))).toEqual(DEVICE_PLATFORMS);
  expect(() => devicePlatform('aix')).toThrow(FramewireError);
});

describeWith('ffmpeg', 'ffmpeg', () => {
  /** What ffmpeg says of an input that it can't open: the option that it doesn't know, or the device. */
  const said = (args: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const all = ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args];
      execFile(ffmpegPath(), all, (_, __, stderr) => resolve(stderr));
    });

  it.each([
    [
      'Cannot open video device',
      cameraInput({
        ...{ platform: 'linux', device: '/dev/video99', inputFormat: 'mjpeg' },
        ...SIZE,
      }),
    ],
    [
      'Cannot open display',
      screenInput({ platform: 'linux', device: ':9999', x: 1, y: 2, cursor: false, ...SIZE }),
    ],
    [
      'hw:99',
      microphoneInput({ platform: 'linux', system: 'alsa', device: 'hw:99', sampleRate: 48_000 }),
    ],
  ])('takes all of the options, and says: %s', async (message, args) => {
    expect(await said([...args, '-f', 'null', '-'])).toContain(message);
  });
});
