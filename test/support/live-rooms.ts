import {
  AccessToken,
  type AccessTokenOptions,
  AudioSource,
  type AudioSourceOptions,
  type ConnectOptions,
  LocalAudioTrack,
  LocalVideoTrack,
  type PublishOptions,
  Room,
} from 'framewire';
import { type LiveKitServer, startLiveKitServer } from 'framewire/server';
import { type Color, Tone, whenIdle } from 'framewire/testing';
import { RoomServiceClient } from 'livekit-server-sdk';
import { type Capture, Painter, type PainterOptions } from './painter.js';

/** A picture that is being published. */
export interface Painting {
  readonly painter: Painter;
  readonly track: LocalVideoTrack;
}

/** A tone that is being published. */
export interface Singing {
  readonly source: AudioSource;
  readonly track: LocalAudioTrack;
}

/** A real server for a test file, and rooms on it that are left after each test. */
export interface LiveRooms {
  readonly server: LiveKitServer;
  /** What an administrator asks of the server. */
  readonly admin: RoomServiceClient;
  /** The name of the room that the running test has for itself. */
  readonly roomName: string;
  /** A token that grants to join, with whatever else the test wants of it. */
  token(
    identity: string,
    options?: {
      readonly room?: string;
      readonly ttl?: number;
      readonly grants?: object;
      readonly who?: AccessTokenOptions;
    },
  ): Promise<string>;
  /** Joins the test's own room, or the one named. */
  join(
    identity: string,
    options?: ConnectOptions & {
      readonly room?: string;
      readonly grants?: object;
      readonly who?: AccessTokenOptions;
    },
  ): Promise<Room>;
  /** A room that nobody has joined yet, left after the test all the same. */
  room(): Room;
  /** Publishes a picture of one colour, or what you capture, 30 times a second until the test is over. */
  paint(
    room: Room,
    what: Color | Capture,
    options?: PublishOptions & PainterOptions,
  ): Promise<Painting>;
  /** Publishes a tone until the test is over. */
  sing(room: Room, frequency: number, options?: Partial<AudioSourceOptions>): Promise<Singing>;
}

/** Call it once at the top of a test file. */
export function liveRooms(): LiveRooms {
  jest.setTimeout(60_000);
  let server: LiveKitServer | undefined;
  let count = 0;
  const cleanups: (() => unknown)[] = [];

  const live: LiveRooms = {
    get server() {
      if (!server) throw new Error('The server starts before the first test.');
      return server;
    },
    get admin() {
      const { url, apiKey, apiSecret } = live.server;
      return new RoomServiceClient(url.replace('ws:', 'http:'), apiKey, apiSecret);
    },
    get roomName() {
      return `room-${count}`;
    },
    async token(identity, { room = live.roomName, ttl, grants, who } = {}) {
      const { apiKey, apiSecret } = live.server;
      const token = new AccessToken(apiKey, apiSecret, {
        identity,
        ...who,
        ...(ttl !== undefined && { ttl }),
      });
      token.addGrant({ roomJoin: true, room, ...grants });
      return token.toJwt();
    },
    async join(identity, { room, grants, who, ...options } = {}) {
      const token = await live.token(identity, {
        ...(room !== undefined && { room }),
        ...(grants !== undefined && { grants }),
        ...(who !== undefined && { who }),
      });
      const joined = live.room();
      await joined.connect(live.server.url, token, options);
      return joined;
    },
    room() {
      const room = new Room();
      cleanups.push(() => room.disconnect());
      return room;
    },
    async paint(room, what, { width, height, ...options } = {}) {
      const painter = new Painter(what, {
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
      });
      cleanups.push(() => painter.close());
      const track = LocalVideoTrack.create('picture', painter.source);
      await room.localParticipant.publishTrack(track, {
        maxFps: 30,
        simulcast: false,
        ...options,
      });
      painter.start();
      return { painter, track };
    },
    async sing(room, frequency, options = {}) {
      const { sampleRate = 48_000, channels = 1, queueMs = 100 } = options;
      const source = new AudioSource({ sampleRate, channels, queueMs });
      cleanups.push(() => source.close());
      const track = LocalAudioTrack.create('tone', source);
      await room.localParticipant.publishTrack(track);
      const tone = new Tone({ frequency, sampleRate, channels });
      void (async () => {
        while (!source.closed) await source.captureFrame(tone.next(20));
      })().catch(() => {
        // The source was closed while a frame waited for room.
      });
      return { source, track };
    },
  };

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  beforeEach(() => {
    count += 1;
  });
  afterEach(async () => {
    // The last first: a painter ends before the room that it paints in is left.
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(async () => {
    await server?.close();
    await whenIdle();
  });
  return live;
}
