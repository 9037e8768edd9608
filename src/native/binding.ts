import { isMainThread } from 'node:worker_threads';
import { FramewireError } from '../core/errors.js';

/** The generated protocol and the native functions. */
export type Binding = typeof import('@livekit/rtc-ffi-bindings');

/** The version whose memory layout, requests and hazards this folder was written against. */
const BINDING_VERSION = '0.12.73';

let loaded: Binding | undefined;

/**
 * The native binding, loaded when first needed.
 *
 * @throws FramewireError `unsupported` in a worker thread, with another version of the binding than
 * the one tested, and where the platform has no binary.
 */
export function binding(): Binding {
  loaded ??= load();
  return loaded;
}

function load(): Binding {
  if (!isMainThread) {
    // Loading it here would take the native callback away from the main thread.
    throw new FramewireError(
      'unsupported',
      'framewire speaks to LiveKit from the main thread only; a worker gets pixels, not rooms.',
    );
  }
  let version: string;
  try {
    /* eslint-disable @typescript-eslint/no-require-imports */
    ({ version } = require('@livekit/rtc-ffi-bindings/package.json') as { version: string });
    if (version === BINDING_VERSION) return require('@livekit/rtc-ffi-bindings') as Binding;
    /* eslint-enable */
  } catch (cause) {
    throw new FramewireError(
      'unsupported',
      `@livekit/rtc-ffi-bindings has no binary for ${process.platform} ${process.arch}, or it was not installed.`,
      { cause },
    );
  }
  throw new FramewireError(
    'unsupported',
    `framewire needs @livekit/rtc-ffi-bindings ${BINDING_VERSION} (of @livekit/rtc-node 1.1.0), found ${version}.`,
  );
}
