import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioStream, VideoStream } from 'framewire';
import { publishFile } from 'framewire/capture';
import { makeNumberedClip, numberOf } from '../support/clips.js';
import { makeClip, runFfmpeg } from '../support/ffmpeg.js';
import { settledOffsets } from '../support/lip-sync.js';
import { liveRooms } from '../support/live-rooms.js';
import { describeWith } from '../support/tools.js';
import { nextEvent, untilTone } from '../support/waits.js';

const live = liveRooms();
jest.setTimeout(120_000);
const PAIRS = 8;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewire-film-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ON_THE_WAY = { video: { simulcast: false } };

describeWith('ffmpeg', 'publishFile', () => {
  it('shows and plays a file in step, again and again', async () => {
    const path = join(folder, 'film.mp4');
    await makeNumberedClip(path, { width: 320, height: 180, seconds: 4.8 });
    const [stage, seat] = await Promise.all([live.join('stage'), live.join('seat')]);
    await using film = await publishFile(stage, path, { ...ON_THE_WAY, loop: true });
    expect(film.video?.publication.source).toBe('camera');
    expect(film.audio?.publication.source).toBe('microphone');
    // One and a half pictures.
    const { offsetsMs } = await settledOffsets(seat, { pairs: PAIRS, limitMs: 60 });
    expect(offsetsMs).toHaveLength(PAIRS);
    await film.close();
    await expect(film.closed).resolves.toEqual({ reason: 'closed' });
    await expect(film.finished).rejects.toMatchObject({ code: 'closed' });
  });

  it('ends with the file, when all of it was played', async () => {
    const path = join(folder, 'short.webm');
    await makeNumberedClip(path, { width: 64, height: 48, seconds: 1.2 });
    const room = await live.join('stage');
    const film = await publishFile(room, path);
    expect(room.localParticipant.trackPublications.size).toBe(2);
    await film.finished;
    await expect(film.closed).resolves.toEqual({ reason: 'ended' });
    expect(room.localParticipant.trackPublications.size).toBe(0);
    expect(film.video?.stats).toMatchObject({ delivered: 30, dropped: { full: 0 } });
    expect(film.audio?.stats.dropped.full).toBe(0);
    await expect(film.seek(0)).rejects.toMatchObject({ code: 'closed' });
    await film.close();
  });

  it('plays sound alone, in as many channels as it has', async () => {
    const path = join(folder, 'song.wav');
    await makeClip(path, { colors: [], tones: [660], channels: 2, partMs: 2_000 });
    const [stage, seat] = await Promise.all([live.join('stage'), live.join('seat')]);
    await using song = await publishFile(stage, path, { loop: true, audio: { name: 'song' } });
    expect(song.video).toBeUndefined();
    expect(song.audio?.track.source).toMatchObject({ channels: 2 });
    const { track } = await seat.waitForTrack({ kind: 'audio' });
    expect(track.name).toBe('song');
    await using stream = new AudioStream(track);
    await untilTone(stream, 660);
  });

  it('shows pictures alone, and goes on at another place', async () => {
    const path = join(folder, 'silent.mp4');
    await makeNumberedClip(path, {
      ...{ width: 320, height: 180, seconds: 20, fps: 10 },
      sound: false,
    });
    const [stage, seat] = await Promise.all([live.join('stage'), live.join('seat')]);
    await using film = await publishFile(stage, path, { ...ON_THE_WAY, loop: true });
    expect(film.audio).toBeUndefined();
    const { track } = await seat.waitForTrack({ kind: 'video' });
    await using pictures = new VideoStream(track, { format: 'I420' });
    const { value } = await pictures.next();
    value?.close();
    // Its pictures are numbered from 0 to 49 four times, ten a second: from here on they are the last ones.
    await film.seek(17_600);
    for await (using picture of pictures) if (numberOf(picture) >= 25) break;
  });

  it('publishes nothing of a file that cannot be played, and fails with one that breaks off', async () => {
    const whole = join(folder, 'whole.mkv');
    const part = join(folder, 'part.mkv');
    await makeNumberedClip(whole, { seconds: 3, output: ['-c:v', 'ffv1', '-c:a', 'pcm_s16le'] });
    await runFfmpeg(['-i', whole, '-c', 'copy', part]);
    truncate(part);
    const room = await live.join('stage');
    const missing = publishFile(room, join(folder, 'none.mp4'));
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
    expect(room.localParticipant.trackPublications.size).toBe(0);
    const film = await publishFile(room, part);
    await expect(film.finished).rejects.toMatchObject({ code: 'file' });
    await expect(film.closed).resolves.toMatchObject({ reason: 'failed' });
    expect(room.localParticipant.trackPublications.size).toBe(0);
  });

  it('ends when the room is left, or its signal aborts', async () => {
    const path = join(folder, 'long.mp4');
    await makeNumberedClip(path, { width: 64, height: 48, seconds: 10 });
    const room = await live.join('stage');
    const controller = new AbortController();
    const aborted = await publishFile(room, path, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted.closed).resolves.toMatchObject({ reason: 'aborted' });
    await expect(aborted.finished).rejects.toThrow('enough');
    const left = await publishFile(room, path);
    const leaving = nextEvent(room, 'disconnected');
    await room.disconnect();
    await leaving;
    await expect(left.closed).resolves.toEqual({ reason: 'disconnected' });
    await expect(publishFile(room, path)).rejects.toMatchObject({ code: 'disconnected' });
  });
});

function truncate(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
}
