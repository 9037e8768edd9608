import { FramewireError } from '../core/errors.js';
import type { NaudiodonMessage } from './naudiodon-process.js';

/** What a device fails with of which naudiodon said why. */
export function naudiodonFault(
  named: string,
  { broken, message }: Extract<NaudiodonMessage, { readonly type: 'failed' }>,
): FramewireError {
  if (broken) {
    return new FramewireError('unsupported', `naudiodon can't be loaded: ${message}.`);
  }
  return new FramewireError('device', `${named} can't be used: ${message}.`);
}
