import { join } from 'node:path';
import { LocalVideoTrack } from 'framewire';
import { type Color, colorDistance, whenIdle } from 'framewire/testing';
import { monotonicUs } from '../../src/core/clock.js';
import { GridRecorder } from '../../src/record/grid-recorder.js';
import { RoomOutput } from '../../src/record/room-output.js';
import { resolveRoomOptions } from '../../src/record/room-recording-options.js';
import type { SeenTrack } from '../../src/record/room-tracks.js';
import { decodeFrames, meanRgb } from '../support/ffmpeg.js';
import { Painter } from '../support/painter.js';
import { folderForEach } from '../support/recorded-room.js';
import { describeWith } from '../support/tools.js';

const GREEN: Color = [40, 180, 60];

afterAll(() => whenIdle());

describeWith(['ffmpeg', 'ffprobe'], 'a track that comes anew under its old id', () => {
  const folder = folderForEach();

  it('keeps its place in the grid when the one before is over at last', async () => {
    const { formats, grid } = resolveRoomOptions({
      dir: folder(),
      layout: 'grid',
      grid: { width: 64, height: 36 },
    });
    const ignore = (): void => undefined;
    const output = new RoomOutput({
      ...{ dir: folder(), originUs: monotonicUs(), maxFiles: 1, maxPauseUs: 60_000_000 },
      ...{ channels: 1, formats },
      ...{ changed: ignore, started: ignore, finished: ignore, failed: ignore },
    });
    const recorder = new GridRecorder(output, { ...grid, failed: ignore });
    const [before, after] = [0, 1].map(() => new Painter(GREEN, { width: 64, height: 36 }));
    const [old, anew] = [before!, after!].map(({ source }): SeenTrack => {
      const track = LocalVideoTrack.create('camera', source);
      return {
        track,
        participant: { identity: 'ada', sid: 'PA_ada', name: '', local: false },
        source: {
          ...{ sid: 'TR_ada', name: 'x', kind: 'video', source: 'camera' },
          mimeType: 'video/VP8',
        },
        muted: () => false,
        end: () => 'unpublished',
      };
    });
    recorder.came(old!);
    recorder.came(anew!);
    after!.start();
    recorder.gone(old!.track);
    while (recorder.describe()[0]?.untilMs === undefined) await soon();
    const lengthMs = (): number => output.describe()[0]?.durationMs ?? 0;
    const overMs = lengthMs();
    while (lengthMs() < overMs + 800) await soon();
    await recorder.stop('stopped');
    before!.close();
    after!.close();

    const frames = await decodeFrames(join(folder(), 'room.mp4'), { width: 8, height: 8 });
    expect(colorDistance(meanRgb(frames.at(-1)!), GREEN)).toBeLessThan(30);
    const [first, second] = recorder.describe();
    expect([first?.missing, second?.missing]).toEqual(['no-media', undefined]);
  });
});

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
