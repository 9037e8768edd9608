import { inOneLine } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { FfmpegExit } from '../ffmpeg/ffmpeg-process.js';

/** What became of which device. */
export interface FaultyDevice {
  /** The device as it begins a sentence. */
  readonly named: string;
  /** Whether it has worked until then. */
  readonly wasOpen: boolean;
}

/** What a device fails with, for a reason that is the end of a sentence. */
export function deviceFault({ named, wasOpen }: FaultyDevice, why: string): FramewireError {
  const what = wasOpen ? 'was lost' : "can't be used";
  return new FramewireError('device', `${named} ${what}: ${inOneLine(why).replace(/\.+$/, '')}.`);
}

/** Why an ffmpeg has ended that had a device open. @param device - What ffmpeg calls it. */
export function whyEnded({ code, signal, errors }: FfmpegExit, device: string | undefined): string {
  const said: string[] = [];
  for (const error of errors) {
    // Its last word, which names the device once more, and seldom says more than what came before.
    const last = error.startsWith(`${device}: `) || LAST_WORD.test(error);
    if (!last) said.push(error);
    else if (said.length === 0) said.push(error.replace(`${device}: `, ''));
  }
  if (said.length > 0) return said.join(' ');
  return signal === null ? `ffmpeg ended, exit code ${code}` : `ffmpeg ended, signal ${signal}`;
}

const LAST_WORD = /^(Error opening (input|output)|Could not write header)/;
