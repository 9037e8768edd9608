import { Room, VideoStream } from 'framewire';
import { type Color, colorDistance } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { startProgram } from '../support/program.js';
import { untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

/** What the program printed, by name. */
function printed(stdout: string): Readonly<Record<string, unknown>> {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"'));
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Record<
    string,
    unknown
  >;
}

describe("a room of rtc-node's own", () => {
  it.each([
    ['rtc-node-first', 'import'],
    ['rtc-node-first', 'require'],
    ['framewire-first', 'import'],
    ['framewire-first', 'require'],
  ])('serves streams and sources of both libraries: %s, by %s', async (order, format) => {
    const alice = await live.join('alice');
    const { track: mine } = await live.paint(alice, RED);
    const token = await live.token('guest');
    const program = startProgram('room-from.cjs', [order, format, live.server.url, token]);
    const failed = program.end.then(({ stdout, stderr }) => {
      throw new Error(`The program ended: ${stdout}${stderr}`);
    });
    const { track } = await Promise.race([alice.waitForTrack({ participant: 'guest' }), failed]);
    failed.catch(() => undefined);
    await using stream = new VideoStream(track);
    await untilColor(stream, BLUE);
    await program.printed('"published"');
    await mine.close();
    const { code, stdout, stderr } = await program.end;
    expect({ code, stderr: stderr.replace(/^framewire warn: rtc-node was used.*\n/, '') }).toEqual({
      code: 0,
      stderr: '',
    });
    const { color, rtcNodeColor, ...rest } = printed(stdout);
    expect(rest).toMatchObject({
      identity: 'guest',
      publisher: 'alice',
      published: 'answer',
      connected: [false, false],
    });
    expect(colorDistance(color as Color, RED)).toBeLessThanOrEqual(30);
    expect(colorDistance(rtcNodeColor as Color, RED)).toBeLessThanOrEqual(30);
  });

  it('must be one, and connected', () => {
    for (const wrong of [undefined, null, 7, 'room', {}, new Room(), { isConnected: true }]) {
      expect(() => Room.from(wrong as never)).toThrow(/^rtcRoom must be a Room of @livekit/);
    }
    const idle = { isConnected: false, remoteParticipants: new Map() };
    expect(() => Room.from(idle as never)).toThrow('The room is not connected.');
  });
});
