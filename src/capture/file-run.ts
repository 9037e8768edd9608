import type { Readable } from 'node:stream';
import { type FfmpegExit, FfmpegProcess } from '../ffmpeg/ffmpeg-process.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { FrameMemory } from '../video/frame-memory.js';
import { FILE_PIPES } from './file-arguments.js';

/** What a {@link FileRun} gives. */
export interface FileRunOutlet {
  /** A picture, whose memory is the taker's, and its time as ffmpeg counts it. */
  readonly picture: (pixels: FrameMemory, timeUs: number) => void;
  /** Samples, in pieces of any length; not the taker's to keep. */
  readonly sound: (bytes: Uint8Array) => void;
}

/** How a {@link FileRun} is started. */
export interface FileRunOptions {
  /** Bytes of a picture; `undefined` if none are wanted. */
  readonly pictureBytes: number | undefined;
  readonly sound: boolean;
  readonly outlet: FileRunOutlet;
}

/**
 * One ffmpeg that decodes a file from some place to its end, pictures and sound at once. Nothing comes
 * before `read()`, and of each medium nothing while it's held: then ffmpeg waits.
 */
export class FileRun {
  /** Resolves when all that ffmpeg gave was handed on, and it's gone. Never rejects. */
  readonly ended: Promise<FfmpegExit>;
  readonly #process: FfmpegProcess;
  readonly #pictures: Readable | undefined;
  readonly #sound: Readable | undefined;
  readonly #outlet: FileRunOutlet;
  readonly #pixels: PictureCutter | undefined;
  readonly #timesUs: number[] = [];
  /** Whole pictures whose time hasn't come through its own pipe yet. */
  readonly #timeless: FrameMemory[] = [];
  #timesText = '';
  #killed = false;

  private constructor(process: FfmpegProcess, { pictureBytes, sound, outlet }: FileRunOptions) {
    this.#process = process;
    this.#outlet = outlet;
    const pipe = (wanted: boolean, fd: number): Readable | undefined => {
      const stream = wanted ? (process.pipes[fd] ?? undefined) : undefined;
      // What is there is all that there will be; ffmpeg's exit says why.
      stream?.on('error', () => undefined);
      return stream;
    };
    this.#pictures = pipe(pictureBytes !== undefined, FILE_PIPES.pictures);
    this.#sound = pipe(sound, FILE_PIPES.sound);
    const times = pipe(pictureBytes !== undefined, FILE_PIPES.times);
    if (pictureBytes !== undefined) this.#pixels = new PictureCutter(pictureBytes);
    // The times are few bytes: ffmpeg must never wait for them to be read.
    times?.on('data', (text: Buffer) => this.#takeTimes(text.toString('latin1')));
    const pipes = [this.#pictures, this.#sound, times];
    this.ended = Promise.all(pipes.map(whenOver)).then(async () => {
      const exit = await process.exited;
      this.#free();
      return exit;
    });
  }

  /**
   * Starts ffmpeg.
   *
   * @throws FramewireError as {@link FfmpegProcess.spawn}.
   */
  static async start(
    program: FfmpegProgram,
    args: readonly string[],
    options: FileRunOptions,
  ): Promise<FileRun> {
    const pictures = options.pictureBytes === undefined ? 'ignore' : 'pipe';
    const sound = options.sound ? 'pipe' : 'ignore';
    const stdio = ['ignore', pictures, 'pipe', pictures, sound] as const;
    return new FileRun(await FfmpegProcess.spawn(program, ['-y', ...args], { stdio }), options);
  }

  /** Whether it was ended by us. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Begins to hand on what comes. */
  read(): void {
    this.#pictures?.on('data', (bytes: Buffer) => this.#takePixels(bytes));
    this.#sound?.on('data', (bytes: Buffer) => {
      if (!this.#killed) this.#outlet.sound(bytes);
    });
  }

  /** Whether a medium's frames wait in ffmpeg. */
  hold(medium: 'pictures' | 'sound', held: boolean): void {
    const pipe = medium === 'pictures' ? this.#pictures : this.#sound;
    if (!pipe || pipe.isPaused() === held) return;
    if (held) pipe.pause();
    else pipe.resume();
  }

  /** Ends it, and drops what it has given. Resolves when it's gone. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#free();
    await this.#process.kill();
    // Those that are paused would never be over.
    for (const fd of Object.values(FILE_PIPES)) this.#process.pipes[fd]?.destroy();
  }

  #takePixels(bytes: Uint8Array): void {
    if (this.#killed || !this.#pixels) return;
    this.#timeless.push(...this.#pixels.take(bytes));
    this.#match();
  }

  #takeTimes(text: string): void {
    const lines = (this.#timesText + text).split('\n');
    this.#timesText = lines.pop() ?? '';
    for (const line of lines) {
      const time = /\bpts: *(-?\d+|NOPTS)/.exec(line)?.[1];
      if (time !== undefined) this.#timesUs.push(Number(time));
    }
    this.#match();
  }

  /** The first time is the first picture's, and so on. */
  #match(): void {
    while (this.#timeless.length > 0 && this.#timesUs.length > 0 && !this.#killed) {
      const timeUs = this.#timesUs.shift() as number;
      this.#outlet.picture(this.#timeless.shift() as FrameMemory, timeUs);
    }
  }

  #free(): void {
    for (const picture of this.#timeless.splice(0)) picture.release();
    this.#pixels?.free();
  }
}

/** Makes pictures of bytes that come in pieces of any length. */
class PictureCutter {
  readonly #pictureBytes: number;
  #current: FrameMemory | undefined;
  #filled = 0;

  constructor(pictureBytes: number) {
    this.#pictureBytes = pictureBytes;
  }

  /** @returns those that are whole now. */
  take(bytes: Uint8Array): readonly FrameMemory[] {
    const whole: FrameMemory[] = [];
    for (let from = 0; from < bytes.length;) {
      this.#current ??= FrameMemory.pooled(this.#pictureBytes);
      const part = bytes.subarray(from, from + this.#pictureBytes - this.#filled);
      this.#current.bytes().set(part, this.#filled);
      from += part.length;
      this.#filled += part.length;
      if (this.#filled < this.#pictureBytes) break;
      whole.push(this.#current);
      this.#current = undefined;
      this.#filled = 0;
    }
    return whole;
  }

  free(): void {
    this.#current?.release();
    this.#current = undefined;
    this.#filled = 0;
  }
}

/** Resolves when nothing comes out of a pipe any more. */
function whenOver(pipe: Readable | undefined): Promise<void> {
  if (!pipe || pipe.closed) return Promise.resolve();
  return new Promise((resolve) => pipe.once('close', resolve));
}
