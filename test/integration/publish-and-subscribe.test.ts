import {
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  type PublishOptions,
  type RemoteAudioTrack,
  VideoSource,
  VideoStream,
} from 'framewire';
import { type Color, colorDistance, meanColor, solidFrame } from 'framewire/testing';
import { TrackSource } from 'livekit-server-sdk';
import { liveRooms } from '../support/live-rooms.js';
import { Painter } from '../support/painter.js';
import { drain, nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

describe('publishing and subscribing', () => {
  it('carries colours', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { painter } = await live.paint(alice, RED, { width: 640, height: 360 });
    const { track, publication, participant } = await bob.waitForTrack({ kind: 'video' });
    expect([participant.identity, publication.source, track.name]).toEqual([
      'alice',
      'camera',
      'picture',
    ]);
    await using stream = new VideoStream(track, { format: 'RGBA' });
    expect(colorDistance(await untilColor(stream, RED), RED)).toBeLessThanOrEqual(30);
    painter.change(GREEN);
    await untilColor(stream, GREEN);
    painter.change(BLUE);
    await untilColor(stream, BLUE);
  });

  it('carries a tone', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.sing(alice, 440);
    const { track, publication } = await bob.waitForTrack({ kind: 'audio' });
    expect(publication.source).toBe('microphone');
    await using stream = new AudioStream(track, { sampleRate: 16_000, frameMs: 20 });
    expect(await untilTone(stream, 440)).toBeCloseTo(440, -1);
  });

  it('carries video and audio both ways, to several subscribers', async () => {
    const rooms = await Promise.all([live.join('alice'), live.join('bob'), live.join('carol')]);
    const [alice, bob, carol] = rooms;
    await Promise.all([live.paint(alice, RED), live.sing(alice, 440), live.paint(bob, BLUE)]);
    await Promise.all(
      (
        [
          [bob, 'alice', RED],
          [carol, 'alice', RED],
          [alice, 'bob', BLUE],
          [carol, 'bob', BLUE],
        ] as const
      ).map(async ([room, participant, color]) => {
        const { track } = await room.waitForTrack({ kind: 'video', participant });
        await using stream = new VideoStream(track);
        await untilColor(stream, color);
      }),
    );
    const { track } = await carol.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    expect(await untilTone(stream, 440)).toBeCloseTo(440, -1);
  });

  it.each(['vp8', 'h264', 'vp9', 'av1'] as const)('encodes %s', async (codec) => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, GREEN, { codec });
    const { track, publication } = await bob.waitForTrack();
    expect(publication.mimeType.toLowerCase()).toBe(`video/${codec}`);
    await using stream = new VideoStream(track);
    await untilColor(stream, GREEN);
  });

  it('publishes a track in one of two rooms that ask for it at once', async () => {
    const [here, there] = [
      await live.join('alice'),
      await live.join('alice', { room: 'elsewhere' }),
    ];
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const first = here.localParticipant.publishTrack(track);
    await expect(there.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    await first;
    await expect(there.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    await here.localParticipant.unpublishTrack(track);
    await there.localParticipant.publishTrack(track);
    await track.close();
    for (const room of [here, there]) expect(room.localParticipant.trackPublications.size).toBe(0);
  });

  it('takes every publish option', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const options = {
      source: 'screen_share',
      codec: 'vp8',
      maxBitrateBps: 300_000,
      maxFps: 15,
      simulcast: true,
      stream: 'desk',
      frameMetadata: false,
    } as const;
    await live.paint(alice, RED, { width: 640, height: 360, ...options });
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    expect(publication).toMatchObject({
      source: 'screen_share',
      simulcasted: true,
      width: 640,
      height: 360,
    });
    await using stream = new VideoStream(track, { capacity: Infinity });
    await untilColor(stream, RED);
    const { value: frame } = await stream.next();
    expect(frame?.metadata).toEqual({});
    frame?.close();

    const voice = new AudioSource({ sampleRate: 48_000, channels: 2 });
    const published = await alice.localParticipant.publishTrack(
      LocalAudioTrack.create('voice', voice),
      { source: 'screen_share_audio', maxBitrateBps: 32_000, dtx: false, red: false },
    );
    expect(published.source).toBe('screen_share_audio');
    voice.close();
  });

  it('sends no more frames than maxFps', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, RED, { maxFps: 10 });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { capacity: Infinity });
    const stamps: number[] = [];
    for await (using frame of stream) {
      stamps.push(frame.timestampUs);
      if (stamps.length === 15) break;
    }
    // The first ones may come in a burst.
    const fps = (10 * 1e6) / (stamps[14]! - stamps[4]!);
    expect(fps).toBeGreaterThan(7);
    expect(fps).toBeLessThan(13);
  });

  it('refuses what is no track, and options that are none', async () => {
    const { localParticipant } = await live.join('alice');
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const publish = (...args: unknown[]): Promise<unknown> =>
      localParticipant.publishTrack(...(args as [LocalVideoTrack, PublishOptions]));
    for (const wrong of [undefined, null, 'camera', source, { kind: 'video' }]) {
      await expect(publish(wrong)).rejects.toThrow(/^track must be a local track, got/);
    }
    await expect(publish(track, { codec: 'h265' })).rejects.toMatchObject({ code: 'unsupported' });
    for (const [options, message] of [
      [null, /^options must be an object/],
      [[], /^options must be an object/],
      [{ source: 'webcam' }, /^options.source must be one of/],
      [{ source: 1 }, /^options.source must be one of/],
      [{ codec: 'mpeg2' }, /^options.codec must be one of/],
      [{ maxBitrateBps: '1M' }, /^options.maxBitrateBps must be an integer from 30000/],
      [{ maxBitrateBps: 1.5 }, /^options.maxBitrateBps must be an integer from 30000/],
      [{ maxBitrateBps: 0 }, /^options.maxBitrateBps must be an integer from 30000/],
      [{ maxFps: NaN }, /^options.maxFps must be a positive number/],
      [{ maxFps: -30 }, /^options.maxFps must be a positive number/],
      [{ simulcast: 1 }, /^options.simulcast must be a boolean/],
      [{ dtx: 'on' }, /^options.dtx must be a boolean/],
      [{ red: null }, /^options.red must be a boolean/],
      [{ frameMetadata: 0 }, /^options.frameMetadata must be a boolean/],
      [{ stream: 7 }, /^options.stream must be a string/],
    ] as const) {
      await expect(publish(track, options)).rejects.toThrow(message);
    }
    expect(track.published).toBe(false);
    expect(localParticipant.trackPublications.size).toBe(0);
  });

  it('says forbidden at once where the token does not allow to publish', async () => {
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const listener = await live.join('listener', { grants: { canPublish: false } });
    await expect(listener.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const speaker = await live.join('speaker', {
      grants: { canPublishSources: [TrackSource.MICROPHONE] },
    });
    await expect(speaker.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(track.published).toBe(false);
  });

  it('says unsupported at once for av1 in an encrypted room, which nobody would see', async () => {
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const { localParticipant } = await live.join('alice', { encryption: { sharedKey: 'secret' } });
    await expect(localParticipant.publishTrack(track, { codec: 'av1' })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await localParticipant.publishTrack(track, { codec: 'vp9' });
  });

  it('publishes a track once, and again after it was taken back', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track } = await live.paint(alice, RED);
    const me = alice.localParticipant;
    await expect(me.publishTrack(track)).rejects.toMatchObject({ code: 'invalid-state' });
    await expect(bob.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'invalid-state',
    });
    const { track: first } = await bob.waitForTrack({ kind: 'video' });
    const ended = nextEvent(first, 'ended');
    await me.unpublishTrack(track);
    expect(track).toMatchObject({ published: false, ended: false, sid: undefined });
    expect(me.trackPublications.size).toBe(0);
    await expect(me.unpublishTrack(track)).rejects.toMatchObject({ code: 'not-found' });
    await ended;

    const publishing = me.publishTrack(track, { simulcast: false });
    await expect(me.publishTrack(track)).rejects.toMatchObject({ code: 'invalid-state' });
    const publication = await publishing;
    const second = await bob.waitForTrack({ kind: 'video' });
    expect(second.track.sid).toBe(track.sid);
    await using stream = new VideoStream(second.track);
    await untilColor(stream, RED);

    const gone = nextEvent(bob, 'trackUnpublished');
    await publication.unpublish();
    await publication.unpublish();
    const [unpublished] = await gone;
    expect(unpublished.sid).toBe(publication.sid);
  });

  it('may be told several things about a track at once', async () => {
    const alice = await live.join('alice');
    const { track } = await live.paint(alice, RED);
    const publication = alice.localParticipant.publicationOf('camera')!;
    await Promise.all([
      publication.unpublish(),
      publication.unpublish(),
      alice.localParticipant.unpublishTrack(track),
      track.close(),
    ]);
    expect(track).toMatchObject({ published: false, ended: true });

    const late = await live.paint(alice, RED);
    const taking = alice.localParticipant.unpublishTrack(late.track);
    await Promise.all([taking, alice.disconnect()]);
    expect(late.track).toMatchObject({ published: false, ended: false });

    const bob = await live.join('bob');
    const publishing = bob.localParticipant.publishTrack(late.track);
    await Promise.all([
      expect(publishing).rejects.toMatchObject({ code: 'disconnected' }),
      bob.disconnect(),
    ]);
    expect(late.track.published).toBe(false);
  });

  it('unpublishes a track that is closed, or whose source is', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track } = await live.paint(alice, RED);
    const { source } = await live.sing(alice, 440);
    await Promise.all([bob.waitForTrack({ kind: 'video' }), bob.waitForTrack({ kind: 'audio' })]);
    const videoGone = nextEvent(bob, 'trackUnpublished', ({ kind }) => kind === 'video');
    const audioGone = nextEvent(bob, 'trackUnpublished', ({ kind }) => kind === 'audio');
    await track.close();
    await videoGone;
    const withdrawn = nextEvent(alice, 'localTrackUnpublished');
    source.close();
    await Promise.all([audioGone, withdrawn]);
    expect(alice.localParticipant.trackPublications.size).toBe(0);
    await expect(alice.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'closed',
    });
  });

  it('mutes and unmutes', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track: mine } = await live.paint(alice, RED);
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, RED);
    const told: string[] = [];
    bob.on('trackMuted', (one) => told.push(`room muted ${one.sid === publication.sid}`));
    bob.on('trackUnmuted', (one) => told.push(`room unmuted ${one.sid === publication.sid}`));
    track.on('muted', () => told.push('track muted'));
    track.on('unmuted', () => told.push('track unmuted'));

    const muted = nextEvent(bob, 'trackMuted');
    mine.mute();
    mine.mute();
    await muted;
    expect([track.muted, publication.muted, mine.muted]).toEqual([true, true, true]);
    const unmuted = nextEvent(bob, 'trackUnmuted');
    mine.unmute();
    await unmuted;
    expect([track.muted, publication.muted, mine.muted]).toEqual([false, false, false]);
    expect(told).toEqual(['track muted', 'room muted true', 'track unmuted', 'room unmuted true']);
    await untilColor(stream, RED);
  });

  it('begins muted when it was muted before it was published', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using painter = new Painter(GREEN);
    const mine = LocalVideoTrack.create('picture', painter.source);
    mine.mute();
    const seen = bob.waitForTrack({ kind: 'video' });
    await alice.localParticipant.publishTrack(mine, { simulcast: false });
    painter.start();
    const { track, publication } = await seen;
    if (!publication.muted) await nextEvent(bob, 'trackMuted');
    expect([track.muted, publication.muted]).toEqual([true, true]);
    await using stream = new VideoStream(track);
    const unmuted = nextEvent(bob, 'trackUnmuted');
    mine.unmute();
    await unmuted;
    await untilColor(stream, GREEN);
  });

  it('receives only what it asks for without autoSubscribe', async () => {
    const alice = await live.join('alice');
    await live.paint(alice, BLUE);
    const bob = await live.join('bob', { autoSubscribe: false });
    const publication = bob.remoteParticipants.get('alice')!.publicationOf('camera')!;
    expect(publication).toMatchObject({ subscribed: false, track: undefined, kind: 'video' });

    const wanted = bob.waitForTrack({ kind: 'video' });
    publication.subscribe();
    const { track } = await wanted;
    expect(publication).toMatchObject({ subscribed: true, track });
    await using stream = new VideoStream(track);
    await untilColor(stream, BLUE);
    const gone = nextEvent(bob, 'trackUnsubscribed');
    const rest = drain(stream);
    publication.unsubscribe();
    expect((await gone)[0]).toBe(track);
    await rest;
    expect(track.ended).toBe(true);
    expect(publication).toMatchObject({ subscribed: false, track: undefined });
    await bob.disconnect();
    publication.unsubscribe();
    expect(() => publication.subscribe()).toThrow("'picture' is no longer published.");
  });

  it('tells the publisher when somebody subscribes', async () => {
    const alice = await live.join('alice');
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    const publication = await alice.localParticipant.publishTrack(track, { simulcast: false });
    const reason = new Error('Enough.');
    const signal = AbortSignal.abort(reason);
    await expect(publication.waitForSubscription({ signal })).rejects.toBe(reason);
    const waiting = publication.waitForSubscription();
    const told = nextEvent(alice, 'localTrackSubscribed');
    const bob = await live.join('bob', { autoSubscribe: false });
    bob.remoteParticipants.get('alice')!.publicationOf('camera')!.subscribe();
    await waiting;
    expect(await told).toEqual([track, publication]);

    const other = await alice.localParticipant.publishTrack(
      LocalVideoTrack.create('unseen', source),
      { simulcast: false },
    );
    const never = other.waitForSubscription();
    await Promise.all([expect(never).rejects.toMatchObject({ code: 'closed' }), other.unpublish()]);
  });

  it('shows nothing before the first captured frame, not even black', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using painter = new Painter(RED);
    const mine = LocalVideoTrack.create('picture', painter.source);
    await alice.localParticipant.publishTrack(mine, { maxFps: 30, simulcast: false });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { capacity: Infinity });
    // LiveKit would send ten black frames a second in this time.
    await live.sing(alice, 440);
    const { track: tone } = await bob.waitForTrack({ kind: 'audio' });
    await using clock = new AudioStream(tone, { frameMs: 100 });
    for (let i = 0; i < 10; i++) await clock.next();
    expect(stream.stats.received).toBe(0);

    painter.start();
    const colors: Color[] = [];
    for await (using received of stream) {
      colors.push(meanColor(received));
      if (colors.length === 10) break;
    }
    for (const color of colors) expect(colorDistance(color, RED)).toBeLessThanOrEqual(30);
  });

  it('never delivers the blank frames with which LiveKit ends a track', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track: mine } = await live.paint(alice, GREEN);
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { capacity: Infinity });
    await untilColor(stream, GREEN);
    await alice.localParticipant.unpublishTrack(mine);
    const sizes = new Set<string>();
    for await (using frame of stream) sizes.add(`${frame.width}x${frame.height}`);
    expect([...sizes].filter((size) => size !== '320x180')).toEqual([]);
  });

  it('sends sources of odd sizes', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, BLUE, { width: 323, height: 181 });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, BLUE);
    const { value: frame } = await stream.next();
    expect([frame?.width, frame?.height]).toEqual([320, 180]);
    frame?.close();
  });

  it('shows a rotated frame upright', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    using frame = solidFrame(RED, { width: 320, height: 180, format: 'RGBA', rotation: 90 });
    // Blue on the left: turned clockwise, at the top.
    const { data } = frame;
    for (let y = 0; y < 180; y++) {
      for (let x = 0; x < 160; x++) data.set(BLUE, (y * 320 + x) * 4);
    }
    // A published track's frames are turned for the encoder, at ourselves too.
    using unpublished = new VideoSource({ width: 320, height: 180 });
    await using asCaptured = new VideoStream(LocalVideoTrack.create('unseen', unpublished));
    unpublished.captureFrame(frame);
    using here = (await asCaptured.next()).value!;
    expect([here.width, here.height, here.rotation]).toEqual([320, 180, 90]);

    await live.paint(alice, (source) => source.captureFrame(frame));
    const { track } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { upright: true, format: 'RGBA' });
    using there = (await stream.next()).value!;
    expect([there.width, there.height, there.rotation]).toEqual([180, 320, 0]);
    const top = meanColor(there, { x: 20, y: 20, width: 140, height: 100 });
    const bottom = meanColor(there, { x: 20, y: 200, width: 140, height: 100 });
    expect(colorDistance(top, BLUE)).toBeLessThanOrEqual(30);
    expect(colorDistance(bottom, RED)).toBeLessThanOrEqual(30);
  });

  it('gives audio at the rate, channels and frame length asked for', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.sing(alice, 440, { sampleRate: 24_000, channels: 2 });
    const { track } = await bob.waitForTrack({ kind: 'audio' });
    const check = async (one: RemoteAudioTrack, sampleRate: number): Promise<void> => {
      await using stream = new AudioStream(one, { sampleRate, channels: 2, frameMs: 20 });
      await untilTone(stream, 440);
      const { value: frame } = await stream.next();
      expect(frame).toMatchObject({ sampleRate, channels: 2, durationMs: 20 });
    };
    await Promise.all([check(track, 48_000), check(track, 16_000)]);
  });
});
