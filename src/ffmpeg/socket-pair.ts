import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type OnReadOpts, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileError } from '../core/file-error.js';

/** Two ends of a local connection. */
export interface SocketPair {
  /** The end that is read here. It's paused. */
  readonly ours: Socket;
  /** The end for a child process, whose descriptor it becomes; to be destroyed here once that runs. */
  readonly theirs: Socket;
}

/**
 * Whether a socket can be a child's stdout. On Windows it would be a named pipe that is read and written as
 * C programs don't.
 */
export const canPassSockets: boolean = process.platform !== 'win32';

const REFUSED = { code: 'EMFILE', syscall: 'accept' };

/**
 * A connection whose bytes are read straight into memory of ours. The pipes that Node makes for a child
 * read into memory of Node's, out of which each byte then has to be copied.
 *
 * @param onread - Gives the memory, and hears of what has come into it.
 * @throws FramewireError `file` if the system doesn't let us.
 */
export async function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  let directory: string | undefined;
  const server = createServer({ pauseOnConnect: true });
  try {
    // Nobody else may look into it, so nobody else connects.
    directory = await mkdtemp(join(tmpdir(), 'framewire-'));
    const path = join(directory, 's');
    server.listen(path);
    await once(server, 'listening');
    const ours = connect({ path, onread });
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    try {
      // Without a free descriptor a connection is made and closed again, of which the server hears nothing.
      const refused = once(ours, 'close').then(() => {
        throw Object.assign(new Error('The connection was not accepted.'), REFUSED);
      });
      refused.catch(() => undefined);
      const [[theirs]] = await Promise.race([
        Promise.all([accepted, once(ours, 'connect')]),
        refused,
      ]);
      // Not before: paused, it would not see that it's closed. Nothing has been sent yet.
      ours.pause();
      return { ours, theirs };
    } catch (error) {
      ours.destroy();
      throw error;
    }
  } catch (error) {
    throw fileError(error, "ffmpeg can't be given a pipe");
  } finally {
    server.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}
