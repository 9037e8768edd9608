import { randomBytes } from 'node:crypto';
import { FramewireError } from '../core/errors.js';
import type { FindServerOptions } from './find-server.js';
import { runToEnd } from './owned-process.js';
import { LOOPBACK } from './ports.js';
import { findOnPath } from '../core/programs.js';
import { withProgress } from './progress.js';
import type { ServerConfig } from './server-config.js';
import { ServerLog } from './server-log.js';
import { LIVEKIT_SERVER_VERSION } from './server-version.js';

/** The image that is run. */
export const LIVEKIT_SERVER_IMAGE: string = `livekit/livekit-server:${LIVEKIT_SERVER_VERSION}`;

// An engine that doesn't answer within this is none: its client waits for minutes.
const ENGINE_TIMEOUT_MS = 10_000;

/**
 * The client of a Docker engine that answers.
 *
 * @throws FramewireError with `server-start` if there is none.
 */
export async function findDocker({ env, signal }: FindServerOptions): Promise<string> {
  const docker = await findOnPath('docker', env);
  if (!docker) {
    throw new FramewireError('server-start', "It can't be run in a container: PATH has no docker.");
  }
  const output = new ServerLog([]);
  const timeout = AbortSignal.timeout(ENGINE_TIMEOUT_MS);
  const args = ['version', '--format', '{{.Server.Version}}'];
  try {
    const { code } = await runToEnd(
      { command: docker, args, env, onLine: output.add },
      signal ? AbortSignal.any([signal, timeout]) : timeout,
    );
    if (code === 0) return docker;
  } catch (error) {
    if (!timeout.aborted || signal?.aborted) throw error;
    output.add('It did not answer in time.');
  }
  const said = output.lines.at(-1) ?? 'it said nothing';
  throw new FramewireError(
    'server-start',
    `It can't be run in a container: no Docker engine answers ${docker} (${said}).`,
  );
}

/** Fetches the server's image unless it is there. */
export async function pullServerImage(
  docker: string,
  { env, signal, onProgress }: FindServerOptions,
): Promise<void> {
  const output = new ServerLog([]);
  const run = (...args: string[]): ReturnType<typeof runToEnd> =>
    runToEnd({ command: docker, args, env, onLine: output.add }, signal);
  const { code } = await run('image', 'inspect', '--format', '{{.Id}}', LIVEKIT_SERVER_IMAGE);
  if (code === 0) return;
  await withProgress('pull', `Pulling ${LIVEKIT_SERVER_IMAGE}`, onProgress, async () => {
    const pulled = await run('pull', '--quiet', LIVEKIT_SERVER_IMAGE);
    if (pulled.code === 0) return;
    throw new FramewireError(
      'server-start',
      `It can't be run in a container: ${docker} pull ${LIVEKIT_SERVER_IMAGE} failed ` +
        `(exit code ${pulled.code}). ${output.tail(5)}`,
    );
  });
}

/** How a server is run in a container. */
export interface DockerCommand {
  /** The arguments of the client of Docker. */
  readonly args: readonly string[];
  /** What removes the container, should the client have been killed. */
  readonly cleanup: readonly string[];
}

/**
 * The command that runs a server whose configuration is in the environment's `LIVEKIT_CONFIG`, with
 * its ports published on the host's loopback alone, under the same numbers.
 */
export function dockerCommand(docker: string, config: ServerConfig): DockerCommand {
  const name = `framewire-livekit-${randomBytes(6).toString('hex')}`;
  const rtc = (config['rtc'] ?? {}) as ServerConfig;
  const publish = (port: ServerConfig[string], protocol: 'tcp' | 'udp'): string[] => {
    // A range is text, such as '50000-50010'.
    const ports = typeof port === 'number' || typeof port === 'string' ? String(port) : '0';
    return ports === '0' ? [] : ['--publish', `${LOOPBACK}:${ports}:${ports}/${protocol}`];
  };
  return {
    args: [
      'run',
      '--rm',
      '--name',
      name,
      // Without a value the client takes it from its environment, so that `ps` shows no secret.
      '--env',
      'LIVEKIT_CONFIG',
      ...publish(config['port'], 'tcp'),
      ...publish(rtc['tcp_port'], 'tcp'),
      ...publish(rtc['udp_port'], 'udp'),
      LIVEKIT_SERVER_IMAGE,
    ],
    cleanup: [docker, 'rm', '--force', name],
  };
}
