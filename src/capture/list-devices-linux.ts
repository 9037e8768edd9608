import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ask } from './ask-program.js';
import { v4l2Formats } from './camera-formats.js';
import { screenInput } from './device-arguments.js';
import {
  type CameraInfo,
  type DeviceList,
  type ScreenInfo,
  shownLabel,
  type SoundDeviceInfo,
  type SoundFormat,
} from './device-info.js';

/** Whom to ask, and where to look. */
export interface LinuxSystem {
  readonly ffmpeg: Ask;
  readonly pactl: Ask;
  /** Whether what speakers play counts as microphones. */
  readonly monitors: boolean;
  /** Default `/`. */
  readonly root?: string;
  /** Default this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The devices of Linux. */
export async function linuxDevices(system: LinuxSystem): Promise<DeviceList> {
  const [cameras, microphones, speakers, screens] = await Promise.all([
    linuxCameras(system),
    soundList(system, 'sources'),
    soundList(system, 'sinks'),
    screenList(system),
  ]);
  return { cameras, microphones, speakers, screens };
}

/** What has a picture among the nodes of Video4Linux: many cameras have more nodes, for metadata. */
export async function linuxCameras({
  ffmpeg,
  root = '/',
}: Pick<LinuxSystem, 'ffmpeg' | 'root'>): Promise<CameraInfo[]> {
  const folder = join(root, 'sys/class/video4linux');
  const nodes = (await namesIn(folder)).filter((name) => /^video\d+$/.test(name));
  nodes.sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)));
  const found = await Promise.all(
    nodes.map(async (node) => {
      const [name, index] = await Promise.all([
        textOf(join(folder, node, 'name')),
        textOf(join(folder, node, 'index')),
      ]);
      const id = `/dev/${node}`;
      const asked = ['-hide_banner', '-f', 'v4l2', '-list_formats', 'all', '-i', id];
      const said = await ffmpeg(asked);
      const formats = v4l2Formats(said);
      if (formats.length > 0) return { id, label: shownLabel(name, id), formats };
      // Nobody says: it may be taken, or not ours to open. The first node of a device is the one with the picture.
      const unknown = !/Not a video capture device|Inappropriate ioctl/i.test(said);
      return unknown && Number(index) === 0 ? { id, label: shownLabel(name, id) } : undefined;
    }),
  );
  return found
    .filter((camera) => camera !== undefined)
    .map((camera, i) => ({ ...camera, isDefault: i === 0 }));
}

/** What the sound server has, or where there is none, the sound cards. */
async function soundList(
  system: LinuxSystem,
  kind: 'sources' | 'sinks',
): Promise<SoundDeviceInfo[]> {
  const { ffmpeg, pactl, monitors } = system;
  const [listed, short, info] = await Promise.all([
    ffmpeg(['-hide_banner', `-${kind}`, 'pulse']),
    pactl(['list', 'short', kind]),
    pactl(['info']),
  ]);
  const formats = pulseFormats(short);
  let devices = pulseList(listed);
  if (devices.length === 0) {
    const own = kind === 'sources' ? 'Source' : 'Sink';
    const preferred = new RegExp(`^Default ${own}: (.+)$`, 'm').exec(info)?.[1];
    devices = [...formats.keys()].map((id) => ({ id, label: id, isDefault: id === preferred }));
  }
  if (devices.length === 0) return alsaList(system, kind === 'sources' ? 'capture' : 'playback');
  return devices
    .filter(({ id }) => kind === 'sinks' || monitors || !id.endsWith('.monitor'))
    .map((device) => {
      const format = formats.get(device.id);
      return { ...device, ...(format && { formats: [format] }) };
    });
}

/** Of lines such as `* alsa_input.pci [Built-in Audio] (none)`; the star is the default's. */
function pulseList(text: string): SoundDeviceInfo[] {
  return [...text.matchAll(/^([* ]) (\S+) \[(.*)\](?: \([^()]*\))?\s*$/gm)].map(
    ([, star, id = '', label = '']) => ({
      id,
      label: shownLabel(label, id),
      isDefault: star === '*',
    }),
  );
}

/** Of lines such as `0	alsa_input.pci	module-alsa-card.c	s16le 2ch 48000Hz	IDLE`. */
function pulseFormats(text: string): Map<string, SoundFormat | undefined> {
  const formats = new Map<string, SoundFormat | undefined>();
  for (const line of text.split('\n')) {
    const [index, id, , specification = ''] = line.split('\t');
    if (!/^\d+$/.test(index ?? '') || !id) continue;
    const [, channels, sampleRate] = /(\d+)ch (\d+)Hz/.exec(specification) ?? [];
    const known = channels !== undefined && sampleRate !== undefined;
    formats.set(
      id,
      known ? { sampleRate: Number(sampleRate), channels: Number(channels) } : undefined,
    );
  }
  return formats;
}

/** Of lines such as `00-02: ALC257 Analog : ALC257 Analog : playback 1 : capture 1`, with the names of the cards. */
async function alsaList(
  { root = '/' }: LinuxSystem,
  direction: 'capture' | 'playback',
): Promise<SoundDeviceInfo[]> {
  const [pcm, list] = await Promise.all([
    textOf(join(root, 'proc/asound/pcm')),
    textOf(join(root, 'proc/asound/cards')),
  ]);
  const cards = new Map<number, { readonly id: string; readonly name: string }>();
  for (const [, number, id = '', name = ''] of list.matchAll(
    /^ *(\d+) \[(\S+) *\]: (?:.* - )?(.*)$/gm,
  )) {
    cards.set(Number(number), { id, name });
  }
  const devices: SoundDeviceInfo[] = [];
  for (const line of pcm.split('\n')) {
    const [, card, device, rest = ''] = /^(\d+)-(\d+): (.*)$/.exec(line) ?? [];
    if (!new RegExp(`: ${direction} \\d`).test(rest)) continue;
    const { id: cardId, name } = cards.get(Number(card)) ?? { id: String(Number(card)), name: '' };
    // Plugged, so that it takes any samples, and not only the card's own.
    const id = `plughw:CARD=${cardId},DEV=${Number(device)}`;
    const label = [name, rest.split(' : ')[0]].filter(Boolean).join(', ');
    devices.push({ id, label: shownLabel(label, id), isDefault: devices.length === 0 });
  }
  return devices;
}

/** The displays of X11 that let us in. */
async function screenList(system: LinuxSystem): Promise<ScreenInfo[]> {
  const { ffmpeg, root = '/', env = process.env } = system;
  const sockets = await namesIn(join(root, 'tmp/.X11-unix'));
  const local = sockets.flatMap((name) => /^X(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const displays = local.sort((one, other) => one - other).map((number) => `:${number}`);
  const own = env['DISPLAY'] ?? '';
  // The same without the number of its first screen.
  const ours = own.replace(/^(?:unix)?(:\d+)\.0$/, '$1');
  if (/:\d+(\.\d+)?$/.test(ours) && !displays.includes(ours)) displays.unshift(ours);
  const found = await Promise.all(
    displays.map(async (id) => {
      const input = screenInput({ platform: 'linux', device: id, fps: 30 });
      const said = await ffmpeg([
        '-hide_banner',
        '-probesize',
        '32',
        '-analyzeduration',
        '0',
        ...input,
      ]);
      const [, width, height] = /Stream #0:0.*Video: .*?, (\d+)x(\d+)/.exec(said) ?? [];
      if (width === undefined || height === undefined) return undefined;
      const isDefault = id === ours;
      const onWayland = isDefault && isWayland(env);
      return {
        id,
        // On Wayland programs may not look at each other; those of X11 share a display of their own.
        label: onWayland ? `X11 windows of Wayland ${id}` : `X11 display ${id}`,
        isDefault,
        formats: [{ width: Number(width), height: Number(height) }],
      };
    }),
  );
  return found.filter((screen) => screen !== undefined);
}

function isWayland(env: NodeJS.ProcessEnv): boolean {
  return env['XDG_SESSION_TYPE'] === 'wayland' || Boolean(env['WAYLAND_DISPLAY']);
}

/** The names in a folder; none of one that isn't there. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** A file's text; none of one that isn't there. */
async function textOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}
