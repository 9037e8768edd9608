import { inOneLine } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { deviceFault, type FaultyDevice } from './device-fault.js';
import type { NaudiodonMessage } from './naudiodon-process.js';

/** What a device fails with of which naudiodon said why. */
export function naudiodonFault(
  device: FaultyDevice,
  { broken, message }: Extract<NaudiodonMessage, { readonly type: 'failed' }>,
): FramewireError {
  if (broken) {
    return new FramewireError('unsupported', `naudiodon can't be loaded: ${inOneLine(message)}.`);
  }
  return deviceFault(device, message);
}
