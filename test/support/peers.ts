import type { Room } from 'framewire';
import { BrowserPeer } from './browser-peer.js';
import type { LiveRooms } from './live-rooms.js';
import { livePeer, type Peer } from './peer.js';
import { PythonPeer } from './python-peer.js';
import { describeWith } from './tools.js';

/** The other SDKs that tests meet in a room. */
const PEERS = [
  {
    tool: 'chromium',
    name: 'livekit-client in a browser',
    launch: (): Promise<Peer> => BrowserPeer.launch(),
  },
  {
    tool: 'python',
    name: "LiveKit's Python SDK",
    launch: (): Promise<Peer> => PythonPeer.launch(),
  },
] as const;

/** The same tests with each of the other SDKs, one program of it for all of them. */
export function describeEachPeer(suite: (peer: () => Peer) => void): void {
  for (const { tool, name, launch } of PEERS) {
    describeWith(tool, name, () => suite(livePeer(launch)));
  }
}

/**
 * Joins as `alice`, and has the peer join as `peer`. When it resolves, both know each other and data goes
 * both ways: the server tells late of who publishes nothing, and data for those who aren't ready is lost.
 */
export async function meet(
  live: LiveRooms,
  peer: Peer,
  { sharedKey }: { readonly sharedKey?: string } = {},
): Promise<Room> {
  const { url } = live.server;
  const token = await live.token('peer');
  const secret = sharedKey !== undefined;
  const [alice] = await Promise.all([
    live.join('alice', secret ? { encryption: { sharedKey } } : {}),
    peer.join({ url, token, ...(secret && { key: sharedKey }) }),
  ]);
  // Of who publishes the server tells at once.
  await Promise.all([live.sing(alice, 440), peer.publishTone(880)]);
  await Promise.all([alice.waitForParticipant('peer'), peer.waitForParticipant('alice')]);
  const here = new Promise((resolve) => {
    alice.on('dataReceived', ({ topic }) => topic === 'ping' && resolve(true));
  });
  const empty = new Uint8Array(0);
  await Promise.all([
    repeated(() => peer.publishData(empty, { topic: 'ping' }), here),
    repeated(() => alice.localParticipant.publishData(empty, { topic: 'ping' }), peer.next('ping')),
  ]);
  return alice;
}

/** Does it again and again until `done`. */
export async function repeated(act: () => unknown, done: Promise<unknown>): Promise<void> {
  let over = false;
  const end = done.then(() => (over = true));
  while (!over) {
    await act();
    await Promise.race([end, new Promise((later) => setTimeout(later, 50))]);
  }
}
