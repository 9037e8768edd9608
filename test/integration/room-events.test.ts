import { Room as RtcRoom, SimulateScenarioKind } from '@livekit/rtc-node';
import {
  FramewireError,
  LocalVideoTrack,
  type RemoteParticipant,
  type RemoteVideoTrack,
  Room,
  type RoomEvents,
  type TrackFilter,
  VideoSource,
  VideoStream,
} from 'framewire';
import { introduce } from '../support/introduce.js';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor } from '../support/waits.js';

const RED = [200, 40, 40] as const;

const live = liveRooms();

const NAMES = [
  'connected',
  'disconnected',
  'participantConnected',
  'participantDisconnected',
  'trackPublished',
  'trackUnpublished',
  'trackSubscribed',
  'trackUnsubscribed',
  'trackMuted',
  'trackUnmuted',
  'localTrackPublished',
  'localTrackUnpublished',
] as const satisfies readonly (keyof RoomEvents)[];

/** The names of a room's events, as they come. */
function record(room: Room): string[] {
  const told: string[] = [];
  for (const name of NAMES) room.on(name, () => told.push(name));
  return told;
}

describe("a room's events", () => {
  it('tell of another participant from joining to leaving', async () => {
    const bob = await live.join('bob');
    const told = record(bob);
    const gone = nextEvent(bob, 'participantDisconnected');
    const subscribed = nextEvent(bob, 'trackSubscribed');
    let published: unknown;
    bob.on('trackPublished', (publication, participant) => {
      published = participant.trackPublications.get(publication.sid);
    });

    const alice = await live.join('alice');
    const { track: mine } = await live.paint(alice, RED);
    const [track, publication, participant] = await subscribed;
    expect(bob.remoteParticipants.get('alice')).toBe(participant);
    expect(participant.trackPublications.get(publication.sid)).toBe(publication);
    expect(publication.track).toBe(track);
    expect(published).toBe(publication);
    expect(publication).toMatchObject({ sid: mine.sid, kind: 'video', source: 'camera' });
    expect(publication).toMatchObject({ name: 'picture', subscribed: true, muted: false });

    const [muted, unmuted] = [nextEvent(bob, 'trackMuted'), nextEvent(bob, 'trackUnmuted')];
    mine.mute();
    expect(await muted).toEqual([publication, participant]);
    mine.unmute();
    expect(await unmuted).toEqual([publication, participant]);

    await alice.disconnect();
    expect(await gone).toEqual([participant]);
    expect(participant).toMatchObject({ left: true, disconnectReason: 'client_initiated' });
    expect(bob.remoteParticipants.size).toBe(0);
    expect(track.ended).toBe(true);
    expect(told).toEqual([
      'participantConnected',
      'trackPublished',
      'trackSubscribed',
      'trackMuted',
      'trackUnmuted',
      'trackUnsubscribed',
      'trackUnpublished',
      'participantDisconnected',
    ]);
  });

  it('tell of our own tracks from publishing to leaving', async () => {
    const alice = live.room();
    const told = record(alice);
    await alice.connect(live.server.url, await live.token('alice'));
    const me = alice.localParticipant;
    const announced = nextEvent(alice, 'localTrackPublished');
    const { track } = await live.paint(alice, RED);
    const publication = me.publicationOf('camera')!;
    expect(await announced).toEqual([publication, me]);
    const muted = nextEvent(alice, 'trackMuted');
    track.mute();
    expect(await muted).toEqual([publication, me]);
    expect(publication.muted).toBe(true);
    await me.unpublishTrack(track);
    await live.paint(alice, RED);
    const left = nextEvent(me, 'left');
    const gone = nextEvent(alice, 'disconnected');
    await alice.disconnect();
    await left;
    expect(await gone).toEqual(['client_initiated']);
    expect(alice.localParticipant).toBe(me);
    expect(told).toEqual([
      'connected',
      'localTrackPublished',
      'trackMuted',
      'localTrackUnpublished',
      'localTrackPublished',
      'localTrackUnpublished',
      'disconnected',
    ]);
  });

  it('tell of those who were there first only by their tracks', async () => {
    const alice = await live.join('alice');
    await live.paint(alice, RED);
    const bob = live.room();
    const told = record(bob);
    const subscribed = nextEvent(bob, 'trackSubscribed');
    await bob.connect(live.server.url, await live.token('bob'));
    expect(bob.remoteParticipants.get('alice')!.trackPublications.size).toBe(1);
    const [track] = await subscribed;
    await bob.disconnect();
    expect(track.ended).toBe(true);
    expect(told).toEqual(['connected', 'trackSubscribed', 'trackUnsubscribed', 'disconnected']);
  });

  it('tell who speaks', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const heard = nextEvent(bob, 'activeSpeakersChanged', (speakers) => speakers.length > 0);
    await live.sing(alice, 440);
    const [speakers] = await heard;
    expect(speakers).toEqual([bob.remoteParticipants.get('alice')]);
  });

  it('tell of a track that the server mutes', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const { track } = await live.paint(alice, RED);
    await bob.waitForTrack();
    const far = nextEvent(bob, 'trackMuted');
    const near = nextEvent(alice, 'trackMuted');
    const told = nextEvent(track, 'muted');
    await live.admin.mutePublishedTrack(live.roomName, 'alice', track.sid!, true);
    await Promise.all([far, near, told]);
    expect(track.muted).toBe(true);
  });

  it('tell of a connection that is made anew, in which our tracks get other sids', async () => {
    const bob = await live.join('bob');
    const rtcRoom = new RtcRoom();
    await rtcRoom.connect(live.server.url, await live.token('alice'), {
      autoSubscribe: true,
      dynacast: false,
    });
    const alice = Room.from(rtcRoom);
    const { track } = await live.paint(alice, RED);
    await bob.waitForTrack();
    const sid = track.sid;
    const states: string[] = [];
    alice.on('stateChanged', (state) => states.push(state));
    const reconnected = nextEvent(alice, 'reconnected');
    const republished = nextEvent(alice, 'localTrackRepublished');
    const gone = nextEvent(bob, 'participantDisconnected');
    const again = nextEvent(bob, 'trackSubscribed');
    await rtcRoom.simulateScenario(SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
    const [publication, previousSid] = await republished;
    await Promise.all([reconnected, gone]);
    expect(states).toEqual(['reconnecting', 'connected']);
    expect(previousSid).toBe(sid);
    expect(track.sid).not.toBe(sid);
    expect(publication.sid).toBe(track.sid);
    expect([...alice.localParticipant.trackPublications.keys()]).toEqual([track.sid]);
    await using stream = new VideoStream((await again)[0]);
    await untilColor(stream, RED);
    await alice.localParticipant.unpublishTrack(track);
    await alice.disconnect();
    expect(rtcRoom.isConnected).toBe(false);
  });

  it('tell the end of a stay before the next begins, also to a listener that rejoins', async () => {
    const room = await live.join('alice');
    const token = await live.token('alice');
    const told: string[] = [];
    const rejoined = new Promise<void>((resolve, reject) => {
      room.on('stateChanged', (state) => {
        told.push(state);
        if (state !== 'disconnected' || told.length > 1) return;
        room.connect(live.server.url, token).then(resolve, reject);
        const twice = room.connect(live.server.url, token);
        twice.catch((error: unknown) => told.push((error as FramewireError).code));
      });
      for (const name of ['disconnected', 'connected'] as const) {
        room.on(name, () => told.push(`${name} event`));
      }
    });
    await room.disconnect();
    await rejoined;
    expect(told.filter((one) => one !== 'invalid-state')).toEqual([
      'disconnected',
      'disconnected event',
      'connecting',
      'connected',
      'connected event',
    ]);
    expect(told).toContain('invalid-state');
    expect(room.connected).toBe(true);
  });

  it('come as long as somebody listens, also after joining again', async () => {
    const [alice, bob] = [await live.join('alice'), live.room()];
    await live.paint(alice, RED);
    let tracks = 0;
    const off = bob.on('trackSubscribed', () => (tracks += 1));
    for (let round = 1; round <= 2; round++) {
      const subscribed = nextEvent(bob, 'trackSubscribed');
      await bob.connect(live.server.url, await live.token('bob'));
      await subscribed;
      await bob.disconnect();
      expect(tracks).toBe(round);
    }
    expect(bob.listenerCount('trackSubscribed')).toBe(1);
    off();
    expect(bob.listenerCount('trackSubscribed')).toBe(0);
  });

  it('reach the other listeners when one throws, and the error event gets what it threw', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const errors: unknown[] = [];
    bob.on('error', (error) => errors.push(error));
    bob.on('error', () => {
      throw new Error('Even here.');
    });
    bob.on('trackSubscribed', () => {
      throw new Error('thrown');
    });
    bob.on('trackSubscribed', () => Promise.reject(new Error('rejected')));
    const reached = nextEvent(bob, 'trackSubscribed');
    await live.paint(alice, RED);
    await reached;
    await Promise.resolve();
    expect(errors).toEqual([new Error('thrown'), new Error('rejected')]);
    expect(bob.connected).toBe(true);
  });
});

describe('waiting for a participant', () => {
  it('gives one that is there, or the one that comes', async () => {
    const bob = await live.join('bob');
    const [anybody, alice] = [bob.waitForParticipant(), bob.waitForParticipant('alice')];
    await introduce(await live.join('carol'), bob);
    expect((await anybody).identity).toBe('carol');
    await introduce(await live.join('alice'), bob);
    expect((await alice).identity).toBe('alice');
    expect(await bob.waitForParticipant('alice')).toBe(bob.remoteParticipants.get('alice'));
  });

  it('ends in a timeout, with the signal, or when the room is left', async () => {
    const bob = await live.join('bob');
    await expect(bob.waitForParticipant('alice', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      message: 'alice did not join within 50 ms.',
    });
    const controller = new AbortController();
    const reason = new Error('Enough.');
    const aborted = bob.waitForParticipant('alice', { signal: controller.signal });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const left = bob.waitForParticipant('alice');
    await Promise.all([
      expect(left).rejects.toMatchObject({ code: 'disconnected' }),
      bob.disconnect(),
    ]);
    await expect(bob.waitForParticipant()).rejects.toMatchObject({ code: 'disconnected' });
    for (const name of ['participantConnected', 'disconnected'] as const) {
      expect(bob.listenerCount(name)).toBe(0);
    }
  });
});

describe('waiting for a track', () => {
  it('gives the first one that fits', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const audio = bob.waitForTrack({ kind: 'audio' });
    const screen = bob.waitForTrack({ source: 'screen_share', participant: 'alice' });
    const named = bob.waitForTrack({ name: 'picture' });
    await live.paint(alice, RED, { source: 'screen_share' });
    await live.sing(alice, 440);
    expect((await audio).track.kind).toBe('audio');
    expect((await screen).track).toBe((await named).track);
    const video: { readonly track: RemoteVideoTrack } = await bob.waitForTrack({ kind: 'video' });
    expect(video.track).toBe((await named).track);
  });

  it('ends in a timeout, with the signal, or when the room is left', async () => {
    const bob = await live.join('bob');
    await expect(bob.waitForTrack({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    const reason = new Error('Enough.');
    const aborted = bob.waitForTrack({ signal: controller.signal });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const left = bob.waitForTrack();
    await Promise.all([
      expect(left).rejects.toMatchObject({ code: 'disconnected' }),
      bob.disconnect(),
    ]);
    await expect(bob.waitForTrack()).rejects.toMatchObject({ code: 'disconnected' });
    for (const name of ['trackSubscribed', 'disconnected'] as const) {
      expect(bob.listenerCount(name)).toBe(0);
    }
  });
});

describe('going over tracks', () => {
  it('gives those that are there, then those that come, and ends when the room is left', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, RED);
    await bob.waitForTrack();
    const tracks = bob.tracks();
    expect((await tracks.next()).value!.track.kind).toBe('video');
    const next = tracks.next();
    await live.sing(alice, 440);
    expect((await next).value!.track.kind).toBe('audio');
    const end = tracks.next();
    await bob.disconnect();
    expect(await end).toEqual({ done: true, value: undefined });
  });

  it('gives only those that the filter fits, and not those that ended unread', async () => {
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((one) => live.join(one)),
    );
    const videos = bob!.tracks({ kind: 'video' });
    const carols = bob!.tracks({ participant: 'carol' });
    const { track: brief } = await live.paint(alice!, RED);
    const { track } = await bob!.waitForTrack({ participant: 'alice' });
    const ended = nextEvent(track, 'ended');
    await brief.close();
    await ended;
    await live.sing(carol!, 440);
    await live.paint(carol!, RED);
    for (const tracks of [videos, carols]) {
      const { value } = await tracks.next();
      expect(value!.participant.identity).toBe('carol');
    }
  });

  it('is over when the loop is left, and listens no more', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await live.paint(alice, RED);
    const tracks = bob.tracks();
    for await (const { participant } of tracks) {
      expect(participant.identity).toBe('alice');
      break;
    }
    expect(await tracks.next()).toEqual({ done: true, value: undefined });
    const reason = new Error('Enough.');
    const aborted = bob.tracks({ signal: AbortSignal.abort(reason) });
    await expect(aborted.next()).rejects.toBe(reason);
    expect(bob.listenerCount('trackSubscribed')).toBe(0);
    expect(bob.listenerCount('disconnected')).toBe(0);
  });
});

describe('bad input', () => {
  it('is refused with the name of the argument', async () => {
    const room = await live.join('alice');
    const tracks = (filter: unknown): unknown => room.tracks(filter as TrackFilter);
    expect(() => tracks(null)).toThrow(/^filter must be an object/);
    expect(() => tracks({ kind: 'text' })).toThrow(/^filter.kind must be one of/);
    expect(() => tracks({ source: 1 })).toThrow(/^filter.source must be one of/);
    expect(() => tracks({ participant: {} })).toThrow(/^filter.participant must be a string/);
    expect(() => tracks({ name: '' })).toThrow(/^filter.name must not be empty/);
    expect(() => tracks({ signal: true })).toThrow(/^filter.signal must be an AbortSignal/);
    const wait = (...args: unknown[]): Promise<RemoteParticipant> =>
      room.waitForParticipant(...(args as [string]));
    await expect(wait(7)).rejects.toThrow(/^identity must be a string/);
    await expect(wait('a', { timeoutMs: 0 })).rejects.toThrow(/^options.timeoutMs must be/);
    await expect(wait('a', { signal: 1 })).rejects.toThrow(/^options.signal must be/);
    await expect(room.waitForTrack({ timeoutMs: NaN })).rejects.toThrow(/^filter.timeoutMs must/);
    expect(() => room.on('connected', 'listener' as never)).toThrow(/^listener must be a function/);
  });

  it('is a room that was never joined, for what needs one', async () => {
    const room = live.room();
    expect(() => room.localParticipant).toThrow(FramewireError);
    expect(() => room.tracks()).toThrow('The room is not connected.');
    await expect(room.sid()).rejects.toMatchObject({ code: 'disconnected' });
    await expect(room.waitForTrack()).rejects.toMatchObject({ code: 'disconnected' });
    expect(room.remoteParticipants.size).toBe(0);
    expect(room.name).toBe('');
  });

  it('is a participant who has left, for publishing', async () => {
    const room = await live.join('alice');
    const me = room.localParticipant;
    await room.disconnect();
    using source = new VideoSource({ width: 320, height: 180 });
    const track = LocalVideoTrack.create('picture', source);
    await expect(me.publishTrack(track)).rejects.toMatchObject({ code: 'disconnected' });
    expect(track.published).toBe(false);
  });
});
