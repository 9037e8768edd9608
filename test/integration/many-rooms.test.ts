import { AudioStream, LocalVideoTrack, VideoStream } from 'framewire';
import { type Color, colorDistance } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { runProgram } from '../support/program.js';
import { drain, untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const GREEN: Color = [40, 180, 60];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

describe('several rooms in one process', () => {
  it("do not disturb each other, and one's end is not the other's", async () => {
    const join = (identity: string, room: string): ReturnType<typeof live.join> =>
      live.join(identity, { room });
    const [red, redWatcher, blue, blueWatcher] = await Promise.all([
      join('painter', 'red'),
      join('watcher', 'red'),
      join('painter', 'blue'),
      join('watcher', 'blue'),
    ]);
    await Promise.all([
      live.paint(red, RED),
      live.sing(red, 440),
      live.paint(blue, BLUE),
      live.sing(blue, 880),
    ]);
    const [redVideo, blueVideo, redAudio, blueAudio] = await Promise.all([
      redWatcher.waitForTrack({ kind: 'video' }),
      blueWatcher.waitForTrack({ kind: 'video' }),
      redWatcher.waitForTrack({ kind: 'audio' }),
      blueWatcher.waitForTrack({ kind: 'audio' }),
    ]);
    expect([redWatcher, blueWatcher].map(({ remoteParticipants: { size } }) => size)).toEqual([
      1, 1,
    ]);
    await using redStream = new VideoStream(redVideo.track);
    await using blueStream = new VideoStream(blueVideo.track);
    await using redTone = new AudioStream(redAudio.track);
    await using blueTone = new AudioStream(blueAudio.track);
    await Promise.all([
      untilColor(redStream, RED),
      untilColor(blueStream, BLUE),
      untilTone(redTone, 440),
      untilTone(blueTone, 880),
    ]);

    await redWatcher.disconnect();
    await Promise.all([drain(redStream), drain(redTone)]);
    await red.disconnect();
    expect(blueWatcher.connected).toBe(true);
    await Promise.all([untilColor(blueStream, BLUE), untilTone(blueTone, 880)]);

    // A third comes while the others go on.
    const green = await join('painter', 'green');
    await live.paint(green, GREEN);
    const { track } = await (await join('watcher', 'green')).waitForTrack({ kind: 'video' });
    await using greenStream = new VideoStream(track);
    await Promise.all([untilColor(greenStream, GREEN), untilColor(blueStream, BLUE)]);
  });

  it('may show the same track of a source each', async () => {
    const [one, other] = await Promise.all([
      live.join('painter', { room: 'one' }),
      live.join('painter', { room: 'other' }),
    ]);
    const { painter } = await live.paint(one, RED);
    const second = LocalVideoTrack.create('second', painter.source);
    await other.localParticipant.publishTrack(second, { simulcast: false });
    await Promise.all(
      ['one', 'other'].map(async (room) => {
        const watcher = await live.join('watcher', { room });
        const { track } = await watcher.waitForTrack({ kind: 'video' });
        await using stream = new VideoStream(track);
        expect(colorDistance(await untilColor(stream, RED), RED)).toBeLessThanOrEqual(30);
      }),
    );
  });
});

interface Held {
  readonly files: number;
  readonly threads: number;
  readonly listeners: number;
}

describe('joining, publishing and leaving 20 times', () => {
  it('leaves no file, thread or listener behind', async () => {
    const tokens = [await live.token('alice'), await live.token('bob')];
    const { code, stdout, stderr } = await runProgram('cycles.cjs', [live.server.url, ...tokens], {
      nodeArgs: ['--expose-gc'],
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const held = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Held);
    expect(held).toHaveLength(20);
    // The first few warm up: thread pools and sockets that are kept.
    const [early, last] = [held[4]!, held[19]!];
    expect(last.files).toBeLessThanOrEqual(early.files + 2);
    expect(last.threads).toBeLessThanOrEqual(early.threads + 2);
    expect(last.listeners).toBeLessThanOrEqual(early.listeners);
  });
});
