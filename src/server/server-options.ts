import { randomBytes } from 'node:crypto';
import {
  checkFunction,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkPositive,
  checkSignal,
  checkString,
  shown,
} from '../core/check.js';
import { LOOPBACK } from './ports.js';
import { type ProgressListener, progressWriter } from './progress.js';
import { checkConfig, type ServerConfig } from './server-config.js';

/** What a server logs, from the most talkative to the quietest. */
export const SERVER_LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of {@link SERVER_LOG_LEVELS}. */
export type ServerLogLevel = (typeof SERVER_LOG_LEVELS)[number];

/** What {@link startLiveKitServer} takes. */
export interface LiveKitServerOptions {
  /**
   * The port of HTTP and WebSocket. If it's in use, the start fails. Default, and `0`: a free one,
   * so that any number of servers run side by side.
   */
  readonly port?: number;
  /**
   * LiveKit's own configuration, with the names of its YAML, such as
   * `{ room: { empty_timeout: 5 } }`. Merged over what this package sets: objects are merged, all
   * else is replaced. `rtc.tcp_port`, which is off, opens media over TCP, on all addresses of the
   * machine. A name that the server doesn't know fails the start. Keys belong into `keys`.
   */
  readonly config?: ServerConfig;
  /**
   * API keys and their secrets, of at least 32 characters. The first is the handle's `apiKey`.
   * Default: `devkey` with a new random secret.
   */
  readonly keys?: Readonly<Record<string, string>>;
  /** What the server logs. Default: `info`. */
  readonly logLevel?: ServerLogLevel;
  /** Milliseconds from the start of the process until it must answer. Default: 20 000. */
  readonly timeoutMs?: number;
  /**
   * Gets the progress of what a first start may have to do: building, or pulling an image. Default:
   * written to stderr.
   */
  readonly onProgress?: ProgressListener;
  /** Ends the search, the build or the wait, and what they have started. */
  readonly signal?: AbortSignal;
}

/** Options that have been checked and completed. */
export interface ServerSettings {
  /** A port that the caller asks for, and the name it has in the caller's options. */
  readonly port: { readonly value: number; readonly name: string } | undefined;
  readonly config: ServerConfig;
  readonly keys: Readonly<Record<string, string>>;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly logLevel: ServerLogLevel;
  readonly timeoutMs: number;
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal | undefined;
}

const MIN_SECRET_LENGTH = 32;
// The longest that Node's timers can wait.
const MAX_TIMEOUT_MS = 2_147_483_647;

/** @throws TypeError or RangeError if an option breaks its rule. */
export function resolveOptions(options: LiveKitServerOptions): ServerSettings {
  checkOptions(options, 'options');
  const { signal, logLevel = 'info', timeoutMs = 20_000, onProgress } = options;
  const config = options.config ?? {};
  if (options.config !== undefined) checkConfig(options.config, 'options.config');
  checkOneOf(logLevel, 'options.logLevel', SERVER_LOG_LEVELS);
  checkPositive(timeoutMs, 'options.timeoutMs');
  if (timeoutMs > MAX_TIMEOUT_MS) {
    throw new RangeError(
      `options.timeoutMs must be at most ${MAX_TIMEOUT_MS}, got ${shown(timeoutMs)}.`,
    );
  }
  if (onProgress !== undefined) checkFunction(onProgress, 'options.onProgress');
  checkSignal(signal, 'options.signal');
  checkAddresses(config['bind_addresses']);
  const keys = checkedKeys(options, config);
  const [[apiKey, apiSecret] = ['', '']] = Object.entries(keys);
  return {
    port: checkedPort(options, config),
    config,
    keys,
    apiKey,
    apiSecret,
    logLevel,
    timeoutMs,
    onProgress: onProgress ?? progressWriter(),
    signal,
  };
}

function checkedPort(options: LiveKitServerOptions, config: ServerConfig): ServerSettings['port'] {
  const inConfig = config['port'];
  if (options.port !== undefined && inConfig !== undefined) {
    throw new RangeError(
      `options.config.port must be left out where options.port is given, got ${shown(inConfig)}.`,
    );
  }
  const name = inConfig === undefined ? 'options.port' : 'options.config.port';
  const value = inConfig === undefined ? (options.port ?? 0) : inConfig;
  checkInteger(value, name, { min: 0, max: 65_535 });
  return value === 0 ? undefined : { value, name };
}

// With one of these the server listens on the address that it is asked and reached at.
const REACHABLE: readonly unknown[] = [LOOPBACK, '0.0.0.0', '::', ''];

function checkAddresses(addresses: ServerConfig[string]): void {
  if (addresses === undefined) return;
  if (Array.isArray(addresses) && addresses.some((one) => REACHABLE.includes(one))) return;
  throw new RangeError(
    `options.config.bind_addresses must have '${LOOPBACK}' or '0.0.0.0', got ${shown(addresses)}.`,
  );
}

function checkedKeys(
  options: LiveKitServerOptions,
  config: ServerConfig,
): Readonly<Record<string, string>> {
  for (const name of ['keys', 'key_file']) {
    if (config[name] !== undefined) {
      throw new RangeError(`options.config.${name} must be left out: give options.keys.`);
    }
  }
  // Random, since any page in a browser can reach a server on this machine and guess a usual one.
  if (options.keys === undefined) return { devkey: randomBytes(24).toString('base64url') };
  const keys: unknown = options.keys;
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
    throw new TypeError(`options.keys must be an object, got ${shown(typeof keys)}.`);
  }
  const entries = Object.entries(keys as Record<string, string>);
  if (entries.length === 0) {
    throw new RangeError('options.keys must have at least one key, got {}.');
  }
  for (const [key, secret] of entries) {
    checkString(key, 'The names in options.keys');
    const name = `options.keys[${shown(key)}]`;
    // The value isn't shown: it's a secret, or was meant to be one.
    if (typeof (secret as unknown) !== 'string') {
      throw new TypeError(`${name} must be a string, got a value of type ${typeof secret}.`);
    }
    if (secret.length < MIN_SECRET_LENGTH) {
      throw new RangeError(
        `${name} must have at least ${MIN_SECRET_LENGTH} characters, got ${secret.length}.`,
      );
    }
  }
  return Object.fromEntries(entries);
}
