import type { Ask } from './ask-program.js';
import { dshowFormats } from './camera-formats.js';
import { cameraInput } from './device-arguments.js';
import { type CameraInfo, type DeviceInfo, type DeviceList, shownLabel } from './device-info.js';

/** The devices of Windows. ffmpeg knows of no speakers there. */
export async function win32Devices(ffmpeg: Ask): Promise<DeviceList> {
  const text = await ffmpeg([
    '-hide_banner',
    '-f',
    'dshow',
    '-list_devices',
    'true',
    '-i',
    'dummy',
  ]);
  const { video, audio } = dshowList(text);
  const cameras = await Promise.all(
    video.map(async (camera): Promise<CameraInfo> => {
      const input = cameraInput({ platform: 'win32', device: camera.id });
      const formats = dshowFormats(
        await ffmpeg(['-hide_banner', '-list_options', 'true', ...input]),
      );
      return formats.length > 0 ? { ...camera, formats } : camera;
    }),
  );
  // It answered, so that it is there, and gdigrab is a part of it on Windows.
  const hasScreen = text !== '';
  return {
    cameras,
    microphones: audio,
    speakers: [],
    screens: hasScreen ? [{ id: 'desktop', label: 'Desktop', isDefault: true }] : [],
  };
}

interface Found {
  readonly name: string;
  readonly kinds: string;
  alternative?: string;
}

/**
 * Of lines such as `[dshow @ 0x1] "Integrated Camera" (video)`, each followed by one with an alternative
 * name. Before version 5 the kind stood in a line above all of that kind.
 */
function dshowList(text: string): { video: DeviceInfo[]; audio: DeviceInfo[] } {
  const found: Found[] = [];
  let heading = '';
  for (const line of text.split(/\r?\n/)) {
    const [, said = ''] = /^\[(?:dshow|in#\d+)[^\]]*\] (?:\[info\] )?\s*(.*)$/.exec(line) ?? [];
    const [, kind] = /^DirectShow (video|audio) devices/.exec(said) ?? [];
    if (kind !== undefined) heading = kind;
    const [, alternative] = /^Alternative name "(.*)"$/.exec(said) ?? [];
    const last = found.at(-1);
    if (alternative !== undefined && last) last.alternative = alternative;
    const [, name, kinds = heading] = /^"(.*)"(?: \(([^()]*)\))?$/.exec(said) ?? [];
    if (name !== undefined) found.push({ name, kinds });
  }
  const kindOf = (kind: string): DeviceInfo[] => {
    const devices = found.filter(({ kinds }) => kinds.includes(kind));
    return devices
      .flatMap((device) => {
        const id = idOf(device, devices);
        return id === undefined ? [] : { id, label: shownLabel(device.name, id) };
      })
      .map((device, i) => ({ ...device, isDefault: i === 0 }));
  };
  return { video: kindOf('video'), audio: kindOf('audio') };
}

/** Its name, if that finds it and no other; else the alternative one, which nobody can read. */
function idOf({ name, alternative }: Found, devices: readonly Found[]): string | undefined {
  const isUnique = devices.filter((other) => other.name === name).length === 1;
  if (isUnique && name !== '' && !name.includes(':')) return name;
  return alternative?.replaceAll(':', '_');
}
