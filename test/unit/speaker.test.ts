import { AudioFrame, sineWave } from 'framewire';
import { openSpeaker, type Speaker } from 'framewire/capture';
import { Tone } from 'framewire/testing';
import { liveSound, type SoundListener } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { until } from '../support/waits.js';

jest.setTimeout(60_000);

// The real naudiodon is compiled when it's installed: it's tested where somebody names one.
const backends = process.env['NAUDIODON_PATH']
  ? (['ffmpeg', 'naudiodon'] as const)
  : (['ffmpeg'] as const);

const LOUD = 6_000;

/** A frame of one loud sample after the other. */
function loud(durationMs: number, sampleRate = 48_000, channels = 2): AudioFrame {
  const length = Math.round((sampleRate * durationMs) / 1000) * channels;
  return new AudioFrame(new Int16Array(length).fill(LOUD), { sampleRate, channels });
}

/** How many samples were loud, until a tenth of a second was silent after them. */
async function loudSamples(listener: SoundListener): Promise<number> {
  let count = 0;
  let silent = 0;
  while (count === 0 || silent < 4_800) {
    for (const sample of await listener.read(20)) {
      if (Math.abs(sample) > LOUD / 2) {
        count += 1;
        silent = 0;
      } else silent += 1;
    }
  }
  return count;
}

/** Writes a tone until that fails, and returns with what. */
async function failureOf(speaker: Speaker): Promise<unknown> {
  const tone = new Tone();
  try {
    for (;;) await speaker.write(tone.next(10));
  } catch (error) {
    return error;
  }
}

describeWith(['pulseaudio', 'ffmpeg'], 'a speaker', () => {
  const sound = liveSound();

  /** How many of ours play at the sound server, by the names that ffmpeg and naudiodon have there. */
  async function players(): Promise<number> {
    const list = await sound().ask('list', 'sink-inputs');
    return [...list.matchAll(/application\.name = "(Framewire|ALSA plug-in)/g)].length;
  }

  /** Listens to the speaker, from now on: what is played before it has begun would never be heard. */
  async function listening(): Promise<SoundListener> {
    const listener = sound().listen();
    await listener.read(20);
    return listener;
  }

  describe.each(backends)('by %s', (backend) => {
    it.each([
      { sampleRate: 48_000, channels: 1 },
      { sampleRate: 22_050, channels: 1 },
      { sampleRate: 44_100, channels: 2 },
      { sampleRate: 48_000, channels: 6 },
    ])('plays $channels channels of $sampleRate Hz', async ({ sampleRate, channels }) => {
      await using speaker = await openSpeaker({ backend, device: 'spk' });
      const abort = new AbortController();
      const tone = sineWave({ frequencyHz: 660, sampleRate, channels });
      const playing = speaker.play(tone, { signal: abort.signal });
      await using listener = sound().listen();
      await listener.untilTone(660);
      abort.abort(new Error('enough'));
      await expect(playing).rejects.toThrow('enough');
    });

    it('plays to the last sample, frames of any length and form behind each other', async () => {
      await using listener = await listening();
      await using speaker = await openSpeaker({ backend });
      // The virtual speaker begins to run.
      await speaker.write(loud(100));
      await speaker.drain();
      expect(await loudSamples(listener)).toBeGreaterThan(4_700);
      const heard = loudSamples(listener);
      await speaker.write(loud(7));
      await speaker.write(loud(213, 48_000, 1));
      await speaker.write(loud(100));
      await speaker.drain();
      expect(speaker.bufferedMs).toBe(0);
      // On a busy machine the listener may lose a piece.
      expect(await heard).toBeGreaterThan(0.32 * 48_000 - 960);
    });

    it('waits with who writes too fast, and holds no more than its latency', async () => {
      await using speaker = await openSpeaker({ backend, latencyMs: 80 });
      for (let i = 0; i < 50; i++) {
        await speaker.write(loud(10));
        expect(speaker.bufferedMs).toBeLessThanOrEqual(80);
      }
      expect(speaker.stats).toMatchObject({ writtenMs: 500, skippedMs: 0, lostMs: 0 });
    });

    it('falls silent when it is given nothing, and goes on', async () => {
      await using listener = await listening();
      await using speaker = await openSpeaker({ backend });
      for (let i = 0; i < 3; i++) {
        const heard = loudSamples(listener);
        await speaker.write(loud(60));
        // Nobody flushes: the end comes all the same. On a busy machine the listener may lose a piece.
        expect(await heard).toBeGreaterThan(0.06 * 48_000 - 960);
      }
    });

    it('drops what waits, for who interrupts', async () => {
      await using speaker = await openSpeaker({ backend });
      const writing = speaker.write(loud(60_000));
      speaker.clearQueue();
      await writing;
      expect(speaker.bufferedMs).toBeLessThan(200);
    });

    it('is an error when there is none of that name, whatever the name', async () => {
      for (const device of ['nobody', `a'b;c"d $(id) \\ %n`, '-version']) {
        await expect(openSpeaker({ backend, device })).rejects.toMatchObject({ code: 'device' });
      }
    });

    it('frees everything when it is closed, twice and while it is busy', async () => {
      const speaker = await openSpeaker({ backend });
      const writing = speaker.write(loud(60_000));
      expect(await players()).toBe(1);
      const stream = sineWave({ frequencyHz: 440 });
      const playing = speaker.play(stream);
      await expect(speaker.play(sineWave())).rejects.toMatchObject({ code: 'invalid-state' });
      const closing = Promise.all([speaker.close(), speaker.close()]);
      await expect(writing).rejects.toMatchObject({ code: 'closed' });
      await expect(playing).rejects.toMatchObject({ code: 'closed' });
      await expect(stream.next()).resolves.toMatchObject({ done: true });
      await closing;
      await expect(speaker.write(loud(10))).rejects.toMatchObject({ code: 'closed' });
      await expect(speaker.drain()).rejects.toMatchObject({ code: 'closed' });
      await until(async () => (await players()) === 0);
    });

    it('is given up with the signal, before it is open and after', async () => {
      const abort = new AbortController();
      const reason = new Error('no more');
      const { signal } = abort;
      const speaker = await openSpeaker({ backend, signal });
      const writing = speaker.write(loud(60_000));
      const opening = openSpeaker({ backend, signal });
      abort.abort(reason);
      await expect(writing).rejects.toBe(reason);
      await expect(opening).rejects.toBe(reason);
      await expect(openSpeaker({ backend, signal })).rejects.toBe(reason);
      await until(async () => (await players()) === 0);
    });

    it('can be opened several times at once', async () => {
      await using listener = sound().listen();
      const speakers = await Promise.all([1, 2, 3].map(() => openSpeaker({ backend })));
      const abort = new AbortController();
      const playing = speakers.map((speaker) =>
        speaker.play(sineWave({ frequencyHz: 660, amplitude: 0.1 }), { signal: abort.signal }),
      );
      const ended = Promise.allSettled(playing);
      expect(Math.abs((await listener.untilTone(660)) - 660)).toBeLessThan(14);
      abort.abort();
      await ended;
      await Promise.all(speakers.map((speaker) => speaker.close()));
    });

    it('fails when it is unplugged, instead of going on with another', async () => {
      const unplug = await sound().plug('module-null-sink', 'sink_name=headset');
      await using speaker = await openSpeaker({ backend, device: 'headset' });
      await speaker.write(loud(10));
      const failure = failureOf(speaker);
      await unplug();
      await expect(failure).resolves.toMatchObject({ code: 'device' });
    });

    it('fails when the sound server hangs', async () => {
      await using speaker = await openSpeaker({ backend, stallMs: 2_500 });
      const failure = failureOf(speaker);
      sound().freeze();
      try {
        await expect(failure).resolves.toMatchObject({ code: 'device' });
      } finally {
        sound().thaw();
      }
    });
  });
});

describeWith(['pulseaudio', 'ffmpeg'], 'a speaker whose sound server dies', () => {
  const sound = liveSound();

  it.each(backends)('fails at who writes, by %s', async (backend) => {
    const speaker = await openSpeaker({ backend, stallMs: 1_000 });
    const lost = new Promise((resolve) => speaker.on('deviceLost', resolve));
    const playing = speaker.play(sineWave({ frequencyHz: 440 }));
    await sound().kill();
    await expect(playing).rejects.toMatchObject({ code: 'device' });
    await expect(lost).resolves.toMatchObject({ code: 'device' });
    expect(speaker.closed).toBe(true);
    await speaker.close();
    await expect(openSpeaker({ backend })).rejects.toMatchObject({ code: 'device' });
    await sound().revive();
  });

  it.each(backends)('plays again when the server is back, with reopen, by %s', async (backend) => {
    await using speaker = await openSpeaker({ backend, reopen: true, stallMs: 2_500 });
    const abort = new AbortController();
    const playing = speaker.play(sineWave({ frequencyHz: 660 }), { signal: abort.signal });
    const lost = new Promise((resolve) => speaker.once('deviceLost', resolve));
    const back = new Promise<void>((resolve) => speaker.once('deviceReopened', resolve));
    await sound().kill();
    await lost;
    await sound().revive();
    await back;
    await using listener = sound().listen();
    await listener.untilTone(660);
    expect(speaker.stats.reopened).toBe(1);
    expect(speaker.stats.lostMs).toBeGreaterThan(0);
    abort.abort(new Error('enough'));
    await expect(playing).rejects.toThrow('enough');
  });
});

describe('the options of a speaker', () => {
  it.each([
    [{ device: '' }, 'options.device must not be empty'],
    [{ backend: 'alsa' }, "options.backend must be one of 'auto', 'ffmpeg', 'naudiodon'"],
    [{ sampleRate: 1 }, 'options.sampleRate must be one of'],
    [{ channels: 0 }, 'options.channels must be an integer from 1 to 2'],
    [{ latencyMs: 10 }, 'options.latencyMs must be an integer from 50 to 1000'],
    [{ reopen: 1 }, 'options.reopen must be a boolean'],
    [{ signal: 1 }, 'options.signal must be an AbortSignal'],
    [[], 'options must be an object'],
  ])('are refused when they are %p', async (options, message) => {
    await expect(openSpeaker(options as never)).rejects.toThrow(message);
  });
});
