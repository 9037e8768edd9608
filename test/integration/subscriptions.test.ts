import {
  AudioStream,
  FramewireError,
  type FramewireErrorCode,
  type RemoteTrackPublication,
  type Room,
  type TrackSubscriptionPermissions,
  VideoStream,
} from 'framewire';
import { type Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor, untilPublished, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];

const live = liveRooms();

/** What an error with a code looks like, to a matcher. */
function coded(code: FramewireErrorCode): Error {
  return expect.objectContaining({ code }) as Error;
}

/** Resolves when the server no longer sends a track: WebRTC has no report of it then. */
async function untilWithheld({ track }: RemoteTrackPublication): Promise<void> {
  while (track && !track.ended && (await track.getStats()).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The next subscription of a room to a track of a name. */
function subscription(room: Room, name: string): Promise<unknown> {
  return nextEvent(room, 'trackSubscribed', (track) => track.name === name);
}

describe('enabling and disabling a publication', () => {
  it('stops video and lets it come again', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const carol = await live.join('carol');
    const { painter } = await live.paint(alice, RED);
    const { track, publication } = await bob.waitForTrack({ kind: 'video' });
    const { track: other } = await carol.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track, { capacity: Infinity });
    await using control = new VideoStream(other);
    await untilColor(stream, RED);
    publication.disable();
    publication.disable();
    expect(publication).toMatchObject({ enabled: false, subscribed: true });
    // The server has done it long before carol has seen 30 frames of the next colour.
    await untilColor(control, RED);
    for (let i = 0; i < 10; i++) (await control.next()).value?.close();
    painter.change(GREEN);
    await untilColor(control, GREEN);
    for (let i = 0; i < 30; i++) (await control.next()).value?.close();
    const before = stream.stats.received;
    for (let i = 0; i < 15; i++) (await control.next()).value?.close();
    expect(stream.stats.received).toBe(before);
    expect(track.ended).toBe(false);

    publication.enable();
    expect(publication.enabled).toBe(true);
    await untilColor(stream, GREEN);
  });

  it('stops sound and lets it come again', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    await live.sing(alice, 440);
    const { track, publication } = await bob.waitForTrack({ kind: 'audio' });
    await using stream = new AudioStream(track);
    await untilTone(stream, 440);
    publication.disable();
    // Silence has no pitch.
    await untilTone(stream, 0);
    publication.enable();
    expect(await untilTone(stream, 440)).toBeCloseTo(440, -1);
  });

  it('holds for who subscribes later, and over subscribing again', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob', { autoSubscribe: false });
    await live.paint(alice, RED);
    const publication = await untilPublished(bob, 'video');
    publication.disable();
    for (let i = 0; i < 2; i++) {
      publication.subscribe();
      const { track } = await bob.waitForTrack({ kind: 'video' });
      await using stream = new VideoStream(track);
      await live.sing(alice, 440);
      const heard = nextEvent(bob, 'trackSubscribed', ({ kind }) => kind === 'audio');
      (await untilPublished(bob, 'audio')).subscribe();
      const [tone] = await heard;
      await using clock = new AudioStream(tone, { frameMs: 100 });
      // A few may be under way. An enabled one brings 30 frames a second.
      for (let before = -1; stream.stats.received > before;) {
        before = stream.stats.received;
        for (let k = 0; k < 10; k++) await clock.next();
      }
      expect(publication).toMatchObject({ subscribed: true, enabled: false });
      const gone = nextEvent(bob, 'trackUnsubscribed', ({ kind }) => kind === 'video');
      publication.unsubscribe();
      await gone;
      await alice.localParticipant.publicationOf('microphone')!.unpublish();
    }
    publication.subscribe();
    const { track } = await bob.waitForTrack({ kind: 'video' });
    publication.enable();
    await using stream = new VideoStream(track);
    await untilColor(stream, RED);
  });
});

describe('track subscription permissions', () => {
  it('take a track from everybody, from one, and give it back', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const carol = await live.join('carol');
    const me = alice.localParticipant;
    const { track: mine } = await live.paint(alice, RED);
    const ofBob = await bob.waitForTrack({ kind: 'video' });
    const ofCarol = await carol.waitForTrack({ kind: 'video' });
    await using first = new VideoStream(ofBob.track);
    await untilColor(first, RED);

    me.setTrackSubscriptionPermissions({ allParticipantsAllowed: false });
    await Promise.all([untilWithheld(ofBob.publication), untilWithheld(ofCarol.publication)]);

    const [bobs] = [subscription(bob, 'picture')];
    me.setTrackSubscriptionPermissions({
      allParticipantsAllowed: false,
      permissions: [
        { participantIdentity: 'bob', allowedTrackSids: [mine.sid!] },
        { participantIdentity: 'nobody', allTracksAllowed: true, allowedTrackSids: ['TR_none'] },
      ],
    });
    await bobs;
    expect(ofBob.track.ended).toBe(true);
    await using second = new VideoStream(ofBob.publication.track!);
    await untilColor(second, RED);

    const carols = subscription(carol, 'picture');
    me.setTrackSubscriptionPermissions({
      allParticipantsAllowed: false,
      permissions: [{ participantIdentity: 'carol', allTracksAllowed: true }],
    });
    await carols;
    await using third = new VideoStream(ofCarol.publication.track!);
    await untilColor(third, RED);
    await untilWithheld(ofBob.publication);

    const again = subscription(bob, 'picture');
    me.setTrackSubscriptionPermissions({ allParticipantsAllowed: true });
    await again;
  });

  it('hold for what is published later', async () => {
    const alice = await live.join('alice');
    const bob = await live.join('bob');
    const me = alice.localParticipant;
    me.setTrackSubscriptionPermissions({ allParticipantsAllowed: false, permissions: [] });
    const announced = nextEvent(bob, 'trackPublished');
    await live.paint(alice, RED);
    const [publication] = await announced;
    expect(publication.subscribed).toBe(false);
    publication.subscribe();
    const subscribed = subscription(bob, 'picture');
    me.setTrackSubscriptionPermissions({ allParticipantsAllowed: true });
    await subscribed;
    await using stream = new VideoStream(publication.track!);
    await untilColor(stream, RED);
  });

  it('are refused where they are none, and after leaving', async () => {
    const alice = await live.join('alice');
    const me = alice.localParticipant;
    for (const wrong of [
      undefined,
      null,
      true,
      {},
      { allParticipantsAllowed: 1 },
      { allParticipantsAllowed: false, permissions: 'bob' },
      { allParticipantsAllowed: false, permissions: [null] },
      { allParticipantsAllowed: false, permissions: [{}] },
      { allParticipantsAllowed: false, permissions: [{ participantIdentity: '' }] },
      {
        allParticipantsAllowed: false,
        permissions: [{ participantIdentity: 'bob', allTracksAllowed: 'yes' }],
      },
      {
        allParticipantsAllowed: false,
        permissions: [{ participantIdentity: 'bob', allowedTrackSids: [7] }],
      },
    ]) {
      const set = (): void =>
        me.setTrackSubscriptionPermissions(wrong as unknown as TrackSubscriptionPermissions);
      expect(set).toThrow(/^options/);
      expect(set).not.toThrow(FramewireError);
    }
    await alice.disconnect();
    expect(() => me.setTrackSubscriptionPermissions({ allParticipantsAllowed: true })).toThrow(
      coded('disconnected'),
    );
  });
});
