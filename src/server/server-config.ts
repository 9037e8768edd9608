import { checkObject, shown } from '../core/check.js';
import { LOOPBACK, type ServerPorts } from './ports.js';

/** A value of a {@link ServerConfig}. `undefined` is the same as leaving it out. */
export type ServerConfigValue =
  string | number | boolean | null | undefined | readonly ServerConfigValue[] | ServerConfig;

/** LiveKit's configuration as an object: the names are those of the server's YAML. */
export interface ServerConfig {
  readonly [name: string]: ServerConfigValue;
}

/** What the configuration of a server is made from. */
export interface ServerConfigInput {
  readonly ports: ServerPorts;
  readonly keys: Readonly<Record<string, string>>;
  readonly logLevel: string;
  /** The caller's own, which wins. */
  readonly config: ServerConfig;
  /** Whether the server runs in a container, whose ports are published on the host's loopback. */
  readonly inContainer: boolean;
}

// Nobody answers at the discard port, which is no matter: on one machine there is nothing to find
// out. It must not be the port of media: clients take what comes from a STUN server for its answers,
// and never connect.
const NO_STUN_SERVER = `${LOOPBACK}:9`;

/** The configuration of a server of which nothing outside the machine can reach anything. */
export function serverConfig(input: ServerConfigInput): ServerConfig {
  const { ports, keys, logLevel, config, inContainer } = input;
  const base: ServerConfig = {
    port: ports.http,
    bind_addresses: [LOOPBACK],
    logging: { level: logLevel, json: false },
    rtc: {
      udp_port: ports.udp,
      // The server can't confine this port to an address: it would listen on all of them.
      tcp_port: 0,
      node_ip: LOOPBACK,
      use_external_ip: false,
      // Without this list clients are told to ask the public servers of Google.
      stun_servers: [NO_STUN_SERVER],
      // In a container the published ports come in by its own network, under the address node_ip.
      ...(inContainer
        ? {}
        : { enable_loopback_candidate: true, ips: { includes: [`${LOOPBACK}/32`] } }),
    },
  };
  return {
    ...mergeConfig(base, config),
    ...(inContainer ? { bind_addresses: ['0.0.0.0'] } : {}),
    keys,
  };
}

/** `base` with everything that `over` has: objects are merged, all else is replaced. */
export function mergeConfig(base: ServerConfig, over: ServerConfig): ServerConfig {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const old = merged.get(name);
    merged.set(name, isObject(old) && isObject(value) ? mergeConfig(old, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: ServerConfigValue): value is ServerConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @throws TypeError if `value` can't be written as YAML: a function, a class's object, a cycle.
 * RangeError if a number is not finite.
 */
export function checkConfig(value: unknown, name: string): asserts value is ServerConfig {
  checkObject(value, name);
  checkValue(value, name, []);
}

function checkValue(value: unknown, name: string, parents: readonly unknown[]): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw new RangeError(`${name} must be a finite number, got ${shown(value)}.`);
  }
  if (parents.includes(value)) throw new TypeError(`${name} must not contain itself.`);
  if (Array.isArray(value)) {
    for (const [i, item] of (value as unknown[]).entries()) {
      checkValue(item, `${name}[${i}]`, [...parents, value]);
    }
    return;
  }
  if (typeof value !== 'object' || !isPlain(value)) {
    throw new TypeError(
      `${name} must be a string, number, boolean, null, array or plain object, got ${shown(value)}.`,
    );
  }
  for (const [key, item] of Object.entries(value)) {
    checkValue(item, `${name}.${key}`, [...parents, value]);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  // By its own prototype being null: objects of another realm, such as a test runner's, are plain.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
