import { spawnSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirectory, cachedServerPath } from '../../src/server/build-server.js';
import { dockerCommand, LIVEKIT_SERVER_IMAGE } from '../../src/server/docker-server.js';
import { findServer, type FoundServer } from '../../src/server/find-server.js';
import { progressWriter, type ServerProgress } from '../../src/server/progress.js';
import { mergeConfig, serverConfig, type ServerConfig } from '../../src/server/server-config.js';
import { ServerLog } from '../../src/server/server-log.js';

let home: string;
let bin: string;
let env: NodeJS.ProcessEnv;
let progress: ServerProgress[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'framewire-'));
  bin = join(home, 'bin');
  await mkdir(bin);
  // Nothing is on this PATH but what a test puts there; scripts name their shell by its path.
  env = { PATH: bin, FRAMEWIRE_CACHE_DIR: join(home, 'cache'), HOME: home };
  progress = [];
});

afterEach(() => rm(home, { recursive: true }));

/** Puts a shell script where PATH finds it. */
async function script(name: string, body: string, mode = 0o755): Promise<string> {
  const path = join(bin, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, mode);
  return path;
}

/** A Go that writes a line for each of its runs, and a program. */
function fakeGo(before = ''): Promise<string> {
  return script(
    'go',
    `echo run >> '${join(home, 'go-runs')}'
     ${before}
     printf '#!/bin/sh\\n' > "$GOBIN/server" && /bin/chmod 755 "$GOBIN/server"`,
  );
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function goRuns(): Promise<number> {
  const stats = await stat(join(home, 'go-runs')).catch(() => ({ size: 0 }));
  return stats.size / 'run\n'.length;
}

function find(signal?: AbortSignal): Promise<FoundServer> {
  return findServer({ env, signal, onProgress: (one) => void progress.push(one) });
}

async function cache(content: string, mode: number): Promise<string> {
  const path = cachedServerPath(env);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

describe('findServer', () => {
  it('prefers the server that is named, then PATH, then the cache, then Go', async () => {
    await fakeGo();
    const built = { kind: 'binary', path: cachedServerPath(env) };
    await expect(find()).resolves.toEqual({ ...built, origin: 'Go' });
    await expect(find()).resolves.toEqual({ ...built, origin: 'an earlier build' });
    expect(await goRuns()).toBe(1);

    const onPath = await script('livekit-server', '');
    await expect(find()).resolves.toMatchObject({ path: onPath, origin: 'PATH' });

    const named = await script('my-server', '');
    env['LIVEKIT_SERVER_BIN'] = named;
    await expect(find()).resolves.toMatchObject({ path: named, origin: 'LIVEKIT_SERVER_BIN' });
  });

  it.each([
    ['missing', undefined, "doesn't exist"],
    ['not-executable', 0o644, 'is not executable'],
    ['', 0o755, 'is not a file'],
  ])(
    'does not fall through from a named server that cannot be run: %s',
    async (name, mode, why) => {
      await fakeGo();
      await script('livekit-server', '');
      if (name && mode) await script(name, '', mode);
      env['LIVEKIT_SERVER_BIN'] = join(bin, name);
      await expect(find()).rejects.toMatchObject({
        code: 'server-start',
        message: expect.stringMatching(new RegExp(`LIVEKIT_SERVER_BIN .*${why}`)) as string,
      });
      expect(await goRuns()).toBe(0);
    },
  );

  it('goes past what PATH has that cannot be run', async () => {
    await script('livekit-server', '', 0o644);
    await fakeGo();
    await expect(find()).resolves.toMatchObject({ origin: 'Go' });
  });

  it.each([
    ['empty', '', 0o755],
    ['not executable', '#!/bin/sh\n', 0o644],
  ])('builds a cached server anew that is %s', async (_, content, mode) => {
    await fakeGo();
    const path = await cache(content, mode);
    await expect(find()).resolves.toMatchObject({ path, origin: 'Go' });
    expect((await stat(path)).mode & 0o111).toBe(0o111);
    expect((await stat(path)).size).toBeGreaterThan(0);
  });

  it('tells of the progress of a build', async () => {
    await fakeGo();
    await find();
    expect(progress.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'build running',
      'build done',
    ]);
  });

  it('builds once where two ask at the same time', async () => {
    await fakeGo();
    const [one, other] = await Promise.all([find(), find()]);
    expect(one.path).toBe(other.path);
    expect(await goRuns()).toBe(1);
    expect(await readdir(dirname(one.path))).toEqual(['livekit-server']);
  });

  it('takes over from a process that has stopped building', async () => {
    await fakeGo();
    const directory = dirname(cachedServerPath(env));
    await mkdir(join(directory, 'build-left'), { recursive: true });
    const old = new Date(Date.now() - 86_400_000);
    await writeFile(join(directory, 'build.lock'), 'another-machine 1\n');
    await utimes(join(directory, 'build.lock'), old, old);
    await utimes(join(directory, 'build-left'), old, old);
    await expect(find()).resolves.toMatchObject({ origin: 'Go' });
    expect(await readdir(directory)).toEqual(['livekit-server']);
  });

  it('says why a lock that was left behind cannot be taken away', async () => {
    // The lock's path is as long as a path may be, so that it has no name to be moved to.
    const end = cachedServerPath({ ...env, FRAMEWIRE_CACHE_DIR: '/' });
    let directory = home;
    for (let left = 4090 - home.length - end.length; left > 1; left -= 201) {
      directory = join(directory, 'x'.repeat(Math.min(left - 1, 200)));
    }
    env['FRAMEWIRE_CACHE_DIR'] = directory;
    const lock = join(dirname(cachedServerPath(env)), 'build.lock');
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, 'another-machine 1\n');
    await utimes(lock, new Date(0), new Date(0));
    await fakeGo();
    await expect(find()).rejects.toThrow(
      /left behind by an earlier build, can't be removed \(ENAMETOOLONG\)/,
    );
  });

  it('takes over at once from a process of this machine that is gone', async () => {
    await fakeGo();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const directory = dirname(cachedServerPath(env));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'build.lock'), `${hostname()} ${pid}\n`);
    await find();
    expect(progress.some(({ step }) => step === 'wait')).toBe(false);
    expect(await goRuns()).toBe(1);
  });

  it('waits for the build of another process until that is there', async () => {
    await fakeGo();
    const directory = dirname(cachedServerPath(env));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'build.lock'), 'another-machine 1\n');
    const found = findServer({
      env,
      signal: undefined,
      onProgress: ({ step }) => {
        if (step === 'wait') void cache('#!/bin/sh\n', 0o755);
      },
    });
    await expect(found).resolves.toMatchObject({ path: cachedServerPath(env) });
    expect(await goRuns()).toBe(0);
  });

  it('ends a build when its signal aborts, and leaves nothing behind', async () => {
    const pidFile = join(home, 'go-pid');
    await fakeGo(`echo $$ > '${pidFile}'; /bin/sleep 600; exit 1`);
    const abort = new AbortController();
    const reason = new Error('Enough.');
    const found = find(abort.signal);
    let pid = 0;
    while (!pid) pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
    abort.abort(reason);
    await expect(found).rejects.toBe(reason);
    // The whole group is gone, with what Go had started, once the system has cleared it away.
    while (runs(-pid)) await new Promise((done) => setImmediate(done));
    expect(await readdir(dirname(cachedServerPath(env)))).toEqual([]);
  });

  it('falls back to Docker where Go fails, and pulls the image once', async () => {
    await script('go', 'exit 1');
    const docker = await script(
      'docker',
      `case "$1" in
         image) test -e '${join(home, 'pulled')}' ;;
         pull) : > '${join(home, 'pulled')}' ;;
       esac`,
    );
    const expected = { kind: 'docker', path: docker, origin: 'Docker' };
    await expect(find()).resolves.toEqual(expected);
    await expect(find()).resolves.toEqual(expected);
    expect(progress.filter(({ step }) => step === 'pull')).toHaveLength(2);
  });

  it('says all that it has tried, and what to install', async () => {
    await script('go', 'echo "no network"; exit 3');
    await script('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    const error = (await find().catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'server-start' });
    for (const part of [
      'LIVEKIT_SERVER_BIN is not set',
      'PATH has no livekit-server',
      cachedServerPath(env),
      'exit code 3',
      'no network',
      'Cannot connect to the Docker daemon',
      'Install Go',
      'start Docker',
    ]) {
      expect(error.message).toContain(part);
    }
  });

  it('says that neither Go nor Docker is there', async () => {
    await expect(find()).rejects.toThrow(/PATH has no go\.[^]*PATH has no docker\./);
  });
});

describe('cacheDirectory', () => {
  it('is the one named, or that of the platform', () => {
    expect(cacheDirectory({ FRAMEWIRE_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheDirectory({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'framewire'));
    const usual = cacheDirectory({ HOME: '/home/me' });
    expect(usual).toContain('framewire');
    expect(cacheDirectory({ HOME: '/home/me', XDG_CACHE_HOME: 'relative' })).toBe(usual);
  });

  it('has the version in the path of a build', () => {
    expect(cachedServerPath(env)).toContain('v1.13.3');
  });
});

describe('serverConfig', () => {
  const input = {
    ports: { http: 1000, udp: 2000 },
    keys: { k: 's' },
    logLevel: 'info',
    config: {},
    inContainer: false,
  };

  it('listens on loopback alone', () => {
    expect(serverConfig(input)).toMatchObject({
      port: 1000,
      bind_addresses: ['127.0.0.1'],
      keys: { k: 's' },
      rtc: {
        udp_port: 2000,
        tcp_port: 0,
        node_ip: '127.0.0.1',
        ips: { includes: ['127.0.0.1/32'] },
      },
    });
  });

  it('listens on all addresses of a container, of which loopback is published', () => {
    const config = serverConfig({
      ...input,
      config: { rtc: { tcp_port: 3000 } },
      inContainer: true,
    });
    expect(config).toMatchObject({ bind_addresses: ['0.0.0.0'], rtc: { node_ip: '127.0.0.1' } });
    expect(config['rtc']).not.toHaveProperty('ips');
    const { args, cleanup } = dockerCommand('/docker', config);
    const name = args[args.indexOf('--name') + 1];
    expect(args.join(' ')).toBe(
      `run --rm --name ${name} --env LIVEKIT_CONFIG --publish 127.0.0.1:1000:1000/tcp ` +
        '--publish 127.0.0.1:3000:3000/tcp --publish 127.0.0.1:2000:2000/udp ' +
        LIVEKIT_SERVER_IMAGE,
    );
    expect(cleanup).toEqual(['/docker', 'rm', '--force', name]);
  });

  it('merges objects and replaces all else, whatever the names', () => {
    const over = JSON.parse('{"a":{"c":[3]},"d":null,"__proto__":{"x":1}}') as ServerConfig;
    const merged = mergeConfig({ a: { b: 1, c: [1, 2] }, d: 4 }, over);
    expect(JSON.stringify(merged)).toBe('{"a":{"b":1,"c":[3]},"d":null,"__proto__":{"x":1}}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('ServerLog', () => {
  it('keeps the last lines, without secrets and tokens', () => {
    const log = new ServerLog(['secret-one']);
    for (let i = 0; i < 600; i++) log.add(`line ${i}`);
    log.add('a secret-one and eyJhbGciOiJIUzI1.eyJpc3MiOiJr.c2lnbmF0dXJl b');
    expect(log.lines).toHaveLength(500);
    expect(log.lines.at(-1)).toBe('a <secret> and <token> b');
    expect(log.tail(2)).toBe('Its last lines:\n  line 599\n  a <secret> and <token> b');
  });
});

describe('progressWriter', () => {
  const step = { step: 'build', message: 'Building' } as const;

  function written(isTTY: boolean): string {
    let text = '';
    const listener = progressWriter({ isTTY, write: (more) => (text += more) });
    listener({ ...step, elapsedMs: 0, state: 'running' });
    listener({ ...step, elapsedMs: 1_000, state: 'running' });
    listener({ ...step, elapsedMs: 2_000, state: 'done' });
    return text;
  }

  it('updates one line of a terminal', () => {
    expect(written(true).replaceAll('\r\u001b[2K', '|')).toBe(
      '|Building ... 0 s|Building ... 1 s|Building: done after 2 s\n',
    );
  });

  it('writes a line at the start and one at the end elsewhere', () => {
    expect(written(false)).toBe('Building ...\nBuilding: done after 2 s\n');
  });
});
