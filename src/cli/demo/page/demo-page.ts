import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AccessToken } from '../../../room/access-token.js';
import { GUEST_PREFIX } from '../protocol.js';
import { PageServer } from './page-server.js';

/** A page joins at once, so its token needs not last. */
const TOKEN_TTL = '1m';

/** Opens the page through which people visit a demo's room. */
export async function openDemoPage(options: {
  /** The file of the `framewire` command: the page is built beside it. */
  readonly cli: string;
  readonly port: number | undefined;
  readonly room: string;
  readonly server: { readonly url: string; readonly apiKey: string; readonly apiSecret: string };
}): Promise<PageServer> {
  const { cli, port, room, server } = options;
  let guests = 0;
  return PageServer.open({
    // npm runs commands by a link to them.
    folder: join(dirname(await realpath(cli)), 'page'),
    port,
    livekitUrl: server.url,
    ticket: async () => {
      guests += 1;
      const identity = `${GUEST_PREFIX}${guests}`;
      const name = `Guest ${guests}`;
      const { apiKey, apiSecret } = server;
      const token = new AccessToken(apiKey, apiSecret, { identity, name, ttl: TOKEN_TTL });
      token.addGrant({
        roomJoin: true,
        room,
        canSubscribe: true,
        canPublish: true,
        canPublishSources: ['camera', 'microphone'],
        canPublishData: true,
      });
      return { url: server.url, token: await token.toJwt(), room, identity, name };
    },
  });
}
