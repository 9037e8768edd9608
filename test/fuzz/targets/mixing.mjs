import { AUDIO_PACES, AudioFrame, AudioMixer, MIXER_PACES, silence, sineWave } from 'framewire';
import { construct, getters, invoke, listeners, method } from '../calls.mjs';

const GeneratedAudio = silence().constructor;
const generators = { silence, sineWave };
const RATES = [8000, 44_100, 48_000];

/** A few frames of sound, of which some are none. */
function sound(f) {
  const all = f.list(
    () => f.either(() => new AudioFrame(new Int16Array(480), { sampleRate: 48_000, channels: 1 })),
    0,
    4,
  );
  const throws = f.random.chance(0.1) ? f.func() : undefined;
  return f.either(() =>
    (async function* () {
      yield* Array.isArray(all) ? all : [];
      await throws?.();
    })(),
  );
}

/** It may be anything that was given as a stream. */
function closeSound(one) {
  if (one instanceof GeneratedAudio) return one.return();
}

const generated = (f) => ({
  sampleRate: () => f.of(RATES),
  channels: () => f.int(1, 8),
  frameMs: () => f.int(1, 100),
  durationMs: () => f.number(0, 200),
  pace: () => f.of(AUDIO_PACES),
  signal: () => f.signal(),
});

/** Streams of sound, mixed. */
export const mixing = {
  fresh: {
    mixer: () => new AudioMixer({ maxWaitMs: 10 }),
    sound: () => sineWave({ durationMs: 50 }),
  },
  hold: { mixer: 4 },
  close: { mixer: (one) => one.close(), sound: closeSound, off: (off) => off() },
  calls: {
    'new AudioMixer': construct(
      AudioMixer,
      (f) => [
        f.options({
          sampleRate: () => f.of(RATES),
          channels: () => f.int(1, 2),
          frameMs: () => f.int(1, 100),
          pace: () => f.of(MIXER_PACES),
          maxWaitMs: () => f.int(0, 50),
          bufferMs: () => f.int(10, 500),
          signal: () => f.signal(),
        }),
      ],
      { gives: 'mixer' },
    ),
    'mixer.add': method(
      'mixer',
      'add',
      (f) => {
        const stream = f.random.chance(0.5) ? f.object('sound') : sound(f);
        f.keep('sound', stream);
        return [stream, f.options({ gain: () => f.number(0, 2) })];
      },
      { gives: 'removed' },
    ),
    'mixer.remove': method('mixer', 'remove', (f) => [f.object('sound')]),
    'mixer.setGain': method('mixer', 'setGain', (f) => [f.object('sound'), f.number(0, 2)]),
    'mixer.statsOf': method('mixer', 'statsOf', (f) => [f.object('sound')]),
    'mixer.next': method('mixer', 'next', () => [], { waits: true }),
    'mixer.next ': method('mixer', 'next', () => [], { waits: true }),
    'mixer.end': method('mixer', 'end'),
    'mixer.return': method('mixer', 'return'),
    'mixer.close': method('mixer', 'close'),
    'mixer getters': getters('mixer', ['stats', 'streams', 'closed']),
    ...listeners('mixer', ['streamEnded', 'error']),
  },
};

/** Sound that is made. */
export const generating = {
  fresh: { sound: () => sineWave({ durationMs: 50 }) },
  close: { sound: (one) => one.return() },
  calls: {
    sineWave: invoke(
      generators,
      'sineWave',
      (f) => [
        f.options({
          ...generated(f),
          frequencyHz: () => f.number(20, 4000),
          amplitude: () => f.number(0, 1),
        }),
      ],
      { gives: 'sound' },
    ),
    silence: invoke(generators, 'silence', (f) => [f.options(generated(f))], { gives: 'sound' }),
    'sound.next': method('sound', 'next', () => [], { waits: true }),
    'sound.next ': method('sound', 'next', () => [], { waits: true }),
    'sound.return': method('sound', 'return'),
  },
};
