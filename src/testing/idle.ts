import { nativeIdle } from '../native/ffi-client.js';

/**
 * Resolves when nothing of the SDK keeps the process alive: every room was left and every stream closed.
 * A test file awaits it last, so that the next one starts afresh.
 */
export function whenIdle(): Promise<void> {
  return nativeIdle();
}
