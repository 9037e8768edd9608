import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FramewireError } from 'framewire';
import { type Microphone, openMicrophone, openSpeaker } from 'framewire/capture';
import { Tone } from 'framewire/testing';
import { chooseBackend } from '../../src/capture/audio-backend.js';
import { until, untilTone } from '../support/waits.js';

const naudiodonPath = join(__dirname, '../support/programs/fake-naudiodon.cjs');
const options = { backend: 'naudiodon', naudiodonPath } as const;

/** What a reader's loop ends with. */
async function endOf(microphone: Microphone): Promise<unknown> {
  try {
    for (;;) {
      const { done } = await microphone.next();
      if (done) return 'the end';
    }
  } catch (error) {
    return error;
  }
}

describe('a microphone through naudiodon', () => {
  it('gives what naudiodon hears, whatever that prints', async () => {
    await using microphone = await openMicrophone({ ...options, device: 'steady' });
    expect(microphone.backend).toBe('naudiodon');
    await untilTone(microphone, 440);
    await microphone.close();
    expect(microphone.stats.reopened).toBe(0);
  });

  it('has the channels, the rate and the length of frames that were asked for', async () => {
    await using microphone = await openMicrophone({
      ...{ ...options, sampleRate: 44_100, channels: 2, frameMs: 25 },
    });
    const { value: frame } = await microphone.next();
    expect(frame).toMatchObject({ sampleRate: 44_100, channels: 2, samplesPerChannel: 1_103 });
  });

  it.each([
    { device: 'falls silent', message: "The microphone 'falls silent' gives no sound any more." },
    {
      device: 'crashes',
      message: "The microphone 'crashes' was lost: naudiodon ended, signal SIGSEGV.",
    },
    { device: 'ends', message: "The microphone 'ends' was lost: the device ended." },
  ])('ends with an error when the device $device', async ({ device, message }) => {
    const microphone = await openMicrophone({ ...options, device, stallMs: 200 });
    const error = await endOf(microphone);
    expect(error).toBeInstanceOf(FramewireError);
    expect(error).toMatchObject({ code: 'device', message });
    expect(microphone.stats.delivered).toBeGreaterThan(0);
  });

  it('opens a device again that comes back', async () => {
    await using microphone = await openMicrophone({
      ...{ ...options, device: 'crashes', reopen: true },
    });
    const told: string[] = [];
    microphone.on('deviceLost', (error) => told.push(error.message));
    microphone.on('deviceReopened', () => told.push('back'));
    let lastUs = 0;
    let gapUs = 0;
    while (microphone.stats.reopened < 1) {
      const { value: frame } = await microphone.next();
      gapUs = frame!.timestampUs - lastUs;
      lastUs = frame!.timestampUs;
    }
    expect(told[0]).toContain('SIGSEGV');
    expect(gapUs).toBeGreaterThanOrEqual(0);
    await until(() => told.includes('back'));
  });

  it('is an error when the device is not there, or refuses, instead of being another device', async () => {
    await expect(openMicrophone({ ...options, device: 'refuses' })).rejects.toMatchObject({
      code: 'device',
      message:
        "The microphone 'refuses' can't be used: Format not supported: Unanticipated host error.",
    });
    // Not one of PortAudio's: perhaps PulseAudio has it.
    await expect(openMicrophone({ ...options, device: 'nobody' })).rejects.toMatchObject({
      code: 'device',
    });
    await using headset = await openMicrophone({ ...options, device: 'headset' });
    expect(headset.device).toBe('headset');
  });

  it('is an error where naudiodon is not installed, or broken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'framewire-naudiodon-'));
    try {
      await expect(openMicrophone({ ...options, naudiodonPath: folder })).rejects.toMatchObject({
        code: 'not-found',
        message:
          `There is no naudiodon at '${folder}'. Install it with \`npm install naudiodon\`, ` +
          "or use backend 'ffmpeg'.",
      });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be given up while it is opened', async () => {
    const abort = new AbortController();
    const opening = openMicrophone({ ...options, device: 'steady', signal: abort.signal });
    abort.abort(new Error('no'));
    await expect(opening).rejects.toThrow('no');
  });
});

describe('a speaker through naudiodon', () => {
  it('takes sound at the pace of the device', async () => {
    await using speaker = await openSpeaker({ ...options, device: 'steady' });
    const tone = new Tone({ frequency: 440 });
    const fromMs = performance.now();
    for (let i = 0; i < 30; i++) {
      await speaker.write(tone.next(10));
      expect(speaker.bufferedMs).toBeLessThan(110);
    }
    await speaker.drain();
    // A lower bound: the fake device is never faster than sound.
    expect(performance.now() - fromMs).toBeGreaterThan(250);
    expect(speaker.stats).toMatchObject({ writtenMs: 300, skippedMs: 0, lostMs: 0 });
  });

  it.each(['falls silent', 'crashes'])('is lost when the device %s', async (device) => {
    await using speaker = await openSpeaker({ ...options, device, stallMs: 200 });
    const lost = new Promise((resolve) => speaker.on('deviceLost', resolve));
    const tone = new Tone();
    const writing = (async () => {
      for (;;) await speaker.write(tone.next(10));
    })();
    await expect(writing).rejects.toMatchObject({ code: 'device' });
    await expect(lost).resolves.toMatchObject({ code: 'device' });
    expect(speaker.closed).toBe(true);
    await expect(speaker.write(tone.next(10))).rejects.toMatchObject({ code: 'device' });
  });

  it('goes on without a listener until the device is back', async () => {
    await using speaker = await openSpeaker({ ...options, device: 'crashes', reopen: true });
    const tone = new Tone();
    while (speaker.stats.reopened === 0) await speaker.write(tone.next(10));
    expect(speaker.stats.lostMs).toBeGreaterThan(0);
    await speaker.write(tone.next(10));
  });
});

describe('the back end of a device', () => {
  const wish = { backend: 'auto', ffmpegPath: undefined, naudiodonPath } as const;

  it('is naudiodon for speakers on Windows, where ffmpeg has none', async () => {
    const platform = 'win32';
    await expect(chooseBackend({ ...wish, direction: 'speaker' }, { platform })).resolves.toBe(
      'naudiodon',
    );
    await expect(
      chooseBackend({ ...wish, backend: 'ffmpeg', direction: 'speaker' }, { platform }),
    ).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is naudiodon where there is no ffmpeg, unless one was named', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '';
    try {
      await expect(chooseBackend({ ...wish, direction: 'microphone' })).resolves.toBe('naudiodon');
      const naudiodon = join(tmpdir(), 'nobody');
      await expect(
        chooseBackend({ ...wish, naudiodonPath: naudiodon, direction: 'microphone' }),
      ).rejects.toMatchObject({ code: 'not-found' });
      await expect(
        chooseBackend({ ...wish, ffmpegPath: naudiodon, direction: 'microphone' }),
      ).rejects.toMatchObject({ code: 'not-found' });
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
