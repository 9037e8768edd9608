import {
  AudioStream,
  type RemoteParticipant,
  type RemoteTrackPublication,
  type Room,
  type RoomEvents,
  SIMULATE_SCENARIOS,
  type SimulateScenario,
  VideoStream,
} from 'framewire';
import type { Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { reconnect } from '../support/reconnects.js';
import { drain, nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

/** The names of events of others' tracks and of others, as they come. */
function record(room: Room): string[] {
  const told: string[] = [];
  const names = [
    'participantConnected',
    'participantDisconnected',
    'trackPublished',
    'trackUnpublished',
    'trackSubscribed',
    'trackUnsubscribed',
  ] as const satisfies readonly (keyof RoomEvents)[];
  for (const name of names) room.on(name, () => told.push(name));
  return told;
}

/** Alice, who publishes a picture and a tone, and Bob, who receives them. */
async function call() {
  const alice = await live.join('alice');
  const picture = await live.paint(alice, RED);
  await live.sing(alice, 440);
  const bob = await live.join('bob');
  const { track, participant } = await bob.waitForTrack({ kind: 'video' });
  await bob.waitForTrack({ kind: 'audio' });
  const byTrack = new VideoStream(track);
  const video = VideoStream.fromParticipant(participant, 'camera');
  const audio = AudioStream.fromParticipant(participant, 'microphone');
  await Promise.all([untilColor(byTrack, RED), untilColor(video, RED), untilTone(audio, 440)]);
  return { alice, bob, picture, track, participant, byTrack, video, audio };
}

/** All tracks of others that a room lists, and whether they can be read. */
function listed(room: Room): { readonly name: string; readonly live: boolean }[] {
  return [...room.remoteParticipants.values()]
    .flatMap((one: RemoteParticipant) => [...one.trackPublications.values()])
    .map(({ name, track }: RemoteTrackPublication) => ({ name, live: track?.ended === false }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const BOTH_LIVE = [
  { name: 'picture', live: true },
  { name: 'tone', live: true },
];

describe('a quick reconnect', () => {
  it.each(['alice', 'bob'] as const)('of %s leaves everything as it is', async (who) => {
    const { alice, bob, picture, track, byTrack, video, audio, participant } = await call();
    const told = record(bob);
    const { sid } = picture.track;
    await reconnect(who === 'alice' ? alice : bob, 'signal-reconnect');
    picture.painter.change(BLUE);
    await Promise.all([untilColor(byTrack, BLUE), untilColor(video, BLUE), untilTone(audio, 440)]);
    expect(told).toEqual([]);
    expect(picture.track.sid).toBe(sid);
    expect(track.ended).toBe(false);
    expect(bob.remoteParticipants.get('alice')).toBe(participant);
    expect(listed(bob)).toEqual(BOTH_LIVE);
    await Promise.all([byTrack, video, audio].map((stream) => stream.close()));
  });
});

describe('a full reconnect', () => {
  it.each([
    ['alice', 'full-reconnect'],
    ['bob', 'full-reconnect'],
    ['alice', 'migration'],
    ['bob', 'node-failure'],
    ['alice', 'disconnect-signal-on-resume'],
  ] as const)(
    'of %s (%s) renews all tracks, and streams by participant go on',
    async (who, how) => {
      const { alice, bob, picture, track, byTrack, video, audio, participant } = await call();
      const told = record(bob);
      const { sid } = picture.track;
      const sidOfAlice = participant.sid;
      const again = nextEvent(bob, 'trackSubscribed', (one) => one.kind === 'video');
      await reconnect(who === 'alice' ? alice : bob, how);
      picture.painter.change(BLUE);
      const [next, publication, returned] = await again;
      await Promise.all([untilColor(video, BLUE), untilTone(audio, 440), drain(byTrack)]);
      await using fresh = new VideoStream(next);
      await untilColor(fresh, BLUE);

      expect(track.ended).toBe(true);
      expect(returned).not.toBe(participant);
      expect(participant.left).toBe(true);
      expect(bob.remoteParticipants.get('alice')).toBe(returned);
      expect(alice.localParticipant.trackPublications.size).toBe(2);
      expect(alice.localParticipant.trackPublications.get(picture.track.sid!)!.track).toBe(
        picture.track,
      );
      expect(publication.sid).toBe(picture.track.sid);
      // Whose connection is new has new sids.
      expect(picture.track.sid === sid).toBe(who === 'bob');
      expect(returned.sid === sidOfAlice).toBe(who === 'bob');
      expect(listed(bob)).toEqual(BOTH_LIVE);
      expect((await bob.waitForTrack({ kind: 'video' })).track).toBe(next);
      expect([...told].sort()).toEqual([
        'participantConnected',
        'participantDisconnected',
        'trackPublished',
        'trackPublished',
        'trackSubscribed',
        'trackSubscribed',
        'trackUnpublished',
        'trackUnpublished',
        'trackUnsubscribed',
        'trackUnsubscribed',
      ]);
      await Promise.all([video.close(), audio.close()]);
    },
  );

  it('of both at the same time is one, too', async () => {
    const { alice, bob, picture, video, audio } = await call();
    await Promise.all([reconnect(alice, 'full-reconnect'), reconnect(bob, 'full-reconnect')]);
    picture.painter.change(BLUE);
    await Promise.all([untilColor(video, BLUE), untilTone(audio, 440)]);
    expect(listed(bob)).toEqual(BOTH_LIVE);
    await Promise.all([video.close(), audio.close()]);
  });
});

describe('simulateScenario', () => {
  it('sends us away with server-leave', async () => {
    const { bob, byTrack, video, audio } = await call();
    const left = nextEvent(bob, 'disconnected');
    await bob.simulateScenario('server-leave');
    expect(await left).toEqual(['server_shutdown']);
    await Promise.all([drain(byTrack), drain(video), drain(audio)]);
    expect(bob.remoteParticipants.size).toBe(0);
    await expect(bob.simulateScenario('speaker')).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('lets the server say that we speak', async () => {
    const alice = await live.join('alice');
    const speaking = nextEvent(alice, 'activeSpeakersChanged', (speakers) => speakers.length > 0);
    await alice.simulateScenario('speaker');
    expect(await speaking).toEqual([[alice.localParticipant]]);
  });

  it('refuses what it does not know', async () => {
    expect(SIMULATE_SCENARIOS).toHaveLength(9);
    const alice = await live.join('alice');
    const wrong = alice.simulateScenario('earthquake' as SimulateScenario);
    await expect(wrong).rejects.toThrow(/^scenario must be one of 'signal-reconnect', /);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(alice.simulateScenario('speaker', { signal })).rejects.toThrow('enough');
  });
});
