import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
} from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { AccessToken, FramewireError, Room } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { runProgram } from '../support/program.js';

const live = liveRooms();

/** Runs `body` with the address of a server that listens on a free port. */
async function withServer<T>(server: Server, body: (address: string) => Promise<T>): Promise<T> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await body(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

/** A server that takes connections and never says a word. */
function blackHole(): Server {
  return createTcpServer((socket) => {
    socket.on('error', () => undefined);
  });
}

/** What `connect` rejects with. The message must not give the token away. */
async function refusal(url: string, token: string, room = live.room()): Promise<FramewireError> {
  const error: unknown = await room.connect(url, token, { connectTimeoutMs: 5000 }).then(
    () => new Error('It connected.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FramewireError);
  expect(inspect(error, { depth: 10 })).not.toContain(token);
  expect(room.state).toBe('disconnected');
  return error as FramewireError;
}

describe('connecting', () => {
  it('joins, tells of it, and joins again after leaving', async () => {
    const room = live.room();
    const states: string[] = [];
    room.on('stateChanged', (state) => states.push(state));
    await room.connect(live.server.url, await live.token('agent'));
    expect(room).toMatchObject({ connected: true, state: 'connected', name: live.roomName });
    expect(room.localParticipant.identity).toBe('agent');
    expect(await room.sid()).toMatch(/^RM_/);
    await room.disconnect();
    expect(room).toMatchObject({ connected: false, state: 'disconnected' });
    await room.connect(live.server.url, await live.token('agent'));
    expect(states).toEqual(['connecting', 'connected', 'disconnected', 'connecting', 'connected']);
  });

  it('refuses to join twice', async () => {
    const room = live.room();
    const token = await live.token('agent');
    const first = room.connect(live.server.url, token);
    await expect(room.connect(live.server.url, token)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    await first;
    await expect(room.connect(live.server.url, token)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    expect(room.connected).toBe(true);
  });

  it.each(['nonsense', 'ftp://127.0.0.1', 'ws://', 'http://host:99999'])(
    'says invalid-url for %s',
    async (url) => {
      expect(await refusal(url, await live.token('agent'))).toMatchObject({ code: 'invalid-url' });
    },
  );

  it.each([
    ['knows no such page', 404, 'Not Found'],
    ['serves web pages', 200, '<html>hello</html>'],
  ])('says invalid-url where a web server %s', async (_, status, body) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    });
    const error = await withServer(server, async (address) =>
      refusal(`ws://${address}`, await live.token('agent')),
    );
    expect(error).toMatchObject({ code: 'invalid-url' });
  });

  it('says connection-refused where a gateway finds no server behind it', async () => {
    const gateway = createHttpServer((_request, response) => {
      response.writeHead(502).end('Bad Gateway');
    });
    const error = await withServer(gateway, async (address) =>
      refusal(`ws://${address}`, await live.token('agent')),
    );
    expect(error).toMatchObject({ code: 'connection-refused' });
  });

  it('says connection-refused where nothing listens', async () => {
    const address = await withServer(createTcpServer(), (free) => Promise.resolve(free));
    const error = await refusal(`ws://${address}`, await live.token('agent'));
    expect(error).toMatchObject({ code: 'connection-refused' });
  });

  it('says connection-refused for a host that has no address', async () => {
    const error = await refusal('ws://no-such-host.invalid', await live.token('agent'));
    expect(error).toMatchObject({ code: 'connection-refused' });
  });

  it('says token-expired for an old token', async () => {
    const error = await refusal(live.server.url, await live.token('agent', { ttl: -60 }));
    expect(error).toMatchObject({ code: 'token-expired' });
  });

  it('says invalid-token for a foreign secret, an unknown key and no token at all', async () => {
    const { url, apiKey, apiSecret } = live.server;
    const tokenOf = (key: string, secret: string): Promise<string> => {
      const token = new AccessToken(key, secret, { identity: 'agent' });
      token.addGrant({ roomJoin: true, room: live.roomName });
      return token.toJwt();
    };
    const foreign = await tokenOf(apiKey, 'another-secret-of-thirty-two-chars');
    const unknown = await tokenOf('unknown-key', apiSecret);
    expect(await refusal(url, foreign)).toMatchObject({ code: 'invalid-token' });
    expect(await refusal(url, unknown)).toMatchObject({ code: 'invalid-token' });
    expect(await refusal(url, 'garbage')).toMatchObject({ code: 'invalid-token' });
    expect(await refusal(url, 'gar bage\n&room=x')).toMatchObject({ code: 'invalid-token' });
  });

  it('says forbidden for a token that does not grant to join', async () => {
    const token = await live.token('agent', { grants: { roomJoin: false } });
    expect(await refusal(live.server.url, token)).toMatchObject({ code: 'forbidden' });
  });

  it('joins with the same room after each kind of failure', async () => {
    const { url } = live.server;
    const room = live.room();
    await refusal('nonsense', await live.token('agent'), room);
    await refusal(url, 'garbage', room);
    await refusal(url, await live.token('agent', { ttl: -60 }), room);
    await withServer(blackHole(), async (address) => {
      const silent = room.connect(`ws://${address}`, 'token', { connectTimeoutMs: 200 });
      await expect(silent).rejects.toMatchObject({ code: 'timeout' });
    });
    await room.connect(url, await live.token('agent'));
    expect(room.connected).toBe(true);
  });

  it('gives up a server that does not answer after connectTimeoutMs', async () => {
    const room = live.room();
    await withServer(blackHole(), async (address) => {
      const connecting = room.connect(`ws://${address}`, 'token', { connectTimeoutMs: 500 });
      expect(room.state).toBe('connecting');
      await expect(connecting).rejects.toMatchObject({
        code: 'timeout',
        message: `ws://${address} did not answer within 500 ms.`,
      });
    });
    expect(room.state).toBe('disconnected');
  });

  it("rejects with the signal's reason when it aborts, before or while connecting", async () => {
    const room = live.room();
    const reason = new Error('The user went away.');
    await withServer(blackHole(), async (address) => {
      const controller = new AbortController();
      const { signal } = controller;
      const connecting = room.connect(`ws://${address}`, 'token', { signal });
      controller.abort(reason);
      await expect(connecting).rejects.toBe(reason);
      await expect(room.connect(`ws://${address}`, 'token', { signal })).rejects.toBe(reason);
    });
    expect(room.state).toBe('disconnected');
  });

  it('leaves a room again that lets it in when the signal has aborted', async () => {
    const watcher = await live.join('watcher');
    const controller = new AbortController();
    const reason = new Error('Too late.');
    let left: Promise<unknown> = Promise.resolve();
    // The server's first answer is on its way when the signal aborts.
    const proxy = createTcpServer((near) => {
      const far = connectTcp(Number(new URL(live.server.url).port), '127.0.0.1');
      left = once(near, 'close');
      far.once('data', () => controller.abort(reason));
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => undefined);
    });
    await withServer(proxy, async (address) => {
      const token = await live.token('late');
      const { signal } = controller;
      await expect(live.room().connect(`ws://${address}`, token, { signal })).rejects.toBe(reason);
      await left;
    });
    expect(watcher.remoteParticipants.size).toBe(0);
  });

  it('gives up when disconnect() is called while connecting', async () => {
    const room = live.room();
    await withServer(blackHole(), async (address) => {
      const connecting = room.connect(`ws://${address}`, 'token');
      await Promise.all([
        expect(connecting).rejects.toMatchObject({ code: 'aborted' }),
        room.disconnect(),
      ]);
    });
    await room.connect(live.server.url, await live.token('agent'));
    expect(room.connected).toBe(true);
  });

  it('can connect at once when disconnect() has resolved', async () => {
    const room = live.room();
    const { url } = live.server;
    const given = room.connect(url, await live.token('agent')).catch((error: unknown) => error);
    await room.disconnect();
    await room.connect(url, await live.token('agent'));
    expect(room.connected).toBe(true);
    expect(await given).toMatchObject({ code: 'aborted' });
  });

  it.each([0, 100])(
    'can connect under the same identity %i ms after a join was given up, however far that had come',
    async (laterMs) => {
      const { url } = live.server;
      for (const progressMs of [0, 2, 5, 10, 20, 40]) {
        const token = await live.token('agent');
        const signal = AbortSignal.timeout(progressMs);
        await live
          .room()
          .connect(url, token, { signal })
          .catch(() => undefined);
        await setTimeout(laterMs);
        const room = live.room();
        await room.connect(url, token);
        expect(room.connected).toBe(true);
        await room.disconnect();
      }
    },
  );

  it('can be left twice, at once, and before it was joined', async () => {
    const room = live.room();
    await room.disconnect();
    await room.connect(live.server.url, await live.token('agent'));
    let ends = 0;
    room.on('disconnected', (reason) => {
      expect(reason).toBe('client_initiated');
      ends += 1;
    });
    await Promise.all([room.disconnect(), room.disconnect(), room.close()]);
    await room.disconnect();
    expect(ends).toBe(1);
  });

  it('lets the process exit after every kind of failure', async () => {
    const silent = blackHole();
    const { code, stdout, stderr } = await withServer(silent, async (address) =>
      runProgram('connect-failures.cjs', [
        live.server.url,
        await live.token('agent', { ttl: -60 }),
        `ws://${address}`,
      ]),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual([
      'invalid-url',
      'connection-refused',
      'token-expired',
      'invalid-token',
      'timeout',
      'AbortError',
      'aborted',
    ]);
  });

  it('names the argument that is wrong', async () => {
    const room = live.room();
    const connect = (...args: unknown[]): Promise<void> =>
      room.connect(...(args as Parameters<Room['connect']>));
    for (const url of [undefined, null, 7, {}, new URL('ws://host')]) {
      await expect(connect(url, 'token')).rejects.toThrow(/^url must be a string, got/);
    }
    await expect(connect('', 'token')).rejects.toThrow(RangeError);
    for (const token of [undefined, null, 7, {}, Buffer.from('token')]) {
      await expect(connect('ws://host', token)).rejects.toThrow(/^token must be a string, got/);
    }
    await expect(connect('ws://host', '')).rejects.toThrow(RangeError);
    const wrong: [options: unknown, message: RegExp][] = [
      [null, /^options must be an object/],
      ['fast', /^options must be an object/],
      [{ autoSubscribe: 'yes' }, /^options.autoSubscribe must be a boolean/],
      [{ dynacast: 1 }, /^options.dynacast must be a boolean/],
      [{ signal: {} }, /^options.signal must be an AbortSignal/],
      [{ iceServers: 'stun:host' }, /^options.iceServers must be an array/],
      [{ iceServers: [null] }, /^options.iceServers\[0\] must be an object/],
      [{ iceServers: [{ urls: [] }] }, /^options.iceServers\[0\].urls must be/],
      [{ iceServers: [{ urls: ['host'] }] }, /^options.iceServers\[0\].urls\[0\] must be/],
      [{ iceServers: [{ urls: ['stun:h'], username: 7 }] }, /username must be a string/],
      [{ connectTimeoutMs: '5' }, /^options.connectTimeoutMs must be a positive number/],
    ];
    for (const [options, message] of wrong) {
      await expect(connect('ws://host', 'token', options)).rejects.toThrow(message);
    }
    for (const connectTimeoutMs of [0, -1, NaN, Infinity]) {
      await expect(connect('ws://host', 'token', { connectTimeoutMs })).rejects.toThrow(RangeError);
    }
    await expect(connect('ws://host', 'token', { connectTimeoutMs: 1e30 })).rejects.toThrow(
      new RangeError('options.connectTimeoutMs must be at most 2147483647, got 1e+30.'),
    );
    expect(room.state).toBe('disconnected');
  });

  it('lets the process exit where two copies of the package were used', async () => {
    const end = await withServer(blackHole(), async (address) =>
      runProgram('two-copies.cjs', [
        live.server.url,
        await live.token('alice'),
        await live.token('bob'),
        `ws://${address}`,
      ]),
    );
    expect(end).toEqual({ code: 0, signal: null, stdout: 'seen\ntimeout\nidle\n', stderr: '' });
  });

  it('is given up by disconnect() also where a listener tries again', async () => {
    const room = live.room();
    const token = await live.token('agent');
    await withServer(blackHole(), async (address) => {
      const url = `ws://${address}`;
      const again = new Promise<unknown>((resolve) => {
        const off = room.on('stateChanged', (state) => {
          if (state !== 'disconnected') return;
          off();
          room.connect(url, token).catch(resolve);
        });
      });
      const first = room.connect(url, token, { connectTimeoutMs: 200 });
      await expect(first).rejects.toMatchObject({ code: 'timeout' });
      const [failure] = await Promise.all([again, room.disconnect()]);
      expect(failure).toMatchObject({ code: 'aborted' });
      await room.disconnect();
    });
  });
});
