import type { Ask } from './ask-program.js';
import { cameraInput } from './device-arguments.js';
import { type DeviceInfo, type DeviceList, shownLabel } from './device-info.js';

/** The devices of macOS. */
export async function darwinDevices(ffmpeg: Ask): Promise<DeviceList> {
  const [inputs, outputs] = await Promise.all([
    ffmpeg(['-hide_banner', '-f', 'avfoundation', '-list_devices', 'true', '-i', '']),
    // It lists, and then plays: a hundredth of a second of silence.
    ffmpeg([
      ...['-hide_banner', '-f', 'lavfi', '-i', 'anullsrc', '-t', '0.01'],
      ...['-f', 'audiotoolbox', '-list_devices', 'true', '-'],
    ]),
  ]);
  const { video, audio } = avfoundationList(inputs);
  const isScreen = ({ label }: DeviceInfo): boolean => /^Capture screen \d+$/.test(label);
  return {
    cameras: firstIsDefault(video.filter((device) => !isScreen(device))),
    microphones: firstIsDefault(audio),
    speakers: audiotoolboxList(outputs),
    screens: firstIsDefault(video.filter(isScreen)),
  };
}

/** Of two lists, each of lines such as `[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera`. */
function avfoundationList(text: string): { video: DeviceInfo[]; audio: DeviceInfo[] } {
  const names: { video: string[]; audio: string[] } = { video: [], audio: [] };
  let list: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, said = ''] = /^\[AVFoundation [^\]]*\] (?:\[info\] )?(.*)$/.exec(line) ?? [];
    if (said.startsWith('AVFoundation video devices')) list = names.video;
    else if (said.startsWith('AVFoundation audio devices')) list = names.audio;
    const [, name] = /^\[\d+\] (.*)$/.exec(said) ?? [];
    if (name !== undefined) list?.push(name);
  }
  return { video: named(names.video), audio: named(names.audio) };
}

/** By name where that finds it, since places change when something is plugged in; else by its place. */
function named(names: readonly string[]): DeviceInfo[] {
  return names.map((name, place) => {
    // ffmpeg takes the first whose name begins so.
    const isFirst = names.findIndex((other) => other.startsWith(name)) === place;
    const id = isFirst && canBeNamed(name) ? name : String(place);
    return { id, label: shownLabel(name, id), isDefault: false };
  });
}

function canBeNamed(device: string): boolean {
  // It would be a place.
  if (/^\d/.test(device) || device.startsWith('default')) return false;
  try {
    cameraInput({ platform: 'darwin', device });
    return true;
  } catch {
    return false;
  }
}

/**
 * Of lines such as `[AudioToolbox @ 0x7f] [0]   MacBook Pro Speakers, BuiltInSpeakerDevice`. They are all
 * sound devices, microphones too, and which one is the default it doesn't say.
 */
function audiotoolboxList(text: string): DeviceInfo[] {
  const lines = text.matchAll(/^\[AudioToolbox [^\]]*\] (?:\[info\] )?\[(\d+)\] +(.*), \S+\s*$/gm);
  const devices = [...lines].map(([, id = '', label = '']) => ({
    id,
    label: shownLabel(label, id),
    isDefault: false,
  }));
  if (devices.length === 0) return [];
  return [{ id: 'default', label: 'Default output', isDefault: true }, ...devices];
}

function firstIsDefault(devices: readonly DeviceInfo[]): DeviceInfo[] {
  return devices.map((device, i) => ({ ...device, isDefault: i === 0 }));
}
