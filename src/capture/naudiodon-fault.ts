import { inOneLine } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import type { NaudiodonMessage } from './naudiodon-process.js';
import type { OpeningDevice } from './opening-device.js';

/** Fails a device of which naudiodon said why. */
export function failAsNaudiodonSays(
  opening: OpeningDevice,
  { broken, message }: Extract<NaudiodonMessage, { readonly type: 'failed' }>,
): void {
  if (broken) {
    const why = `naudiodon can't be loaded: ${inOneLine(message)}.`;
    opening.fail(new FramewireError('unsupported', why));
  } else {
    opening.failBecause(message);
  }
}
