import { createServer } from 'node:net';
import {
  AccessToken,
  AudioStream,
  LocalVideoTrack,
  Room,
  type RtcStats,
  VideoSource,
  VideoStream,
} from 'framewire';
import {
  type LiveKitServer,
  type LiveKitServerOptions,
  startLiveKitServer,
} from 'framewire/server';
import { type Color, solidFrame, whenIdle } from 'framewire/testing';
import { Painter } from '../support/painter.js';
import { reconnect } from '../support/reconnects.js';
import { drain, nextEvent, untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];
const KEYS = { key: 'a-secret-of-thirty-two-characters' };

jest.setTimeout(60_000);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await whenIdle();
});

async function serve(options: LiveKitServerOptions = {}): Promise<LiveKitServer> {
  const server = await startLiveKitServer({ keys: KEYS, ...options });
  cleanups.push(() => server.close());
  return server;
}

async function join(server: LiveKitServer, identity: string): Promise<Room> {
  const token = new AccessToken(server.apiKey, server.apiSecret, { identity });
  token.addGrant({ roomJoin: true, room: 'room' });
  const room = new Room();
  cleanups.push(() => room.disconnect());
  await room.connect(server.url, await token.toJwt());
  return room;
}

function still(name: string): LocalVideoTrack {
  const size = { width: 160, height: 90 };
  const source = new VideoSource(size);
  cleanups.push(() => source.close());
  source.captureFrame(solidFrame(BLUE, { ...size, format: 'RGBA' }));
  return LocalVideoTrack.create(name, source);
}

/** Alice paints, Bob looks on, by participant and by track. */
async function call(server: LiveKitServer) {
  const alice = await join(server, 'alice');
  const painter = new Painter(RED);
  cleanups.push(() => painter.close());
  painter.start();
  const picture = LocalVideoTrack.create('picture', painter.source);
  await alice.localParticipant.publishTrack(picture, { simulcast: false });
  const bob = await join(server, 'bob');
  const { track, participant } = await bob.waitForTrack();
  const video = VideoStream.fromParticipant(participant, 'camera');
  const byTrack = new VideoStream(track);
  await Promise.all([untilColor(video, RED), untilColor(byTrack, RED)]);
  return { alice, bob, painter, picture, participant, video, byTrack };
}

function kill({ pid }: LiveKitServer): void {
  process.kill(pid, 'SIGKILL');
}

async function freeTcpPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, resolve));
  const { port } = probe.address() as { readonly port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What carries the media of a connection. */
function protocolOf(stats: readonly RtcStats[]): string | undefined {
  const transport = stats.find((one) => one.type === 'transport');
  const pair = stats
    .filter((one) => one.type === 'candidate-pair')
    .find(({ id }) => id === transport?.selectedCandidatePairId);
  return stats
    .filter((one) => one.type === 'local-candidate')
    .find(({ id }) => id === pair?.localCandidateId)?.protocol;
}

describe('a server that is killed', () => {
  it('and started again: everybody comes back, with their tracks and streams by participant', async () => {
    const server = await serve();
    const { alice, bob, painter, picture, video, byTrack } = await call(server);
    const lost = [alice, bob].map((room) => nextEvent(room, 'reconnecting'));
    const back = [alice, bob].map((room) => nextEvent(room, 'reconnected'));
    const again = nextEvent(bob, 'trackSubscribed');
    kill(server);
    await Promise.all(lost);
    const publishing = alice.localParticipant.publishTrack(still('second'), {
      source: 'screen_share',
      simulcast: false,
    });
    await server.closed;
    await serve({ port: server.port });
    await Promise.all(back);
    painter.change(BLUE);
    await untilColor(video, BLUE);
    await drain(byTrack);
    await again;
    const second = await publishing;
    const { participant } = await bob.waitForTrack({ name: 'second' });
    expect([...participant.trackPublications.keys()].sort()).toEqual(
      [picture.sid, second.sid].sort(),
    );
    expect(bob.remoteParticipants.size).toBe(1);
    expect(bob.state).toBe('connected');
    await video.close();
  });

  it('and stays away: the rooms end, and with them all that waits', async () => {
    const server = await serve();
    const { alice, bob, picture, participant, video, byTrack } = await call(server);
    const [lost, left] = [nextEvent(alice, 'reconnecting'), nextEvent(alice, 'disconnected')];
    const bobLeft = nextEvent(bob, 'disconnected');
    kill(server);
    await lost;
    const { localParticipant: me } = alice;
    const unpublishing = me.unpublishTrack(picture);
    const disconnected = [
      me.publishTrack(still('late')),
      me.publishData('are you there?'),
      alice.waitForTrack(),
      alice.waitForParticipant('carol'),
    ].map(async (one) => {
      await expect(one).rejects.toMatchObject({ code: 'disconnected' });
    });
    const audio = AudioStream.fromParticipant(participant, 'microphone');
    const silent = (async () => {
      await expect(audio.next()).rejects.toMatchObject({ code: 'participant-left' });
    })();
    const tracks = (async () => {
      for await (const { track } of bob.tracks())
        if (!track.ended) await drain(new VideoStream(track));
    })();
    await drain(byTrack);
    expect(video.ended).toBe(false);
    await Promise.all([left, bobLeft]);
    await Promise.all([...disconnected, unpublishing, silent, tracks, drain(video)]);
    expect([alice.state, bob.state]).toEqual(['disconnected', 'disconnected']);
    expect([picture.published, me.trackPublications.size, participant.left]).toEqual([
      false,
      0,
      true,
    ]);
    expect(bob.remoteParticipants.size).toBe(0);
  });

  it('can be left at once, for another one', async () => {
    const server = await serve();
    const { alice, picture, bob } = await call(server);
    const lost = [alice, bob].map((room) => nextEvent(room, 'reconnecting'));
    kill(server);
    await Promise.all(lost);
    await Promise.all([alice.disconnect(), bob.disconnect()]);
    expect(picture.published).toBe(false);
    const other = await serve();
    const token = new AccessToken(other.apiKey, other.apiSecret, { identity: 'alice' });
    token.addGrant({ roomJoin: true, room: 'room' });
    await alice.connect(other.url, await token.toJwt());
    await alice.localParticipant.publishTrack(picture);
    expect(picture.published).toBe(true);
  });
});

describe('force-tcp', () => {
  it('is a full reconnect that brings the media by TCP, where the server offers it', async () => {
    const server = await serve({ config: { rtc: { tcp_port: await freeTcpPort() } } });
    const { alice, bob, painter, video, byTrack } = await call(server);
    expect(protocolOf((await alice.getStats()).publisher)).toBe('udp');
    await reconnect(alice, 'force-tcp');
    await reconnect(bob, 'force-tcp');
    painter.change(BLUE);
    await untilColor(video, BLUE);
    await drain(byTrack);
    expect(protocolOf((await alice.getStats()).publisher)).toBe('tcp');
    expect(protocolOf((await bob.getStats()).publisher)).toBe('tcp');
    await video.close();
  });
});
