import { AudioStream, type Room, VideoStream } from 'framewire';
import { type Color, colorDistance } from 'framewire/testing';
import { Guests } from '../../src/cli/demo/guests.js';
import { returnedName } from '../../src/cli/demo/protocol.js';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const GREY: Color = [128, 128, 128];
/** What the agent writes its label on. */
const AGENTS_RED: Color = [150, 20, 0];

const live = liveRooms();

describe("the guests of the demo's agent", () => {
  let agent: Room;
  let guests: Guests;

  async function receive(limit?: number): Promise<void> {
    agent = await live.join('agent', { autoSubscribe: false });
    guests = new Guests(agent, limit);
  }

  /** A guest who shows something; resolves when the agent knows. */
  async function guest(identity: string): Promise<Room> {
    const published = nextEvent(agent, 'trackPublished', (_one, who) => who.identity === identity);
    const room = await live.join(identity);
    await live.paint(room, GREY);
    await published;
    return room;
  }

  function returned<Kind extends 'video' | 'audio'>(room: Room, kind: Kind) {
    const { identity } = room.localParticipant;
    return room.waitForTrack({ kind, participant: 'agent', name: returnedName(kind, identity) });
  }

  it('see the edges of their own pictures, with the time at which they were sent', async () => {
    await receive();
    const room = await guest('guest-1');
    const { track } = await returned(room, 'video');
    await using stream = new VideoStream(track, { format: 'RGBA' });
    const { value: frame } = await stream.next();
    expect(colorDistance(pixelOf(frame!, 0.9, 0.045), AGENTS_RED)).toBeLessThan(40);
    // Without an edge it's dark.
    expect(Math.max(...pixelOf(frame!, 0.5, 0.5))).toBeLessThan(80);
    expect(frame!.metadata.captureTimeUs).toBeGreaterThan(0);
    frame!.close();
  });

  it('hear their own voice changed', async () => {
    await receive();
    const room = await live.join('guest-1');
    await live.sing(room, 440);
    const { track } = await returned(room, 'audio');
    await using stream = new AudioStream(track);
    let loudest = 0;
    for await (const { data } of stream) {
      loudest = data.reduce((most, sample) => Math.max(most, Math.abs(sample)), loudest);
      if (loudest > 1000) break;
    }
    expect(loudest).toBeGreaterThan(1000);
  });

  it('wait while as many as there is time for are processed, and then have their turn', async () => {
    await receive(1);
    const first = await guest('guest-1');
    const second = await guest('guest-2');
    await returned(first, 'video');
    expect(await guests.figures()).toMatchObject([
      { identity: 'guest-1', state: 'processed' },
      { identity: 'guest-2', state: 'waiting', camera: null },
    ]);
    const [waiting] = agent.remoteParticipants.get('guest-2')!.trackPublications.values();
    expect(waiting!.subscribed).toBe(false);
    await Promise.all([first.disconnect(), returned(second, 'video')]);
    expect(await guests.figures()).toMatchObject([{ identity: 'guest-2', state: 'processed' }]);
  });

  it('leave nothing behind', async () => {
    await receive();
    const room = await guest('guest-1');
    await returned(room, 'video');
    const takenBack = nextEvent(agent, 'localTrackUnpublished');
    await room.disconnect();
    await takenBack;
    expect(await guests.figures()).toEqual([]);
    expect(agent.localParticipant.trackPublications.size).toBe(0);
    await agent.disconnect();
    await guests.done;
  });

  it('are those who came by the page, and nobody else', async () => {
    await receive();
    await guest('viewer');
    expect(await guests.figures()).toEqual([]);
  });
});

/** A pixel of an RGBA frame, its place in parts of its size. */
function pixelOf(
  { data, width, height }: { readonly data: Uint8Array; width: number; height: number },
  x: number,
  y: number,
): Color {
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}
