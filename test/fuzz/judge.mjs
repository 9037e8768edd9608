// What a call may end with: a value, an error that says what is wrong with an argument, one of the
// package's own errors with a known code, or what the hostile argument itself has thrown.

import { inspect } from 'node:util';
import { FRAMEWIRE_ERROR_CODES, FramewireError, RpcError } from 'framewire';

/** Thrown by arguments of ours, or the reasons of our signals. */
const own = new Set();

/** Remembers something that an argument will throw. */
export function owned(error) {
  own.add(error);
  return error;
}

/**
 * The engine speaks for the argument: a revoked proxy, one whose answers can't be, and a class that is called.
 */
const SPOKEN_FOR =
  /on a proxy that has been revoked|on proxy: |^Class constructors? .*cannot be invoked/;

/** What is wrong with an error that a call ended with, or undefined. */
export function faultOf(error) {
  if (own.has(error)) return undefined;
  if (error instanceof FramewireError) {
    return FRAMEWIRE_ERROR_CODES.includes(error.code) ? undefined : `no such code: ${error.code}`;
  }
  if (error instanceof RpcError) return undefined;
  if (!(error instanceof TypeError || error instanceof RangeError)) return 'no error of ours';
  if (SPOKEN_FOR.test(error.message)) return undefined;
  // Ours name the argument, the rule and the value, and end with a full stop. The engine's don't.
  if (typeof error.code === 'string') return `Node's error, not ours: ${error.code}`;
  if (!error.message.endsWith('.')) return "the engine's message, not ours";
  return undefined;
}

/** The error with its stack, whatever it is. */
export function shownError(error) {
  try {
    return error instanceof Error ? (error.stack ?? String(error)) : inspect(error);
  } catch {
    return typeof error;
  }
}
