import { MAX_TIMER_MS } from '../core/abort.js';
import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOptions,
  checkPositive,
  checkSignal,
  checkString,
  type OptionNames,
  readOnce,
  shown,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { shownUrl } from '../native/connect-error.js';
import type { IceServer, SessionOptions } from '../native/session-options.js';
import {
  checkedEncryptionOptions,
  type EncryptionOptions,
  sessionEncryption,
} from './encryption-options.js';

/** How streams of text and bytes are received. */
export interface DataStreamOptions {
  /**
   * The most that a stream may bring, in bytes, unpacked if it came compressed: beyond that it fails with `overflow`.
   * A sender can compress a gigabyte into one megabyte, and all of it would be in memory. Default 268,435,456
   * (256 MiB).
   */
  readonly maxPayloadBytes?: number;
}

/** The native side's own is 5 GB. */
const DEFAULT_MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** How long joining may take. */
export const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;

/** How a room is joined. */
export interface ConnectOptions {
  /** Subscribes to every track at once. Default `true`. */
  readonly autoSubscribe?: boolean;
  /** Pauses the sending of video layers that nobody watches. Default `false`. */
  readonly dynacast?: boolean;
  /** STUN and TURN servers besides those that the server names. */
  readonly iceServers?: readonly IceServer[];
  /** How long joining may take, at most 2,147,483,647. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Encrypts media and data from end to end, so that the server can't read them. Default: it may. Keys
   * and states are in `room.e2ee`.
   */
  readonly encryption?: EncryptionOptions;
  /** How streams of text and bytes are received. */
  readonly dataStream?: DataStreamOptions;
  /** Gives joining up: `connect()` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const CONNECT_OPTIONS: OptionNames<ConnectOptions> = {
  autoSubscribe: true,
  dynacast: true,
  iceServers: true,
  connectTimeoutMs: true,
  encryption: true,
  dataStream: true,
  signal: true,
};

/** The options with nothing left out. */
export function sessionOptions(options: ConnectOptions): SessionOptions {
  return {
    autoSubscribe: options.autoSubscribe ?? true,
    dynacast: options.dynacast ?? false,
    iceServers: options.iceServers ?? [],
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    maxPayloadBytes: options.dataStream?.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES,
    encryption: options.encryption && sessionEncryption(options.encryption),
  };
}

/** A copy. @throws TypeError or RangeError if an option is not as it must be. */
export function checkedConnectOptions(given: ConnectOptions): ConnectOptions {
  const options = readOnce(given, 'options', CONNECT_OPTIONS);
  const { autoSubscribe, dynacast, iceServers, connectTimeoutMs, signal } = options;
  if (autoSubscribe !== undefined) checkBoolean(autoSubscribe, 'options.autoSubscribe');
  if (dynacast !== undefined) checkBoolean(dynacast, 'options.dynacast');
  if (connectTimeoutMs !== undefined) checkTimeout(connectTimeoutMs);
  const encryption =
    options.encryption && checkedEncryptionOptions(options.encryption, 'options.encryption');
  checkOptions(options.dataStream, 'options.dataStream');
  const { maxPayloadBytes } = options.dataStream ?? {};
  if (maxPayloadBytes !== undefined) {
    checkInteger(maxPayloadBytes, 'options.dataStream.maxPayloadBytes', { min: 1 });
  }
  checkSignal(signal, 'options.signal');
  return {
    ...options,
    ...(encryption && { encryption }),
    ...(maxPayloadBytes !== undefined && { dataStream: { maxPayloadBytes } }),
    ...(iceServers !== undefined && { iceServers: checkedIceServers(iceServers) }),
  };
}

function checkedIceServers(servers: unknown): readonly IceServer[] {
  const name = 'options.iceServers';
  if (!Array.isArray(servers)) {
    throw new TypeError(`${name} must be an array, got ${shown(servers)}.`);
  }
  // From, and not map, which passes over holes.
  return Array.from(servers as readonly unknown[], (server, i) =>
    checkedIceServer(server, `${name}[${i}]`),
  );
}

function checkTimeout(timeoutMs: unknown): void {
  checkPositive(timeoutMs, 'options.connectTimeoutMs');
  if (timeoutMs > MAX_TIMER_MS) {
    throw new RangeError(
      `options.connectTimeoutMs must be at most ${MAX_TIMER_MS}, got ${shown(timeoutMs)}.`,
    );
  }
}

function checkedIceServer(server: unknown, name: string): IceServer {
  checkObject(server, name);
  const { urls, username, credential } = server as Partial<IceServer>;
  if (!Array.isArray(urls) || urls.length === 0) {
    throw new TypeError(`${name}.urls must be an array of URLs, got ${shown(urls)}.`);
  }
  const checked = Array.from(urls as readonly unknown[], (url, i) => {
    checkString(url, `${name}.urls[${i}]`);
    if (/^(stun|stuns|turn|turns):\S+$/.test(url)) return url;
    throw new RangeError(
      `${name}.urls[${i}] must be a stun:, stuns:, turn: or turns: URL, got ${shown(url)}.`,
    );
  });
  if (username !== undefined) checkString(username, `${name}.username`);
  if (credential !== undefined && typeof credential !== 'string') {
    // Not shown: it may be a secret all the same.
    throw new TypeError(`${name}.credential must be a string, got a ${typeof credential}.`);
  }
  return {
    urls: checked,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}

/** @throws TypeError if not a string, FramewireError `invalid-url` if not a server's address. */
export function checkServerUrl(url: unknown): asserts url is string {
  checkString(url, 'url');
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol === undefined || !['ws:', 'wss:', 'http:', 'https:'].includes(protocol)) {
    throw new FramewireError(
      'invalid-url',
      `url must be a ws:, wss:, http: or https: address, got ${shownUrl(url)}.`,
    );
  }
}
