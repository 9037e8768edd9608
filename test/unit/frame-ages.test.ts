import { ageUs, FrameAges } from '../../src/video/frame-ages.js';

/** How old a frame is at a time, in microseconds. */
type FrameAge = (nowUs: number) => number;

const MS = 1000;
const FRAME = 33 * MS;

/**
 * Ages by time stamps of another clock than ours, on which a frame is taken every 33 ms. `offset` is
 * how far that clock is behind ours.
 */
class Stream {
  readonly ages = new FrameAges();
  offset: number;
  #taken = 1_000_000_000;

  constructor(offset = 0) {
    this.offset = offset;
  }

  /** Our time when the newest frame was taken. */
  get nowUs(): number {
    return this.#taken;
  }

  /** A frame that we hear of so long after it was taken. */
  frame(delayUs = 0): FrameAge {
    this.#taken += FRAME;
    const timestampUs = this.#taken - this.offset;
    const delays = this.ages.arrived(timestampUs, this.#taken + delayUs);
    return (nowUs) => ageUs(timestampUs, delays, nowUs);
  }

  steady(frames: number): void {
    for (let i = 0; i < frames; i++) this.frame();
  }
}

describe('FrameAges', () => {
  it('counts from when a frame comes, while frames come steadily', () => {
    const stream = new Stream();
    for (let i = 0; i < 1000; i++) {
      const age = stream.frame();
      expect(age(stream.nowUs)).toBe(0);
      expect(age(stream.nowUs + 40 * MS)).toBe(40 * MS);
    }
  });

  it.each([0, 3 * MS, 5000 * MS, -10 * MS, -(10 ** 12), 10 ** 12])(
    'is the same whatever the clock of the time stamps shows (%i us behind)',
    (offset) => {
      const stream = new Stream(offset);
      stream.steady(10);
      const age = stream.frame(15 * MS);
      expect(age(stream.nowUs + 15 * MS)).toBe(15 * MS);
    },
  );

  it('knows how long frames waited while the event loop was busy', () => {
    const stream = new Stream();
    stream.steady(10);
    const heardUs = stream.nowUs + 6 * FRAME;
    const burst = Array.from({ length: 6 }, (_, i) => stream.frame((5 - i) * FRAME));
    expect(burst.map((age) => age(heardUs))).toEqual([5, 4, 3, 2, 1, 0].map((n) => n * FRAME));
  });

  it('knows it too when the first frames of all come in a burst', () => {
    const stream = new Stream();
    const burst = Array.from({ length: 6 }, (_, i) => stream.frame((5 - i) * FRAME));
    expect(burst.map((age) => age(stream.nowUs))).toEqual([5, 4, 3, 2, 1, 0].map((n) => n * FRAME));
  });

  it.each([
    ['back to 0', 1_000_000_000],
    ['back by a second', 1000 * MS],
    ['forwards', -3_600_000 * MS],
    ['forwards a little', -500 * MS],
  ])('counts afresh when the time stamps jump %s', (_, jump) => {
    const stream = new Stream();
    stream.steady(100);
    const before = stream.frame();
    const wasUs = stream.nowUs;
    expect(before(wasUs + 20 * MS)).toBe(20 * MS);
    stream.offset += jump;
    for (let i = 0; i < 3; i++) {
      const age = stream.frame();
      expect(age(stream.nowUs)).toBe(0);
      expect(age(stream.nowUs + 40 * MS)).toBe(40 * MS);
    }
  });

  it('learns within a few hundred frames that the delay has grown for good', () => {
    const stream = new Stream();
    stream.steady(600);
    stream.offset += 50 * MS;
    expect(stream.frame()(stream.nowUs)).toBe(50 * MS);
    stream.steady(600);
    expect(stream.frame()(stream.nowUs)).toBe(0);
  });

  it('bears time stamps that go back a little, as those of a network do', () => {
    const stream = new Stream();
    stream.steady(10);
    stream.offset += 40 * MS;
    expect(stream.frame()(stream.nowUs)).toBe(40 * MS);
  });
});
