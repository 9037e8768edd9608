import {
  AudioStream,
  LocalVideoTrack,
  type RemoteParticipant,
  type Room,
  VideoStream,
} from 'framewire';
import type { Color } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { Painter } from '../support/painter.js';
import { drain, nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

/** One after the other: the server tells late of who joins later and publishes nothing. */
async function pair(): Promise<[alice: Room, bob: Room]> {
  return [await live.join('alice'), await live.join('bob')];
}

describe("a stream of a participant's source", () => {
  it('waits for the track to appear, takes no other, and ends when its participant leaves', async () => {
    const [alice, bob] = await pair();
    const participant = await bob.waitForParticipant('alice');
    const rejoinMs = 0;
    await using video = VideoStream.fromParticipant(participant, 'camera', { rejoinMs });
    await using audio = AudioStream.fromParticipant(participant, 'microphone', { rejoinMs });
    await live.paint(alice, RED, { source: 'screen_share' });
    await live.paint(alice, BLUE, { source: 'camera' });
    await live.sing(alice, 440);
    const first = (await video.next()).value!;
    await untilColor(video, BLUE);
    expect(first.closed).toBe(false);
    first.close();
    await untilTone(audio, 440);
    await alice.disconnect();
    await Promise.all([drain(video), drain(audio)]);
  });

  it('fails with timeout if no track appears in time', async () => {
    const [, bob] = await pair();
    const participant = await bob.waitForParticipant('alice');
    const stream = VideoStream.fromParticipant(participant, 'camera', { timeoutMs: 100 });
    await expect(stream.next()).rejects.toMatchObject({
      code: 'timeout',
      message: 'alice published no camera track within 100 ms.',
    });
    expect((await stream.next()).done).toBe(true);
  });

  it('fails with participant-left if the participant leaves first, or has left already', async () => {
    const [alice, bob] = await pair();
    const participant = await bob.waitForParticipant('alice');
    const rejoinMs = 0;
    const waiting = VideoStream.fromParticipant(participant, 'camera', { rejoinMs }).next();
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'participant-left' }),
      alice.disconnect(),
    ]);
    const late = AudioStream.fromParticipant(participant, 'microphone', { rejoinMs });
    await expect(late.next()).rejects.toMatchObject({ code: 'participant-left' });
  });

  it('fails with participant-left if we leave first', async () => {
    const [, bob] = await pair();
    const participant = await bob.waitForParticipant('alice');
    const waiting = VideoStream.fromParticipant(participant).next();
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'participant-left' }),
      bob.disconnect(),
    ]);
  });

  it('goes on over mute, unpublish and republish', async () => {
    const [alice, bob] = await pair();
    const { painter, track } = await live.paint(alice, RED);
    const participant = await bob.waitForParticipant('alice');
    await using stream = VideoStream.fromParticipant(participant, 'camera', { format: 'RGBA' });
    await untilColor(stream, RED);

    const muted = nextEvent(bob, 'trackMuted');
    track.mute();
    await muted;
    painter.change(BLUE);
    track.unmute();
    await untilColor(stream, BLUE);

    const gone = nextEvent(bob, 'trackUnpublished');
    await alice.localParticipant.unpublishTrack(track);
    await gone;
    const next = untilColor(stream, RED);
    painter.change(RED);
    await alice.localParticipant.publishTrack(track, { simulcast: false });
    await next;

    const other = await live.paint(alice, BLUE);
    await track.close();
    await untilColor(stream, BLUE);
    await other.track.close();
    expect(stream.ended).toBe(false);
  });

  it('reads a source of our own, too', async () => {
    const alice = await live.join('alice');
    const me = alice.localParticipant;
    await using stream = VideoStream.fromParticipant(me, 'camera');
    const seen = untilColor(stream, RED);
    const { track } = await live.paint(alice, RED);
    await seen;
    await me.unpublishTrack(track);
    using painter = new Painter(BLUE);
    painter.start();
    await me.publishTrack(LocalVideoTrack.create('other', painter.source), { simulcast: false });
    await untilColor(stream, BLUE);
    await alice.disconnect();
    await drain(stream);
    expect(stream.ended).toBe(true);
  });

  it('refuses what is no participant, no source and no time', async () => {
    const { localParticipant } = await live.join('alice');
    const make = (...args: unknown[]): VideoStream =>
      VideoStream.fromParticipant(...(args as [RemoteParticipant]));
    for (const wrong of [undefined, null, 'alice', {}]) {
      expect(() => make(wrong)).toThrow(/^participant must be a participant of a room, got/);
    }
    expect(() => make(localParticipant, 'webcam')).toThrow(/^source must be one of/);
    expect(() => make(localParticipant, 'camera', null)).toThrow(/^options must be an object/);
    expect(() => make(localParticipant, 'camera', { timeoutMs: -1 })).toThrow(
      /^options.timeoutMs must be a positive number/,
    );
  });
});
