import { PIXEL_FORMATS } from 'framewire';
import {
  listDevices,
  openCamera,
  openMicrophone,
  openScreen,
  openSpeaker,
} from 'framewire/capture';
import { invoke } from '../calls.mjs';

// What is looked at here is what becomes of the arguments: no program is there to open anything.
process.env.FFMPEG_PATH = '/nowhere/ffmpeg';
process.env.PATH = '/nowhere';

const devices = { listDevices, openCamera, openMicrophone, openScreen, openSpeaker };

const size = (f) => ({ width: () => f.int(1, 4000), height: () => f.int(1, 4000) });

const video = (f) => ({
  ...size(f),
  device: () => f.text(':0'),
  ffmpegPath: () => f.text('/nowhere'),
  fps: () => f.number(0.001, 240),
  format: () => f.of(PIXEL_FORMATS),
  capacity: () => f.int(1, 10),
  overflow: () => f.of(['drop-oldest', 'drop-newest', 'error']),
  maxAgeMs: () => f.number(1, 1000),
  stallMs: () => f.int(100, 60_000),
  reopen: () => f.boolean(),
  readIn: () => f.of(['main', 'worker']),
});

const sound = (f) => ({
  device: () => f.text('default'),
  ffmpegPath: () => f.text('/nowhere'),
  naudiodonPath: () => f.text('/nowhere'),
  backend: () => f.of(['auto', 'ffmpeg', 'naudiodon']),
  sampleRate: () => f.of([8000, 16_000, 44_100, 48_000]),
  channels: () => f.int(1, 2),
  stallMs: () => f.int(100, 60_000),
  reopen: () => f.boolean(),
});

/** Opening devices that aren't there. */
export const opening = {
  fresh: {},
  close: {},
  calls: {
    listDevices: invoke(devices, 'listDevices', (f) => [
      f.options({
        ffmpegPath: () => f.text('/nowhere'),
        monitors: () => f.boolean(),
        timeoutMs: () => f.number(1, 1000),
      }),
    ]),
    openCamera: invoke(devices, 'openCamera', (f) => [
      f.options({
        ...video(f),
        inputFormat: () => f.text('mjpeg'),
        backend: () => f.of(['auto', 'lavfi']),
      }),
    ]),
    openScreen: invoke(devices, 'openScreen', (f) => [
      f.options({
        ...video(f),
        cursor: () => f.boolean(),
        area: () => f.options({ ...size(f), x: () => f.int(0, 100), y: () => f.int(0, 100) }),
      }),
    ]),
    openMicrophone: invoke(devices, 'openMicrophone', (f) => [
      f.options({
        ...sound(f),
        frameMs: () => f.int(10, 1000),
        capacityMs: () => f.int(10, 1000),
        overflow: () => f.of(['drop-oldest', 'drop-newest', 'error']),
        noiseSuppression: () => f.boolean(),
        echoCancellation: () => f.boolean(),
      }),
    ]),
    openSpeaker: invoke(devices, 'openSpeaker', (f) => [
      f.options({ ...sound(f), latencyMs: () => f.int(50, 1000) }),
    ]),
  },
};
