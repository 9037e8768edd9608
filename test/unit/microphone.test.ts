import { readdirSync } from 'node:fs';
import { AudioFrame } from 'framewire';
import { type Microphone, openMicrophone, openSpeaker } from 'framewire/capture';
import { frequencyOf } from 'framewire/testing';
import { monotonicUs } from '../../src/core/clock.js';
import { liveSound } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { power, voice } from '../support/sound.js';
import { until, untilTone } from '../support/waits.js';

jest.setTimeout(60_000);

// The real naudiodon is compiled when it's installed: it's tested where somebody names one.
const backends = process.env['NAUDIODON_PATH']
  ? (['ffmpeg', 'naudiodon'] as const)
  : (['ffmpeg'] as const);

/** Reads until the microphone fails, and returns with what. */
async function failureOf(microphone: Microphone): Promise<unknown> {
  try {
    while (!(await microphone.next()).done);
  } catch (error) {
    return error;
  }
  throw new Error('The microphone ended without an error.');
}

describeWith(['pulseaudio', 'ffmpeg'], 'a microphone', () => {
  const sound = liveSound();
  beforeAll(async () => {
    await sound().playTone(440);
  });

  /** How many of ours record at the sound server, by the names that ffmpeg and naudiodon have there. */
  async function recorders(): Promise<number> {
    const list = await sound().ask('list', 'source-outputs');
    return [...list.matchAll(/application\.name = "(Framewire|ALSA plug-in)/g)].length;
  }

  describe.each(backends)('by %s', (backend) => {
    it('gives what it hears, with the time of its capture, sample by sample', async () => {
      const beforeUs = monotonicUs();
      await using microphone = await openMicrophone({ backend, device: 'vmic' });
      await untilTone(microphone, 440);
      const { value: one } = await microphone.next();
      const { value: other } = await microphone.next();
      expect(one).toMatchObject({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 });
      const stepUs = other!.timestampUs - one!.timestampUs;
      // It moves a little while it learns when sound really comes.
      expect(Math.abs(stepUs - 10_000)).toBeLessThan(1_500);
      expect(one!.timestampUs).toBeGreaterThan(beforeUs);
      expect(one!.timestampUs).toBeLessThan(monotonicUs() - 9_000);
      expect(microphone.stats).toMatchObject({ reopened: 0, gaps: { count: 0 } });
    });

    it('has the rate, the channels and the length of frames that were asked for', async () => {
      await using microphone = await openMicrophone({
        ...{ backend, sampleRate: 16_000, channels: 2, frameMs: 20 },
      });
      const { value: frame } = await microphone.next();
      expect(frame).toMatchObject({ sampleRate: 16_000, channels: 2, samplesPerChannel: 320 });
      await untilTone(microphone, 440);
    });

    it('gives a slow reader what is fresh, and counts what it missed', async () => {
      await using microphone = await openMicrophone({ backend, device: 'vmic', capacityMs: 100 });
      const { value: first } = await microphone.next();
      await until(() => microphone.stats.dropped.full >= 50);
      const { value: next } = await microphone.next();
      const missed = microphone.stats.dropped.full;
      const missedUs = next!.timestampUs - first!.timestampUs;
      expect(missedUs).toBeGreaterThan(400_000);
      expect(missedUs).toBeLessThan((missed + 12) * 10_000);
      expect(microphone.stats.gaps.count).toBe(1);
    });

    it('gives a program that was busy what is fresh, and counts what it missed', async () => {
      await using microphone = await openMicrophone({ backend, device: 'vmic', capacityMs: 100 });
      await microphone.next();
      const fromUs = monotonicUs();
      // Nothing of ours runs, as in a long computation.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
      const { value: frame } = await microphone.next();
      expect(frame!.timestampUs).toBeGreaterThan(fromUs + 500_000);
      const { full, late } = microphone.stats.dropped;
      expect(full + late).toBeGreaterThan(50);
    });

    it('is an error when there is none of that name, whatever the name', async () => {
      for (const device of ['nobody', `a'b;c"d $(id) \\ %n`, '-version', 'lavfi:sine']) {
        await expect(openMicrophone({ backend, device })).rejects.toMatchObject({ code: 'device' });
      }
    });

    it('frees everything when it is closed, twice, and by leaving the loop', async () => {
      const microphone = await openMicrophone({ backend, device: 'vmic' });
      expect(await recorders()).toBe(1);
      const waiting = (async () => {
        while (!(await microphone.next()).done);
        return 'the end';
      })();
      await Promise.all([microphone.close(), microphone.close()]);
      await expect(waiting).resolves.toBe('the end');
      for await (const frame of await openMicrophone({ backend, device: 'vmic' })) {
        expect(frame.channels).toBe(1);
        break;
      }
      await until(async () => (await recorders()) === 0);
    });

    it('is given up with the signal, before it is open and after', async () => {
      const abort = new AbortController();
      const reason = new Error('no more');
      const signal = abort.signal;
      const microphone = await openMicrophone({ backend, device: 'vmic', signal });
      const failure = failureOf(microphone);
      const opening = openMicrophone({ backend, device: 'vmic', signal });
      abort.abort(reason);
      await expect(opening).rejects.toBe(reason);
      await expect(failure).resolves.toBe(reason);
      await expect(openMicrophone({ backend, signal })).rejects.toBe(reason);
      await until(async () => (await recorders()) === 0);
    });

    it('can be opened several times at once', async () => {
      const microphones = await Promise.all(
        [8_000, 24_000, 48_000].map((sampleRate) => openMicrophone({ backend, sampleRate })),
      );
      const heard = microphones.map((microphone) => untilTone(microphone, 440));
      for (const tone of await Promise.all(heard)) expect(Math.abs(tone - 440)).toBeLessThan(9);
      await Promise.all(microphones.map((microphone) => microphone.close()));
    });

    it('leaves nothing behind, however often it is opened', async () => {
      const descriptors = (): number => readdirSync('/proc/self/fd').length;
      const openOnce = async (): Promise<void> => {
        await using microphone = await openMicrophone({ backend, device: 'vmic' });
        await microphone.next();
      };
      await openOnce();
      const before = descriptors();
      for (let i = 0; i < 20; i++) await openOnce();
      expect(descriptors()).toBeLessThanOrEqual(before + 2);
      await until(async () => (await recorders()) === 0);
    });

    it('fails when it is unplugged, instead of going on with another', async () => {
      const unplug = await sound().plug(
        ...['module-remap-source', 'master=mic.monitor', 'source_name=headset'],
      );
      await using microphone = await openMicrophone({ backend, device: 'headset' });
      await microphone.next();
      const failure = failureOf(microphone);
      await unplug();
      await expect(failure).resolves.toMatchObject({ code: 'device' });
    });

    it('fails when the sound server hangs', async () => {
      await using microphone = await openMicrophone({ backend, device: 'vmic', stallMs: 500 });
      const failure = failureOf(microphone);
      sound().freeze();
      try {
        await expect(failure).resolves.toMatchObject({
          code: 'device',
          message: "The microphone 'vmic' gives no sound any more.",
        });
      } finally {
        sound().thaw();
      }
    });
  });

  it('hears nothing of what the speaker plays, with echo cancellation', async () => {
    // What is played there comes back through `loop`, as from a speaker beside a microphone.
    await sound().plug('module-null-sink', 'sink_name=loop', 'rate=48000', 'channels=1');
    const device = 'loop.monitor';
    await using speaker = await openSpeaker({ device: 'loop' });
    await using plain = await openMicrophone({ device });
    await using clean = await openMicrophone({ device, echoCancellation: true, speaker });
    const abort = new AbortController();
    async function* talk(): AsyncGenerator<AudioFrame> {
      for (let n = 0; ; n += 480) {
        const data = Int16Array.from({ length: 480 }, (_, i) => 8_000 * voice((n + i) / 48_000));
        yield new AudioFrame(data, {
          ...{ sampleRate: 48_000, channels: 1, timestampUs: Math.round(n / 0.048) },
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const playing = speaker.play(talk(), { signal: abort.signal });
    const second = async (microphone: Microphone): Promise<number> => {
      const pieces: number[] = [];
      while (pieces.length < 48_000) pieces.push(...(await microphone.next()).value!.data);
      return power(Int16Array.from(pieces));
    };
    for (;;) {
      const [heard, left] = await Promise.all([second(plain), second(clean)]);
      // It begins to learn when the sound begins.
      if (heard > 1e5 && 10 * Math.log10(left / heard) < -20) break;
    }
    abort.abort();
    await expect(playing).rejects.toThrow();
  });
});

describeWith(['pulseaudio', 'ffmpeg'], 'a microphone whose sound server dies', () => {
  const sound = liveSound();

  it.each(backends)('fails at the reader, by %s', async (backend) => {
    const microphone = await openMicrophone({ backend, device: 'vmic', stallMs: 1_000 });
    const failure = failureOf(microphone);
    await sound().kill();
    await expect(failure).resolves.toMatchObject({ code: 'device' });
    await expect(microphone.next()).resolves.toMatchObject({ done: true });
    await expect(openMicrophone({ backend, device: 'vmic' })).rejects.toMatchObject({
      code: 'device',
    });
    await sound().revive();
  });

  it.each(backends)('hears again when the server is back, with reopen, by %s', async (backend) => {
    const microphone = await openMicrophone({
      ...{ backend, device: 'vmic', reopen: true, stallMs: 1_000 },
    });
    let lastUs = 0;
    let longestUs = 0;
    const heard: number[] = [];
    const reading = (async () => {
      for await (const frame of microphone) {
        if (lastUs > 0) longestUs = Math.max(longestUs, frame.timestampUs - lastUs);
        lastUs = frame.timestampUs;
        heard.push(...frame.data);
        if (heard.length > 9_600) heard.splice(0, heard.length - 9_600);
      }
    })();
    await until(() => lastUs > 0);
    const lost = new Promise((resolve) => microphone.once('deviceLost', resolve));
    const reopened = new Promise<void>((resolve) => microphone.once('deviceReopened', resolve));
    await sound().kill();
    await expect(lost).resolves.toMatchObject({ code: 'device' });
    await sound().revive();
    await reopened;
    expect(microphone.stats.reopened).toBe(1);
    const player = await sound().playTone(660);
    await until(() => Math.abs(frequencyOf(Int16Array.from(heard), 48_000) - 660) < 10);
    // The time of the capture has passed meanwhile, too.
    expect(longestUs).toBeGreaterThan(100_000);
    expect(microphone.stats.gaps.count).toBeGreaterThan(0);
    await player.close();
    await microphone.close();
    await reading;
  });

  it.each(backends)('can be closed while it waits for the server, by %s', async (backend) => {
    const microphone = await openMicrophone({
      ...{ backend, device: 'vmic', reopen: true, stallMs: 1_000 },
    });
    const reading = microphone.next().then(async () => {
      while (!(await microphone.next()).done);
    });
    const lost = new Promise((resolve) => microphone.once('deviceLost', resolve));
    await sound().kill();
    await lost;
    await microphone.close();
    await expect(reading).resolves.toBeUndefined();
    await sound().revive();
  });
});

describe('the options of a microphone', () => {
  it.each([
    [{ device: '' }, 'options.device must not be empty'],
    [{ device: 'a\0b' }, 'options.device must have no null characters'],
    [{ device: 7 }, 'options.device must be a string'],
    [{ backend: 'alsa' }, "options.backend must be one of 'auto', 'ffmpeg', 'naudiodon'"],
    [{ sampleRate: 22_050 }, 'options.sampleRate must be one of'],
    [{ channels: 3 }, 'options.channels must be an integer from 1 to 2'],
    [{ frameMs: 5 }, 'options.frameMs must be an integer from 10 to 1000'],
    [{ capacityMs: 0 }, 'options.capacityMs must be a positive number'],
    [{ stallMs: 1 }, 'options.stallMs must be an integer from 100 to 60000'],
    [{ reopen: 'yes' }, 'options.reopen must be a boolean'],
    [{ noiseSuppression: 1 }, 'options.noiseSuppression must be a boolean'],
    [{ echoCancellation: true }, 'options.speaker must be given with options.echoCancellation'],
    [{ speaker: {} }, 'options.speaker must be a Speaker'],
    [{ signal: {} }, 'options.signal must be an AbortSignal'],
    [{ overflow: 'wait' }, 'options.overflow must be one of'],
    [null, 'options must be an object'],
  ])('are refused when they are %p', async (options, message) => {
    await expect(openMicrophone(options as never)).rejects.toThrow(message);
  });
});
