import {
  AudioStream,
  FramewireError,
  LocalVideoTrack,
  type Room,
  type RtcStats,
  type RtcStatsType,
  VideoSource,
  VideoStream,
} from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor, untilTone } from '../support/waits.js';

const GREEN = [40, 180, 60] as const;

const live = liveRooms();

/** The first entry of a type. */
function entry<T extends RtcStatsType>(
  stats: readonly RtcStats[],
  type: T,
): Extract<RtcStats, { type: T }> {
  const found = stats.find((one) => one.type === type);
  if (!found) throw new Error(`No ${type} in ${stats.map((one) => one.type).join()}.`);
  return found as Extract<RtcStats, { type: T }>;
}

/** Asks for reports until one `fits`: WebRTC renews some figures once in a while. */
async function untilStats<T>(ask: () => Promise<T>, fits: (stats: T) => boolean): Promise<T> {
  for (;;) {
    const stats = await ask();
    if (fits(stats)) return stats;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Nothing of the native side's shape is left: no bigint, no empty text, no nested message. */
function expectPlain(stats: readonly RtcStats[]): void {
  for (const one of stats) {
    expect(one.id).not.toBe('');
    for (const [name, value] of Object.entries(one) as [string, unknown][]) {
      const nested = name === 'qualityLimitationDurations';
      expect([name, nested ? 'number' : typeof value]).toEqual([
        name,
        expect.stringMatching(/^(string|number|boolean)$/),
      ]);
      expect([name, value]).not.toEqual([name, '']);
    }
  }
  expect(new Set(stats.map(({ id }) => id)).size).toBe(stats.length);
}

async function pair(): Promise<[Room, Room]> {
  return [await live.join('alice'), await live.join('bob')];
}

describe('the statistics of a track', () => {
  it('count the video that was sent and received, under the names of the W3C', async () => {
    const [alice, bob] = await pair();
    const { track: mine } = await live.paint(alice, GREEN, { width: 640, height: 360 });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { capacity: Infinity });
    await untilColor(stream, GREEN);
    for (let i = 0; i < 30; i++) (await stream.next()).value?.close();

    const received = await track.getStats();
    expectPlain(received);
    const inbound = entry(received, 'inbound-rtp');
    expect(inbound).toMatchObject({ kind: 'video', frameWidth: 640, frameHeight: 360 });
    expect(inbound.framesDecoded).toBeGreaterThanOrEqual(30);
    expect(inbound.framesReceived).toBeGreaterThanOrEqual(inbound.framesDecoded!);
    expect(inbound.packetsReceived).toBeGreaterThanOrEqual(inbound.framesDecoded!);
    expect(inbound.bytesReceived).toBeGreaterThan(0);
    expect(inbound).not.toHaveProperty('totalSamplesReceived');
    // It's always 0, and the W3C has another name for it.
    expect(inbound).not.toHaveProperty('totalFreezeDuration');
    expect(entry(received, 'codec')).toMatchObject({
      id: inbound.codecId,
      mimeType: 'video/VP8',
      clockRate: 90_000,
    });
    expect(entry(received, 'transport')).toMatchObject({
      id: inbound.transportId,
      dtlsState: 'connected',
    });
    expect(entry(received, 'candidate-pair')).toMatchObject({ state: 'succeeded' });
    // Milliseconds since 1970, as Date.now().
    expect(Math.abs(inbound.timestamp - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(inbound.lastPacketReceivedTimestamp - Date.now())).toBeLessThan(60_000);

    const sent = await untilStats(
      () => mine.getStats(),
      (stats) => stats.some(({ type }) => type === 'remote-inbound-rtp'),
    );
    expectPlain(sent);
    const outbound = entry(sent, 'outbound-rtp');
    expect(outbound).toMatchObject({
      kind: 'video',
      frameWidth: 640,
      frameHeight: 360,
      active: true,
    });
    expect(outbound.framesSent).toBeGreaterThanOrEqual(inbound.framesReceived!);
    expect(outbound.bytesSent).toBeGreaterThanOrEqual(inbound.bytesReceived);
    expect(outbound.qualityLimitationReason).toMatch(/^(none|cpu|bandwidth|other)$/);
    expect(Object.keys(outbound.qualityLimitationDurations!).sort()).toEqual([
      'bandwidth',
      'cpu',
      'none',
      'other',
    ]);
    const source = entry(sent, 'media-source');
    expect(source).toMatchObject({ id: outbound.mediaSourceId, width: 640, height: 360 });
    expect(source).not.toHaveProperty('audioLevel');
    expect(source.frames).toBeGreaterThanOrEqual(outbound.framesSent!);
    expect(entry(sent, 'remote-inbound-rtp')).toMatchObject({
      localId: outbound.id,
      ssrc: outbound.ssrc,
      fractionLost: 0,
    });
  });

  it('count the sound that was sent and received', async () => {
    const [alice, bob] = await pair();
    const { track: mine } = await live.sing(alice, 440);
    const { track } = await bob.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    await untilTone(stream, 440);

    const received = await track.getStats();
    expectPlain(received);
    const inbound = entry(received, 'inbound-rtp');
    expect(inbound.kind).toBe('audio');
    expect(inbound).not.toHaveProperty('framesDecoded');
    expect(inbound.totalSamplesReceived).toBeGreaterThan(0);
    expect(inbound.totalSamplesDuration).toBeCloseTo(inbound.totalSamplesReceived! / 48_000, 0);
    expect(inbound.audioLevel).toBeGreaterThan(0.1);
    expect(entry(received, 'codec')).toMatchObject({ mimeType: 'audio/opus', channels: 2 });
    const sent = await mine.getStats();
    expectPlain(sent);
    const outbound = entry(sent, 'outbound-rtp');
    expect(outbound.kind).toBe('audio');
    expect(outbound).not.toHaveProperty('qualityLimitationReason');
    expect(outbound.packetsSent).toBeGreaterThanOrEqual(inbound.packetsReceived);
    const source = entry(sent, 'media-source');
    expect(source).not.toHaveProperty('width');
    expect(source.audioLevel).toBeGreaterThan(0.1);
  });

  it('are refused for a track that is not published, or has ended', async () => {
    const [alice, bob] = await pair();
    using source = new VideoSource({ width: 320, height: 180 });
    const unpublished = LocalVideoTrack.create('unseen', source);
    await expect(unpublished.getStats()).rejects.toMatchObject({ code: 'invalid-state' });
    await unpublished.close();
    await expect(unpublished.getStats()).rejects.toMatchObject({ code: 'closed' });

    const { track: mine } = await live.paint(alice, GREEN);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const reason = new Error('Enough.');
    const signal = AbortSignal.abort(reason);
    await expect(track.getStats({ signal })).rejects.toBe(reason);
    await expect(mine.getStats({ signal })).rejects.toBe(reason);
    await expect(track.getStats({ signal: {} as AbortSignal })).rejects.toThrow(TypeError);
    await expect(track.getStats(null as never)).rejects.toThrow(TypeError);

    // Each either answers or fails, but none waits for ever.
    const racing = Array.from({ length: 20 }, () => [track.getStats(), mine.getStats()]).flat();
    const ended = nextEvent(track, 'ended');
    const unpublishing = alice.localParticipant.unpublishTrack(mine);
    const settled = await Promise.allSettled([...racing, mine.getStats()]);
    const failures = settled.filter((one) => one.status === 'rejected');
    expect(failures.filter(({ reason }) => !(reason instanceof FramewireError))).toEqual([]);
    await Promise.all([ended, unpublishing]);
    await expect(track.getStats()).rejects.toMatchObject({ code: 'closed' });
    await expect(mine.getStats()).rejects.toMatchObject({ code: 'invalid-state' });
  });
});

describe('the statistics of a room', () => {
  it('tell of what is sent, what is received and what carries it', async () => {
    const [alice, bob] = await pair();
    await live.paint(alice, GREEN);
    await live.sing(bob, 440);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, GREEN);

    // The first report may be from just before the video came: WebRTC gives out the same for 50 ms.
    const { publisher, subscriber } = await untilStats(
      () => bob.getStats(),
      ({ publisher, subscriber }) =>
        [...publisher, ...subscriber].some(({ type }) => type === 'inbound-rtp'),
    );
    for (const one of [publisher, subscriber]) expectPlain(one);
    const all = [...publisher, ...subscriber];
    expect(entry(publisher, 'outbound-rtp').kind).toBe('audio');
    expect(entry(all, 'inbound-rtp').kind).toBe('video');
    expect(entry(all, 'data-channel')).toMatchObject({ state: 'open' });
    expect(entry(all, 'peer-connection').dataChannelsOpened).toBeGreaterThan(0);
    expect(entry(all, 'transport')).toMatchObject({ iceState: 'connected', tlsVersion: 'FEFD' });
    expect(entry(all, 'candidate-pair')).toMatchObject({ nominated: true });
    expect(entry(all, 'local-candidate').candidateType).toMatch(/^(host|prflx)$/);
    expect(entry(all, 'remote-candidate').port).toBeGreaterThan(0);
    expect(entry(all, 'certificate').fingerprintAlgorithm).toBe('sha-256');
  });

  it('end with the stay', async () => {
    const alice = await live.join('alice');
    const asking = Array.from({ length: 10 }, () => alice.getStats());
    const leaving = alice.disconnect();
    const settled = await Promise.allSettled([...asking, alice.getStats()]);
    const failures = settled.filter((one) => one.status === 'rejected');
    expect(new Set(failures.map(({ reason }) => (reason as FramewireError).code))).toEqual(
      new Set(['disconnected']),
    );
    await leaving;
    await expect(alice.getStats()).rejects.toMatchObject({ code: 'disconnected' });
    const bob = await live.join('bob');
    const reason = new Error('Enough.');
    await expect(bob.getStats({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(bob.getStats({ signal: 7 as never })).rejects.toThrow(TypeError);
  });
});
