import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startLiveKitServer, type LiveKitServerOptions } from 'framewire/server';
import { gone, runs } from '../support/processes.js';

const SECRET = 'a-secret-with-thirty-two-letters';
const COMPILED = JSON.stringify(resolve('dist/server/index.js'));

jest.setTimeout(180_000);

/** Runs a program that has `startLiveKitServer` at hand; `line` gets the next line it prints. */
function program(source: string): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(
    process.execPath,
    ['-e', `const { startLiveKitServer } = require(${COMPILED}); (async () => { ${source} })();`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    line: async () => {
      const next = await lines.next();
      if (next.done) throw new Error('The program ended.');
      return next.value;
    },
  };
}

describe('startLiveKitServer', () => {
  it('starts a server that answers, knows its key and shows no secret', async () => {
    await using server = await startLiveKitServer({ keys: { mine: SECRET }, logLevel: 'debug' });
    const response = await fetch(server.url.replace('ws:', 'http:'));
    expect(await response.text()).toBe('OK');
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}`);
    expect([server.apiKey, server.apiSecret]).toEqual(['mine', SECRET]);
    expect(runs(server.pid)).toBe(true);
    expect(server.logs.join('\n')).toContain('starting LiveKit server');
    expect(server.logs.join('\n')).not.toContain(SECRET);
    expect(JSON.stringify(server)).not.toContain(SECRET);
  });

  it('makes a secret of its own for each server', async () => {
    const servers = await Promise.all([startLiveKitServer(), startLiveKitServer()]);
    const [one, other] = servers;
    expect(one.apiSecret.length).toBeGreaterThanOrEqual(32);
    expect(one.apiSecret).not.toBe(other.apiSecret);
    expect(one.port).not.toBe(other.port);
    await Promise.all(servers.map((server) => server.close()));
    expect(servers.map(({ pid }) => runs(pid))).toEqual([false, false]);
  });

  it('closes twice, at the same time and afterwards', async () => {
    const server = await startLiveKitServer();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(runs(server.pid)).toBe(false);
    await expect(server.closed).resolves.toEqual({ code: 0, signal: null, expected: true });
  });

  it('tells of a server that was killed', async () => {
    const server = await startLiveKitServer();
    process.kill(server.pid, 'SIGKILL');
    await expect(server.closed).resolves.toEqual({
      code: null,
      signal: 'SIGKILL',
      expected: false,
    });
    await server.close();
  });

  it('takes the configuration over, and refuses names that the server does not know', async () => {
    await using server = await startLiveKitServer({
      config: { rtc: { tcp_port: 0 }, region: 'x' },
    });
    expect(server.logs.join('\n')).toContain('"region": "x"');
    await expect(startLiveKitServer({ config: { no_such_name: 1 } })).rejects.toMatchObject({
      code: 'server-start',
      message: expect.stringContaining('no_such_name') as string,
    });
  });

  it('fails at once where the port asked for is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startLiveKitServer({ port })).rejects.toMatchObject({
      code: 'server-start',
      message: expect.stringContaining(`options.port ${port} is already in use`) as string,
    });
    other.close();
    await once(other, 'close');
    await using server = await startLiveKitServer({ port });
    expect(server.port).toBe(port);
  });

  it('says what a server wrote that never listens', async () => {
    await using one = await startLiveKitServer();
    const taken = Number(/"Start":(\d+)/.exec(one.logs.join('\n'))?.[1]);
    const start = startLiveKitServer({ config: { rtc: { udp_port: taken } } });
    await expect(start).rejects.toMatchObject({
      code: 'server-start',
      message: expect.stringContaining('address already in use') as string,
    });
  });

  it('rejects with the reason of its signal, before, while and without leaving a process', async () => {
    const reason = new Error('Enough.');
    await expect(startLiveKitServer({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const directory = await mkdtemp(join(tmpdir(), 'framewire-'));
    const pidFile = join(directory, 'pid');
    const deaf = join(directory, 'deaf-server');
    // It listens to nobody, not even to SIGTERM.
    const script = `#!${process.execPath}
      process.on('SIGTERM', () => {});
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      setInterval(() => {}, 1000);`;
    await writeFile(deaf, script, { mode: 0o755 });
    const usual = process.env['LIVEKIT_SERVER_BIN'];
    process.env['LIVEKIT_SERVER_BIN'] = deaf;
    try {
      const abort = new AbortController();
      const start = startLiveKitServer({ signal: abort.signal });
      let pid = 0;
      while (!pid) {
        pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
      }
      abort.abort(reason);
      await expect(start).rejects.toBe(reason);
      expect(runs(pid)).toBe(false);
      await expect(startLiveKitServer({ timeoutMs: 300 })).rejects.toMatchObject({
        code: 'server-start',
        message: expect.stringContaining('did not answer') as string,
      });
    } finally {
      if (usual === undefined) delete process.env['LIVEKIT_SERVER_BIN'];
      else process.env['LIVEKIT_SERVER_BIN'] = usual;
      await rm(directory, { recursive: true });
    }
  });

  it('runs side by side in several processes', async () => {
    const source = `
      const servers = await Promise.all([startLiveKitServer(), startLiveKitServer()]);
      console.log(servers.map(({ port }) => port).join());
      await Promise.all(servers.map((server) => server.close()));
      console.log('closed');`;
    const programs = [program(source), program(source)];
    const ports = await Promise.all(programs.map(({ line }) => line()));
    expect(new Set(ports.join().split(',')).size).toBe(4);
    const last = await Promise.all(programs.map(({ line }) => line()));
    expect(last).toEqual(['closed', 'closed']);
  });

  it('ends with an owner that is killed', async () => {
    const owner = program(`
      const server = await startLiveKitServer();
      console.log(server.pid);
      setInterval(() => {}, 1000);`);
    const pid = Number(await owner.line());
    expect(runs(pid)).toBe(true);
    owner.child.kill('SIGKILL');
    await gone(pid);
    expect(runs(pid)).toBe(false);
  });

  it('does not keep an owner alive that forgets to close it', async () => {
    const owner = program('console.log((await startLiveKitServer()).pid);');
    const pid = Number(await owner.line());
    const [code] = (await once(owner.child, 'exit')) as [number];
    expect(code).toBe(0);
    await gone(pid);
    expect(runs(pid)).toBe(false);
  });

  it.each([
    [null, TypeError, 'options must be an object, got null.'],
    [{ port: NaN }, RangeError, 'options.port must be an integer from 0 to 65535, got NaN.'],
    [{ port: -1 }, RangeError, 'options.port must be an integer from 0 to 65535, got -1.'],
    [{ port: 70_000 }, RangeError, 'options.port must be an integer from 0 to 65535, got 70000.'],
    [{ port: 1.5 }, RangeError, 'options.port must be an integer from 0 to 65535, got 1.5.'],
    [{ port: '80' }, TypeError, "options.port must be an integer from 0 to 65535, got '80'."],
    [{ config: null }, TypeError, 'options.config must be an object, got null.'],
    [{ config: [] }, TypeError, 'options.config must be an object, got [].'],
    [{ config: { a: { b: NaN } } }, RangeError, 'options.config.a.b must be a finite number'],
    [{ config: { a: [new Map()] } }, TypeError, 'options.config.a[0] must be a string, number'],
    [{ config: { keys: {} } }, RangeError, 'options.config.keys must be left out'],
    [{ config: { port: 1 }, port: 2 }, RangeError, 'options.config.port must be left out'],
    [{ config: { bind_addresses: [] } }, RangeError, 'options.config.bind_addresses must have'],
    [{ keys: {} }, RangeError, 'options.keys must have at least one key, got {}.'],
    [{ keys: [] }, TypeError, 'options.keys must be an object'],
    [{ keys: { k: 'short' } }, RangeError, "options.keys['k'] must have at least 32 characters"],
    [{ keys: { k: 1 } }, TypeError, "options.keys['k'] must be a string"],
    [{ logLevel: 'loud' }, RangeError, 'options.logLevel must be one of'],
    [{ timeoutMs: 0 }, RangeError, 'options.timeoutMs must be a positive number, got 0.'],
    [{ onProgress: 1 }, TypeError, 'options.onProgress must be a function, got 1.'],
    [{ signal: {} }, TypeError, 'options.signal must be an AbortSignal, got {}.'],
  ])('refuses %j', async (options, type, message) => {
    const start = startLiveKitServer(options as unknown as LiveKitServerOptions);
    const error: unknown = await start.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
  });
});
