import type RtcNode from '@livekit/rtc-node';
import { createRequire } from 'node:module';
import { type LogLevel, onRtcNodeLevel } from '../core/log.js';
import { ffi } from './ffi-client.js';

let loaded: typeof RtcNode | undefined;

/** `@livekit/rtc-node`, loaded when first needed, quiet, and on our own native client. */
export function rtcNode(): typeof RtcNode {
  if (loaded) return loaded;
  // Before rtc-node makes a client of its own.
  ffi();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const rtc = require('@livekit/rtc-node') as typeof RtcNode;
  quieten();
  loaded = rtc;
  return rtc;
}

/** Its log is pino's, at debug level, on stdout. It has no public way to be told otherwise. */
function quieten(): void {
  const requireThere = createRequire(require.resolve('@livekit/rtc-node'));
  const { log } = requireThere('./log.cjs') as { log: { level: LogLevel } };
  onRtcNodeLevel((level) => {
    log.level = level;
  });
}
