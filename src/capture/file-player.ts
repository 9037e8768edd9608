import type { AudioFrame } from '../audio/audio-frame.js';
import { FramewireError } from '../core/errors.js';
import type { FfmpegExit } from '../ffmpeg/ffmpeg-process.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import type { FrameMemory } from '../video/frame-memory.js';
import { byteLengthOf } from '../video/pixel-format.js';
import { VideoFrame } from '../video/video-frame.js';
import { fileArguments, type WantedPictures, type WantedSound } from './file-arguments.js';
import type { FileClock } from './file-clock.js';
import type { FileDescription } from './file-description.js';
import type { FileLane } from './file-lane.js';
import type { FileLocation } from './file-location.js';
import { reasonOf } from './file-probe.js';
import { FileRun } from './file-run.js';
import { SoundBlocks } from './sound-blocks.js';

/** What a {@link FilePlayer} plays, and to whom. */
export interface FilePlayerOptions {
  readonly program: FfmpegProgram;
  readonly location: FileLocation;
  readonly description: FileDescription;
  readonly pictures: (WantedPictures & { readonly lane: FileLane<VideoFrame> }) | undefined;
  readonly sound:
    (WantedSound & { readonly frameMs: number; readonly lane: FileLane<AudioFrame> }) | undefined;
  readonly clock: FileClock | undefined;
  /** Where the file begins and ends, as far as it's wanted. */
  readonly startUs: number;
  readonly endUs: number | undefined;
  /** How often it's played. */
  readonly times: number;
}

/** The next round's ffmpeg is started so long before this one ends. */
const AHEAD_US = 1_000_000;

/** Containers that can't be entered at a place asked for are entered so much earlier. */
const ENTRY_US = 15_000_000;

/** So much sound is kept until the first picture says where it was entered. */
const MOST_EARLY_US = 30_000_000;

/** A file that ends so much sooner than it says lacks something. */
const MOST_MISSING_US = 250_000;

/** Once through the file, or through its rest. */
interface Round {
  /** Where in the file it begins. */
  readonly startUs: number;
  readonly seekUs: number;
  readonly run: FileRun;
  /** What to add to a place in the file to have its time stamp. */
  mapUs: number;
  /** Whether ffmpeg has begun where it should. */
  entered: boolean;
  /** Whether it has not: it's about to be ended. */
  late: boolean;
  /** Sound that came before that is known. */
  readonly early: Uint8Array[];
  earlyBytes: number;
  pictures: number;
  soundBytes: number;
  lastPictureUs: number;
  intervalUs: number;
}

/**
 * Plays a file: one ffmpeg a round, whose pictures and samples get time stamps that go on rising, in step.
 *
 * Of both media the same ffmpeg is read, at once: one that waits for room in one pipe gives nothing to the other.
 * So a medium is held only as long as the other's reader has something.
 */
export class FilePlayer {
  readonly #options: FilePlayerOptions;
  #round: Round | undefined;
  /** The next one, which waits. */
  #next: Promise<FileRun> | undefined;
  #blocks: SoundBlocks | undefined;
  #timesLeft: number;
  #state: 'playing' | 'over' | 'closed' = 'playing';
  /** One thing after the other: rounds that begin, seeks, the end. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: FilePlayerOptions) {
    this.#options = options;
    this.#timesLeft = options.times;
  }

  /** Whether it plays no more: at the end, after an error, or since it was closed. */
  get over(): boolean {
    return this.#state !== 'playing';
  }

  /** Whether the readers have heard of the end, all of them. */
  get ended(): boolean {
    const { pictures, sound } = this.#options;
    return pictures?.lane.ended !== false && sound?.lane.ended !== false;
  }

  /**
   * Begins.
   *
   * @throws FramewireError if ffmpeg can't be started.
   */
  async start(): Promise<void> {
    const { startUs } = this.#options;
    await this.#enter(startUs, startUs, 0);
  }

  /** Drops all that waits, and goes on at another place. Resolves when it does. */
  async seek(toUs: number): Promise<void> {
    await this.#then(async () => {
      if (this.#state === 'closed' || this.ended) return;
      await this.#leave();
      this.#state = 'playing';
      const { pictures, sound, clock } = this.#options;
      pictures?.lane.clear();
      sound?.lane.clear();
      clock?.reset();
      this.#blocks = undefined;
      try {
        await this.#enter(toUs, toUs, 0);
      } catch (error) {
        // Nothing else comes: who reads would wait for ever.
        this.#finish({ error });
        throw error;
      }
    });
  }

  /** Ends it. Resolves when ffmpeg is gone. */
  async close(): Promise<void> {
    this.#state = 'closed';
    // Not after what is going on: that may wait for the run which is killed here.
    await this.#leave();
    await this.#work;
    await this.#leave();
  }

  /** Lets a medium flow, or holds it. To be called whenever something was put or taken. */
  readonly balance = (): void => {
    const run = this.#round?.run;
    const { pictures, sound } = this.#options;
    if (!run) return;
    const video = pictures?.lane;
    const audio = sound?.lane;
    run.hold('pictures', video !== undefined && isHeld(video, audio));
    run.hold('sound', audio !== undefined && isHeld(audio, video));
  };

  #then(act: () => Promise<void>): Promise<void> {
    const done = this.#work.then(act);
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** Begins a round of its own. */
  async #enter(startUs: number, seekUs: number, mapUs: number): Promise<void> {
    this.#begin(await this.#started(startUs, seekUs), { startUs, seekUs, mapUs });
  }

  #started(startUs: number, seekUs: number): Promise<FileRun> {
    const { program, location, pictures, sound, endUs } = this.#options;
    const args = fileArguments(location, {
      pictures,
      sound,
      part: { startUs, endUs, seekUs },
    });
    return FileRun.start(program, args, {
      pictureBytes: pictures && byteLengthOf(pictures.format, pictures.width, pictures.height),
      sound: sound !== undefined,
      outlet: {
        picture: (pixels, timeUs) => {
          this.#takePicture(pixels, timeUs);
        },
        sound: (bytes) => {
          this.#takeSound(bytes);
        },
      },
    });
  }

  #begin(run: FileRun, at: Pick<Round, 'startUs' | 'seekUs' | 'mapUs'>): void {
    const { pictures, sound } = this.#options;
    const round: Round = {
      ...at,
      run,
      // Where pictures are wanted, the first one tells.
      entered: at.seekUs === 0 || !pictures,
      late: false,
      early: [],
      earlyBytes: 0,
      pictures: 0,
      soundBytes: 0,
      lastPictureUs: at.startUs,
      intervalUs: 1_000_000 / (pictures?.fps ?? pictures?.of.fps ?? 25),
    };
    if (this.over) {
      void run.kill();
      return;
    }
    this.#round = round;
    if (sound) {
      const { sampleRate, channels, frameMs, lane } = sound;
      const startUs = at.startUs + at.mapUs;
      this.#blocks ??= new SoundBlocks({
        ...{ sampleRate, channels, frameMs, startUs },
        give: (frame) => {
          lane.put(frame);
        },
      });
      this.#blocks.silenceUntil(startUs);
    }
    run.read();
    this.balance();
    void run.ended.then((exit) => this.#then(() => this.#whenEnded(round, exit)));
  }

  #takePicture(pixels: FrameMemory, timeUs: number): void {
    const { pictures } = this.#options;
    const round = this.#round;
    if (!round || !pictures) {
      pixels.release();
      return;
    }
    const placeUs = Number.isNaN(timeUs)
      ? round.lastPictureUs + (round.pictures > 0 ? round.intervalUs : 0)
      : Math.max(0, timeUs);
    if (!round.entered || round.late) {
      if (round.late || placeUs - round.startUs > 1.5 * round.intervalUs) {
        pixels.release();
        if (!round.late) void this.#then(() => this.#enterEarlier(round));
        round.late = true;
        return;
      }
      this.#entered(round);
    }
    if (round.pictures > 0) round.intervalUs = placeUs - round.lastPictureUs;
    round.pictures += 1;
    round.lastPictureUs = placeUs;
    const { width, height, format } = pictures;
    const timestampUs = Math.round(placeUs + round.mapUs);
    pictures.lane.put(new VideoFrame(pixels, { width, height, format, timestampUs }));
    this.#prepare(round, placeUs);
    this.balance();
  }

  #takeSound(bytes: Uint8Array): void {
    const round = this.#round;
    const { sound } = this.#options;
    if (!round || !sound || round.late) return;
    if (!round.entered) {
      round.early.push(bytes.slice());
      round.earlyBytes += bytes.length;
      // There are no pictures here, then.
      if (bytesUs(round.earlyBytes, sound) > MOST_EARLY_US) this.#entered(round);
      return;
    }
    round.soundBytes += bytes.length;
    this.#blocks?.take(bytes);
    this.#prepare(round, round.startUs + bytesUs(round.soundBytes, sound));
    this.balance();
  }

  #entered(round: Round): void {
    round.entered = true;
    for (const bytes of round.early.splice(0)) this.#takeSound(bytes);
  }

  /** Decodes more than is wanted, since the container was entered too late. */
  async #enterEarlier(round: Round): Promise<void> {
    // It was told to go on elsewhere meanwhile.
    if (this.#round !== round) return;
    this.#round = undefined;
    await round.run.kill();
    const seekUs = round.seekUs === round.startUs ? Math.max(0, round.seekUs - ENTRY_US) : 0;
    await this.#enterOr(round.startUs, seekUs, round.mapUs);
  }

  async #enterOr(startUs: number, seekUs: number, mapUs: number): Promise<void> {
    if (this.over) return;
    try {
      await this.#enter(startUs, seekUs, mapUs);
    } catch (error) {
      this.#finish({ error });
    }
  }

  /** Starts the next round's ffmpeg when this one is about to end. */
  #prepare(round: Round, placeUs: number): void {
    if (this.#next || this.#timesLeft <= 1) return;
    const { startUs, description } = this.#options;
    const endUs = this.#options.endUs ?? description.durationUs;
    if (endUs === undefined || placeUs < endUs - AHEAD_US || round !== this.#round) return;
    this.#next = this.#started(startUs, startUs);
    // Told when it's its turn.
    this.#next.catch(() => undefined);
  }

  async #whenEnded(round: Round, exit: FfmpegExit): Promise<void> {
    if (round !== this.#round || this.over) return;
    const { durationUs = Infinity } = this.#options.description;
    if (!round.entered && round.startUs < durationUs && exit.code === 0) {
      // All that it had came after what was wanted.
      await this.#enterEarlier(round);
      return;
    }
    if (!round.entered) this.#entered(round);
    this.#round = undefined;
    const nothing = round.pictures === 0 && round.soundBytes === 0;
    const error = faultOf(round, exit, this.#options);
    if (error) {
      this.#finish({ error });
      return;
    }
    this.#timesLeft -= 1;
    const { startUs } = this.#options;
    // Nothing comes after the end, where it was sought, but of the whole there would be no end of nothing.
    if (this.#timesLeft <= 0 || (nothing && round.startUs <= startUs)) {
      this.#finish();
      return;
    }
    if (nothing) this.#blocks = undefined;
    const mapUs = nothing ? 0 : round.mapUs + endOf(round, this.#options) - startUs;
    const next = this.#next;
    this.#next = undefined;
    try {
      const run = await (next ?? this.#started(startUs, startUs));
      this.#begin(run, { startUs, seekUs: startUs, mapUs });
    } catch (failure) {
      this.#finish({ error: failure });
    }
  }

  #finish(end: { readonly error?: unknown } = {}): void {
    if (this.over) return;
    this.#state = 'over';
    this.#blocks?.flush();
    this.#options.pictures?.lane.finish(end);
    this.#options.sound?.lane.finish(end);
    void this.#leave();
  }

  /** Ends what runs, and what would. */
  async #leave(): Promise<void> {
    const run = this.#round?.run;
    const next = this.#next;
    this.#round = undefined;
    this.#next = undefined;
    await Promise.all([run?.kill(), next?.then((one) => one.kill()).catch(() => undefined)]);
  }
}

/** Whether there is enough of one medium, and of the other too. */
function isHeld(
  lane: FileLane<VideoFrame> | FileLane<AudioFrame>,
  other: FileLane<VideoFrame> | FileLane<AudioFrame> | undefined,
): boolean {
  return !lane.closed && lane.full && other?.starving !== true;
}

/** How long so many bytes of samples sound. */
function bytesUs(bytes: number, { sampleRate, channels }: WantedSound): number {
  return (Math.floor(bytes / 2 / channels) * 1e6) / sampleRate;
}

/** Where in the file a round's media end: the longer of both, so that neither is cut. */
function endOf(round: Round, { sound, endUs, description }: FilePlayerOptions): number {
  const picturesUs = round.pictures > 0 ? round.lastPictureUs + round.intervalUs : 0;
  const samplesUs = sound ? round.startUs + bytesUs(round.soundBytes, sound) : 0;
  // How long the last picture of an animation is to be seen, its container alone knows.
  const { durationUs = 0 } = description;
  const silent = !description.sound && durationUs > picturesUs + 10_000;
  const wholeUs = Math.max(picturesUs, samplesUs, silent ? durationUs : 0);
  return endUs === undefined ? wholeUs : Math.min(endUs, wholeUs);
}

/** What went wrong in a round, if it did. */
function faultOf(
  round: Round,
  exit: FfmpegExit,
  options: FilePlayerOptions,
): FramewireError | undefined {
  const { location } = options;
  const { name } = location;
  const { code, signal, errors, stderr } = exit;
  if (code !== 0) {
    const how = signal ? `it was ended by ${signal}` : `its exit code was ${code ?? 'none'}`;
    const why = errors.length > 0 ? reasonOf(errors, location) : how;
    return new FramewireError('file', `ffmpeg failed to read ${name}: ${why}.`);
  }
  const broken = errors.length > 0 || /corrupt/i.test(stderr);
  const reason = errors.length > 0 ? reasonOf(errors, location) : 'its last packet is not whole';
  const { description, endUs, pictures, sound } = options;
  const { durationUs = Infinity } = description;
  const lacks =
    (pictures && round.pictures === 0) === true || (sound && round.soundBytes === 0) === true;
  // Past the end there is nothing, and that's no fault.
  if (lacks && broken && round.startUs < durationUs) {
    return new FramewireError('file', `${name} can't be decoded: ${reason}.`);
  }
  const wantedUs = Math.min(endUs ?? Infinity, durationUs);
  const reachedUs = endOf(round, options);
  if (lacks || !broken || wantedUs === Infinity) return undefined;
  if (wantedUs - reachedUs <= MOST_MISSING_US) return undefined;
  const [reached, whole] = [reachedUs, durationUs].map((us) => (us / 1e6).toFixed(2));
  return new FramewireError('file', `${name} breaks off at ${reached} s of ${whole} s: ${reason}.`);
}
