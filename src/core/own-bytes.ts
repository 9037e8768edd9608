import { types } from 'node:util';
import { shown } from './check.js';
import { checkAttached, plainView } from './plain-view.js';

/**
 * A copy of bytes or text that the caller may go on to change, in memory of its own. Of text, a surrogate
 * without its other half becomes `\uFFFD`.
 *
 * @throws TypeError if `value` is neither, or its memory was transferred away.
 */
export function ownBytes(value: unknown, name: string): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  return new Uint8Array(plainBytes(value, name, 'a Uint8Array or a string'));
}

/**
 * The caller's bytes as they are, with the methods of a Uint8Array.
 *
 * @throws TypeError if not a Uint8Array, or its memory was transferred away.
 */
export function plainBytes(value: unknown, name: string, rule = 'a Uint8Array'): Uint8Array {
  if (!types.isUint8Array(value)) {
    throw new TypeError(`${name} must be ${rule}, got ${shown(value)}.`);
  }
  checkAttached(value, name);
  return plainView(value);
}
