import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { colorDistance, frequencyOf } from 'framewire/testing';
import {
  decodeAudio,
  decodeFrames,
  frameTimes,
  makeClip,
  meanRgb,
  probe,
  runFfmpeg,
} from '../support/ffmpeg.js';
import { SoundServer } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

describeWith(['ffmpeg', 'ffprobe'], 'a clip', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'framewire-clip-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the colours and the tones that were asked for', async () => {
    const path = join(folder, 'clip.mkv');
    const size = { width: 64, height: 48 };
    await makeClip(path, {
      ...size,
      fps: 10,
      partMs: 500,
      colors: [
        [200, 40, 40],
        [40, 60, 200],
      ],
      tones: [440, 880],
      output: ['-c:v', 'ffv1', '-c:a', 'pcm_s16le'],
    });
    const { format, video, audio } = await probe(path);
    expect(Number(format.duration)).toBeCloseTo(1, 2);
    expect(video).toMatchObject({ ...size, codec_name: 'ffv1', nb_read_packets: '10' });
    expect(audio).toMatchObject({ codec_name: 'pcm_s16le', sample_rate: '48000', channels: 1 });
    const frames = await decodeFrames(path, size);
    expect(frames).toHaveLength(10);
    expect(colorDistance(meanRgb(frames[4]!), [200, 40, 40])).toBeLessThan(4);
    expect(colorDistance(meanRgb(frames[5]!), [40, 60, 200])).toBeLessThan(4);
    const times = await frameTimes(path, 'video');
    expect(times).toHaveLength(10);
    expect(times[9]).toBeCloseTo(0.9, 2);
    const samples = await decodeAudio(path);
    expect(samples).toHaveLength(48_000);
    expect(frequencyOf(samples.subarray(0, 24_000), 48_000)).toBeCloseTo(440, 0);
    expect(frequencyOf(samples.subarray(24_000), 48_000)).toBeCloseTo(880, 0);
  });
});

describeWith(['pulseaudio', 'ffmpeg'], 'a sound server', () => {
  it('is apart from others', async () => {
    await using one = await SoundServer.start();
    await using other = await SoundServer.start();
    await one.playTone(440);
    await other.playTone(880);
    await using atOne = one.listen('vmic');
    await using atOther = other.listen('vmic');
    expect(await atOne.untilTone(440)).toBeCloseTo(440, 0);
    expect(await atOther.untilTone(880)).toBeCloseTo(880, 0);
  });

  it('comes back after a crash, and leaves nothing behind', async () => {
    const sound = await SoundServer.start();
    await sound.kill();
    await expect(sound.ask('info')).rejects.toThrow('refused');
    await sound.revive();
    expect(await sound.ask('info')).toContain('Default Source: vmic');
    await sound.close();
    await sound.close();
    expect(existsSync(sound.env['HOME']!)).toBe(false);
  });

  it('has devices that are plugged in and out', async () => {
    await using sound = await SoundServer.start();
    const unplug = await sound.plug('module-null-sink', 'sink_name=headset');
    expect(await sound.ask('list', 'short', 'sinks')).toContain('headset');
    await unplug();
    expect(await sound.ask('list', 'short', 'sinks')).not.toContain('headset');
  });
});

describeWith(['xvfb', 'ffmpeg'], 'a virtual screen', () => {
  it('shows what is drawn, each on a display of its own', async () => {
    await using one = await VirtualScreen.start({ width: 64, height: 48 });
    await using other = await VirtualScreen.start({ width: 64, height: 48 });
    await one.draw([{ x: 16, y: 8, width: 32, height: 4, color: [1, 128, 254] }]);
    const grabbed = ({ display }: VirtualScreen): Promise<Buffer> =>
      runFfmpeg([
        ...[
          '-probesize',
          '32',
          '-analyzeduration',
          '0',
          '-f',
          'x11grab',
          '-draw_mouse',
          '0',
          '-video_size',
          '64x48',
          '-i',
          display,
        ],
        ...['-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
      ]);
    const picture = await grabbed(one);
    const at = (x: number, y: number): number[] => [
      ...picture.subarray((y * 64 + x) * 3, (y * 64 + x + 1) * 3),
    ];
    expect(at(16, 8)).toEqual([1, 128, 254]);
    expect(at(47, 11)).toEqual([1, 128, 254]);
    expect(at(15, 8)).toEqual([0, 0, 0]);
    expect(at(48, 11)).toEqual([0, 0, 0]);
    expect(at(16, 12)).toEqual([0, 0, 0]);
    expect(Math.max(...(await grabbed(other)))).toBe(0);
  });
});
