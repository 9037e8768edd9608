import { randomBytes } from 'node:crypto';
import {
  LocalVideoTrack,
  type PublishOptions,
  type TrackHandle,
  type VideoFrame,
  VideoSource,
  VideoStream,
  type VideoStreamOptions,
} from 'framewire';
import { solidFrame } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor } from '../support/waits.js';

const live = liveRooms();

async function nextFrame(stream: VideoStream): Promise<VideoFrame> {
  const { value } = await stream.next();
  if (!value) throw new Error('The stream ended.');
  return value;
}

/**
 * A stream whose next frames have metadata. The first one after subscribing may come before LiveKit reads
 * that.
 */
async function streamWithMetadata(
  track: TrackHandle,
  options: VideoStreamOptions = {},
): Promise<VideoStream> {
  const stream = new VideoStream(track, options);
  for (;;) {
    using frame = await nextFrame(stream);
    if (frame.metadata.frameId !== undefined) return stream;
  }
}

describe('frame metadata', () => {
  it('arrives with each frame: capture time, frame id and user data', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using frame = solidFrame([90, 90, 90], { width: 320, height: 180, format: 'RGBA' });
    const sent = (index: number): { captureTimeUs: number; userData: Uint8Array } => ({
      captureTimeUs: 1_700_000_000_000_000 + index,
      userData: new Uint8Array([index, 1, 2, 3]),
    });
    await live.paint(alice, (source) => {
      source.captureFrame(frame, { metadata: sent(source.framesCaptured) });
    });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = await streamWithMetadata(track);
    for (let i = 0; i < 5; i++) {
      using received = await nextFrame(stream);
      const { frameId = -1, captureTimeUs, userData } = received.metadata;
      expect({ captureTimeUs, userData: userData && new Uint8Array(userData) }).toEqual(
        sent(frameId),
      );
    }
  });

  it('reaches every stream of a track, whichever was first and while others come and go', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using frame = solidFrame([90, 90, 90], { width: 320, height: 180, format: 'RGBA' });
    await live.paint(alice, (source) => {
      const userData = Uint8Array.of(source.framesCaptured % 256);
      source.captureFrame(frame, { metadata: { userData } });
    });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const read = async (stream: VideoStream, frames: number): Promise<void> => {
      for (let i = 0; i < frames; i++) {
        using received = await nextFrame(stream);
        const { frameId = -1, captureTimeUs, userData } = received.metadata;
        expect(captureTimeUs).toBeGreaterThan(0);
        expect([...userData!]).toEqual([frameId % 256]);
      }
    };
    const first = await streamWithMetadata(track, { format: 'RGBA', capacity: 100 });
    await using second = new VideoStream(track, { capacity: 100 });
    await Promise.all([read(first, 5), read(second, 5)]);
    await using third = new VideoStream(track, { format: 'NV12', capacity: 100 });
    await Promise.all([read(second, 5), read(third, 5)]);
    await first.close();
    // LiveKit may have given what belongs to a frame under way to the one that was closed.
    for (const stream of [second, third]) {
      const { received } = stream.stats;
      while (stream.stats.delivered < received + 3) (await stream.next()).value?.close();
    }
    await Promise.all([read(second, 5), read(third, 5)]);
    expect(third.stats.latencyMs).toBeDefined();
    expect(third.stats.missing).toBeDefined();
  });

  it('gives the latency, since the capture time is now unless told otherwise', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, [200, 40, 40]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, [200, 40, 40]);
    const { latencyMs } = stream.stats;
    expect(latencyMs!.p50).toBeGreaterThan(0);
    expect(latencyMs!.p50).toBeLessThan(5000);
  });

  it('keeps the capture time when a received frame is published again', async () => {
    const rooms = await Promise.all([live.join('alice'), live.join('bob'), live.join('carol')]);
    const [alice, bob, carol] = rooms;
    using frame = solidFrame([90, 90, 90], { width: 320, height: 180, format: 'RGBA' });
    const times = new Set<number>();
    await live.paint(alice, (source) => {
      const captureTimeUs = 1_700_000_000_000_000 + source.framesCaptured;
      times.add(captureTimeUs);
      source.captureFrame(frame, { metadata: { captureTimeUs } });
    });
    const { track } = await bob.waitForTrack({ kind: 'video', participant: 'alice' });
    await using received = await streamWithMetadata(track);
    using again = new VideoSource({ width: 320, height: 180 });
    const second = LocalVideoTrack.create('again', again);
    await bob.localParticipant.publishTrack(second, { maxFps: 30, simulcast: false });
    const republishing = (async () => {
      for await (using one of received) again.captureFrame(one);
    })();
    const { track: far } = await carol.waitForTrack({ kind: 'video', participant: 'bob' });
    await using stream = await streamWithMetadata(far);
    let frameId = -1;
    for (let i = 0; i < 5; i++) {
      using one = await nextFrame(stream);
      expect(times).toContain(one.metadata.captureTimeUs);
      // Counted by bob, not by alice.
      expect(one.metadata.frameId).toBeGreaterThan(frameId);
      expect(one.metadata.frameId).toBeLessThan(again.framesCaptured);
      frameId = one.metadata.frameId!;
    }
    await received.close();
    await republishing;
  });
});

describe('user data', () => {
  const SIZES = [0, 1, 231, 232] as const;

  it.each<PublishOptions['codec']>(['vp8', 'h264', 'vp9', 'av1'])(
    'of up to 232 bytes arrives whole in %s, and none of 0 bytes as none',
    async (codec) => {
      const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
      using frame = solidFrame([90, 90, 90], { width: 320, height: 180, format: 'RGBA' });
      // In H.264, 254 can be a part of what may not be sent.
      const payloads = SIZES.map((size) => randomBytes(size).map((byte) => byte % 254));
      await live.paint(
        alice,
        (source) => {
          const userData = payloads[source.framesCaptured % SIZES.length]!;
          source.captureFrame(frame, { metadata: { userData } });
        },
        { codec: codec!, frameMetadata: true },
      );
      const { track } = await bob.waitForTrack({ kind: 'video' });
      await using stream = await streamWithMetadata(track, { capacity: 100 });
      const seen = new Set<number>();
      while (seen.size < SIZES.length) {
        using received = await nextFrame(stream);
        const { frameId = -1, userData } = received.metadata;
        const index = frameId % SIZES.length;
        seen.add(index);
        expect(userData && Buffer.from(userData)).toEqual(
          SIZES[index] === 0 ? undefined : Buffer.from(payloads[index]!),
        );
      }
    },
  );

  it('that reaches nobody, or breaks the frame, is an error where the track is published', async () => {
    const alice = await live.join('alice');
    using source = new VideoSource({ width: 320, height: 180 });
    using frame = solidFrame([90, 90, 90], { width: 320, height: 180, format: 'RGBA' });
    const userData = Uint8Array.of(1, 255, 255, 254);
    const capture = (): void => source.captureFrame(frame, { metadata: { userData } });
    const { localParticipant: we } = alice;
    capture();
    const plain = await we.publishTrack(LocalVideoTrack.create('plain', source), { codec: 'h264' });
    expect(capture).toThrow(
      "options.metadata.userData would reach nobody: 'plain' is published without frameMetadata, as is h264 unless told otherwise.",
    );
    source.captureFrame(frame);
    source.captureFrame(frame, { metadata: { captureTimeUs: 5, userData: new Uint8Array(0) } });
    const whole = await we.publishTrack(LocalVideoTrack.create('whole', source), {
      codec: 'h264',
      source: 'screen_share',
      frameMetadata: true,
    });
    expect(capture).toThrow(RangeError);
    expect(capture).toThrow('must not have the bytes 255, 255, 254 in a row');
    await whole.unpublish();
    expect(capture).toThrow('would reach nobody');
    await plain.unpublish();
    await we.publishTrack(plain.track, { codec: 'vp8' });
    capture();
  });
});

describe('the frames that are missing', () => {
  it('are not those that were captured while the track was muted', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { painter, track: mine } = await live.paint(alice, [60, 60, 200]);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = await streamWithMetadata(track, { capacity: 1000 });
    const ids: number[] = [];
    const readUntil = async (done: (id: number) => boolean): Promise<void> => {
      do {
        using frame = await nextFrame(stream);
        ids.push(frame.metadata.frameId!);
      } while (!done(ids.at(-1)!));
    };
    await readUntil(() => ids.length >= 5);
    const muted = nextEvent(track, 'muted');
    mine.mute();
    await muted;
    const captured = painter.source.framesCaptured;
    while (painter.source.framesCaptured < captured + 30) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    mine.unmute();
    await readUntil((id) => id >= captured + 35);
    const gaps = ids.slice(1).map((id, i) => id - ids[i]! - 1);
    const longest = Math.max(...gaps);
    expect(longest).toBeGreaterThan(20);
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    expect(stream.stats.missing).toBeLessThanOrEqual(all - longest);
  });
});
