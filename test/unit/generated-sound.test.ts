import { type CapturedAudioStream, silence, tone } from 'framewire/capture';
import { frequencyOf } from 'framewire/testing';

/** All samples of a stream, and the time stamps of its frames. */
async function heard(
  stream: CapturedAudioStream,
): Promise<{ readonly samples: number[]; readonly times: number[] }> {
  const samples: number[] = [];
  const times: number[] = [];
  for await (const frame of stream) {
    samples.push(...frame.data);
    times.push(frame.timestampUs);
    frame.close();
  }
  return { samples, times };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('tone()', () => {
  it('is a sine wave to the sample, as fast as it is read', async () => {
    const sound = tone({ pace: 'reader', frequencyHz: 440, durationMs: 205, sampleRate: 16_000 });
    expect(sound).toMatchObject({ sampleRate: 16_000, channels: 1, frameMs: 10 });
    const { samples, times } = await heard(sound);
    expect(samples).toHaveLength(3280);
    expect(frequencyOf(Int16Array.from(samples), 16_000)).toBeCloseTo(440, -1);
    expect(times.slice(0, 3)).toEqual([0, 10_000, 20_000]);
    expect(sound.stats).toMatchObject({ delivered: 21, deliveredMs: 205, dropped: { full: 0 } });
  });

  it('comes in real time, with time stamps that follow its samples', async () => {
    const sound = tone({ durationMs: 60, capacityMs: 1000 });
    const { times } = await heard(sound);
    expect(times).toHaveLength(6);
    for (const [i, timeUs] of times.entries()) expect(timeUs - times[0]!).toBe(i * 10_000);
  });

  it('gives a stalled reader fresh sound, and counts the rest', async () => {
    await using sound = tone({ frameMs: 1, capacityMs: 5 });
    await until(() => sound.stats.received >= 30);
    const { value } = await sound.next();
    expect(value?.timestampUs).toBeGreaterThan(0);
    const { received, dropped } = sound.stats;
    expect(dropped.full).toBeGreaterThanOrEqual(received - 7);
  });

  it('waits for its reader when told to', async () => {
    const sound = tone({ pace: 'reader', capacityMs: 30, durationMs: 200 });
    await until(() => sound.stats.received === 3);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(sound.stats.received).toBe(3);
    expect((await heard(sound)).times).toHaveLength(20);
  });

  it('ends for its reader when it is closed or aborted', async () => {
    const closed = tone();
    const reading = heard(closed);
    await closed.close();
    await reading;
    const controller = new AbortController();
    const failing = heard(tone({ signal: controller.signal }));
    controller.abort('enough');
    await expect(failing).rejects.toBe('enough');
  });

  it('refuses wrong options before it begins', () => {
    expect(() => tone({ frequencyHz: 0 })).toThrow(RangeError);
    expect(() => tone({ pace: 'slow' as never })).toThrow(RangeError);
    expect(() => tone({ pace: 'reader', overflow: 'drop-oldest' })).toThrow(RangeError);
    expect(() => tone({ capacityMs: -1 })).toThrow(RangeError);
    expect(() => tone(7 as never)).toThrow(TypeError);
  });
});

describe('silence()', () => {
  it('is silent, in as many channels as asked for', async () => {
    const sound = silence({ pace: 'reader', durationMs: 50, channels: 2, sampleRate: 48_000 });
    const { samples } = await heard(sound);
    expect(samples).toHaveLength(4800);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });
});
