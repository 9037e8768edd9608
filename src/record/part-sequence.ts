import type { RecordedPart, RecordingPart } from './recording-part.js';
import { SharedPicture } from './shared-picture.js';

/** What the parts of a recording have in common. */
export interface PartSequenceOptions {
  /** Pictures a second; `undefined` without video. */
  readonly fps: number | undefined;
  /** The sound; `undefined` without. */
  readonly audio: { readonly sampleRate: number; readonly channels: number } | undefined;
  /** When a part is followed by the next; `Infinity` for a single one. */
  readonly segmentMs: number;
  /** The size of pictures before there is one. */
  readonly size: { readonly width: number; readonly height: number };
  /** Makes a part for pictures of a size. */
  readonly open: (part: {
    readonly index: number;
    readonly startUs: number;
    readonly width: number;
    readonly height: number;
    /** Before it has resolved, its ffmpeg is not to be started. */
    readonly after: Promise<unknown> | undefined;
  }) => RecordingPart;
}

/** A part, and what belongs to it. */
interface Slot {
  readonly part: RecordingPart;
  readonly startTick: number;
  readonly startSample: number;
  readonly width: number;
  readonly height: number;
  /** Where its sound ends, once that is known. */
  endSample: number;
  audioEnded: boolean;
}

/** Sound that waits until pictures have told to which part it belongs. */
interface Held {
  /** None for silence. */
  readonly data: Int16Array | undefined;
  readonly count: number;
}

/**
 * So many parts have an ffmpeg at a time: the one that is written, and the one before, which is being finished.
 * What comes for a later one waits, as all that comes does, so that no source can make more of them.
 */
const MOST_RUNNING = 2;

/** How much silence is written at once. */
const SILENCE_MS = 100;

/**
 * Puts ticks and samples into one file after the other, without a gap between them. The pictures decide where
 * a part ends; sound waits for them.
 */
export class PartSequence {
  readonly #options: PartSequenceOptions;
  /** The parts that aren't finished, in order. */
  readonly #slots: Slot[] = [];
  /** Those that are. */
  readonly #recorded: RecordedPart[] = [];
  readonly #segmentTicks: number;
  readonly #segmentSamples: number;
  readonly #silence: Uint8Array;
  #ticks = 0;
  #samples = 0;
  #held: Held[] = [];
  /** What is shown while nothing new comes. */
  #last: SharedPicture | undefined;
  #ended = false;

  constructor(options: PartSequenceOptions) {
    this.#options = options;
    const { fps = 1, audio, segmentMs } = options;
    const { sampleRate, channels } = audio ?? { sampleRate: 1, channels: 1 };
    this.#segmentTicks = Math.max(1, Math.round((segmentMs * fps) / 1000));
    this.#segmentSamples = Math.max(1, Math.round((segmentMs * sampleRate) / 1000));
    this.#silence = new Uint8Array(Math.ceil((sampleRate * SILENCE_MS) / 1000) * channels * 2);
  }

  /** Those parts that aren't finished. */
  get parts(): readonly RecordingPart[] {
    return this.#slots.map(({ part }) => part);
  }

  /** Pictures that wait to be written. */
  get waitingPictures(): number {
    return this.#slots.reduce((sum, { part }) => sum + (part.video?.waiting ?? 0), 0);
  }

  /** How much sound waits to be written, in milliseconds. */
  get waitingSoundMs(): number {
    const { sampleRate, channels } = this.#audio;
    const held = this.#held.reduce((sum, { count }) => sum + count, 0);
    const bytes = this.#slots.reduce((sum, { part }) => sum + (part.audio?.waitingBytes ?? 0), 0);
    return ((held + bytes / channels / 2) * 1000) / sampleRate;
  }

  /** The next tick's picture. Takes ownership. */
  picture(picture: SharedPicture): void {
    const slot = this.#slotOfTick(picture);
    this.#last?.release();
    this.#last = picture;
    this.#write(slot, picture, 1);
    this.#ticks += 1;
    this.#releaseHeld();
  }

  /** The next ticks show what the last one did. */
  repeat(ticks: number): void {
    const { width, height } = this.#options.size;
    this.#last ??= SharedPicture.black(width, height);
    for (let left = ticks; left > 0;) {
      const before = this.#slots.at(-1);
      const slot = this.#slotOfTick(this.#last);
      const most = slot.startTick + this.#segmentTicks - this.#ticks;
      const count = Math.min(left, most);
      if (slot === before && slot.part.video?.repeat(count)) slot.part.addFrames(count);
      else this.#write(slot, this.#last, count);
      this.#ticks += count;
      left -= count;
    }
    this.#releaseHeld();
  }

  /** The next samples, interleaved. They are copied. */
  samples(data: Int16Array): void {
    const { channels } = this.#audio;
    this.#held.push({ data: data.slice(), count: data.length / channels });
    this.#releaseHeld();
  }

  /** So many samples of each channel are silent. */
  silence(count: number): void {
    this.#held.push({ data: undefined, count });
    this.#releaseHeld();
  }

  /** Ends the last part. @returns all of them, once they are finished. */
  async finish(): Promise<readonly RecordedPart[]> {
    this.#ended = true;
    this.#releaseHeld();
    const slot = this.#slots.at(-1);
    if (slot && this.#options.fps !== undefined) slot.part.end('video');
    for (const one of this.#slots) this.#endAudio(one);
    this.#last?.release();
    this.#last = undefined;
    const unfinished = this.#slots.map(({ part }) => part.untilFinished());
    // Of those that are recorded now: what finishes meanwhile is among the others.
    return [...this.#recorded, ...(await Promise.all(unfinished))];
  }

  /** Ends all at once. */
  fail(error: unknown): void {
    this.#ended = true;
    this.#held = [];
    for (const { part } of this.#slots) part.fail(error);
    this.#last?.release();
    this.#last = undefined;
  }

  get #audio(): { readonly sampleRate: number; readonly channels: number } {
    return this.#options.audio ?? { sampleRate: 1, channels: 1 };
  }

  #write({ part }: Slot, picture: SharedPicture, times: number): void {
    const shared = picture.retain();
    part.addFrames(times);
    part.video?.push({ bytes: shared.bytes, times, release: () => shared.release() });
  }

  /** The part of the next tick. */
  #slotOfTick({ width, height }: SharedPicture): Slot {
    const slot = this.#slots.at(-1);
    if (slot) {
      const over = this.#ticks - slot.startTick >= this.#segmentTicks;
      if (!over && slot.width === width && slot.height === height) return slot;
      slot.part.end('video');
      slot.endSample = this.#sampleOf(this.#ticks);
    }
    return this.#openSlot(width, height);
  }

  #openSlot(width: number, height: number): Slot {
    const { fps, audio } = this.#options;
    const index = this.#recorded.length + this.#slots.length;
    const startTick = this.#ticks;
    const startSample = fps === undefined ? this.#samples : this.#sampleOf(startTick);
    const startUs =
      fps === undefined ? (startSample * 1e6) / this.#audio.sampleRate : (startTick * 1e6) / fps;
    const after = this.#slots.at(-MOST_RUNNING)?.part.finished;
    const part = this.#options.open({ index, startUs, width, height, after });
    part.finished.then(
      () => this.#forgetFinished(),
      () => undefined,
    );
    const slot: Slot = {
      ...{ part, startTick, startSample, width, height },
      endSample: fps === undefined ? startSample + this.#segmentSamples : Infinity,
      audioEnded: audio === undefined,
    };
    this.#slots.push(slot);
    return slot;
  }

  /** Of what is finished, only what is told in the end stays. */
  #forgetFinished(): void {
    // The newest is the one that goes on.
    while (this.#slots.length > 1 && this.#slots[0]?.part.recorded) {
      const { part } = this.#slots.shift() as Slot;
      this.#recorded.push(part.recorded as RecordedPart);
    }
  }

  #sampleOf(tick: number): number {
    return Math.round((tick * this.#audio.sampleRate) / (this.#options.fps ?? 1));
  }

  /** Writes the sound up to where pictures are. */
  #releaseHeld(): void {
    if (this.#held.length === 0) return;
    const { fps } = this.#options;
    const end = fps === undefined || this.#ended ? Infinity : this.#sampleOf(this.#ticks);
    const ready: Held[] = [];
    let slot: Slot | undefined;
    while (this.#held.length > 0 && this.#samples < end) {
      const next = this.#slotOfSample();
      if (slot && next !== slot) this.#writeSound(slot, ready.splice(0));
      slot = next;
      const head = this.#held.shift() as Held;
      const count = Math.min(head.count, Math.min(end, slot.endSample) - this.#samples);
      ready.push(count < head.count ? this.#part(head, 0, count) : head);
      if (count < head.count) this.#held.unshift(this.#part(head, count, head.count));
      this.#samples += count;
    }
    if (slot) this.#writeSound(slot, ready);
  }

  #slotOfSample(): Slot {
    for (;;) {
      const slot = this.#slots.find(({ audioEnded }) => !audioEnded) ?? this.#openSlot(0, 0);
      if (this.#samples < slot.endSample) return slot;
      this.#endAudio(slot);
    }
  }

  #endAudio(slot: Slot): void {
    if (slot.audioEnded) return;
    slot.audioEnded = true;
    slot.part.end('audio');
  }

  #part({ data }: Held, from: number, to: number): Held {
    const { channels } = this.#audio;
    return { data: data?.subarray(from * channels, to * channels), count: to - from };
  }

  /** In as few writes as there can be: each takes the system as long as a millisecond of sound does. */
  #writeSound({ part }: Slot, pieces: readonly Held[]): void {
    for (let i = 0; i < pieces.length;) {
      const silent = pieces[i]?.data === undefined;
      let end = i;
      let count = 0;
      while (end < pieces.length && (pieces[end]?.data === undefined) === silent) {
        count += pieces[end]?.count ?? 0;
        end += 1;
      }
      part.addSamples(count);
      if (silent) this.#writeSilence(part, count);
      else this.#writeSamples(part, pieces.slice(i, end), count);
      i = end;
    }
  }

  #writeSamples(part: RecordingPart, pieces: readonly Held[], count: number): void {
    const all = new Int16Array(count * this.#audio.channels);
    let at = 0;
    for (const { data } of pieces) {
      if (!data) continue;
      all.set(data, at);
      at += data.length;
    }
    part.audio?.push({ bytes: new Uint8Array(all.buffer), times: 1, release: () => undefined });
  }

  #writeSilence(part: RecordingPart, count: number): void {
    const bytes = count * this.#audio.channels * 2;
    const times = Math.floor(bytes / this.#silence.length);
    const rest = bytes % this.#silence.length;
    const release = (): void => undefined;
    if (times > 0) part.audio?.push({ bytes: this.#silence, times, release });
    if (rest > 0) part.audio?.push({ bytes: this.#silence.subarray(0, rest), times: 1, release });
  }
}
