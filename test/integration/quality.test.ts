import {
  type FramewireErrorCode,
  LocalVideoTrack,
  type PublishOptions,
  type RemoteTrackPublication,
  type Room,
  SCALABILITY_MODES,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import type { Capture } from '../support/painter.js';
import { nextEvent, untilColor, untilPublished } from '../support/waits.js';

const GREEN = [40, 180, 60] as const;

const live = liveRooms();

/** What an error with a code looks like, to a matcher. */
function coded(code: FramewireErrorCode): Error {
  return expect.objectContaining({ code }) as Error;
}

/** Reads a stream until its frames have a width. @returns the height, as a proof of the whole size. */
async function untilWidth(stream: VideoStream, width: number): Promise<number> {
  for (;;) {
    const { done, value: frame } = await stream.next();
    if (done) throw new Error(`The stream ended before frames of a width of ${width}.`);
    const { width: actual, height } = frame;
    frame.close();
    if (actual === width) return height;
  }
}

/** How many frames a second of a stream have come, by their time stamps. */
async function fpsOf(stream: VideoStream, frames: number): Promise<number> {
  const stamps: number[] = [];
  for await (using frame of stream) {
    stamps.push(frame.timestampUs);
    if (stamps.length > frames) break;
  }
  return (frames * 1e6) / (stamps.at(-1)! - stamps[0]!);
}

/** A moving picture that is hard to encode: stripes with a little noise. */
function stripes(width: number, height: number): { readonly capture: Capture } & Disposable {
  const frame = VideoFrame.create({ width, height, format: 'RGBA' });
  let n = 0;
  const capture: Capture = (source) => {
    const { data } = frame;
    n += 1;
    for (let i = 0; i < width * height; i++) {
      const stripe = (((i % width) + 4 * n) & 63) * 3;
      data.fill(stripe + ((Math.imul(i + n, 2_654_435_761) >>> 12) & 15), 4 * i, 4 * i + 3);
    }
    source.captureFrame(frame);
  };
  return {
    capture,
    [Symbol.dispose]: () => {
      frame.close();
    },
  };
}

async function pair(): Promise<[Room, Room]> {
  return [await live.join('alice'), await live.join('bob')];
}

/** What bob gets of a picture of 1280x720 that alice publishes. */
async function layered(options: PublishOptions): Promise<[RemoteTrackPublication, VideoStream]> {
  const [alice, bob] = await pair();
  await live.paint(alice, GREEN, { width: 1280, height: 720, ...options });
  const { track, publication } = await bob.waitForTrack({ kind: 'video' });
  return [publication, new VideoStream(track)];
}

describe('a track with several sizes', () => {
  it.each([
    ['vp8', { codec: 'vp8', simulcast: true }],
    ['h264', { codec: 'h264', simulcast: true }],
    ['vp9 with layers', { codec: 'vp9', scalabilityMode: 'L3T3_KEY' }],
    ['av1, which has layers without being asked', { codec: 'av1', simulcast: true }],
  ] as const)('comes in the one asked for: %s', async (_name, options) => {
    const [publication, stream] = await layered({ ...options, maxBitrateBps: 1_500_000 });
    await using frames = stream;
    expect(publication).toMatchObject({ simulcasted: true, videoQuality: 'high', enabled: true });
    publication.setVideoQuality('low');
    expect(await untilWidth(frames, 320)).toBe(180);
    publication.setVideoQuality('medium');
    expect(await untilWidth(frames, 640)).toBe(360);
    expect(publication).toMatchObject({ videoQuality: 'medium', videoDimensions: undefined });
    publication.setVideoDimensions({ width: 300, height: 200 });
    expect(await untilWidth(frames, 320)).toBe(180);
    expect(publication).toMatchObject({
      videoQuality: undefined,
      videoDimensions: { width: 300, height: 200 },
    });
    publication.setVideoQuality('high');
    expect(await untilWidth(frames, 1280)).toBe(720);
  });

  it('has fewer frames in its lower layers', async () => {
    const [publication, stream] = await layered({ codec: 'vp8', simulcast: true });
    await using frames = stream;
    publication.setVideoQuality('low');
    await untilWidth(frames, 320);
    const fps = await fpsOf(frames, 15);
    expect(fps).toBeGreaterThan(8);
    expect(fps).toBeLessThan(20);
  });

  it('stays as asked for while it is disabled, and when it is subscribed again', async () => {
    const [alice, bob] = [
      await live.join('alice'),
      await live.join('bob', { autoSubscribe: false }),
    ];
    await live.paint(alice, GREEN, { width: 1280, height: 720, simulcast: true });
    const publication = await untilPublished(bob, 'video');
    // Before there is anything to ask of the server.
    publication.setVideoQuality('low');
    publication.subscribe();
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilWidth(stream, 320);

    publication.disable();
    // To the server this alone would mean to enable it.
    publication.setVideoQuality('high');
    publication.setVideoQuality('low');
    expect(publication).toMatchObject({ enabled: false, subscribed: true, videoQuality: 'low' });
    publication.enable();
    await untilWidth(stream, 320);

    const gone = nextEvent(bob, 'trackUnsubscribed');
    publication.unsubscribe();
    await gone;
    publication.subscribe();
    const { track: again } = await bob.waitForTrack({ kind: 'video' });
    await using second = new VideoStream(again, { capacity: Infinity });
    await untilWidth(second, 320);
    const widths: number[] = [];
    for await (using frame of second) {
      if (widths.push(frame.width) === 10) break;
    }
    expect(widths).toEqual(Array(10).fill(320));
  });

  it('is told from one with a single size, and from sound', async () => {
    const [alice, bob] = await pair();
    await live.paint(alice, GREEN, { simulcast: false });
    await live.sing(alice, 440);
    const { publication: picture } = await bob.waitForTrack({ kind: 'video' });
    const { publication: tone } = await bob.waitForTrack({ kind: 'audio' });
    for (const publication of [picture, tone]) {
      expect(() => publication.setVideoQuality('low')).toThrow(coded('invalid-state'));
      expect(() => publication.setVideoDimensions({ width: 1, height: 1 })).toThrow(
        coded('invalid-state'),
      );
      expect(publication.videoQuality).toBeUndefined();
    }
    expect(() => tone.setVideoFps(10)).toThrow("'tone' is audio.");
    for (const wrong of ['best', '', 0, undefined]) {
      expect(() => picture.setVideoQuality(wrong as 'low')).toThrow(/^quality must be one of/);
    }
    for (const wrong of [
      undefined,
      null,
      7,
      {},
      { width: 0, height: 5 },
      { width: 5, height: 1.5 },
    ]) {
      expect(() => picture.setVideoDimensions(wrong as never)).toThrow(/^dimensions/);
    }
    for (const wrong of [0, -1, NaN, Infinity, '15', null]) {
      expect(() => picture.setVideoFps(wrong as number)).toThrow(/^fps must be a positive number/);
    }
    const gone = nextEvent(bob, 'disconnected');
    await bob.disconnect();
    await gone;
    for (const act of [
      () => picture.enable(),
      () => picture.disable(),
      () => picture.setVideoQuality('low'),
      () => picture.setVideoFps(5),
    ]) {
      expect(act).toThrow(coded('closed'));
    }
  });
});

describe('the frame rate of a subscription', () => {
  it('is limited for every stream of it, until that is taken back', async () => {
    const [alice, bob] = await pair();
    await live.paint(alice, GREEN);
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    publication.setVideoFps(10);
    expect(publication.videoFps).toBe(10);
    await using stream = new VideoStream(track, { capacity: Infinity });
    await using slower = new VideoStream(track, { capacity: Infinity, fps: 5 });
    await untilColor(stream, GREEN);
    expect(Math.round(await fpsOf(stream, 10))).toBeLessThanOrEqual(11);
    expect(stream.stats.dropped.rate).toBeGreaterThan(0);
    expect(Math.round(await fpsOf(slower, 4))).toBeLessThanOrEqual(6);
    await using free = new VideoStream(track, { capacity: Infinity });
    publication.setVideoFps(undefined);
    expect(await fpsOf(free, 20)).toBeGreaterThan(15);
  });
});

describe('scalability modes', () => {
  it('are taken by the encoders', async () => {
    const alice = await live.join('alice');
    using source = new VideoSource({ width: 640, height: 360 });
    const track = LocalVideoTrack.create('picture', source);
    // One of each kind: all of them take their time.
    const modes = SCALABILITY_MODES.filter((mode) =>
      /^(L1T2|L2T1h|L2T2_KEY_SHIFT|L3T3)$/.test(mode),
    );
    for (const codec of ['vp9', 'av1'] as const) {
      for (const scalabilityMode of modes) {
        const publication = await alice.localParticipant.publishTrack(track, {
          codec,
          scalabilityMode,
        });
        expect(publication.mimeType).toBe(`video/${codec.toUpperCase()}`);
        await publication.unpublish();
      }
    }
  });

  it.each(['vp9', 'av1'] as const)('with one size are one size: %s', async (codec) => {
    const [alice, bob] = await pair();
    await live.paint(alice, GREEN, { codec, scalabilityMode: 'L1T3' });
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    expect(publication.simulcasted).toBe(false);
    await using stream = new VideoStream(track);
    await untilColor(stream, GREEN);
  });
});

describe('degradationPreference', () => {
  it('keeps the size or the frame rate where the bit rate is too low for both', async () => {
    const [alice, bob] = await pair();
    using hard = stripes(640, 360);
    const size = { width: 640, height: 360, maxBitrateBps: 50_000 };
    const paint = async (degradationPreference: 'maintain-resolution' | 'maintain-framerate') => {
      const subscribed = nextEvent(bob, 'trackSubscribed');
      const { track: mine } = await live.paint(alice, hard.capture, {
        ...size,
        degradationPreference,
      });
      const [track] = await subscribed;
      const stream = new VideoStream(track);
      return { mine, stream };
    };
    const smooth = await paint('maintain-framerate');
    await using smoothFrames = smooth.stream;
    // It becomes smaller after some seconds.
    for (let width = 640; width === 640;) {
      using frame = (await smoothFrames.next()).value!;
      width = frame.width;
    }
    await smooth.mine.close();

    const sharp = await paint('maintain-resolution');
    await using sharpFrames = sharp.stream;
    for (let i = 0; i < 20; i++) {
      using frame = (await sharpFrames.next()).value!;
      expect([frame.width, frame.height]).toEqual([640, 360]);
    }
    const [outbound] = (await sharp.mine.getStats()).filter(({ type }) => type === 'outbound-rtp');
    expect(outbound).toMatchObject({ frameWidth: 640, qualityLimitationResolutionChanges: 0 });
  });
});
