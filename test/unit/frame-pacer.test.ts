import { getEventListeners } from 'node:events';

import { FramePacer, type PacerClock, type PacerTick } from '../../src/video/frame-pacer.js';

const EPOCH_US = 7_000_000_123;

/** A clock that stands still unless the test moves it. */
class FakeClock implements PacerClock {
  now = EPOCH_US;
  sleepers: { readonly timeUs: number; readonly wake: () => void }[] = [];
  cancelled = 0;

  readonly nowUs = (): number => this.now;

  readonly sleepUntil = (timeUs: number, wake: () => void): (() => void) => {
    const sleeper = { timeUs, wake };
    this.sleepers.push(sleeper);
    return () => {
      this.cancelled++;
      this.sleepers = this.sleepers.filter((one) => one !== sleeper);
    };
  };

  /** When the pacer wants to be woken, since the epoch. */
  get alarmUs(): number | undefined {
    if (this.sleepers.length > 1) throw new Error('The pacer sleeps twice at once.');
    return this.sleepers[0] && this.sleepers[0].timeUs - EPOCH_US;
  }

  /** Wakes the pacer at a time since the epoch, whatever time it asked for. */
  wakeAt(timeUs: number): void {
    this.now = EPOCH_US + timeUs;
    const [sleeper] = this.sleepers.splice(0);
    sleeper?.wake();
  }
}

/** A clock whose time passes by itself: each sleep ends at its time and `lateUs` more. */
class SelfMovingClock implements PacerClock {
  now = EPOCH_US;
  readonly #lateUs: () => number;

  constructor(lateUs: () => number = () => 0) {
    this.#lateUs = lateUs;
  }

  readonly nowUs = (): number => this.now;

  readonly sleepUntil = (timeUs: number, wake: () => void): (() => void) => {
    const immediate = setImmediate(() => {
      this.now = Math.max(this.now, timeUs + this.#lateUs());
      wake();
    });
    return () => clearImmediate(immediate);
  };
}

async function take(pacer: FramePacer, count: number): Promise<PacerTick[]> {
  const ticks: PacerTick[] = [];
  for await (const tick of pacer) {
    ticks.push(tick);
    if (ticks.length === count) break;
  }
  return ticks;
}

describe('FramePacer', () => {
  it('makes the first call slot 0, at once', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 30, clock });
    clock.now += 5_000_000;
    const first = pacer.next();
    expect(clock.alarmUs).toBe(5_000_000);
    clock.wakeAt(5_000_000);
    await expect(first).resolves.toBe(0);
    expect(pacer.fps).toBe(30);
  });

  it.each([30, 29.97, 24, 60, 1, 0.3, 1000])('has slots without drift at %d fps', async (fps) => {
    const pacer = new FramePacer({ fps, clock: new SelfMovingClock() });
    const ticks = await take(pacer, 1000);
    for (const [i, tick] of ticks.entries()) {
      expect(tick).toEqual({ index: i, timestampUs: Math.round((i * 1e6) / fps), skipped: 0 });
    }
    expect(pacer.skipped).toBe(0);
  });

  it('doesn’t let late timers add up', async () => {
    let turn = 0;
    const clock = new SelfMovingClock(() => (turn++ % 5) * 2500);
    const pacer = new FramePacer({ fps: 50, clock });
    const ticks = await take(pacer, 501);
    expect(ticks.at(-1)).toEqual({ index: 500, timestampUs: 10_000_000, skipped: 0 });
  });

  it('goes back to sleep when a timer is early, without a tick', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 50, clock });
    const first = pacer.next();
    clock.wakeAt(0);
    await first;
    let resolved = false;
    const second = pacer.next().finally(() => (resolved = true));
    for (const early of [18_000, 19_999]) {
      clock.wakeAt(early);
      await Promise.resolve();
      expect(resolved).toBe(false);
      expect(clock.alarmUs).toBe(20_000);
    }
    clock.wakeAt(20_000);
    await expect(second).resolves.toBe(20_000);
    void pacer.next().catch(() => undefined); // Ended by close() below.
    expect(clock.alarmUs).toBe(40_000);
    pacer.close();
  });

  it('keeps to its slots when every timer is early', async () => {
    // Wakes a third of the way three times before the slot is there.
    const clock = new SelfMovingClock();
    const early: PacerClock = {
      nowUs: clock.nowUs,
      sleepUntil: (timeUs, wake) =>
        clock.sleepUntil(Math.max(clock.now + 1, timeUs - 1500), () => wake()),
    };
    const ticks = await take(new FramePacer({ fps: 100, clock: early }), 50);
    expect(ticks.map((tick) => tick.index)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('skips the slots missed in a stall, and never bursts', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 10, clock });
    const ticks = pacer[Symbol.asyncIterator]();
    const read = async (wakeUs: number): Promise<PacerTick> => {
      const next = ticks.next();
      // The generator's body starts in a microtask.
      await Promise.resolve();
      clock.wakeAt(wakeUs);
      return (await next).value as PacerTick;
    };
    expect(await read(0)).toEqual({ index: 0, timestampUs: 0, skipped: 0 });
    expect(await read(100_000)).toEqual({ index: 1, timestampUs: 100_000, skipped: 0 });
    // The body takes 620 ms: the latest slot comes at once, the four before it are gone.
    expect(await read(620_000)).toEqual({ index: 6, timestampUs: 600_000, skipped: 4 });
    expect(pacer.skipped).toBe(4);
    expect(await read(700_000)).toEqual({ index: 7, timestampUs: 700_000, skipped: 0 });
    // 1,190 ms is nearer to slot 12 than half an interval: slot 12 would be a burst.
    expect(await read(1_190_000)).toEqual({ index: 11, timestampUs: 1_100_000, skipped: 3 });
    const next = ticks.next();
    await Promise.resolve();
    expect(clock.alarmUs).toBe(1_300_000);
    clock.wakeAt(1_300_000);
    expect((await next).value).toEqual({ index: 13, timestampUs: 1_300_000, skipped: 1 });
    expect(pacer.skipped).toBe(8);
  });

  it('never gives two ticks nearer than half an interval, whatever the timers do', async () => {
    let state = 1;
    const clock = new SelfMovingClock(() => {
      state = (state * 48_271) % 2_147_483_647;
      return state % 3 === 0 ? state % 250_000 : state % 3000;
    });
    const pacer = new FramePacer({ fps: 25, clock });
    let lastUs = -Infinity;
    let expected = 0;
    for await (const { index, timestampUs, skipped } of pacer) {
      expect(index).toBe(expected + skipped);
      expect(timestampUs).toBe(index * 40_000);
      const elapsedUs = clock.now - EPOCH_US;
      expect(elapsedUs).toBeGreaterThanOrEqual(timestampUs);
      expect(elapsedUs - timestampUs).toBeLessThan(40_000);
      expect(elapsedUs - lastUs).toBeGreaterThanOrEqual(20_000);
      lastUs = elapsedUs;
      expected = index + 1;
      if (index > 2000) break;
    }
    expect(pacer.skipped).toBeGreaterThan(100);
  });

  it('counts slots that passed while nobody waited as skipped', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 10, clock });
    const first = pacer.next();
    clock.wakeAt(0);
    await first;
    clock.now = EPOCH_US + 1_000_000;
    const second = pacer.next();
    clock.wakeAt(1_000_000);
    await expect(second).resolves.toBe(1_000_000);
    expect(pacer.skipped).toBe(9);
  });

  it('gives calls that wait at the same time one slot each, in order', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 10, clock });
    const calls = [pacer.next(), pacer.next(), pacer.next()];
    clock.wakeAt(0);
    expect(clock.alarmUs).toBe(100_000);
    clock.wakeAt(100_000);
    clock.wakeAt(250_000);
    await expect(Promise.all(calls)).resolves.toEqual([0, 100_000, 200_000]);
    expect(clock.alarmUs).toBeUndefined();
  });

  it('has a timer and a listener only while somebody waits', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const pacer = new FramePacer({ fps: 10, clock, signal });
    expect(clock.alarmUs).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const first = pacer.next();
    const second = pacer.next();
    expect(clock.alarmUs).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    clock.wakeAt(0);
    clock.wakeAt(100_000);
    await Promise.all([first, second]);
    expect(clock.alarmUs).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects all who wait, and all later calls, when it is closed', async () => {
    const clock = new FakeClock();
    const pacer = new FramePacer({ fps: 10, clock });
    const calls = [pacer.next(), pacer.next()];
    pacer.close();
    pacer.close();
    expect(pacer.closed).toBe(true);
    expect(clock.alarmUs).toBeUndefined();
    for (const call of [...calls, pacer.next()]) {
      await expect(call).rejects.toMatchObject({ name: 'FramewireError', code: 'closed' });
    }
  });

  it('is closed by dispose', () => {
    const pacer = new FramePacer({ fps: 10 });
    pacer[Symbol.dispose]();
    expect(pacer.closed).toBe(true);
  });

  it('rejects with the signal’s reason, before and during a wait', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const pacer = new FramePacer({ fps: 10, clock, signal: controller.signal });
    const waiting = pacer.next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pacer.next()).rejects.toBe(reason);
    expect(clock.alarmUs).toBeUndefined();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('rejects from the start with a signal that has aborted', async () => {
    const pacer = new FramePacer({ fps: 10, signal: AbortSignal.abort('why') });
    await expect(pacer.next()).rejects.toBe('why');
    await expect(take(pacer, 1)).resolves.toEqual([]);
  });

  it('ends its loop without an error when the signal aborts', async () => {
    const controller = new AbortController();
    const clock = new SelfMovingClock();
    const pacer = new FramePacer({ fps: 10, clock, signal: controller.signal });
    let ticks = 0;
    for await (const { index } of pacer) {
      ticks++;
      if (index === 2) setImmediate(() => controller.abort());
      if (index > 1000) throw new Error('It went on.');
    }
    expect(ticks).toBeGreaterThanOrEqual(3);
  });

  it('ends its loop without an error when it is closed, in the body or while it waits', async () => {
    const busy = new FramePacer({ fps: 10, clock: new SelfMovingClock() });
    for await (const { index } of busy) if (index === 1) busy.close();
    const clock = new FakeClock();
    const waiting = new FramePacer({ fps: 10, clock });
    const ended = take(waiting, 1);
    await Promise.resolve();
    waiting.close();
    await expect(ended).resolves.toEqual([]);
    await expect(take(waiting, 1)).resolves.toEqual([]);
  });

  it('goes on in the same slots in a later loop', async () => {
    const clock = new SelfMovingClock();
    const pacer = new FramePacer({ fps: 10, clock });
    expect((await take(pacer, 2)).map((tick) => tick.index)).toEqual([0, 1]);
    clock.now += 500_000;
    expect(await take(pacer, 1)).toEqual([{ index: 6, timestampUs: 600_000, skipped: 4 }]);
  });

  it('lets other tasks run when the loop is always too late', async () => {
    const clock = new FakeClock();
    // A due slot comes through the process's own timers, and each body takes two intervals.
    const pacer = new FramePacer({
      fps: 1000,
      clock: { nowUs: clock.nowUs, sleepUntil: (_, wake) => cancelImmediate(setImmediate(wake)) },
    });
    const others = new AbortController();
    setImmediate(() => setImmediate(() => others.abort()));
    let ticks = 0;
    for await (const tick of pacer) {
      clock.now += 2000;
      ticks = tick.index;
      if (others.signal.aborted || ticks > 10_000) break;
    }
    expect(others.signal.aborted).toBe(true);
    expect(ticks).toBeLessThan(10_000);
  });

  it('goes by the process’s clock unless told', async () => {
    const ticks = await take(new FramePacer({ fps: 500 }), 20);
    const indices = ticks.map((tick) => tick.index);
    expect(new Set(indices).size).toBe(20);
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
    for (const tick of ticks) expect(tick.timestampUs).toBe(tick.index * 2000);
  });

  it('asks for no longer time-out than a timer can have', async () => {
    const pacer = new FramePacer({ fps: 1e-9 });
    await pacer.next();
    const setTimeout = jest.spyOn(globalThis, 'setTimeout');
    const far = pacer.next();
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1);
    setTimeout.mockRestore();
    pacer.close();
    await expect(far).rejects.toMatchObject({ code: 'closed' });
  });

  it.each([NaN, 0, -30, Infinity, 1000.5])('refuses %p fps', (fps) => {
    expect(() => new FramePacer({ fps })).toThrow(RangeError);
    expect(() => new FramePacer({ fps })).toThrow(/^options\.fps must be .*, got .*\.$/);
  });

  it.each([undefined, null, '30', 30n])('refuses %p as fps by its type', (fps) => {
    expect(() => new FramePacer({ fps: fps as never })).toThrow(TypeError);
  });

  it.each([undefined, null, 30, []])('refuses %p as options', (options) => {
    expect(() => new FramePacer(options as never)).toThrow(/^options must be an object, got /);
  });

  it.each(['nowUs', 'sleepUntil'] as const)(
    'tells whoever waits that %s of its clock failed',
    async (name) => {
      const failure = new Error('no time');
      const clock: PacerClock = {
        nowUs: () => 0,
        sleepUntil: (_, wake) => {
          const timer = setImmediate(wake);
          return () => clearImmediate(timer);
        },
      };
      let calls = 0;
      const failing = {
        ...clock,
        [name]: (...args: Parameters<PacerClock['sleepUntil']>) => {
          if (calls++ > 0) throw failure;
          return clock[name](...args);
        },
      };
      using pacer = new FramePacer({ fps: 10, clock: failing });
      const ticks = await Promise.allSettled([pacer.next(), pacer.next()]);
      expect(ticks.at(-1)).toEqual({ status: 'rejected', reason: failure });
      await expect(pacer.next()).rejects.toBe(failure);
    },
  );

  it('says that its clock tells no time', async () => {
    const clock = { nowUs: () => -Infinity, sleepUntil: () => undefined } as unknown as PacerClock;
    using pacer = new FramePacer({ fps: 10, clock });
    await expect(pacer.next()).rejects.toThrow(
      'options.clock.nowUs must return a finite number, got -Infinity.',
    );
  });

  it('refuses a wrong signal and a wrong clock', () => {
    expect(() => new FramePacer({ fps: 30, signal: {} as never })).toThrow(
      'options.signal must be an AbortSignal, got {}.',
    );
    expect(() => new FramePacer({ fps: 30, clock: null as never })).toThrow(TypeError);
    expect(() => new FramePacer({ fps: 30, clock: {} as never })).toThrow(
      'options.clock.nowUs must be a function, got undefined.',
    );
    expect(() => new FramePacer({ fps: 30, clock: { nowUs: () => 0 } as never })).toThrow(
      'options.clock.sleepUntil must be a function, got undefined.',
    );
  });
});

function cancelImmediate(immediate: NodeJS.Immediate): () => void {
  return () => clearImmediate(immediate);
}
