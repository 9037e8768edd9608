/** Audio this little ahead of its time is played at once: no two clocks agree better. */
const LEAST_SILENCE_US = 20_000;
/** Audio further ahead than this is another scene, not a pause. */
const MOST_SILENCE_US = 10_000_000;
/** Video without time stamps that is later than this goes on from now, instead of being dropped. */
const RESTART_US = 300_000;

/** Without audio for so long, video goes on alone. */
const PAUSE_US = 200_000;

/**
 * When, on this machine's clock, the media of a time stamp is to be heard and seen. Audio sets that,
 * since it's played without gaps; while none plays, video does. All times in microseconds.
 */
export class PlayoutTimeline {
  readonly #intervalUs: number;
  /** Added to a time stamp, it's the time at which it's due. */
  #anchorUs: number | undefined;
  /** The first time stamp, from which on the frames count that have none. */
  #originUs: number | undefined;
  #audioEndUs: number | undefined;
  /** When the audio so far will have been played, on this machine's clock. */
  #playedUs = -Infinity;
  #videoUs: number | undefined;

  /** @param intervalUs - how far apart video frames without time stamps are. */
  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs;
  }

  /** The time stamp at which the audio so far ends. */
  get audioEndUs(): number | undefined {
    return this.#audioEndUs;
  }

  /** When media of a time stamp is due. */
  dueUs(timeUs: number): number {
    return timeUs + (this.#anchorUs ?? 0);
  }

  /** How much silence keeps audio from being played before its time, if it could be from `freeUs` on. */
  silenceBefore(timestampUs: number | undefined, freeUs: number): number {
    if (timestampUs === undefined || this.#anchorUs === undefined) return 0;
    const aheadUs = this.dueUs(timestampUs) - freeUs;
    return aheadUs > LEAST_SILENCE_US && aheadUs <= MOST_SILENCE_US ? aheadUs : 0;
  }

  /** Audio of that time stamp, or that follows what came before, is played from `playedUs` on. */
  audio(timestampUs: number | undefined, durationUs: number, playedUs: number): void {
    const timeUs = timestampUs ?? this.#audioEndUs ?? this.#originUs ?? 0;
    this.#originUs ??= timeUs;
    this.#audioEndUs = timeUs + durationUs;
    this.#anchorUs = playedUs - timeUs;
    this.#playedUs = playedUs + durationUs;
  }

  /** The time stamp of the next video frame, if it has none of its own. */
  videoTime(timestampUs: number | undefined, nowUs: number): number {
    const follows = this.#videoUs === undefined ? this.#originUs : this.#videoUs + this.#intervalUs;
    const timeUs = timestampUs ?? follows ?? 0;
    this.#originUs ??= timeUs;
    this.#anchorUs ??= nowUs - timeUs;
    const lateUs = nowUs - this.dueUs(timeUs);
    if (timestampUs === undefined && lateUs > RESTART_US) return nowUs - this.#anchorUs;
    const audioPlays = nowUs < this.#playedUs + PAUSE_US;
    // Nothing is heard that it could be late for.
    if (!audioPlays && lateUs > this.#intervalUs) this.#anchorUs = nowUs - timeUs;
    return timeUs;
  }

  /** The video frame of that time stamp was captured, or dropped. */
  videoDone(timeUs: number): void {
    this.#videoUs = timeUs;
  }

  /** The next frame is due at once, whatever its time stamp; those without one go on together. */
  restart(): void {
    const followsUs = this.#videoUs === undefined ? undefined : this.#videoUs + this.#intervalUs;
    this.#originUs = this.#audioEndUs ?? followsUs;
    this.#anchorUs = undefined;
    this.#videoUs = undefined;
    this.#playedUs = -Infinity;
  }

  /** Forgets all, as if it were new. */
  forget(): void {
    this.restart();
    this.#originUs = undefined;
    this.#audioEndUs = undefined;
  }
}
