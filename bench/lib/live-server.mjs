// A LiveKit server for the rows that need one: found or built as `framewire/server` does.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Starts a server, or says why there is none: in CI that's an error.
 *
 * @returns What rows need of it, or undefined.
 */
export async function startServer(say) {
  const { startLiveKitServer } = require('framewire/server');
  const { AccessToken } = require('framewire');
  let server;
  try {
    server = await startLiveKitServer({ logLevel: 'error' });
  } catch (error) {
    if (process.env.CI) throw error;
    say(`There is no LiveKit server, the rows that need one are skipped: ${error.message}`);
    return undefined;
  }
  return {
    url: server.url,
    pid: server.pid,
    async token(identity, room) {
      const token = new AccessToken(server.apiKey, server.apiSecret, { identity });
      token.addGrant({ roomJoin: true, room });
      return token.toJwt();
    },
    close: () => server.close(),
  };
}
