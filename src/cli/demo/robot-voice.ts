/** Slow enough to be heard as a robot, and not as another pitch. */
const CARRIER_HZ = 45;

/** Makes a voice a robot's: it's multiplied with a low tone, as in the films. */
export class RobotVoice {
  readonly #step: number;
  #phase = 0;

  constructor(sampleRate: number) {
    this.#step = (2 * Math.PI * CARRIER_HZ) / sampleRate;
  }

  /** Changes the samples, which follow those of the last call. */
  process(samples: Int16Array): void {
    for (let i = 0; i < samples.length; i++) {
      samples[i] = Math.round((samples[i] as number) * Math.sin(this.#phase));
      this.#phase += this.#step;
    }
    // Small numbers stay exact, however long somebody talks.
    this.#phase %= 2 * Math.PI;
  }
}
