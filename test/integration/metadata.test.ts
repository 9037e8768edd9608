import { LocalVideoTrack, type VideoFrame, VideoSource, VideoStream } from 'framewire';
import { solidFrame } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { untilColor } from '../support/waits.js';

const live = liveRooms();

async function nextFrame(stream: VideoStream): Promise<VideoFrame> {
  const { value } = await stream.next();
  if (!value) throw new Error('The stream ended.');
  return value;
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
    await using stream = new VideoStream(track);
    for (let i = 0; i < 5; i++) {
      using received = await nextFrame(stream);
      const { frameId = -1, captureTimeUs, userData } = received.metadata;
      expect({ captureTimeUs, userData: userData && new Uint8Array(userData) }).toEqual(
        sent(frameId),
      );
    }
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
    await using received = new VideoStream(track);
    using again = new VideoSource({ width: 320, height: 180 });
    const second = LocalVideoTrack.create('again', again);
    await bob.localParticipant.publishTrack(second, { maxFps: 30, simulcast: false });
    const republishing = (async () => {
      for await (using one of received) again.captureFrame(one);
    })();
    const { track: far } = await carol.waitForTrack({ kind: 'video', participant: 'bob' });
    await using stream = new VideoStream(far);
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
