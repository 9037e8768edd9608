import { checkInteger, checkOptions, checkWithin } from '../core/check.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { AudioFrame, checkAudioFrame } from './audio-frame.js';
import { powerDb } from './dbfs.js';
import { NoiseFloor } from './noise-floor.js';

/** How a {@link VoiceActivityDetector} decides. */
export interface VoiceActivityDetectorOptions {
  /**
   * What is at least this loud is voice, in dBFS from -100 to 0. Default: `marginDb` above the noise, which
   * is taken to be the quietest 10 ms of the last 3 seconds (and -50 dBFS at first).
   */
  readonly thresholdDb?: number;
  /** How much louder than the noise voice is, 1 to 60. Default 12. */
  readonly marginDb?: number;
  /** What is quieter than this is no voice, however quiet the noise is: -100 to 0. Default -55. */
  readonly minDb?: number;
  /** How much quieter voice may become and still be voice, 0 to 30. Default 4. */
  readonly hysteresisDb?: number;
  /** How long it must be loud enough to begin, 0 to 1,000 ms. Default 30: a click is no voice. */
  readonly attackMs?: number;
  /** How long it must be too quiet to end, 0 to 10,000 ms. Default 300: words have pauses. */
  readonly hangoverMs?: number;
}

/** What a {@link VoiceActivityDetector} tells of. */
export interface VoiceActivityEvents {
  /** Somebody began to speak, at that time. Told `attackMs` later. */
  readonly speechStarted: readonly [timestampUs: number];
  /** The last voice was heard until that time. Told `hangoverMs` later. */
  readonly speechEnded: readonly [timestampUs: number];
}

/** The length that levels are of. */
const SLICE_MS = 10;

/** The time over which the noise floor is the quietest moment. */
const FLOOR_MS = 3_000;

/**
 * Says by the level alone when somebody speaks: fast, and good enough where there is a voice or nothing. It can't
 * tell a voice from other sound that comes and goes; noise that stays is learned within 3 seconds.
 *
 * The level is that of all channels together, 10 ms at a time, whatever the length of the frames. Times are
 * those of the frames.
 *
 * @example
 * ```ts
 * const voice = new VoiceActivityDetector({ hangoverMs: 500 });
 * voice.on('speechEnded', () => answer());
 * for await (const frame of new AudioStream(track, { sampleRate: 16_000 })) {
 *   if (voice.process(frame)) await recognizer.push(frame.data);
 * }
 * ```
 */
export class VoiceActivityDetector extends TypedEmitter<VoiceActivityEvents> {
  readonly #fixedDb: number | undefined;
  readonly #marginDb: number;
  readonly #minDb: number;
  readonly #hysteresisDb: number;
  readonly #attackMs: number;
  readonly #hangoverMs: number;
  readonly #floor = new NoiseFloor(FLOOR_MS / SLICE_MS);
  #active = false;
  #levelDb = -Infinity;
  /** How long it has been loud, or was it while not active; and how long too quiet while active. */
  #loudMs = 0;
  #quietMs = 0;
  /** When that began. */
  #loudSinceUs = 0;
  #quietSinceUs = 0;
  /** The slice that is being filled: the sum of its squares, and samples over all channels. */
  #squares = 0;
  #filled = 0;
  #form = 0;

  /** @throws TypeError or RangeError if an option is not as it must be. */
  constructor(options: VoiceActivityDetectorOptions = {}) {
    checkOptions(options, 'options');
    const { thresholdDb, marginDb = 12, minDb = -55, hysteresisDb = 4 } = options;
    const { attackMs = 30, hangoverMs = 300 } = options;
    if (thresholdDb !== undefined)
      checkWithin(thresholdDb, 'options.thresholdDb', { min: -100, max: 0 });
    checkWithin(marginDb, 'options.marginDb', { min: 1, max: 60 });
    checkWithin(minDb, 'options.minDb', { min: -100, max: 0 });
    checkWithin(hysteresisDb, 'options.hysteresisDb', { min: 0, max: 30 });
    checkInteger(attackMs, 'options.attackMs', { min: 0, max: 1_000 });
    checkInteger(hangoverMs, 'options.hangoverMs', { min: 0, max: 10_000 });
    super();
    this.#fixedDb = thresholdDb;
    this.#marginDb = marginDb;
    this.#minDb = minDb;
    this.#hysteresisDb = hysteresisDb;
    this.#attackMs = attackMs;
    this.#hangoverMs = hangoverMs;
  }

  /** Whether somebody speaks. */
  get active(): boolean {
    return this.#active;
  }

  /** The level of the last 10 ms, in dBFS as {@link LevelMeter.rmsDb}. */
  get levelDb(): number {
    return this.#levelDb;
  }

  /** What is taken for the level of the noise, in dBFS. */
  get noiseFloorDb(): number {
    return this.#floor.db;
  }

  /** What is at least this loud is voice now, in dBFS. */
  get thresholdDb(): number {
    return this.#fixedDb ?? Math.max(this.#minDb, this.#floor.db + this.#marginDb);
  }

  /**
   * Listens to a frame, which stays the caller's.
   *
   * @returns Whether somebody spoke in it, or spoke just before and may go on.
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws FramewireError `closed` if it's closed, `invalid-state` if its memory was transferred.
   */
  process(frame: AudioFrame): boolean {
    checkAudioFrame(frame, 'frame');
    const { data, sampleRate, channels, timestampUs } = frame;
    const form = sampleRate * channels;
    // Samples of two forms make no level.
    if (form !== this.#form) this.#squares = this.#filled = 0;
    this.#form = form;
    const length = Math.max(1, Math.round((sampleRate * SLICE_MS) / 1000)) * channels;
    let spoken = this.#active;
    for (let at = 0; at < data.length;) {
      const until = Math.min(data.length, at + length - this.#filled);
      this.#filled += until - at;
      for (; at < until; at++) this.#squares += (data[at] ?? 0) ** 2;
      if (this.#filled < length) break;
      const levelDb = powerDb(this.#squares / length);
      this.#squares = this.#filled = 0;
      this.#decide(levelDb, timestampUs + (at * 1e6) / form);
      spoken ||= this.#active;
    }
    return spoken;
  }

  /** Takes the level of 10 ms that ended at a time. */
  #decide(levelDb: number, endUs: number): void {
    this.#levelDb = levelDb;
    this.#floor.push(levelDb);
    const { thresholdDb } = this;
    const startUs = endUs - SLICE_MS * 1000;
    if (this.#active) this.#decideEnd(levelDb >= thresholdDb - this.#hysteresisDb, startUs);
    else this.#decideStart(levelDb, startUs);
  }

  #decideStart(levelDb: number, startUs: number): void {
    // Once it was loud enough, a moment a little below doesn't begin it all over.
    const { thresholdDb } = this;
    const enough = this.#loudMs > 0 ? thresholdDb - this.#hysteresisDb : thresholdDb;
    if (!(levelDb >= enough)) {
      this.#loudMs = 0;
      return;
    }
    if (this.#loudMs === 0) this.#loudSinceUs = startUs;
    this.#loudMs += SLICE_MS;
    if (this.#loudMs < this.#attackMs) return;
    this.#active = true;
    this.#quietMs = 0;
    this.emit('speechStarted', Math.max(0, Math.round(this.#loudSinceUs)));
  }

  #decideEnd(loud: boolean, startUs: number): void {
    if (loud) {
      this.#quietMs = 0;
      return;
    }
    if (this.#quietMs === 0) this.#quietSinceUs = startUs;
    this.#quietMs += SLICE_MS;
    if (this.#quietMs < this.#hangoverMs) return;
    this.#active = false;
    this.#loudMs = 0;
    this.emit('speechEnded', Math.max(0, Math.round(this.#quietSinceUs)));
  }
}
