import { readdirSync, readFileSync } from 'node:fs';
import { VideoStream } from 'framewire';
import { publishCamera } from 'framewire/capture';
import { liveRooms } from '../support/live-rooms.js';
import { describeWith } from '../support/tools.js';
import { untilColor } from '../support/waits.js';

const live = liveRooms();

const ORANGE = [255, 140, 0] as const;

/** A camera that sees nothing but orange. */
const CAMERA = {
  backend: 'lavfi',
  device: 'color=c=#ff8c00:size=320x180:rate=30',
  width: 320,
  height: 180,
  fps: 30,
} as const;

/** The ffmpeg processes that this file of tests has started: others were there before. */
function children(): number {
  return ffmpegs().filter((pid) => !others.has(pid)).length;
}

function ffmpegs(): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(
        readFileSync(`/proc/${name}/stat`, 'utf8'),
      )!;
      return command === 'ffmpeg' && Number(parent) === process.pid;
    } catch {
      return false;
    }
  });
}

const others = new Set(ffmpegs());

describeWith(['ffmpeg'], 'publishCamera()', () => {
  it('shows what the camera sees, with the time at which it was taken', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const beforeUs = Date.now() * 1000;
    await using camera = await publishCamera(alice, { ...CAMERA, simulcast: false });
    expect(camera.publication).toMatchObject({ source: 'camera', name: 'camera' });
    expect(camera.track.source).toMatchObject({ width: 320, height: 180, screencast: false });
    const { track } = await bob.waitForTrack({ kind: 'video', source: 'camera' });
    await using stream = new VideoStream(track);
    await untilColor(stream, ORANGE);
    let lastUs = beforeUs;
    for (let i = 0; i < 10; i++) {
      const { value: frame } = await stream.next();
      const { captureTimeUs = NaN } = frame!.metadata;
      expect(captureTimeUs).toBeGreaterThan(lastUs);
      expect(captureTimeUs).toBeLessThan(Date.now() * 1000 + 5_000);
      lastUs = captureTimeUs;
      frame!.close();
    }
    expect(camera.stats.latencyMs).toBeDefined();
  });

  it('passes on how it is to be published', async () => {
    const alice = await live.join('alice');
    await using camera = await publishCamera(alice, {
      ...CAMERA,
      name: 'front door',
      codec: 'vp9',
      source: 'unknown',
    });
    expect(camera.publication).toMatchObject({
      name: 'front door',
      mimeType: 'video/VP9',
      source: 'unknown',
    });
  });

  it('leaves nothing behind where the camera cannot be opened, or not be published', async () => {
    const alice = await live.join('alice');
    const missing = publishCamera(alice, { device: '/dev/video-that-is-not-there' });
    await expect(missing).rejects.toMatchObject({ code: 'device' });
    const wrong = publishCamera(alice, { ...CAMERA, maxBitrateBps: 1 });
    await expect(wrong).rejects.toThrow(RangeError);
    await expect(publishCamera(live.room(), CAMERA)).rejects.toMatchObject({
      code: 'disconnected',
    });
    expect(alice.localParticipant.trackPublications.size).toBe(0);

    const silent = await live.join('silent', { grants: { canPublish: false } });
    await expect(publishCamera(silent, CAMERA)).rejects.toMatchObject({ code: 'forbidden' });
    expect(children()).toBe(0);
  });

  it('gives up when the signal aborts, or the room is left', async () => {
    const alice = await live.join('alice');
    const controller = new AbortController();
    const opening = publishCamera(alice, { ...CAMERA, signal: controller.signal });
    controller.abort('enough');
    await expect(opening).rejects.toBe('enough');

    const leaving = publishCamera(alice, CAMERA);
    await alice.disconnect();
    await expect(leaving).rejects.toMatchObject({ code: 'disconnected' });
    expect(children()).toBe(0);
  });

  it('ends when ffmpeg does, and says why', async () => {
    const alice = await live.join('alice');
    const camera = await publishCamera(alice, {
      ...CAMERA,
      device: `${CAMERA.device}:duration=0.5`,
    });
    const { reason, error } = await camera.closed;
    expect(reason).toBe('failed');
    expect(error).toMatchObject({ code: 'device' });
    expect(alice.localParticipant.trackPublications.size).toBe(0);
    expect(children()).toBe(0);
  });

  it('frees everything, twenty times', async () => {
    const alice = await live.join('alice');
    const descriptors: number[] = [];
    for (let cycle = 0; cycle < 20; cycle++) {
      const camera = await publishCamera(alice, { ...CAMERA, simulcast: false });
      await camera.close();
      expect(await camera.closed).toEqual({ reason: 'closed' });
      expect(camera.track.ended).toBe(true);
      expect(alice.localParticipant.trackPublications.size).toBe(0);
      expect(children()).toBe(0);
      descriptors.push(readdirSync('/proc/self/fd').length);
    }
    expect(descriptors.at(-1)).toBeLessThanOrEqual(descriptors[4]! + 1);
  });
});
