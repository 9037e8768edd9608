import type { Readable } from 'node:stream';
import { type FfmpegExit, FfmpegProcess } from '../ffmpeg/ffmpeg-process.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { BlockPipe } from '../ffmpeg/block-pipe.js';
import { whenClosed } from '../ffmpeg/when-closed.js';
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
  readonly #pictures: BlockPipe<FrameMemory> | undefined;
  readonly #sound: Readable | undefined;
  readonly #outlet: FileRunOutlet;
  readonly #pictureBytes: number;
  readonly #timesUs: number[] = [];
  /** Whole pictures whose time hasn't come through its own pipe yet. */
  readonly #timeless: FrameMemory[] = [];
  #timesText = '';
  #killed = false;

  private constructor(
    process: FfmpegProcess,
    pictures: BlockPipe<FrameMemory> | undefined,
    { pictureBytes = 0, sound, outlet }: FileRunOptions,
  ) {
    this.#process = process;
    this.#pictures = pictures;
    this.#pictureBytes = pictureBytes;
    this.#outlet = outlet;
    pictures?.connect(process.pipes[FILE_PIPES.pictures]);
    const pipe = (wanted: boolean, fd: number): Readable | undefined => {
      const stream = wanted ? (process.pipes[fd] ?? undefined) : undefined;
      // What is there is all that there will be; ffmpeg's exit says why.
      stream?.on('error', () => undefined);
      return stream;
    };
    this.#sound = pipe(sound, FILE_PIPES.sound);
    const times = pipe(pictures !== undefined, FILE_PIPES.times);
    // The times are few bytes: ffmpeg must never wait for them to be read.
    times?.on('data', (text: Buffer) => this.#takeTimes(text.toString('latin1')));
    this.ended = Promise.all([
      pictures?.ended ?? Promise.resolve(),
      whenClosed(this.#sound),
      whenClosed(times),
    ]).then(async () => {
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
    const pictures =
      options.pictureBytes === undefined ? undefined : await BlockPipe.open<FrameMemory>();
    const stdio = [
      'ignore',
      pictures?.stdio ?? 'ignore',
      'pipe',
      pictures ? 'pipe' : 'ignore',
      options.sound ? 'pipe' : 'ignore',
    ] as const;
    try {
      const process = await FfmpegProcess.spawn(program, ['-y', ...args], { stdio });
      return new FileRun(process, pictures, options);
    } catch (error) {
      pictures?.close();
      throw error;
    }
  }

  /** Begins to hand on what comes. */
  read(): void {
    this.#pictures?.begin({
      memory: () => FrameMemory.pooled(this.#pictureBytes),
      filled: (picture) => {
        this.#timeless.push(picture);
        this.#match();
      },
      unused: (picture) => {
        picture.release();
      },
    });
    this.#sound?.on('data', (bytes: Buffer) => {
      if (!this.#killed) this.#outlet.sound(bytes);
    });
  }

  /** Whether a medium's frames wait in ffmpeg. */
  hold(medium: 'pictures' | 'sound', held: boolean): void {
    if (medium === 'pictures') this.#pictures?.hold(held);
    else if (this.#sound?.isPaused() !== held) {
      if (held) this.#sound?.pause();
      else this.#sound?.resume();
    }
  }

  /** Ends it, and drops what it has given. Resolves when it's gone. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#free();
    await this.#process.kill();
    // Those that are held would never be over.
    this.#pictures?.close();
    this.#sound?.destroy();
    this.#process.pipes[FILE_PIPES.times]?.destroy();
    await this.ended;
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
  }
}
