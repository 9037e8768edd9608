import { FpsThinner, FpsTracker, FramePacer, thinFps } from 'framewire';
import { construct, getters, invoke, method } from '../calls.mjs';

/** A clock that a pacer may go by: mostly one that works. */
function clock(f) {
  const now = () => Math.round(performance.now() * 1000);
  return f.options(
    {
      // A promise for a time that rejects would be nobody's but the clock's.
      nowUs: () => f.either(() => now),
      sleepUntil: () =>
        f.func((_time, wake) => {
          const timer = setImmediate(wake);
          return () => clearImmediate(timer);
        }),
    },
    { needed: ['nowUs', 'sleepUntil'] },
  );
}

/** Frames as an async iterable, some of which are none. */
function frames(f) {
  const all = f.list(() =>
    f.options(
      { timestampUs: () => f.int(0, 1e6), close: () => f.func() },
      { needed: ['timestampUs', 'close'] },
    ),
  );
  return f.either(async function* () {
    yield* Array.isArray(all) ? all : [];
  });
}

export const pacers = {
  fresh: {
    pacer: () => new FramePacer({ fps: 1000 }),
  },
  close: { pacer: (pacer) => pacer.close(), loop: (loop) => loop.return() },
  calls: {
    'new FramePacer': construct(
      FramePacer,
      (f) => [
        f.options(
          {
            fps: () => f.number(1, 1000),
            signal: () => f.signal(),
            ...(f.random.chance(0.2) && { clock: () => clock(f) }),
          },
          { needed: ['fps'] },
        ),
      ],
      { gives: 'pacer' },
    ),
    'pacer.next': method('pacer', 'next', () => [], { waits: true }),
    'pacer[Symbol.asyncIterator]': method('pacer', Symbol.asyncIterator, () => [], {
      gives: 'loop',
    }),
    'loop.next': method('loop', 'next', () => [], { waits: true }),
    'pacer.close': method('pacer', 'close'),
    'pacer[Symbol.dispose]': method('pacer', Symbol.dispose),
    'pacer getters': getters('pacer', ['skipped', 'closed', 'fps']),
  },
};

export const rates = {
  fresh: {
    tracker: () => new FpsTracker(),
    thinner: () => new FpsThinner(30),
  },
  close: {},
  calls: {
    'new FpsTracker': construct(FpsTracker, (f) => [f.options({ window: () => f.int(2, 100) })], {
      gives: 'tracker',
    }),
    'tracker.add': method('tracker', 'add', (f) => [f.int(0, 1e9)]),
    'tracker.reset': method('tracker', 'reset'),
    'tracker getters': getters('tracker', ['fps', 'count']),
    'new FpsThinner': construct(FpsThinner, (f) => [f.number(1, 60)], { gives: 'thinner' }),
    'thinner.accept': method('thinner', 'accept', (f) => [f.int(0, 1e9)]),
    'thinner.reset': method('thinner', 'reset'),
    thinFps: invoke({ thinFps }, 'thinFps', (f) => [frames(f), f.number(1, 60)], { gives: 'thin' }),
  },
};
