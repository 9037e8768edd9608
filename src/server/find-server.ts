import { resolve } from 'node:path';
import { FramewireError, messageOf } from '../core/errors.js';
import { log } from '../core/log.js';
import { buildServer, cachedServerPath } from './build-server.js';
import { findDocker, pullServerImage } from './docker-server.js';
import { findOnPath, runnableFault } from '../core/programs.js';
import type { ProgressListener } from './progress.js';

/** A LiveKit server that can be started. */
export interface FoundServer {
  /** `binary`: `path` is the server. `docker`: `path` is the client of Docker. */
  readonly kind: 'binary' | 'docker';
  readonly path: string;
  /** Where it comes from, for messages. */
  readonly origin: string;
}

/** What {@link findServer} takes. */
export interface FindServerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds a LiveKit server, or makes one: `LIVEKIT_SERVER_BIN`, PATH, what was built earlier, Go,
 * Docker, in this order.
 *
 * @throws FramewireError with `server-start` if none of it works, with all that was tried.
 */
export async function findServer(options: FindServerOptions): Promise<FoundServer> {
  const { env, signal } = options;
  const tried: string[] = [];

  const named = env['LIVEKIT_SERVER_BIN'];
  if (named) return await namedServer(named);
  tried.push('LIVEKIT_SERVER_BIN is not set.');

  const onPath = await findOnPath('livekit-server', env);
  if (onPath) return { kind: 'binary', path: onPath, origin: 'PATH' };
  tried.push('PATH has no livekit-server.');

  const cached = cachedServerPath(env);
  const cacheFault = await runnableFault(cached);
  if (cacheFault === undefined) return { kind: 'binary', path: cached, origin: 'an earlier build' };
  tried.push(`There is no earlier build: ${cached} ${cacheFault}.`);

  const go = await findOnPath('go', env);
  signal?.throwIfAborted();
  if (go) {
    try {
      return { kind: 'binary', path: await buildServer({ ...options, go }), origin: 'Go' };
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(messageOf(error));
      log('warn', 'the LiveKit server could not be built', { error: messageOf(error) });
    }
  } else {
    tried.push("It can't be built: PATH has no go.");
  }

  try {
    const docker = await findDocker(options);
    await pullServerImage(docker, options);
    return { kind: 'docker', path: docker, origin: 'Docker' };
  } catch (error) {
    signal?.throwIfAborted();
    tried.push(messageOf(error));
  }
  throw new FramewireError(
    'server-start',
    `No LiveKit server could be found or made:\n${tried.map((line) => `- ${line}`).join('\n')}\n` +
      'Install Go (https://go.dev/dl), with which the server is built once, or start Docker, or ' +
      'set LIVEKIT_SERVER_BIN to the path of a livekit-server.',
  );
}

/** Who names a server means that one: if it can't be run, no other takes its place. */
async function namedServer(named: string): Promise<FoundServer> {
  const path = resolve(named);
  const fault = await runnableFault(path);
  if (fault !== undefined) {
    throw new FramewireError(
      'server-start',
      `LIVEKIT_SERVER_BIN names a LiveKit server that can't be run: ${path} ${fault}. ` +
        'Correct it, or unset it to have a server found or built.',
    );
  }
  return { kind: 'binary', path, origin: 'LIVEKIT_SERVER_BIN' };
}
