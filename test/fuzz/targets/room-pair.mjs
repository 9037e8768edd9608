// Two participants in a room of the server that run.mjs has started.

import { AccessToken, Room } from 'framewire';

/** The server's address and key. */
export const server = () => JSON.parse(process.env.FRAMEWIRE_FUZZ_SERVER ?? '{}');

/** A token to join a room with. */
export async function tokenFor(identity, room, options = {}) {
  const { apiKey, apiSecret } = server();
  const token = new AccessToken(apiKey, apiSecret, { identity, ...options });
  token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
  return token.toJwt();
}

/** An agent called `me`, and `other`, in a room of their own. */
export async function joinPair(name, options = {}) {
  const room = `fuzz-${name}-${process.pid}`;
  const { url } = server();
  const me = new Room();
  const other = new Room();
  // Of one who publishes nothing the server tells after 3 seconds: that is not waited for.
  await Promise.all([
    me.connect(url, await tokenFor('me', room, { kind: 'agent' }), options),
    other.connect(url, await tokenFor('other', room), options),
  ]);
  // What listeners throw is told here, and is theirs.
  for (const one of [me, other]) one.on('error', () => undefined);
  return { me, other, leave: () => Promise.all([me.disconnect(), other.disconnect()]) };
}

/** Identities of the room, and of nobody. */
export const someone = (f) => f.text('me', 'other', 'nobody');
