import type { AudioFrame } from '../audio/audio-frame.js';
import type { PictureSize } from '../video/picture-size.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { PartSequence } from './part-sequence.js';
import { PictureGrid } from './picture-grid.js';
import { recordedPicture, uprightSize } from './recorded-picture.js';
import type { RecordedPart } from './recording-part.js';
import { SampleTrack } from './sample-track.js';
import { type Medium, Timeline } from './timeline.js';

/** Pictures of a recording that were left out, by reason. */
export interface RecordingDrops {
  /** As many as may wait were waiting to be encoded. */
  readonly full: number;
  /** More came than the recording has: another was nearer to its place. */
  readonly rate: number;
  /** Their time was over, and a later one had come: of time stamps that go back a little. */
  readonly late: number;
}

/** What an {@link Assembler} has counted. */
export interface AssemblerCounts {
  /** Pictures of the source that are in the recording. */
  readonly pictures: number;
  /** Those that it shows again, or black ones, where no other came. */
  readonly filled: number;
  readonly dropped: RecordingDrops;
  /** Silence where no sound came, in milliseconds. */
  readonly silenceMs: number;
  /** Sound that was left out since its time was over, or too much waited, in milliseconds. */
  readonly lostSoundMs: number;
  /** How often time stamps jumped. */
  readonly jumps: number;
}

/** What the recording looks and sounds like, which is known when it begins. */
export interface RecordingFormat {
  readonly video: PictureSize | undefined;
  readonly audio: { readonly sampleRate: number; readonly channels: number } | undefined;
}

/** How an {@link Assembler} is made. */
export interface AssemblerOptions {
  /** Pictures a second. */
  readonly fps: number;
  readonly maxGapMs: number;
  /** How many pictures may wait. */
  readonly capacity: number;
  /** What pictures are scaled to, in the end. */
  readonly size: PictureSize | undefined;
  /** Whether another size begins a new part. */
  readonly partOnResize: boolean;
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
  /** Whether there is, or will be, such a medium. */
  readonly expects: (medium: Medium) => boolean;
  /** Begins to write. */
  readonly begin: (format: RecordingFormat) => PartSequence;
}

/** A frame that was given. */
export interface GivenFrame<Frame> {
  readonly frame: Frame;
  /** `undefined` for one that follows the one before. */
  readonly stampUs: number | undefined;
  readonly nowUs: number;
  /** Whether whoever gave it waits for room, so that it's never left out. */
  readonly waits: boolean;
}

interface Placed<Frame> {
  readonly frame: Frame;
  readonly placeUs: number;
  readonly waits: boolean;
}

/** So long the file waits to begin for the medium that hasn't come, so that their offset is exact. */
const START_US = 500_000;
/** So long if without it the size isn't known: sound is kept until then. */
const SIZE_US = 10_000_000;
const USUAL_SIZE: PictureSize = { width: 1280, height: 720 };
/** A medium of which nothing comes for so long is filled up to where the other is. */
const PATIENCE_US = 500_000;
/** That of a source that waits for us: its other medium may be about to come. */
const WAITING_PATIENCE_US = 2_000_000;
/** Up to so much behind, since it may come again. */
const MARGIN_US = 100_000;
/** Sound that may wait: what is written is smaller than its pictures by far. */
const MOST_SOUND_MS = 10_000;
const MOST_WAITING_SOUND_MS = 1_000;
/** Sound and pictures may end so far apart. */
const ENDS_APART_US = 100_000;
/** Where a source may begin before another without a tick of its own. */
const SLACK_US = 2_000;

interface MediumState {
  /** When its newest frame came. */
  cameUs: number;
  /** How far it was behind the other then. */
  behindUs: number;
  waits: boolean;
  ended: boolean;
}

/** Makes one sequence of ticks and samples without gaps out of frames that come as they like. */
export class Assembler {
  readonly #options: AssemblerOptions;
  readonly #timeline: Timeline;
  readonly #state: { readonly [M in Medium]: MediumState } = {
    video: { cameUs: -Infinity, behindUs: 0, waits: false, ended: false },
    audio: { cameUs: -Infinity, behindUs: 0, waits: false, ended: false },
  };
  /** What came before it began. */
  readonly #early = {
    video: [] as Placed<VideoFrame>[],
    audio: [] as Placed<AudioFrame>[],
    soundMs: 0,
    sinceUs: Infinity,
  };
  #sequence: PartSequence | undefined;
  /** Nothing more comes into it. */
  #finished = false;
  #format: RecordingFormat | undefined;
  #grid: PictureGrid<Placed<VideoFrame>> | undefined;
  #track: SampleTrack | undefined;
  #zeroUs = 0;
  #pictures = 0;
  #filled = 0;
  readonly #dropped = { full: 0, rate: 0, late: 0 };
  #silentSamples = 0;
  #lostSoundMs = 0;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#timeline = new Timeline(options.maxGapMs * 1000);
  }

  /** What was counted so far. */
  get counts(): AssemblerCounts {
    const rate = this.#format?.audio?.sampleRate ?? 1;
    return {
      pictures: this.#pictures,
      filled: this.#filled,
      dropped: { ...this.#dropped },
      silenceMs: (this.#silentSamples * 1000) / rate,
      lostSoundMs: this.#lostSoundMs,
      jumps: this.#timeline.jumps,
    };
  }

  /** How long the recording is so far, in milliseconds. */
  get durationMs(): number {
    return Math.max(this.#grid?.endUs ?? 0, this.#track?.endUs ?? 0) / 1000;
  }

  /** What it records, once that is known. */
  get format(): RecordingFormat | undefined {
    return this.#format;
  }

  /** Whether there is room for more, for those who wait. */
  hasRoom(medium: Medium): boolean {
    if (medium === 'audio') {
      // Until it begins, sound must get through: behind it, in the same file, may come the first picture.
      const mostMs = this.#sequence ? MOST_WAITING_SOUND_MS : MOST_SOUND_MS;
      return this.#waitingSoundMs < mostMs;
    }
    return this.#waitingPictures < this.#options.capacity;
  }

  /** Whether so much waits that not even those who wait may give more. */
  overflows(medium: Medium): boolean {
    if (medium === 'audio') return this.#waitingSoundMs >= MOST_SOUND_MS;
    return this.#waitingPictures >= 2 * this.#options.capacity;
  }

  /** Takes a picture. Takes ownership. */
  video({ frame, stampUs, nowUs, waits }: GivenFrame<VideoFrame>): void {
    const durationUs = 1e6 / this.#options.fps;
    const placeUs = this.#timeline.place('video', { stampUs, durationUs, nowUs });
    const placed = { frame, placeUs, waits };
    this.#came('video', placeUs + durationUs, placed, nowUs);
    if (this.#grid) {
      this.#grid.add(placed, placeUs - this.#zeroUs);
      return;
    }
    if (this.#early.video.length < (waits ? 2 : 1) * this.#options.capacity) {
      this.#early.video.push(placed);
    } else {
      this.#drop(placed, 'full');
    }
    this.#beginIfReady(nowUs);
  }

  /** Takes sound. Takes ownership. */
  audio({ frame, stampUs, nowUs, waits }: GivenFrame<AudioFrame>): void {
    const durationUs = frame.durationMs * 1000;
    const placeUs = this.#timeline.place('audio', { stampUs, durationUs, nowUs });
    const placed = { frame, placeUs, waits };
    this.#came('audio', placeUs + durationUs, placed, nowUs);
    if (this.#track) {
      this.#hear(placed);
      return;
    }
    if (this.#early.soundMs < MOST_SOUND_MS) {
      // Its memory may be used again by whoever gave it.
      this.#early.audio.push({ ...placed, frame: frame.clone() });
      this.#early.soundMs += frame.durationMs;
    } else {
      this.#lostSoundMs += frame.durationMs;
    }
    frame.close();
    this.#beginIfReady(nowUs);
  }

  /** The time until the next frame is cut out. */
  cut(): void {
    this.#timeline.cut();
  }

  /** Of a medium nothing comes any more, unless it does. */
  ended(medium: Medium, nowUs: number): void {
    this.#state[medium].ended = true;
    this.check(nowUs);
  }

  /** Begins, or fills what is missing, if that has been waited for long enough. A few times a second. */
  check(nowUs: number): void {
    if (!this.#sequence) {
      this.#beginIfReady(nowUs);
      return;
    }
    for (const part of this.#sequence.parts) part.check(nowUs);
    const grid = this.#grid;
    const track = this.#track;
    if (this.#finished || !grid || !track) return;
    const patience = this.#patienceUs;
    const fill = (medium: Medium, endUs: number, otherUs: number): void => {
      const { cameUs, behindUs, ended } = this.#state[medium];
      if (!ended && nowUs - cameUs <= patience) return;
      // ffmpeg takes no more of one medium than it has of the other. Who gives both in turn, and waits
      // for room for the one, can't give the other.
      const other = medium === 'video' ? 'audio' : 'video';
      const stuck = this.#state[other].waits && !this.hasRoom(other) && this.hasRoom(medium);
      const toUs = otherUs - (ended ? 0 : (stuck ? 0 : behindUs) + MARGIN_US);
      if (toUs <= endUs) return;
      if (medium === 'video') grid.fillTo(toUs);
      else track.fillTo(toUs);
    };
    fill('video', grid.endUs, track.endUs);
    fill('audio', track.endUs, grid.endUs);
  }

  /** Ends it. @returns the parts, once they are finished: none if nothing came. */
  async finish(): Promise<readonly RecordedPart[]> {
    if (!this.#sequence) this.#begin(true);
    this.#finished = true;
    const grid = this.#grid;
    const track = this.#track;
    grid?.finish(grid.endUs);
    if (grid && track) {
      if (track.endUs - grid.endUs >= ENDS_APART_US) grid.finish(track.endUs);
      track.finish(grid.endUs);
    } else {
      track?.finish(track.endUs);
    }
    return (await this.#sequence?.finish()) ?? [];
  }

  /** Lets go of everything. */
  fail(error: unknown): void {
    for (const { frame } of this.#early.video.splice(0)) frame.close();
    for (const { frame } of this.#early.audio.splice(0)) frame.close();
    this.#grid?.clear();
    this.#track?.close();
    this.#sequence?.fail(error);
  }

  /** Pictures that wait to be encoded. */
  get waiting(): number {
    return this.#waitingPictures;
  }

  get #waitingPictures(): number {
    return this.#sequence?.waitingPictures ?? this.#early.video.length;
  }

  get #waitingSoundMs(): number {
    return this.#sequence?.waitingSoundMs ?? this.#early.soundMs;
  }

  get #patienceUs(): number {
    const { video, audio } = this.#state;
    return video.waits || audio.waits ? WAITING_PATIENCE_US : PATIENCE_US;
  }

  #came(medium: Medium, endUs: number, { waits }: Placed<unknown>, nowUs: number): void {
    const state = this.#state[medium];
    state.cameUs = nowUs;
    state.waits = waits;
    state.ended = false;
    state.behindUs = Math.max(0, this.#timeline.endUs - endUs);
    this.#early.sinceUs = Math.min(this.#early.sinceUs, nowUs);
  }

  #beginIfReady(nowUs: number): void {
    if (this.#sequence) return;
    const { video, audio } = this.#early;
    if (video.length === 0 && audio.length === 0) return;
    const lacks = (medium: Medium): boolean =>
      this.#early[medium].length === 0 &&
      !this.#state[medium].ended &&
      this.#options.expects(medium);
    if (lacks('video') || lacks('audio')) {
      const sizeless = lacks('video') && !this.#options.size;
      const limitUs = sizeless ? SIZE_US : START_US;
      const waitedUs = Math.max(nowUs - this.#early.sinceUs, this.#timeline.endUs);
      if (waitedUs < limitUs) return;
    }
    this.#begin(false);
  }

  /** @param last - Nothing comes any more. */
  #begin(last: boolean): void {
    const { video, audio } = this.#early;
    const [picture] = video;
    const [sound] = audio;
    if (!picture && !sound) return;
    const { expects, size } = this.#options;
    const hasVideo = picture !== undefined || (!last && expects('video'));
    const hasAudio = sound !== undefined || (!last && expects('audio'));
    const { sampleRate = sound?.frame.sampleRate ?? 48_000 } = this.#options;
    const { channels = sound?.frame.channels ?? 1 } = this.#options;
    const pictureSize = picture ? uprightSize(picture.frame) : (size ?? USUAL_SIZE);
    this.#format = {
      video: hasVideo ? pictureSize : undefined,
      audio: hasAudio ? { sampleRate, channels } : undefined,
    };
    this.#zeroUs = this.#zero(picture?.placeUs, sound?.placeUs);
    const sequence = this.#options.begin(this.#format);
    this.#sequence = sequence;
    if (hasVideo) this.#grid = this.#newGrid(sequence, pictureSize);
    if (hasAudio) this.#track = this.#newTrack(sequence, { sampleRate, channels });
    for (const one of video.splice(0)) this.#grid?.add(one, one.placeUs - this.#zeroUs);
    for (const one of audio.splice(0)) this.#hear(one);
  }

  /**
   * Where the recording begins: not after the first sound, and so that the first picture is exactly at its
   * tick. What comes at the recording's rate from then on is at its place, too.
   */
  #zero(pictureUs: number | undefined, soundUs: number | undefined): number {
    if (pictureUs === undefined) return soundUs ?? 0;
    const tickUs = 1e6 / this.#options.fps;
    const earlierUs = pictureUs - (soundUs ?? pictureUs);
    return pictureUs - Math.ceil(Math.max(0, earlierUs - SLACK_US) / tickUs) * tickUs;
  }

  #newGrid(sequence: PartSequence, first: PictureSize): PictureGrid<Placed<VideoFrame>> {
    const { fps, partOnResize, capacity } = this.#options;
    const repeat = (ticks: number): void => {
      this.#filled += ticks;
      sequence.repeat(ticks);
    };
    return new PictureGrid(fps, {
      picture: (placed) => {
        const most = (placed.waits ? 2 : 1) * capacity;
        if (sequence.waitingPictures >= most) {
          this.#drop(placed, 'full');
          repeat(1);
          return;
        }
        this.#pictures += 1;
        const size = partOnResize ? uprightSize(placed.frame) : first;
        sequence.picture(recordedPicture(placed.frame, size));
      },
      repeat,
      drop: (placed, reason) => this.#drop(placed, reason),
    });
  }

  #newTrack(
    sequence: PartSequence,
    format: { readonly sampleRate: number; readonly channels: number },
  ): SampleTrack {
    return new SampleTrack(format, {
      samples: (data) => sequence.samples(data),
      silence: (count) => {
        this.#silentSamples += count;
        sequence.silence(count);
      },
      late: (count) => (this.#lostSoundMs += (count * 1000) / format.sampleRate),
    });
  }

  #hear({ frame, placeUs, waits }: Placed<AudioFrame>): void {
    const track = this.#track;
    if (!track || (!waits && this.#waitingSoundMs >= MOST_SOUND_MS)) {
      this.#lostSoundMs += frame.durationMs;
    } else {
      track.add(frame, placeUs - this.#zeroUs);
    }
    frame.close();
  }

  #drop({ frame }: Placed<VideoFrame>, reason: keyof RecordingDrops): void {
    this.#dropped[reason] += 1;
    frame.close();
  }
}
