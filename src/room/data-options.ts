import {
  checkObject,
  checkOptions,
  checkSignal,
  checkString,
  checkText,
  shown,
} from '../core/check.js';

/** How data is sent to others in the room. */
export interface DataOptions {
  /** What it's about, for the receiver to tell things apart. Default: empty. */
  readonly topic?: string;
  /**
   * Who gets it; at least one. Default: everybody else in the room. One who isn't there gets nothing, now or
   * later, which is no error.
   */
  readonly destinationIdentities?: readonly string[];
  /** Gives it up: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** To whom data goes, about what, and until when. */
export interface CheckedDataOptions {
  readonly topic: string;
  readonly destinationIdentities: string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * The options as they were when they were checked: each was read once.
 *
 * @throws TypeError or RangeError if one is not as it must be.
 */
export function checkedDataOptions(options: DataOptions): CheckedDataOptions {
  checkOptions(options, 'options');
  const { topic = '', destinationIdentities, signal } = options;
  checkText(topic, 'options.topic');
  checkSignal(signal, 'options.signal');
  if (destinationIdentities === undefined) return { topic, destinationIdentities: [], signal };
  const name = 'options.destinationIdentities';
  const identities = checkedStrings(destinationIdentities, name);
  // To the native side nobody is everybody, which is not what whoever filtered a list meant.
  if (identities.length > 0) return { topic, destinationIdentities: identities, signal };
  throw new RangeError(`${name} must name somebody, got []; leave it out to send to everybody.`);
}

/** A copy. @throws TypeError or RangeError if not an array of strings with something in them. */
export function checkedStrings(values: unknown, name: string): string[] {
  if (!Array.isArray(values)) {
    throw new TypeError(`${name} must be an array, got ${shown(values)}.`);
  }
  // From, and not map, which passes over holes.
  return Array.from(values as readonly unknown[], (value, i) => {
    checkString(value, `${name}[${i}]`);
    return value;
  });
}

/**
 * A copy of the caller's attributes.
 *
 * @throws TypeError if not an object whose values are strings, RangeError for a key that gets lost.
 */
export function checkedAttributes(attributes: unknown, name: string): Record<string, string> {
  checkObject(attributes, name);
  const checked: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes as object)) {
    if (key === '__proto__') {
      throw new RangeError(`${name} must not have a key '__proto__': it could not be read back.`);
    }
    if (typeof value !== 'string') {
      throw new TypeError(`${name}[${shown(key)}] must be a string, got ${shown(value)}.`);
    }
    checked[key] = value;
  }
  return checked;
}
