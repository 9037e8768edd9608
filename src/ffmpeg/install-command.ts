import { readFile } from 'node:fs/promises';

/** What installs ffmpeg with the system's own package manager. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** The content of `/etc/os-release`, if the system has that. */
  readonly osRelease?: string;
}

/** By the names that distributions have, or say that they are like. */
const LINUX: readonly (readonly [names: RegExp, command: string])[] = [
  [/\b(debian|ubuntu)\b/, 'apt-get install ffmpeg'],
  [/\b(fedora|rhel|centos)\b/, 'dnf install ffmpeg'],
  [/\b(suse|opensuse\S*)\b/, 'zypper install ffmpeg'],
  [/\barch\b/, 'pacman -S ffmpeg'],
  [/\balpine\b/, 'apk add ffmpeg'],
];

/** The command that installs ffmpeg on a system, or `undefined` for one that we don't know. */
export function installCommand({ platform, osRelease = '' }: System): string | undefined {
  if (platform === 'darwin') return 'brew install ffmpeg';
  if (platform === 'win32') return 'winget install --id Gyan.FFmpeg';
  const names = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)]
    .map(([, value]) => value)
    .join(' ');
  return LINUX.find(([known]) => known.test(names))?.[1];
}

/** {@link installCommand} for the system that this runs on. */
export async function installCommandHere(): Promise<string | undefined> {
  const { platform } = process;
  if (platform !== 'linux') return installCommand({ platform });
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const command = installCommand({ platform, osRelease });
  return command && process.getuid?.() !== 0 ? `sudo ${command}` : command;
}
