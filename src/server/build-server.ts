import { randomBytes } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FramewireError } from '../core/errors.js';
import type { FindServerOptions } from './find-server.js';
import { runToEnd } from './owned-process.js';
import { runnableFault } from '../core/programs.js';
import { withProgress } from './progress.js';
import { ServerLog } from './server-log.js';
import { LIVEKIT_SERVER_VERSION } from './server-version.js';

const PACKAGE = `github.com/livekit/livekit-server/cmd/server@${LIVEKIT_SERVER_VERSION}`;
const EXE = process.platform === 'win32' ? '.exe' : '';

const LOCK_BEAT_MS = 1_000;
const LOCK_STALE_MS = 10_000;
const LOCK_POLL_MS = 250;
const LEFTOVER_MS = 3_600_000;

/**
 * The directory that builds are kept in: `FRAMEWIRE_CACHE_DIR`, or `framewire` in the place where
 * the platform's programs keep their caches.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const own = env['FRAMEWIRE_CACHE_DIR'];
  if (own) return resolve(own);
  // The XDG specification has relative paths ignored.
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg && isAbsolute(xdg)) return join(xdg, 'framewire');
  if (process.platform === 'win32' && env['LOCALAPPDATA']) {
    return join(env['LOCALAPPDATA'], 'framewire', 'cache');
  }
  const home = env['HOME'] || homedir();
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'framewire')
    : join(home, '.cache', 'framewire');
}

/** Where {@link buildServer} puts the server. */
export function cachedServerPath(env: NodeJS.ProcessEnv): string {
  return join(buildDirectory(env), `livekit-server${EXE}`);
}

/** One for each version and kind of machine: home directories are shared between machines. */
function buildDirectory(env: NodeJS.ProcessEnv): string {
  const name = `livekit-server-${LIVEKIT_SERVER_VERSION}-${process.platform}-${process.arch}`;
  return join(cacheDirectory(env), name);
}

/**
 * Builds the server with Go and puts it into the cache; resolves to its path. If another process is
 * at it, waits for that one's instead.
 *
 * @throws FramewireError with `server-start` if Go fails, with the end of what it said.
 */
export async function buildServer(
  options: FindServerOptions & { readonly go: string },
): Promise<string> {
  const { env, signal, onProgress } = options;
  const directory = buildDirectory(env);
  const path = cachedServerPath(env);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new FramewireError(
      'server-start',
      `It can't be built: the cache directory ${directory} can't be made ` +
        `(${(error as NodeJS.ErrnoException).code}).`,
      { cause: error },
    );
  }
  const lock = join(directory, 'build.lock');
  if (!(await takeLock(lock, signal))) {
    const what = `Waiting for LiveKit server ${LIVEKIT_SERVER_VERSION}, which another process builds`;
    const locked = await withProgress('wait', what, onProgress, async () => {
      while (!(await takeLock(lock, signal))) {
        if ((await runnableFault(path)) === undefined) return false;
        await sleep(LOCK_POLL_MS, undefined, { signal });
      }
      return true;
    });
    if (!locked) return path;
  }
  // The lock only saves work: each build is a directory of its own, and the last step is atomic.
  const beat = setInterval(() => {
    const now = new Date();
    // The lock may have been taken away while this process was suspended.
    utimes(lock, now, now).catch(() => undefined);
  }, LOCK_BEAT_MS);
  try {
    // The one who had the lock before may have been done between the look and the lock.
    if ((await runnableFault(path)) === undefined) return path;
    await removeLeftovers(directory);
    const what = `Building LiveKit server ${LIVEKIT_SERVER_VERSION} with Go (once, a minute or two)`;
    await withProgress('build', what, onProgress, () => goInstall(options, directory, path));
    return path;
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
}

async function goInstall(
  { env, go, signal }: FindServerOptions & { readonly go: string },
  directory: string,
  path: string,
): Promise<void> {
  const output = new ServerLog([]);
  const bin = await mkdtemp(join(directory, 'build-'));
  try {
    const goEnv: NodeJS.ProcessEnv = { ...env, GOBIN: bin, GOWORK: 'off' };
    // With these Go builds for another machine, and refuses GOBIN.
    Reflect.deleteProperty(goEnv, 'GOOS');
    Reflect.deleteProperty(goEnv, 'GOARCH');
    const { code } = await runToEnd(
      { command: go, args: ['install', PACKAGE], env: goEnv, onLine: output.add },
      signal,
    );
    const built = join(bin, `server${EXE}`);
    const fault = code === 0 ? await runnableFault(built) : undefined;
    if (code !== 0 || fault !== undefined) {
      const why = code === 0 ? `${built} ${fault}` : `exit code ${code}`;
      throw new FramewireError(
        'server-start',
        `It can't be built: ${go} install ${PACKAGE} failed (${why}). ${output.tail(12)}`,
      );
    }
    // A directory in the place of the file, which no rename replaces, is not what we've put there.
    const old = await stat(path).catch(() => undefined);
    if (old?.isDirectory()) await rm(path, { recursive: true, force: true });
    await rename(built, path);
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
}

/** Whether the lock was free, or left behind by a process that no longer beats, and is now ours. */
async function takeLock(lock: string, signal: AbortSignal | undefined): Promise<boolean> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      await writeFile(lock, `${hostname()} ${process.pid}\n`, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const stats = await lstat(lock).catch(() => undefined);
    const fresh = stats && Date.now() - stats.mtimeMs < LOCK_STALE_MS;
    if (fresh && !(await ownerIsGone(lock))) return false;
    if (stats) {
      // Renamed first, so that of two that find it stale one alone removes it.
      const stale = `${lock}-${randomBytes(6).toString('hex')}`;
      try {
        await rename(lock, stale);
      } catch (error) {
        // Another has removed it.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw lockFailure(lock, error);
      }
      await rm(stale, { recursive: true, force: true });
    }
  }
}

function lockFailure(lock: string, cause: unknown): FramewireError {
  const { code } = cause as NodeJS.ErrnoException;
  return new FramewireError(
    'server-start',
    `It can't be built: ${lock}, left behind by an earlier build, can't be removed (${code}).`,
    { cause },
  );
}

/** Whether the lock's owner is known to be gone, which can be told for those on this machine. */
async function ownerIsGone(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const [host, pid] = text.trim().split(' ');
  // A lock that has just been made is still empty.
  if (host !== hostname() || !Number(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes what builds have left behind whose process was killed. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('build-')) continue;
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > LEFTOVER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
