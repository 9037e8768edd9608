import { AudioFrame } from 'framewire';
import { MixTimeline } from '../../src/record/mix-timeline.js';

const START_US = 5_000_000;

function timeline(channels = 1): MixTimeline {
  return new MixTimeline({ sampleRate: 1000, channels, startUs: START_US, windowMs: 100 });
}

/** `count` milliseconds of one value. */
function flat(value: number, count: number, channels = 1): AudioFrame {
  return new AudioFrame(new Int16Array(count * channels).fill(value), {
    sampleRate: 1000,
    channels,
  });
}

/** What was taken: how many samples of which value, one after the other. */
function runs(frame: AudioFrame | undefined): [number, number][] {
  const found: [number, number][] = [];
  for (const sample of frame?.data ?? []) {
    const last = found.at(-1);
    if (last?.[1] === sample) last[0] += 1;
    else found.push([1, sample]);
  }
  return found;
}

const at = (ms: number): number => START_US + ms * 1000;

describe('a timeline of sounds', () => {
  it('puts each where its time stamp says, and silence elsewhere', () => {
    const mix = timeline();
    const [one, other] = [mix.voice(), mix.voice()];
    other.push(flat(7, 20), at(30));
    one.push(flat(100, 20), at(20));
    const frame = mix.takeUntil(at(60));
    expect(frame).toMatchObject({ timestampUs: START_US, samplesPerChannel: 60 });
    expect(runs(frame)).toEqual([
      [20, 0],
      [10, 100],
      [10, 107],
      [10, 7],
      [10, 0],
    ]);
    one.push(flat(5, 10), at(70));
    expect(mix.takeUntil(at(60))).toBeUndefined();
    const next = mix.takeUntil(at(90));
    expect(next).toMatchObject({ timestampUs: at(60) });
    expect(runs(next)).toEqual([
      [10, 0],
      [10, 5],
      [10, 0],
    ]);
    expect(mix.lostMs).toBe(0);
  });

  it('goes on without a seam over jitter, and jumps over a gap', () => {
    const mix = timeline();
    const voice = mix.voice();
    voice.push(flat(1, 10), at(0));
    voice.push(flat(1, 10), at(14));
    voice.push(flat(1, 10), at(9));
    voice.push(flat(2, 10), at(60));
    expect(runs(mix.takeUntil(at(80)))).toEqual([
      [30, 1],
      [30, 0],
      [10, 2],
      [10, 0],
    ]);
  });

  it('leaves out what is too late or too early, and counts it', () => {
    const mix = timeline();
    mix.takeUntil(at(50));
    mix.voice().push(flat(1, 20), at(40));
    mix.voice().push(flat(2, 20), at(0));
    mix.voice().push(flat(3, 20), at(140));
    expect(mix.lostMs).toBe(10 + 20 + 10);
    expect(runs(mix.takeUntil(at(150)))).toEqual([
      [10, 1],
      [80, 0],
      [10, 3],
    ]);
    expect(runs(mix.takeUntil(at(250)))).toEqual([[100, 0]]);
  });

  it('goes on in time when nobody took the sound for long', () => {
    const mix = timeline();
    mix.voice().push(flat(9, 10), at(0));
    expect(runs(mix.takeUntil(at(1000)))).toEqual([
      [10, 9],
      [90, 0],
    ]);
    mix.voice().push(flat(3, 10), at(1010));
    const frame = mix.takeUntil(at(1030));
    expect(frame?.timestampUs).toBe(at(1000));
    expect(runs(frame)).toEqual([
      [10, 0],
      [10, 3],
      [10, 0],
    ]);
  });

  it('cuts off what is too loud together', () => {
    const mix = timeline();
    for (let i = 0; i < 3; i++) {
      mix.voice().push(flat(20_000, 5), at(0));
      mix.voice().push(flat(-30_000, 5), at(5));
    }
    expect(runs(mix.takeUntil(at(10)))).toEqual([
      [5, 32_767],
      [5, -32_768],
    ]);
  });

  it('hears mono in both channels, and keeps two apart', () => {
    const mix = timeline(2);
    mix.voice().push(flat(3, 2), at(0));
    const stereo = new AudioFrame(Int16Array.of(1, -1, 1, -1), { sampleRate: 1000, channels: 2 });
    mix.voice().push(stereo, at(1));
    expect([...(mix.takeUntil(at(4))?.data ?? [])]).toEqual([3, 3, 4, 2, 1, -1, 0, 0]);
  });
});
