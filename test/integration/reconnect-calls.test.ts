import { AudioStream, LocalVideoTrack, VideoStream } from 'framewire';
import type { Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { Painter } from '../support/painter.js';
import { lose, reconnect } from '../support/reconnects.js';
import { nextEvent, untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();
const painters: Painter[] = [];

afterEach(() => {
  for (const painter of painters.splice(0)) painter.close();
});

function track(name: string, color: Color): LocalVideoTrack {
  const painter = new Painter(color);
  painters.push(painter);
  painter.start();
  return LocalVideoTrack.create(name, painter.source);
}

describe.each(['signal-reconnect', 'full-reconnect'] as const)('while a %s goes on', (scenario) => {
  it('publishing waits for it, unpublishing and muting hold, and no event is kept back', async () => {
    const alice = await live.join('alice');
    const me = alice.localParticipant;
    const [first, shown, muted] = [track('first', RED), track('shown', RED), track('muted', RED)];
    await me.publishTrack(muted, { source: 'unknown', simulcast: false });
    await me.publishTrack(first, { simulcast: false });
    await me.publishTrack(shown, { simulcast: false });
    shown.mute();
    const bob = await live.join('bob');
    for (const { name } of [first, shown, muted]) await bob.waitForTrack({ name });

    await lose(alice, scenario);
    const back = nextEvent(alice, 'reconnected');
    const second = track('second', BLUE);
    const publishing = me.publishTrack(second, { source: 'screen_share', simulcast: false });
    const unpublishing = me.unpublishTrack(first);
    muted.mute();
    shown.unmute();
    expect(muted.muted).toBe(true);
    await back;
    const [publication] = await Promise.all([publishing, unpublishing]);

    const { track: seen, participant } = await bob.waitForTrack({ name: 'second' });
    await using stream = new VideoStream(seen);
    await untilColor(stream, BLUE);
    await using again = VideoStream.fromParticipant(participant, 'camera');
    await untilColor(again, RED);
    const names = (): unknown[] =>
      [...participant.trackPublications.values()]
        .map(({ name, muted: silent, track: of }) => [name, silent, of?.muted])
        .sort();
    await bob.waitForTrack({ name: 'muted' });
    expect(names()).toEqual([
      ['muted', true, true],
      ['second', false, false],
      ['shown', false, false],
    ]);
    expect(bob.remoteParticipants.get('alice')).toBe(participant);
    expect([...me.trackPublications.keys()].sort()).toEqual(
      [muted.sid, shown.sid, publication.sid].sort(),
    );
    // What was unpublished meanwhile can be published again, and muting goes on as before.
    await me.publishTrack(first, { simulcast: false });
    await bob.waitForTrack({ name: 'first' });
    const loud = nextEvent(bob, 'trackUnmuted', ({ name }) => name === 'muted');
    muted.unmute();
    await loud;
  });

  it('disconnect() ends it, and the room can be joined again', async () => {
    const alice = await live.join('alice');
    const picture = track('picture', RED);
    await alice.localParticipant.publishTrack(picture);
    await lose(alice, scenario);
    const pending = [
      alice.localParticipant.publishTrack(track('late', BLUE)),
      alice.waitForTrack(),
      alice.waitForParticipant('bob'),
    ].map((one) => expect(one).rejects.toMatchObject({ code: 'disconnected' }));
    const left = nextEvent(alice, 'disconnected');
    await alice.disconnect();
    expect(await left).toEqual(['client_initiated']);
    await Promise.all(pending);
    expect(picture.published).toBe(false);
    await alice.connect(live.server.url, await live.token('alice'));
    await alice.localParticipant.publishTrack(picture);
    expect(picture.published).toBe(true);
  });

  it('publishing can be given up, and leaves nothing', async () => {
    const alice = await live.join('alice');
    await lose(alice, scenario);
    const back = nextEvent(alice, 'reconnected');
    const controller = new AbortController();
    const late = track('late', BLUE);
    const publishing = alice.localParticipant.publishTrack(late, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(publishing).rejects.toThrow('enough');
    expect(late.published).toBe(false);
    await back;
    // What was published all the same was taken back before this.
    await alice.localParticipant.publishTrack(track('next', RED));
    const bob = await live.join('bob');
    const { participant } = await bob.waitForTrack({ name: 'next' });
    expect([...participant.trackPublications.values()].map(({ name }) => name)).toEqual(['next']);
  });
});

describe('a second one with our identity', () => {
  it('takes our place: we are out, and streams of the identity go on with the other', async () => {
    const bob = await live.join('bob');
    const first = await live.join('alice');
    await live.paint(first, RED);
    const { track: seen, participant } = await bob.waitForTrack();
    await using byTrack = new VideoStream(seen);
    await using stream = VideoStream.fromParticipant(participant, 'camera');
    await Promise.all([untilColor(stream, RED), untilColor(byTrack, RED)]);
    const left = nextEvent(first, 'disconnected');
    const second = await live.join('alice');
    expect(await left).toEqual(['duplicate_identity']);
    expect(first.state).toBe('disconnected');
    await live.paint(second, BLUE);
    await untilColor(stream, BLUE);
    expect(participant.left).toBe(true);
    expect(bob.remoteParticipants.get('alice')?.sid).toBe(second.localParticipant.sid);
  });
});

describe('a participant who is removed', () => {
  it('does not come back, so that streams of it end at once', async () => {
    const bob = await live.join('bob');
    const alice = await live.join('alice');
    await live.paint(alice, RED);
    const { participant } = await bob.waitForTrack();
    await using stream = VideoStream.fromParticipant(participant, 'camera', { rejoinMs: 1e9 });
    await untilColor(stream, RED);
    await live.admin.removeParticipant(live.roomName, 'alice');
    while (!(await stream.next()).done);
    expect(participant.disconnectReason).toBe('participant_removed');
  });
});

describe('a quick reconnect in the middle of a subscription', () => {
  it('leaves it to what was asked for last', async () => {
    const alice = await live.join('alice');
    await live.paint(alice, RED);
    await live.sing(alice, 440);
    const bob = await live.join('bob');
    const { publication } = await bob.waitForTrack({ kind: 'video' });
    const { track: tone } = await bob.waitForTrack({ kind: 'audio' });
    await using clock = new AudioStream(tone, { frameMs: 100 });
    const gone = nextEvent(bob, 'trackUnsubscribed');
    publication.unsubscribe();
    await gone;
    // One that breaks off within a second of that may leave the native side stuck.
    for (let i = 0; i < 20; i++) await clock.next();
    await reconnect(bob, 'signal-reconnect');
    // The server may have begun to send it again, and is told once more.
    if (publication.subscribed) await nextEvent(bob, 'trackUnsubscribed');
    expect(publication.subscribed).toBe(false);
    publication.subscribe();
    const { track: again } = await bob.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(again);
    await untilColor(stream, RED);
  });
});
