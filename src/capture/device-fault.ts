import { FramewireError } from '../core/errors.js';
import type { FfmpegExit } from '../ffmpeg/ffmpeg-process.js';

/** What a device fails with whose ffmpeg has ended. */
export function deviceFault(named: string, { code, signal, errors }: FfmpegExit): FramewireError {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const said = errors.length === 0 ? `ffmpeg ended, ${how}` : errors.join(' ');
  return new FramewireError('device', `${named} can't be used: ${said.replace(/\.$/, '')}.`);
}
