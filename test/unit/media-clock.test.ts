import { CLOCK_QUALITIES, MediaClock } from 'framewire';

const SECOND = 1_000_000;

/** A clock that began at some time and runs a little fast or slow. */
interface Drift {
  readonly startUs: number;
  readonly ppm: number;
}

/** A publisher, a network and a receiver, with made-up clocks. All times in microseconds. */
interface World {
  /** What the publisher stamps pictures with. */
  readonly publisher: Drift;
  /** What the receiver's audio is pulled by: its sample clock. */
  readonly samples: Drift;
  /** From capture to the receiver's buffer, at a time; not the same for any two packets. */
  readonly networkUs: (timeUs: number) => number;
  readonly audioBufferUs: (timeUs: number) => number;
  readonly videoBufferUs: (timeUs: number) => number;
  /** Added to the publisher's clock from a time on, as when somebody sets it. */
  readonly clockJump: { readonly atUs: number; readonly byUs: number };
  readonly audioFromUs: number;
  readonly videoFromUs: number;
  /** What is captured in this time never comes. */
  readonly gap: { readonly fromUs: number; readonly toUs: number };
}

const QUIET: World = {
  publisher: { startUs: 1_700_000_000 * SECOND, ppm: 0 },
  samples: { startUs: 0, ppm: 0 },
  networkUs: () => 20_000,
  audioBufferUs: () => 40_000,
  videoBufferUs: () => 12_000,
  clockJump: { atUs: Infinity, byUs: 0 },
  audioFromUs: 0,
  videoFromUs: 0,
  gap: { fromUs: 0, toUs: 0 },
};

/** A picture that was placed. */
interface Placed {
  readonly timeUs: number;
  /** How far its place is from the sound of its moment. */
  readonly errorUs: number;
  /** How the place moved since the last picture, beyond the time between the captures. */
  readonly stepUs: number;
}

const OPUS_US = 16_500;

/** Lets a clock follow a world, and says where it put each picture. */
function simulate(changes: Partial<World>, seconds: number, clock = new MediaClock()): Placed[] {
  const world = { ...QUIET, ...changes };
  const read = ({ startUs, ppm }: Drift, atUs: number): number => startUs + atUs * (1 + ppm * 1e-6);
  const captureTime = (atUs: number): number =>
    read(world.publisher, atUs) + (atUs >= world.clockJump.atUs ? world.clockJump.byUs : 0);
  const lost = (atUs: number): boolean => atUs >= world.gap.fromUs && atUs < world.gap.toUs;
  /** When the sound captured at a time leaves the receiver's buffer. */
  const heardUs = (atUs: number): number => atUs + 20_000 + OPUS_US + world.audioBufferUs(atUs);

  const placed: Placed[] = [];
  let last: { readonly placeUs: number; readonly captureUs: number } | undefined;
  let picture = Math.ceil((world.videoFromUs * 30) / SECOND);
  for (let tick = 0; tick < seconds * 100; tick++) {
    const nowUs = tick * 10_000;
    for (;;) {
      const captureUs = (picture * SECOND) / 30;
      const comesUs = captureUs + world.networkUs(captureUs) + world.videoBufferUs(captureUs);
      if (comesUs > nowUs) break;
      picture += 1;
      if (lost(captureUs)) continue;
      const captureTimeUs = Math.round(captureTime(captureUs));
      const placeUs = clock.video({ metadata: { captureTimeUs } }, Math.round(comesUs));
      if (placeUs === undefined) continue;
      const errorUs = placeUs - read(world.samples, heardUs(captureUs));
      const stepUs = last ? placeUs - last.placeUs - (captureTimeUs - last.captureUs) : 0;
      last = { placeUs, captureUs: captureTimeUs };
      placed.push({ timeUs: nowUs, errorUs, stepUs });
    }
    if (nowUs >= world.audioFromUs) {
      clock.audio({ timestampUs: Math.round(read(world.samples, nowUs)) }, nowUs);
    }
    if (tick % 50 === 0 && nowUs >= world.audioFromUs && !lost(nowUs)) {
      const audioUs = world.audioBufferUs(nowUs);
      const videoUs = world.videoBufferUs(nowUs);
      clock.buffers({ audioUs, videoUs }, nowUs);
    }
  }
  return placed;
}

/** Numbers that look random and are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const most = (values: readonly number[]): number =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
const errors = (placed: readonly Placed[]): number[] => placed.map(({ errorUs }) => errorUs);
const steps = (placed: readonly Placed[]): number[] => placed.map(({ stepUs }) => stepUs);
const since = (placed: readonly Placed[], seconds: number): Placed[] =>
  placed.filter(({ timeUs }) => timeUs >= seconds * SECOND);

describe('MediaClock', () => {
  it('puts a picture where the sound of its moment is', () => {
    const clock = new MediaClock();
    const placed = simulate({}, 10, clock);
    expect(clock.quality).toBe('estimated');
    expect(placed.length).toBeGreaterThan(240);
    expect(most(errors(placed))).toBeLessThan(1000);
    // So much longer sound needs here.
    expect(clock.videoLeadMs).toBeCloseTo(44.5, 0);
    expect(clock.resyncs).toBe(0);
  });

  it.each([
    [200, -200],
    [-200, 200],
  ])(
    'stays within 40 ms for an hour, without a step above 5 ms, when the publisher is %i ppm off and our sound card %i',
    (publisher, samples) => {
      const clock = new MediaClock();
      const placed = simulate(
        {
          publisher: { startUs: 1_700_000_000 * SECOND, ppm: publisher },
          samples: { startUs: 5 * SECOND, ppm: samples },
        },
        3600,
        clock,
      );
      expect(placed.length).toBeGreaterThan(107_000);
      expect(most(errors(placed))).toBeLessThan(10_000);
      expect(most(steps(placed))).toBeLessThanOrEqual(5000);
      expect(clock.resyncs).toBe(0);
    },
  );

  it('does not follow the jitter of a network', () => {
    const random = seeded(1);
    const placed = simulate({ networkUs: () => 20_000 + 60_000 * random() ** 4 }, 120);
    expect(most(errors(placed))).toBeLessThan(20_000);
    expect(most(steps(placed))).toBeLessThanOrEqual(5000);
  });

  it('does not follow pictures that come in bursts', () => {
    const burst = (timeUs: number): number => {
      const inCycle = timeUs % (7 * SECOND);
      return inCycle < 400_000 ? 400_000 - inCycle : 0;
    };
    const clock = new MediaClock();
    const placed = simulate({ networkUs: (timeUs) => 20_000 + burst(timeUs) }, 120, clock);
    expect(most(errors(placed))).toBeLessThan(20_000);
    expect(clock.resyncs).toBe(0);
  });

  it('goes on where it was after a gap of ten seconds', () => {
    const clock = new MediaClock();
    const gap = { fromUs: 20 * SECOND, toUs: 30 * SECOND };
    const placed = simulate({ gap, publisher: { startUs: 0, ppm: 200 } }, 60, clock);
    expect(most(errors(placed))).toBeLessThan(10_000);
    expect(most(steps(placed))).toBeLessThanOrEqual(5000);
    expect(clock.resyncs).toBe(0);
  });

  it('leaves alone what changes by less than 5 ms', () => {
    const placed = simulate(
      { audioBufferUs: (timeUs) => (timeUs < 20 * SECOND ? 40_000 : 44_000) },
      40,
    );
    expect(most(steps(placed))).toBeLessThanOrEqual(1);
  });

  it('follows a longer buffer by 5 ms a second, all the way', () => {
    const placed = simulate(
      { audioBufferUs: (timeUs) => (timeUs < 20 * SECOND ? 40_000 : 140_000) },
      60,
    );
    const last = (seconds: number): Placed => since(placed, seconds)[0]!;
    // Five seconds after it began to follow, a quarter of the way.
    const wayUs = last(27).errorUs - last(22).errorUs;
    expect(wayUs).toBeGreaterThan(24_000);
    expect(wayUs).toBeLessThan(26_000);
    expect(most(errors(since(placed, 45)))).toBeLessThan(1000);
    expect(most(steps(placed))).toBeLessThanOrEqual(5000);
  });

  it.each([600_000, -600_000])('takes a clock that is set by %i us as one resync', (byUs) => {
    const clock = new MediaClock();
    const placed = simulate({ clockJump: { atUs: 20 * SECOND, byUs } }, 60, clock);
    expect(clock.resyncs).toBe(1);
    expect(most(errors(since(placed, 30)))).toBeLessThan(10_000);
  });

  it('takes a buffer that grows by 600 ms as one resync', () => {
    const clock = new MediaClock();
    const audioBufferUs = (timeUs: number): number => (timeUs < 20 * SECOND ? 40_000 : 640_000);
    const placed = simulate({ audioBufferUs }, 40, clock);
    expect(clock.resyncs).toBe(1);
    expect(most(errors(since(placed, 22)))).toBeLessThan(5000);
  });

  it('moves as fast as it is told, and begins anew where it is told', () => {
    const fast = new MediaClock({ slewMsPerS: 50 });
    const early = new MediaClock({ resyncMs: 80 });
    const audioBufferUs = (timeUs: number): number => (timeUs < 20 * SECOND ? 40_000 : 140_000);
    expect(most(errors(since(simulate({ audioBufferUs }, 30, fast), 24)))).toBeLessThan(1000);
    expect(fast.resyncs).toBe(0);
    expect(most(errors(since(simulate({ audioBufferUs }, 30, early), 22)))).toBeLessThan(1000);
    expect(early.resyncs).toBe(1);
  });

  it('waits for buffers that are still filling', () => {
    const audioBufferUs = (timeUs: number): number =>
      Math.max(40_000, 120_000 - (timeUs * 40_000) / SECOND);
    const placed = simulate({ audioBufferUs }, 20);
    expect(placed[0]?.timeUs).toBeGreaterThan(1.5 * SECOND);
    expect(most(errors(placed))).toBeLessThan(10_000);
  });

  it('evens out video alone', () => {
    const random = seeded(2);
    const clock = new MediaClock();
    const placed = simulate(
      { audioFromUs: Infinity, networkUs: () => 20_000 + 40_000 * random() },
      30,
      clock,
    );
    expect(clock.quality).toBe('video-only');
    expect(placed.length).toBeGreaterThan(890);
    expect(most(steps(placed))).toBeLessThanOrEqual(5000);
  });

  it('leaves audio alone as it is', () => {
    const clock = new MediaClock();
    expect(clock.audio({ timestampUs: 12_345 }, 12_400)).toBe(12_345);
    expect(clock.quality).toBe('unknown');
    expect(clock.videoLeadMs).toBeUndefined();
  });

  it('takes in audio that starts late, without a step', () => {
    const clock = new MediaClock();
    const placed = simulate({ audioFromUs: 20 * SECOND }, 60, clock);
    expect(clock.quality).toBe('estimated');
    expect(most(steps(placed))).toBeLessThanOrEqual(5000);
    expect(most(errors(since(placed, 20)))).toBeLessThan(60_000);
    expect(most(errors(since(placed, 35)))).toBeLessThan(1000);
  });

  it('takes in video that starts late', () => {
    const clock = new MediaClock();
    const placed = simulate({ videoFromUs: 20 * SECOND }, 40, clock);
    expect(clock.quality).toBe('estimated');
    expect(placed.length).toBeGreaterThan(500);
    expect(most(errors(placed))).toBeLessThan(1000);
  });

  it('says that it does not know when the publisher sends no capture times', () => {
    const clock = new MediaClock();
    clock.audio({ timestampUs: 1_000_000 }, 1_000_000);
    clock.buffers({ audioUs: 40_000, videoUs: 10_000 }, 1_000_000);
    expect(clock.video({ metadata: {} }, 1_000_000)).toBeUndefined();
    expect(clock.quality).toBe('unknown');
    expect(CLOCK_QUALITIES).toContain(clock.quality);
  });

  it('needs no estimate where capture times of the audio are given', () => {
    const clock = new MediaClock();
    clock.audio({ timestampUs: 2_000_000, captureTimeUs: 500_000 }, 2_000_000);
    const metadata = { captureTimeUs: 490_000 };
    expect(clock.video({ metadata }, 1_950_000)).toBe(1_990_000);
    expect(clock.quality).toBe('measured');
    expect(clock.videoLeadMs).toBe(40);
    expect(clock.delayMs(1_990_000, 1_950_000)).toBe(40);
  });

  it('does the same with the same calls', () => {
    const world = {
      publisher: { startUs: 7, ppm: 150 },
      networkUs: (t: number) => 20_000 + (t % 9),
    };
    expect(simulate(world, 30)).toEqual(simulate(world, 30));
  });

  it('refuses what is no time', () => {
    const clock = new MediaClock();
    const wrong = (value: unknown): never => value as never;
    expect(() => clock.audio(wrong(undefined))).toThrow(TypeError);
    expect(() => clock.audio({ timestampUs: 0.5 })).toThrow(RangeError);
    expect(() => clock.audio({ timestampUs: wrong(1n) })).toThrow(TypeError);
    expect(() => clock.video({ metadata: wrong(null) })).toThrow(TypeError);
    expect(() => clock.video({ metadata: { captureTimeUs: NaN } })).toThrow(RangeError);
    expect(() => clock.video(wrong({}))).toThrow('frame.metadata must be an object');
    expect(() => clock.buffers({ audioUs: -1, videoUs: 0 })).toThrow(RangeError);
    expect(() => clock.delayMs(Infinity)).toThrow(RangeError);
    expect(() => clock.follow(wrong({}))).toThrow(TypeError);
    expect(() => new MediaClock({ slewMsPerS: 0 })).toThrow(RangeError);
    expect(() => new MediaClock(wrong([]))).toThrow(TypeError);
    expect(clock.quality).toBe('unknown');
  });
});
