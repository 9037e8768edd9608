import { AudioFrame, checkAudioFrame, MAX_SAMPLE_RATE } from '../audio/audio-frame.js';
import { Oscillator } from '../audio/oscillator.js';
import {
  checkInteger,
  checkNotNegative,
  checkOptions,
  checkPositive,
  shown,
} from '../core/check.js';
import { VideoFrame } from '../video/video-frame.js';
import { meanColor, solidFrame } from './color.js';

/** What a {@link BeepAndFlash} looks and sounds like. */
export interface BeepAndFlashOptions {
  /** Width of the pictures. Default 640. */
  readonly width?: number;
  /** Height of the pictures. Default 360. */
  readonly height?: number;
  /** Pictures a second. Default 25. */
  readonly fps?: number;
  /** Samples a second, which must be a multiple of `fps`. Default 48,000. */
  readonly sampleRate?: number;
  /** How many pictures from one flash to the next. Default 6. */
  readonly every?: number;
}

/** A picture and the sound that lasts as long. */
export interface BeepAndFlashStep {
  readonly picture: VideoFrame;
  readonly sound: AudioFrame;
  /** The time of both since the beginning, in integer microseconds. */
  readonly timestampUs: number;
}

const DARK = [40, 40, 40] as const;
const BRIGHT = [230, 230, 230] as const;
const BEEP_HZ = 1000;
const LOUD = 12_000;

/**
 * Dark pictures and silence, and now and then a bright picture and a beep at the same moment: what
 * lip sync is measured with.
 *
 * @example
 * ```ts
 * const scene = new BeepAndFlash({ fps: 25 });
 * for (;;) {
 *   const { picture, sound, timestampUs } = scene.next();
 *   await synchronizer.push(picture, { timestampUs });
 *   await synchronizer.push(sound, { timestampUs });
 * }
 * ```
 */
export class BeepAndFlash {
  readonly #options: Required<BeepAndFlashOptions>;
  readonly #dark: VideoFrame;
  readonly #bright: VideoFrame;
  #steps = 0;

  /** @throws TypeError or RangeError if an option is not as it must be. */
  constructor(options: BeepAndFlashOptions = {}) {
    checkOptions(options, 'options');
    const { width = 640, height = 360, fps = 25, sampleRate = 48_000, every = 6 } = options;
    checkPositive(fps, 'options.fps');
    checkInteger(sampleRate, 'options.sampleRate', { min: 8000, max: MAX_SAMPLE_RATE });
    if (sampleRate % fps !== 0) {
      throw new RangeError(`options.sampleRate must be a multiple of ${fps}, got ${sampleRate}.`);
    }
    checkInteger(every, 'options.every', { min: 2 });
    this.#options = { width, height, fps, sampleRate, every };
    this.#dark = solidFrame(DARK, { width, height, format: 'RGBA' });
    this.#bright = solidFrame(BRIGHT, { width, height, format: 'RGBA' });
  }

  /** The next picture and sound, which are then the caller's. Every so many, they flash and beep. */
  next(): BeepAndFlashStep {
    const { fps, sampleRate, every } = this.#options;
    const timestampUs = Math.round((this.#steps * 1e6) / fps);
    const on = this.#steps % every === every - 1;
    this.#steps += 1;
    const picture = (on ? this.#bright : this.#dark).clone();
    const samplesPerChannel = sampleRate / fps;
    const sound = AudioFrame.create({ sampleRate, channels: 1, samplesPerChannel });
    const beep = new Oscillator({ frequencyHz: BEEP_HZ, sampleRate, peak: LOUD });
    if (on) beep.fill(sound.data, 1);
    return { picture, sound, timestampUs };
  }
}

/** The loudness between silence and a beep, and the brightness between dark and a flash. */
const HALF_LOUD = LOUD / 4;
const HALF_BRIGHT = 130;
/** How long it's quiet before a beep at least. */
const QUIET_US = 20_000;
/** A beep and a flash further apart than this are not the same moment. */
const MOST_APART_US = 100_000;
/** Nobody waits longer than this for a counterpart. */
const MOST_PENDING_US = 2_000_000;

/**
 * Finds the beeps and flashes of a {@link BeepAndFlash} in what was received, and measures how far apart
 * they are. It borrows the frames.
 */
export class BeepAndFlashMeter {
  /** Those whose counterpart has not come. */
  readonly #beepsUs: number[] = [];
  readonly #flashesUs: number[] = [];
  readonly #offsetsMs: number[] = [];
  #bright = true;
  #quietUs = 0;

  /**
   * How much later than its flash each beep was, in milliseconds, in the order in which they came. Less
   * than 0: earlier.
   */
  get offsetsMs(): readonly number[] {
    return this.#offsetsMs;
  }

  /** Looks at a picture whose place is `timeUs`, in microseconds on the timeline of both. */
  video(frame: VideoFrame, timeUs: number): void {
    if (!(frame instanceof VideoFrame)) {
      throw new TypeError(`frame must be a VideoFrame, got ${shown(frame)}.`);
    }
    checkNotNegative(timeUs, 'timeUs');
    const { width, height } = frame;
    const part = { x: width >> 1, y: height >> 1, width: 2, height: 2 };
    const bright = meanColor(frame, part)[1] > HALF_BRIGHT;
    if (bright && !this.#bright) {
      const beepUs = takeNearest(this.#beepsUs, timeUs);
      if (beepUs === undefined) this.#flashesUs.push(timeUs);
      else this.#offsetsMs.push((beepUs - timeUs) / 1000);
    }
    this.#bright = bright;
  }

  /** Listens to sound that begins at `timeUs`, in microseconds on the timeline of both. */
  audio(frame: AudioFrame, timeUs: number): void {
    checkAudioFrame(frame, 'frame');
    checkNotNegative(timeUs, 'timeUs');
    const { data, channels, sampleRate } = frame;
    for (let i = 0; i < data.length; i += channels) {
      const loud = Math.abs(data[i] ?? 0) > HALF_LOUD;
      if (loud && this.#quietUs >= QUIET_US) {
        const beepUs = timeUs + ((i / channels) * 1e6) / sampleRate;
        const flashUs = takeNearest(this.#flashesUs, beepUs);
        if (flashUs === undefined) this.#beepsUs.push(beepUs);
        else this.#offsetsMs.push((beepUs - flashUs) / 1000);
      }
      this.#quietUs = loud ? 0 : this.#quietUs + 1e6 / sampleRate;
    }
  }
}

/** Takes the time that is nearest to another out of the list, and forgets those that are too old. */
function takeNearest(timesUs: number[], timeUs: number): number | undefined {
  let nearest: number | undefined;
  for (const one of timesUs) {
    const apart = Math.abs(one - timeUs);
    if (apart < MOST_APART_US && apart < Math.abs((nearest ?? Infinity) - timeUs)) nearest = one;
  }
  const rest = timesUs.filter((one) => one !== nearest && one > timeUs - MOST_PENDING_US);
  timesUs.splice(0, Infinity, ...rest);
  return nearest;
}
