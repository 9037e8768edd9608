import {
  AccessToken,
  AudioSource,
  LocalAudioTrack,
  LocalVideoTrack,
  type PublishOptions,
  Room,
  VideoSource,
  VideoStream,
} from 'framewire';
import { type LiveKitServer, startLiveKitServer } from 'framewire/server';
import { type Color, colorDistance } from 'framewire/testing';
import { TrackSource } from 'livekit-server-sdk';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

describe('a codec', () => {
  it.each([
    ['vp8', 'libvpx'],
    ['h264', 'OpenH264'],
    ['vp9', 'libvpx'],
    ['av1', 'libaom'],
  ] as const)('%s is what is sent, and shows the colours', async (codec, encoder) => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const { painter, track: mine } = await live.paint(alice, RED, { codec });
    const mimeType = `video/${codec.toUpperCase()}`;
    expect(alice.localParticipant.publicationOf('camera')!.mimeType).toBe(mimeType);
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    expect(publication.mimeType).toBe(mimeType);
    await using stream = new VideoStream(track);
    expect(colorDistance(await untilColor(stream, RED), RED)).toBeLessThanOrEqual(30);
    painter.change(BLUE);
    await untilColor(stream, BLUE);

    const [sent, received] = await Promise.all([mine.getStats(), track.getStats()]);
    for (const stats of [sent, received]) {
      const codecs = stats.filter((entry) => entry.type === 'codec');
      expect(codecs.map((entry) => entry.mimeType)).toEqual([mimeType]);
    }
    const [outbound] = sent.filter((entry) => entry.type === 'outbound-rtp');
    expect(outbound?.encoderImplementation).toBe(encoder);
  });

  it('of sound is known to both ends', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    await live.sing(alice, 440);
    expect(alice.localParticipant.publicationOf('microphone')!.mimeType).toBe('audio/opus');
    const { publication } = await bob.waitForTrack({ kind: 'audio' });
    expect(publication.mimeType).toMatch(/^audio\/(opus|red)$/);
  });
});

describe('a codec that is not there', () => {
  const vp8Only = { room: { enabled_codecs: [{ mime: 'audio/opus' }, { mime: 'video/vp8' }] } };
  let strict: LiveKitServer;

  beforeAll(async () => {
    strict = await startLiveKitServer({ config: vp8Only });
  });
  afterAll(() => strict.close());

  async function joinStrict(identity: string): Promise<Room> {
    const token = new AccessToken(strict.apiKey, strict.apiSecret, { identity });
    token.addGrant({ roomJoin: true, room: live.roomName });
    const room = live.room();
    await room.connect(strict.url, await token.toJwt());
    return room;
  }

  it('is refused at publish, where LiveKit would send another', async () => {
    const alice = await joinStrict('alice');
    const { localParticipant } = alice;
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    for (const codec of ['h264', 'vp9', 'av1'] as const) {
      await expect(localParticipant.publishTrack(track, { codec })).rejects.toMatchObject({
        code: 'unsupported',
        message: `The server does not allow ${codec} in this room: LiveKit would send video/VP8.`,
      });
      expect(track.published).toBe(false);
      expect(localParticipant.trackPublications.size).toBe(0);
    }
    const bob = await joinStrict('bob');
    const publication = await localParticipant.publishTrack(track, { codec: 'vp8' });
    expect(publication.mimeType).toBe('video/VP8');
    expect((await bob.waitForTrack({ kind: 'video' })).publication.sid).toBe(publication.sid);
    await publication.unpublish();
    // Not asked for: whatever there is.
    expect((await localParticipant.publishTrack(track)).mimeType).toBe('video/VP8');
  });

  it('can be given up, or taken back, while it is found out', async () => {
    const alice = await joinStrict('alice');
    const { localParticipant } = alice;
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const controller = new AbortController();
    const reason = new Error('Enough.');
    alice.once('localTrackPublished', () => controller.abort(reason));
    const { signal } = controller;
    await expect(localParticipant.publishTrack(track, { codec: 'vp8', signal })).rejects.toBe(
      reason,
    );
    expect(track.published).toBe(false);

    alice.once('localTrackPublished', (publication) => publication.unpublish());
    await expect(localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    alice.once('localTrackPublished', () => alice.disconnect());
    await expect(localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'disconnected',
    });
    expect(track.published).toBe(false);
  });
});

describe('publish options', () => {
  it('that make no sense are refused before anything is sent', async () => {
    const { localParticipant } = await live.join('alice');
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const publish = (options: unknown): Promise<unknown> =>
      localParticipant.publishTrack(track, options as PublishOptions);
    for (const [options, message] of [
      [{ source: 'microphone' }, /^options.source must be one of video, got 'microphone'/],
      [{ source: 'screen_share_audio' }, /^options.source must be one of video/],
      [{ maxFps: 0.001 }, /^options.maxFps must be at least 1/],
      [{ maxBitrateBps: 1 }, /^options.maxBitrateBps must be an integer from 30000 to 1000000000/],
      [{ maxBitrateBps: 2 ** 31 }, /^options.maxBitrateBps must be an integer from 30000/],
      [{ scalabilityMode: 'L3T3_KEY' }, /^options.scalabilityMode must be left out unless/],
      [{ codec: 'vp8', scalabilityMode: 'L1T3' }, /^options.scalabilityMode must be left out/],
      [{ codec: 'vp9', scalabilityMode: 'L9T9' }, /^options.scalabilityMode must be one of/],
      [{ codec: 'vp9', scalabilityMode: '' }, /^options.scalabilityMode must be one of/],
      [{ codec: 'av1', scalabilityMode: 3 }, /^options.scalabilityMode must be one of/],
      [{ degradationPreference: 'none' }, /^options.degradationPreference must be one of/],
      [{ degradationPreference: 1 }, /^options.degradationPreference must be one of/],
      [{ videoEncoder: 'gpu' }, /^options.videoEncoder must be one of/],
      [{ preconnectBuffer: 1 }, /^options.preconnectBuffer must be a boolean/],
    ] as const) {
      await expect(publish(options)).rejects.toThrow(message);
    }
    for (const options of [
      { codec: 'vp9', scalabilityMode: 'S3T3' },
      { codec: 'h265' },
      ...(process.platform === 'darwin' ? [] : [{ videoEncoder: 'videotoolbox' }]),
    ]) {
      await expect(publish(options)).rejects.toMatchObject({ code: 'unsupported' });
    }
    const voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
    const sound = LocalAudioTrack.create('voice', voice);
    await expect(localParticipant.publishTrack(sound, { source: 'camera' })).rejects.toThrow(
      /^options.source must be one of audio/,
    );
    await expect(localParticipant.publishTrack(sound, { maxBitrateBps: 1 })).rejects.toThrow(
      /^options.maxBitrateBps must be an integer from 6000/,
    );
    voice.close();
    expect(localParticipant.trackPublications.size).toBe(0);
  });

  it('of encoder and limits reach the encoder', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const { track: mine } = await live.paint(alice, RED, {
      videoEncoder: 'software',
      degradationPreference: 'maintain-resolution',
      maxBitrateBps: 30_000,
      maxFps: 1,
    });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, RED);
    const [outbound] = (await mine.getStats()).filter((entry) => entry.type === 'outbound-rtp');
    expect(outbound).toMatchObject({ encoderImplementation: 'libvpx' });
    expect(outbound?.targetBitrate).toBeLessThanOrEqual(30_000);
  });
});

describe('the permission to publish', () => {
  it('may be taken away while joined: publishing fails at once then', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const { track } = await live.paint(alice, RED);
    const { track: theirs } = await bob.waitForTrack({ kind: 'video' });
    const ended = nextEvent(theirs, 'ended');
    const told = nextEvent(alice, 'participantPermissionsChanged', ({ canPublish }) => !canPublish);
    const gone = nextEvent(alice, 'localTrackUnpublished');
    await live.admin.updateParticipant(live.roomName, 'alice', undefined, {
      canSubscribe: true,
      canPublish: false,
      canPublishData: false,
    });
    await Promise.all([told, gone, ended]);
    expect(track.published).toBe(false);
    await expect(alice.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(alice.localParticipant.publishData('x')).rejects.toMatchObject({
      code: 'forbidden',
    });

    const back = nextEvent(alice, 'participantPermissionsChanged', ({ canPublish }) => canPublish);
    await live.admin.updateParticipant(live.roomName, 'alice', undefined, {
      canSubscribe: true,
      canPublish: true,
      canPublishData: true,
      canPublishSources: [TrackSource.CAMERA],
    });
    await back;
    await alice.localParticipant.publishTrack(track);
    await expect(live.sing(alice, 440)).rejects.toMatchObject({ code: 'forbidden' });
    const { publication } = await bob.waitForTrack({ kind: 'video' });
    expect(publication.sid).toBe(track.sid);
  });
});
