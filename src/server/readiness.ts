import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnedProcess } from './owned-process.js';

/**
 * A key that only the server which we have started knows.
 *
 * Between the choice of a port and the server's use of it another server may have come to listen
 * there; only ours accepts this key.
 *
 * A server gives its clients new tokens now and then, signed with any of its keys: with this one, too. So a
 * server that is started again in the same place, with the same keys, has the same: else its clients
 * couldn't come back.
 */
export interface ProbeKey {
  readonly apiKey: string;
  readonly secret: string;
}

/** The {@link ProbeKey} of a server with these keys on this port. */
export function createProbeKey(keys: Readonly<Record<string, string>>, port: number): ProbeKey {
  const derived = (purpose: string): Buffer =>
    createHmac('sha256', JSON.stringify(keys)).update(`${purpose} ${port}`).digest();
  return {
    apiKey: `framewire-probe-${derived('name').toString('hex', 0, 6)}`,
    secret: derived('secret').toString('base64url'),
  };
}

/** What {@link waitUntilReady} takes. */
export interface ReadinessOptions {
  readonly process: OwnedProcess;
  readonly host: string;
  readonly port: number;
  readonly key: ProbeKey;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Resolves to `ready` once the server answers, to `ended` if it ended before, or to `timeout`.
 *
 * @throws The signal's reason, once it aborts.
 */
export async function waitUntilReady(
  options: ReadinessOptions,
): Promise<'ready' | 'ended' | 'timeout'> {
  const { process, timeoutMs, signal } = options;
  const over = new AbortController();
  let outcome: 'ended' | 'timeout' = 'ended';
  const deadline = setTimeout(() => {
    outcome = 'timeout';
    over.abort();
  }, timeoutMs);
  void process.exited.then(() => over.abort());
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  try {
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 1.5, 250)) {
      if (await answers(options, stop)) return 'ready';
      // Rejects when `stop` aborts, which is looked at next.
      await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined);
      signal?.throwIfAborted();
      if (stop.aborted) return outcome;
    }
  } finally {
    clearTimeout(deadline);
  }
}

/** Whether the server lists its rooms, which shows that it listens, serves and knows the key. */
function answers({ host, port, key }: ReadinessOptions, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      {
        host,
        port,
        method: 'POST',
        path: '/twirp/livekit.RoomService/ListRooms',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(key)}` },
        agent: false,
        timeout: 2_000,
        signal,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.on('timeout', () => call.destroy());
    // Nobody listens yet, or what listens doesn't speak HTTP.
    call.on('error', () => resolve(false));
    call.end('{}');
  });
}

/** A token that lists rooms, made here since `src/server` stands on `src/core` alone. */
function tokenOf({ apiKey, secret }: ProbeKey): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const payload = { iss: apiKey, nbf: seconds - 60, exp: seconds + 60, video: { roomList: true } };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
