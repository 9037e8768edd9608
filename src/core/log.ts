import { types } from 'node:util';
import { checkFunction, checkObject, checkOneOf } from './check.js';
import { messageOf } from './errors.js';

/** From the quietest to the most talkative. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Where log lines go: a message that is always the same words, and the values that belong to it. What
 * it throws or rejects with is ignored.
 */
export type LogSink = (
  level: Exclude<LogLevel, 'silent'>,
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => unknown;

/** What {@link configureLog} takes. What is left out stays as it is. */
export interface LogOptions {
  /** Lines above this level aren't written. Default: the environment's `FRAMEWIRE_LOG`, or `warn`. */
  readonly level?: LogLevel;
  /**
   * The level of the log of `@livekit/rtc-node`, which it writes to stdout as JSON. Default: the
   * environment's `FRAMEWIRE_RTC_NODE_LOG`, or `silent`.
   */
  readonly rtcNodeLevel?: LogLevel;
  /** Where lines go. Default: one line each on stderr. */
  readonly sink?: LogSink;
}

function levelOf(variable: string, otherwise: LogLevel): LogLevel {
  const value = process.env[variable]?.toLowerCase();
  return LOG_LEVELS.find((level) => level === value) ?? otherwise;
}

let level = levelOf('FRAMEWIRE_LOG', 'warn');
let rtcNodeLevel = levelOf('FRAMEWIRE_RTC_NODE_LOG', 'silent');
let sink: LogSink = writeToStderr;
let rtcNodeListener: ((level: LogLevel) => void) | undefined;

/** Sets what is logged and where to, for the whole process. */
export function configureLog(options: LogOptions): void {
  checkObject(options, 'options');
  if (options.level !== undefined) checkOneOf(options.level, 'options.level', LOG_LEVELS);
  if (options.rtcNodeLevel !== undefined) {
    checkOneOf(options.rtcNodeLevel, 'options.rtcNodeLevel', LOG_LEVELS);
  }
  if (options.sink !== undefined) checkFunction(options.sink, 'options.sink');
  level = options.level ?? level;
  sink = options.sink ?? sink;
  rtcNodeLevel = options.rtcNodeLevel ?? rtcNodeLevel;
  rtcNodeListener?.(rtcNodeLevel);
}

/** Calls `listener` with the level wanted of rtc-node's log, now and when it changes. */
export function onRtcNodeLevel(listener: (level: LogLevel) => void): void {
  rtcNodeListener = listener;
  listener(rtcNodeLevel);
}

/** Writes one line, if the level asks for it. Never at frame rate, never a token. */
export function log(
  lineLevel: Exclude<LogLevel, 'silent'>,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  if (LOG_LEVELS.indexOf(lineLevel) > LOG_LEVELS.indexOf(level)) return;
  try {
    const result = sink(lineLevel, message, fields);
    if (types.isPromise(result)) result.catch(() => undefined);
  } catch {
    // Logging is no reason to fail, and there is no log to tell it to.
  }
}

function writeToStderr(lineLevel: string, message: string, fields: object): void {
  const values = Object.entries(fields as Record<string, unknown>).map(([name, value]) => {
    const text = messageOf(value);
    // Escaped, so that a name from the network stays inside its line and sends nothing to a terminal.
    // Signs that turn the direction of writing would make the rest of the line look like something else.
    const escaped = JSON.stringify(text).replace(
      /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return ` ${name}=${escaped}`;
  });
  process.stderr.write(`framewire ${lineLevel}: ${message}${values.join('')}\n`);
}
