import { AccessToken, type ConnectOptions, Room } from 'framewire';
import { type LiveKitServer, startLiveKitServer } from 'framewire/server';
import { whenIdle } from 'framewire/testing';

/** A real server for a test file, and rooms on it that are left after each test. */
export interface LiveRooms {
  readonly server: LiveKitServer;
  /** A token that grants to join, with whatever else the test wants of it. */
  token(
    identity: string,
    options?: { readonly room?: string; readonly ttl?: number; readonly grants?: object },
  ): Promise<string>;
  /** Joins the test's own room, or the one named. */
  join(
    identity: string,
    options?: ConnectOptions & { readonly room?: string; readonly grants?: object },
  ): Promise<Room>;
}

/** Call it once at the top of a test file. */
export function liveRooms(): LiveRooms {
  let server: LiveKitServer | undefined;
  let count = 0;
  const rooms: Room[] = [];

  const live: LiveRooms = {
    get server() {
      if (!server) throw new Error('The server starts before the first test.');
      return server;
    },
    async token(identity, { room = `room-${count}`, ttl, grants } = {}) {
      const { apiKey, apiSecret } = live.server;
      const token = new AccessToken(apiKey, apiSecret, {
        identity,
        ...(ttl !== undefined && { ttl }),
      });
      token.addGrant({ roomJoin: true, room, ...grants });
      return token.toJwt();
    },
    async join(identity, { room, grants, ...options } = {}) {
      const token = await live.token(identity, {
        ...(room !== undefined && { room }),
        ...(grants !== undefined && { grants }),
      });
      const joined = new Room();
      rooms.push(joined);
      await joined.connect(live.server.url, token, options);
      return joined;
    },
  };

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  beforeEach(() => {
    count += 1;
  });
  afterEach(async () => {
    await Promise.all(rooms.splice(0).map((room) => room.disconnect()));
  });
  afterAll(async () => {
    await server?.close();
    await whenIdle();
  });
  return live;
}
