import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import { dockerCommand } from './docker-server.js';
import { findServer, type FoundServer } from './find-server.js';
import { OwnedProcess, type ProcessExit } from './owned-process.js';
import { checkPortFree, freePorts, LOOPBACK } from './ports.js';
import { createProbeKey, waitUntilReady } from './readiness.js';
import { serverConfig } from './server-config.js';
import { ServerLog } from './server-log.js';
import {
  type LiveKitServerOptions,
  resolveOptions,
  type ServerSettings,
} from './server-options.js';

// How often a server is started whose ports somebody took between our choice and its use of them.
const MAX_ATTEMPTS = 5;
const PORT_TAKEN =
  /address already in use|only one usage of each socket address|port is already allocated/i;
// Each of them overrides the configuration that we hand over.
const SERVER_VARIABLES = /^(LIVEKIT_.*|NODE_IP|UDP_PORT|REDIS_HOST|REDIS_PASSWORD)$/;

/** How a server ended. */
export interface LiveKitServerExit extends ProcessExit {
  /** Whether {@link LiveKitServer.close} ended it. If not, it crashed or somebody killed it. */
  readonly expected: boolean;
}

/**
 * A LiveKit server on this machine, which ends with the program that started it.
 *
 * It doesn't keep the program alive: one that forgets `close()`, crashes or is killed takes its
 * server along.
 *
 * @example
 * ```ts
 * await using server = await startLiveKitServer();
 * const token = new AccessToken(server.apiKey, server.apiSecret, { identity: 'agent' });
 * ```
 */
export class LiveKitServer {
  readonly #process: OwnedProcess;
  readonly #log: ServerLog;
  readonly #settings: ServerSettings;
  readonly #port: number;
  readonly #closed: Promise<LiveKitServerExit>;
  #closing = false;

  /** @internal Use {@link startLiveKitServer}. */
  constructor(process: OwnedProcess, serverLog: ServerLog, settings: ServerSettings, port: number) {
    this.#process = process;
    this.#log = serverLog;
    this.#settings = settings;
    this.#port = port;
    this.#closed = process.exited.then(({ code, signal }) => {
      if (!this.#closing)
        log('error', 'the LiveKit server ended by itself', { port, code, signal });
      return { code, signal, expected: this.#closing };
    });
    process.unref();
  }

  /** The address for `room.connect()`: `ws://127.0.0.1:` and the port. */
  get url(): string {
    return `ws://${LOOPBACK}:${this.#port}`;
  }

  /** The port of HTTP and WebSocket. */
  get port(): number {
    return this.#port;
  }

  /** The first of the API keys. */
  get apiKey(): string {
    return this.#settings.apiKey;
  }

  /** The secret of `apiKey`. */
  get apiSecret(): string {
    return this.#settings.apiSecret;
  }

  /** The process's id; in a container, that of the client of Docker which holds it. */
  get pid(): number {
    return this.#process.pid;
  }

  /** The last 500 lines that the server logged, oldest first, without secrets and tokens. A copy. */
  get logs(): readonly string[] {
    return this.#log.lines;
  }

  /**
   * Resolves when the server is gone, whatever ended it; never rejects. Waiting for it doesn't keep
   * the program alive: call {@link LiveKitServer.ref} if that is what the program lives for.
   */
  get closed(): Promise<LiveKitServerExit> {
    return this.#closed;
  }

  /** Keeps the program alive while the server runs. */
  ref(): void {
    this.#process.ref();
  }

  /** Takes {@link LiveKitServer.ref} back. */
  unref(): void {
    if (!this.#closing) this.#process.unref();
  }

  /**
   * Ends the server, which disconnects all participants; resolves when the process is gone. A server
   * that doesn't end within five seconds is killed. Safe to call again, and at the same time.
   */
  async close(): Promise<void> {
    if (this.#process.exit === undefined) this.#closing = true;
    await this.#process.end();
    await this.#closed;
  }

  /** Calls {@link LiveKitServer.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Starts a LiveKit server that nothing outside this machine can reach. Resolves when it answers.
 *
 * The server is the one that the environment's `LIVEKIT_SERVER_BIN` names, or `livekit-server` on
 * PATH, or the one that an earlier start has built, or is built with Go (once, a minute or two), or
 * runs in a container of Docker's.
 *
 * @throws TypeError or RangeError if an option breaks its rule; FramewireError with `server-start`
 * if no server could be found, built or started, or its port is in use; the signal's reason, once it
 * aborts, when nothing that was started is left.
 */
export async function startLiveKitServer(
  options: LiveKitServerOptions = {},
): Promise<LiveKitServer> {
  const settings = resolveOptions(options);
  const { port, signal, onProgress } = settings;
  signal?.throwIfAborted();
  if (port) await checkPortFree(port.value, port.name);
  const found = await findServer({ env: process.env, onProgress, signal });
  for (let attempt = 1; ; attempt++) {
    const result = await startOnce(found, settings);
    if (result instanceof LiveKitServer) return result;
    const again = result.portTaken && !port && attempt < MAX_ATTEMPTS;
    if (!again) throw new FramewireError('server-start', result.message);
  }
}

/** Why one start has failed. */
interface StartFailure {
  readonly message: string;
  readonly portTaken: boolean;
}

async function startOnce(
  found: FoundServer,
  settings: ServerSettings,
): Promise<LiveKitServer | StartFailure> {
  const { timeoutMs, signal, logLevel } = settings;
  const free = await freePorts();
  const port = settings.port?.value ?? free.http;
  const key = createProbeKey(settings.keys, port);
  const config = serverConfig({
    ports: { ...free, http: port },
    keys: { ...settings.keys, [key.apiKey]: key.secret },
    logLevel,
    // `port` has been chosen above, also where the caller's configuration has a 0.
    config: { ...settings.config, port },
    inContainer: found.kind === 'docker',
  });
  const command =
    found.kind === 'docker' ? dockerCommand(found.path, config) : { args: [], cleanup: undefined };
  const serverLog = new ServerLog([...Object.values(settings.keys), key.secret]);
  signal?.throwIfAborted();
  const server = await OwnedProcess.spawn({
    ...command,
    command: found.path,
    env: environmentWith(JSON.stringify(config)),
    onLine: serverLog.add,
  });
  const what = `The LiveKit server ${found.path} (from ${found.origin})`;
  try {
    const probe = { process: server, host: LOOPBACK, port, key, timeoutMs, signal };
    const outcome = await waitUntilReady(probe);
    if (outcome === 'ready') return new LiveKitServer(server, serverLog, settings, port);
    const exit = await server.kill();
    const how =
      outcome === 'timeout'
        ? `did not answer on port ${port} within ${timeoutMs} ms`
        : `ended before it answered (${exit.signal ?? `exit code ${exit.code}`})`;
    return {
      message: `${what} ${how}. ${serverLog.tail()}`,
      portTaken: outcome === 'ended' && serverLog.lines.some((line) => PORT_TAKEN.test(line)),
    };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

/** Our environment, with the configuration in place of all that a LiveKit server would read. */
function environmentWith(config: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !SERVER_VARIABLES.test(name));
  return { ...Object.fromEntries(kept), LIVEKIT_CONFIG: config };
}
