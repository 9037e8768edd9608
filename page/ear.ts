const FFT_SIZE = 8192;

let context: AudioContext | undefined;

/** Listens to a track. To be opened in answer to a click, before which browsers hear nothing. */
export class Ear {
  readonly #analyser: AnalyserNode;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #samples = new Float32Array(FFT_SIZE);
  readonly #spectrum = new Float32Array(FFT_SIZE / 2);

  private constructor(running: AudioContext, track: MediaStreamTrack) {
    this.#analyser = new AnalyserNode(running, { fftSize: FFT_SIZE, smoothingTimeConstant: 0 });
    this.#source = new MediaStreamAudioSourceNode(running, {
      mediaStream: new MediaStream([track]),
    });
    this.#source.connect(this.#analyser);
  }

  /** Listens, once the browser lets it. Chromium needs an element that plays the track as well. */
  static async open(track: MediaStreamTrack): Promise<Ear> {
    context ??= new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    return new Ear(context, track);
  }

  /** How loud the last moment was, as the root of the mean square; 1 is as loud as can be. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const sum = this.#samples.reduce((all, sample) => all + sample * sample, 0);
    return Math.sqrt(sum / FFT_SIZE);
  }

  /** The strongest pitch in Hz. `null` in silence. */
  pitch(): number | null {
    if (this.level() < 0.001) return null;
    const spectrum = this.#spectrum;
    this.#analyser.getFloatFrequencyData(spectrum);
    let peak = 1;
    for (let i = 2; i < spectrum.length - 1; i++) {
      if ((spectrum[i] ?? 0) > (spectrum[peak] ?? 0)) peak = i;
    }
    // Between two steps of the spectrum lies the top of a parabola through three of them.
    const [left = 0, middle = 0, right = 0] = spectrum.subarray(peak - 1, peak + 2);
    const offset = (left - right) / (2 * (left - 2 * middle + right));
    return ((peak + offset) * this.#analyser.context.sampleRate) / FFT_SIZE;
  }

  /** Stops listening. */
  close(): void {
    this.#source.disconnect();
  }
}
