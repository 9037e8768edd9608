import { AudioStream, VideoStream } from 'framewire';
import {
  publishCapture,
  readPictureNumber,
  TEST_PATTERN_COLORS,
  testPattern,
  tone,
} from 'framewire/capture';
import { colorDistance, meanColor } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilTone } from '../support/waits.js';

const live = liveRooms();

const PICTURE = { width: 640, height: 360, fps: 30 } as const;

describe('what is captured and published', () => {
  it('is seen with its numbers, its colours and the time at which it was captured', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const beforeUs = Date.now() * 1000;
    const pattern = testPattern(PICTURE);
    await using capture = await publishCapture(alice, pattern, { simulcast: false });
    expect(capture.publication).toMatchObject({ source: 'camera', name: 'video' });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    let last = -1;
    const startsUs: number[] = [];
    while (startsUs.length < 11) {
      const { value: frame } = await stream.next();
      const number = readPictureNumber(frame!);
      const { captureTimeUs = NaN } = frame!.metadata;
      if (number === undefined) {
        frame!.close();
        continue;
      }
      expect(number).toBeGreaterThan(last);
      last = number;
      startsUs.push(captureTimeUs - number * (1e6 / 30));
      for (const [i, color] of TEST_PATTERN_COLORS.entries()) {
        const bar = { x: i * 80 + 16, y: 4, width: 48, height: 24 };
        expect(colorDistance(meanColor(frame!, bar), color)).toBeLessThanOrEqual(30);
      }
      frame!.close();
    }
    // Each has the time of the picture with that number, and of no other; but for a pause between two clocks.
    const startUs = startsUs.toSorted((a, b) => a - b)[5]!;
    expect(startsUs.filter((us) => Math.abs(us - startUs) < 5_000).length).toBeGreaterThan(5);
    expect(startUs).toBeGreaterThan(beforeUs - 50_000);
    expect(startUs).toBeLessThan(Date.now() * 1000);
    await capture.close();
    expect(track.ended || (await nextEvent(track, 'ended'))).toBeTruthy();
    expect(pattern.ended).toBe(true);
    expect(alice.localParticipant.trackPublications.size).toBe(0);
  });

  it('is heard', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await using capture = await publishCapture(alice, tone({ frequencyHz: 500 }));
    expect(capture.publication).toMatchObject({ source: 'microphone', name: 'audio' });
    const { track } = await bob.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    await untilTone(stream, 500);
  });

  it('goes on after a full reconnect', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await using capture = await publishCapture(alice, testPattern(PICTURE), { simulcast: false });
    await bob.waitForTrack({ kind: 'video' });
    const reconnected = nextEvent(alice, 'reconnected');
    const again = nextEvent(bob, 'trackSubscribed');
    await alice.simulateScenario('full-reconnect');
    await reconnected;
    const [track] = await again;
    await using stream = new VideoStream(track);
    let number: number | undefined;
    while (number === undefined) {
      const { value: frame } = await stream.next();
      number = readPictureNumber(frame!);
      frame!.close();
    }
    expect(capture.track.published).toBe(true);
  });

  it('ends when the room is left', async () => {
    const alice = await live.join('alice');
    const pattern = testPattern(PICTURE);
    const capture = await publishCapture(alice, pattern);
    await alice.disconnect();
    expect(await capture.closed).toEqual({ reason: 'disconnected' });
    expect(pattern.ended).toBe(true);
  });

  it('ends when the server removes us', async () => {
    const alice = await live.join('alice');
    const capture = await publishCapture(alice, tone());
    await live.admin.removeParticipant(live.roomName, 'alice');
    expect(await capture.closed).toEqual({ reason: 'disconnected' });
  });

  it('ends when it may no longer be published', async () => {
    const alice = await live.join('alice');
    const pattern = testPattern(PICTURE);
    const capture = await publishCapture(alice, pattern);
    await live.admin.updateParticipant(live.roomName, 'alice', {
      permission: { canPublish: false, canSubscribe: true },
    });
    expect(await capture.closed).toEqual({ reason: 'unpublished' });
    expect(pattern.ended).toBe(true);
  });

  it('is not captured any more when it may not be published', async () => {
    const alice = await live.join('alice', { grants: { canPublish: false } });
    const pattern = testPattern(PICTURE);
    await expect(publishCapture(alice, pattern)).rejects.toMatchObject({ code: 'forbidden' });
    expect(pattern.ended).toBe(true);
    const without = testPattern(PICTURE);
    await expect(publishCapture(live.room(), without)).rejects.toMatchObject({
      code: 'disconnected',
    });
    expect(without.ended).toBe(true);
  });

  it('is as before when it is published with wrong options', async () => {
    const alice = await live.join('alice');
    await using pattern = testPattern(PICTURE);
    await expect(publishCapture(alice, pattern, { maxBitrateBps: 3 })).rejects.toThrow(RangeError);
    await expect(publishCapture(alice, pattern, { codec: 'h265' as never })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(publishCapture(alice, {} as never)).rejects.toThrow(TypeError);
    expect(pattern.ended).toBe(false);
  });
});
