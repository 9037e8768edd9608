// Sounds to process, and what is in them.

/** Numbers from -1 to 1 that are the same in each run: a linear congruential generator. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

// One period of the voice: twenty sines for every sample would take seconds.
const VOICE = Float64Array.from({ length: 4096 }, (_, i) => {
  let sum = 0;
  for (let k = 1; k < 20; k++) sum += Math.sin((2 * Math.PI * k * i) / 4096) / k;
  return sum / 2;
});

/** Something like a voice, from -1 to 1: harmonics of 140 Hz in three syllables a second. */
export function voice(seconds: number): number {
  const loudness = Math.max(0, Math.sin(2 * Math.PI * 3 * seconds));
  return loudness * (VOICE[Math.floor(140 * seconds * 4096) % 4096] ?? 0);
}

/** A sine wave from -1 to 1. */
export function sine(frequencyHz: number): (seconds: number) => number {
  return (seconds) => Math.sin(2 * Math.PI * frequencyHz * seconds);
}

/** How much louder `samples` are than `reference`, in dB. */
export function gainDb(samples: Int16Array, reference: Int16Array): number {
  return 10 * Math.log10(power(samples) / power(reference));
}

/** The mean of the squares. */
export function power(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}

/** The peak of a sine wave of that frequency in `samples`, which are some of its periods or more. */
export function amplitudeAt(
  samples: Int16Array,
  { frequencyHz, sampleRate }: { readonly frequencyHz: number; readonly sampleRate: number },
): number {
  let re = 0;
  let im = 0;
  let weights = 0;
  for (const [i, sample] of samples.entries()) {
    // A Hann window, so that others don't leak in.
    const weight = 1 - Math.cos((2 * Math.PI * i) / samples.length);
    const phase = (2 * Math.PI * frequencyHz * i) / sampleRate;
    re += weight * sample * Math.cos(phase);
    im += weight * sample * Math.sin(phase);
    weights += weight;
  }
  return (2 * Math.hypot(re, im)) / weights;
}

/** Every `channels`th sample from `channel` on. */
export function channelOf(samples: Int16Array, channel: number, channels: number): Int16Array {
  return samples.filter((_, i) => i % channels === channel);
}
