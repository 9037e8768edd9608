import type { AudioFrame } from '../audio/audio-frame.js';
import type { PlayedSound } from './played-sound.js';

/** The reader goes on where it was, unless it's further than this from where it should be. */
const TOLERANCE_MS = 20;

/** The sound of a speaker for one who hears its echo, without a seam from block to block. */
export class EchoReference {
  readonly #played: PlayedSound;
  readonly #delayMs: () => number;
  #next: number | undefined;

  /** @param delayMs - How long it takes about until what was played is heard. */
  constructor(played: PlayedSound, delayMs: () => number) {
    this.#played = played;
    this.#delayMs = delayMs;
  }

  /** How long it takes about until what {@link EchoReference.at} gives is heard, as AudioProcessingModule wants it. */
  get delayMs(): number {
    return Math.min(500, Math.max(0, Math.round(this.#delayMs())));
  }

  /** What was played from that time on, on the monotonic clock, for so many seconds. */
  at(timeUs: number, seconds: number): AudioFrame {
    const { sampleRate } = this.#played;
    const wanted = this.#played.indexAt(timeUs);
    let start = this.#next ?? wanted;
    if (Math.abs(start - wanted) > (TOLERANCE_MS * sampleRate) / 1000) start = wanted;
    const count = Math.max(1, Math.round(seconds * sampleRate));
    this.#next = start + count;
    return this.#played.read(start, count);
  }
}
