import { shown } from './check.js';
import { isDetached } from './is-detached.js';

/**
 * A copy of bytes or text that the caller may go on to change, in memory of its own. Of text, a surrogate
 * without its other half becomes `\uFFFD`.
 *
 * @throws TypeError if `value` is neither, or its memory was transferred away.
 */
export function ownBytes(value: unknown, name: string): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  return copyOfBytes(value, name, 'a Uint8Array or a string');
}

/** As {@link ownBytes}, of bytes alone. */
export function copyOfBytes(
  value: unknown,
  name: string,
  rule = 'a Uint8Array',
): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`${name} must be ${rule}, got ${shown(value)}.`);
  }
  if (isDetached(value)) throw new TypeError(`${name} must not be detached, got detached memory.`);
  return new Uint8Array(value);
}
