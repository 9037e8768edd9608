// Argument checks. Each throws a TypeError (wrong type) or a RangeError (wrong value) that names the
// argument, the rule and the value, before any state changes.

import { inspect } from 'node:util';

/** The value as it stands in an error message: one line, escaped, short. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, {
      depth: 0,
      breakLength: Infinity,
      maxArrayLength: 3,
      maxStringLength: 60,
    });
  } catch {
    // A proxy or a getter of the caller's that throws.
    text = typeof value;
  }
  text = text.replace(/\s+/g, ' ');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A text that isn't ours as it stands in an error message: one line, without control characters, short. */
export function inOneLine(text: string, most = 300): string {
  // Also the separators of lines, and the marks that change the direction of what follows.
  const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 3)}...` : line;
}

/** @throws TypeError if `value` is not a plain options object. `undefined` is none given. */
export function checkOptions(value: unknown, name: string): void {
  if (value !== undefined) checkObject(value, name);
}

/** @throws TypeError if `value` is not an object, or is an array. For options that must be given, too. */
export function checkObject(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, got ${shown(value)}.`);
  }
}

/** The names of all options of a kind. */
export type OptionNames<T> = { readonly [K in keyof T]-?: true };

/**
 * The options as they are at this moment, each read once: so that what is used is what was checked, whatever
 * the caller's getters say later.
 *
 * @throws TypeError if `options` is not an object. `undefined` is one that leaves all out.
 */
export function readOnce<T extends object>(
  options: T | undefined,
  name: string,
  names: OptionNames<T>,
): T {
  checkOptions(options, name);
  const read: Partial<T> = {};
  for (const key of Object.keys(names) as (keyof T)[]) {
    const value = options?.[key];
    if (value !== undefined) read[key] = value;
  }
  return read as T;
}

/** @throws TypeError if not a number, RangeError if not an integer within the bounds. */
export function checkInteger(
  value: unknown,
  name: string,
  bounds: { readonly min?: number; readonly max?: number } = {},
): asserts value is number {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  // Put together only here: this is called at frame rate.
  const message = `${name} must be ${integerRule(bounds)}, got ${shown(value)}.`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

function integerRule({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === 1 && max === undefined) return 'a positive integer';
  if (min === undefined && max === undefined) return 'an integer';
  if (max === undefined) return `an integer of at least ${min}`;
  return min === undefined ? `an integer of at most ${max}` : `an integer from ${min} to ${max}`;
}

/** @throws TypeError if not a number, RangeError if not finite and above zero. */
export function checkPositive(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a positive number, got ${shown(value)}.`);
  }
  if (!Number.isFinite(value) || value <= 0) {
    throw new RangeError(`${name} must be a positive number, got ${shown(value)}.`);
  }
}

/** @throws TypeError if not a number, RangeError if negative or NaN. */
export function checkNotNegative(value: unknown, name: string): asserts value is number {
  const rule = `${name} must be a number that is not negative, got`;
  if (typeof value !== 'number') throw new TypeError(`${rule} ${shown(value)}.`);
  if (!(value >= 0)) throw new RangeError(`${rule} ${shown(value)}.`);
}

/** @throws TypeError if not a number, RangeError if not within the bounds. */
export function checkWithin(
  value: unknown,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): asserts value is number {
  if (typeof value === 'number' && value >= min && value <= max) return;
  const message = `${name} must be a number from ${min} to ${max}, got ${shown(value)}.`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

/** @throws TypeError if not a boolean. */
export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${name} must be a boolean, got ${shown(value)}.`);
  }
}

/** @throws TypeError if not a string, RangeError if empty. */
export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`${name} must be a string, got ${shown(value)}.`);
  }
  if (value === '') throw new RangeError(`${name} must not be empty, got ''.`);
}

/** @throws TypeError if not a string; it may be empty. */
export function checkText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`${name} must be a string, got ${shown(value)}.`);
  }
}

/** @throws TypeError if not a string, RangeError if it can't be the path of anything. */
export function checkPath(path: unknown, name: string): asserts path is string {
  checkString(path, name);
  if (!path.includes('\0')) return;
  throw new RangeError(`${name} must have no null characters, got ${shown(path)}.`);
}

/** @throws TypeError if not a string or number, RangeError if none of `allowed`. */
export function checkOneOf<T extends string | number>(
  value: unknown,
  name: string,
  allowed: readonly T[],
): asserts value is T {
  if ((allowed as readonly unknown[]).includes(value)) return;
  const rule = `one of ${allowed.map((one) => shown(one)).join(', ')}`;
  if (typeof value !== typeof allowed[0]) {
    throw new TypeError(`${name} must be ${rule}, got ${shown(value)}.`);
  }
  throw new RangeError(`${name} must be ${rule}, got ${shown(value)}.`);
}

/** @throws TypeError if not a function. */
export function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') {
    throw new TypeError(`${name} must be a function, got ${shown(value)}.`);
  }
}

/** @throws TypeError if given and not an AbortSignal. */
export function checkSignal(value: unknown, name: string): void {
  if (value !== undefined && !isSignal(value)) {
    throw new TypeError(`${name} must be an AbortSignal, got ${shown(value)}.`);
  }
}

function isSignal(value: unknown): boolean {
  if (!(value instanceof AbortSignal)) return false;
  try {
    // A proxy of a signal, or what only inherits from one, refuses to say.
    return typeof value.aborted === 'boolean';
  } catch {
    return false;
  }
}
