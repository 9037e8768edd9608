import { VideoStream } from 'framewire';
import { publishScreen } from 'framewire/capture';
import { type Color, colorDistance, meanColor } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { describeWith } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

const live = liveRooms();

const SIZE = { width: 320, height: 240 };
const PURPLE: Color = [140, 30, 150];
const GREEN: Color = [0, 160, 40];

describeWith(['ffmpeg', 'xvfb'], 'publishScreen()', () => {
  let screen: VirtualScreen;
  beforeAll(async () => {
    screen = await VirtualScreen.start(SIZE);
  });
  afterAll(() => screen.close());

  const fill = (color: Color): Promise<void> => screen.draw([{ x: 0, y: 0, ...SIZE, color }]);

  it('shows what is on the screen, at the time at which it was there', async () => {
    await fill(PURPLE);
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await using published = await publishScreen(alice, {
      device: screen.display,
      simulcast: false,
    });
    expect(published.publication).toMatchObject({ source: 'screen_share', name: 'screen' });
    expect(published.track.source).toMatchObject({ ...SIZE, screencast: true });
    const { track } = await bob.waitForTrack({ kind: 'video', source: 'screen_share' });
    await using stream = new VideoStream(track);

    let drawnUs: { readonly before: number; readonly after: number } | undefined;
    const purpleUs: number[] = [];
    let greenUs: number | undefined;
    for await (const frame of stream) {
      const { captureTimeUs = NaN } = frame.metadata;
      const color = meanColor(frame);
      frame.close();
      if (colorDistance(color, PURPLE) < 30) purpleUs.push(captureTimeUs);
      else if (colorDistance(color, GREEN) < 30) greenUs = captureTimeUs;
      if (greenUs !== undefined) break;
      if (purpleUs.length === 0 || drawnUs) continue;
      const before = Date.now() * 1000;
      await fill(GREEN);
      drawnUs = { before, after: Date.now() * 1000 };
    }
    // None that was taken once the screen was green is purple, nor any that was taken before that green.
    expect(Math.max(...purpleUs)).toBeLessThan(drawnUs!.after + 5_000);
    expect(greenUs).toBeGreaterThan(drawnUs!.before - 5_000);
    expect(stream.stats).toMatchObject({ ...SIZE, resolutionChanges: 0 });
    await published.close();
    expect(alice.localParticipant.trackPublications.size).toBe(0);
  });

  it('shows a part of it', async () => {
    await screen.draw([{ x: 64, y: 32, width: 128, height: 96, color: GREEN }]);
    const alice = await live.join('alice');
    const area = { x: 64, y: 32, width: 128, height: 96 };
    await using published = await publishScreen(alice, {
      device: screen.display,
      area,
      name: 'part',
    });
    expect(published.publication.name).toBe('part');
    expect(published.track.source).toMatchObject({ width: 128, height: 96 });
  });

  it('says so where there is no such screen', async () => {
    const alice = await live.join('alice');
    await expect(publishScreen(alice, { device: ':987' })).rejects.toMatchObject({
      code: 'device',
    });
    expect(alice.localParticipant.trackPublications.size).toBe(0);
  });
});
