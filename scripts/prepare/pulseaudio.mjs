// A PulseAudio with its clients, for the tests that have a microphone and a speaker.

import { aptInstall, onPath } from './programs.mjs';

const PROGRAMS = ['pulseaudio', 'pactl', 'pacat'];

/** The plugins let programs that speak to ALSA reach the sound server. */
const PACKAGES = ['pulseaudio', 'pulseaudio-utils', 'libasound2-plugins'];

/** The path of a sound server whose clients are there too, or undefined. */
export function findPulseaudio() {
  return PROGRAMS.every((name) => onPath(name)) ? onPath('pulseaudio') : undefined;
}

/** Installs them if they aren't there. @returns Why there are none, or undefined if there are. */
export function preparePulseaudio() {
  if (findPulseaudio()) return undefined;
  if (process.platform !== 'linux') return 'these tests are for Linux';
  const fault = aptInstall(...PACKAGES);
  if (!fault && findPulseaudio()) return undefined;
  return `there is no PulseAudio with pactl and pacat: ${fault ?? 'the packages brought none'}`;
}
