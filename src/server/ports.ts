import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { FramewireError } from '../core/errors.js';

/** The one address that servers of ours listen on. */
export const LOOPBACK = '127.0.0.1';

/** The ports of one server. */
export interface ServerPorts {
  /** TCP: HTTP and WebSocket. */
  readonly http: number;
  /** UDP: media. */
  readonly udp: number;
}

/**
 * Ports that were free a moment ago: the system chooses them, so that processes that ask at the
 * same time hardly ever get the same. Who uses them must be ready to find them taken.
 */
export async function freePorts(): Promise<ServerPorts> {
  const [http, udp] = await Promise.all([bindTcp(0), bindUdp()]);
  return { http, udp };
}

/**
 * Resolves if `port` can be listened on.
 *
 * @throws FramewireError with `server-start` if it can't.
 */
export async function checkPortFree(port: number, name: string): Promise<void> {
  try {
    await bindTcp(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE'
        ? 'is already in use'
        : code === 'EACCES'
          ? 'needs privileges that this process lacks'
          : "can't be listened on";
    throw new FramewireError(
      'server-start',
      `${name} ${port} ${why} on ${LOOPBACK} (${code}). Free it, or leave ${name} out for a free one.`,
      { cause: error },
    );
  }
}

function bindTcp(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address() as { port: number };
      server.close(() => resolve(address.port));
    });
  });
}

function bindUdp(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ port: 0, address: LOOPBACK, exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
