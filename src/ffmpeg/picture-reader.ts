import type { Readable } from 'node:stream';
import { monotonicUs } from '../core/clock.js';
import { type Block, BlockPipe } from './block-pipe.js';
import { type FfmpegExit, FfmpegProcess } from './ffmpeg-process.js';
import type { FfmpegProgram } from './ffmpeg-program.js';
import { whenClosed } from './when-closed.js';

/** What a {@link PictureReader} reads. */
export interface PictureRequest {
  readonly program: FfmpegProgram;
  /** The arguments up to the one after `-i`. */
  readonly input: readonly string[];
  /** What is done with the pictures; the last of them has to make the format. */
  readonly filters: readonly string[];
  /** ffmpeg's name of their format. */
  readonly pixelFormat: string;
}

/** What a {@link PictureReader} does with what it reads. */
export interface PictureOutlet<Memory extends Block> {
  /** How large the pictures are is known: before the first one, and never again. */
  readonly opened: (width: number, height: number) => void;
  /** The memory for the next picture, of the size that its format has. */
  readonly memory: () => Memory;
  /**
   * A picture, which is the outlet's.
   *
   * @param timeUs - Its time as ffmpeg says, if it does.
   * @param arrivedUs - When it was here, by the monotonic clock.
   */
  readonly picture: (picture: Memory, timeUs: number | undefined, arrivedUs: number) => void;
  /** Memory that no picture came into is the outlet's again. */
  readonly unused: (memory: Memory) => void;
  /** Nothing comes any more, unless it was closed before. */
  readonly ended: (end: PictureEnd) => void;
}

/** How the program ended, or why it was killed. */
export interface PictureEnd extends FfmpegExit {
  /** What it wrote that ffmpeg doesn't, as the end of a sentence. */
  readonly garbage?: string;
}

/** The descriptors that ffmpeg writes pictures and their times to. */
const PICTURES = 1;
const TIMES = 3;

/** Pictures that wait for their times. ffmpeg writes the time first. */
const MOST_TIMELESS = 8;

/** Times that wait for their pictures: more than ffmpeg has under way. */
const MOST_TIMES = 4096;

/** Where pictures came without a size, stderr is looked at so often whether it says one after all. */
const LOOKS = 10;
const LOOK_MS = 50;

/** An end of one descriptor that doesn't follow the process's: a wrapper's child may hold it. */
const PIPE_GRACE_MS = 1_000;

/**
 * An ffmpeg that gives raw pictures, each with its time, straight into memory of the taker's.
 */
export class PictureReader<Memory extends Block> {
  readonly #process: FfmpegProcess;
  readonly #pictures: BlockPipe<Memory>;
  readonly #times: Readable | undefined;
  readonly #outlet: PictureOutlet<Memory>;
  readonly #size: SizeFinder;
  readonly #timesUs: (number | undefined)[] = [];
  /** Whole pictures whose time hasn't come yet. */
  readonly #timeless: { readonly memory: Memory; readonly arrivedUs: number }[] = [];
  #line = '';
  #garbage: string | undefined;
  #closed = false;

  private constructor(parts: {
    readonly process: FfmpegProcess;
    readonly pictures: BlockPipe<Memory>;
    readonly outlet: PictureOutlet<Memory>;
    readonly size: SizeFinder;
  }) {
    this.#process = parts.process;
    this.#pictures = parts.pictures;
    this.#outlet = parts.outlet;
    this.#size = parts.size;
    this.#times = this.#process.pipes[TIMES] ?? undefined;
    this.#times?.on('data', (text: Buffer) => this.#takeTimes(text.toString('latin1')));
    this.#times?.on('error', () => undefined);
    this.#pictures.connect(this.#process.pipes[PICTURES]);
    this.#size.onFound = (width, height) => this.#begin(width, height);
    void this.#follow();
  }

  /**
   * Starts ffmpeg.
   *
   * @throws FramewireError as {@link FfmpegProcess.spawn}.
   */
  static async start<Memory extends Block>(
    request: PictureRequest,
    outlet: PictureOutlet<Memory>,
  ): Promise<PictureReader<Memory>> {
    const pictures = await BlockPipe.open<Memory>();
    const size = new SizeFinder();
    try {
      const process = await FfmpegProcess.spawn(request.program, argumentsFor(request), {
        stdio: ['ignore', pictures.stdio, 'pipe', 'pipe'],
        // It tells of the size.
        logLevel: 'info',
        onLine: (line) => size.look(line),
      });
      return new PictureReader({ process, pictures, outlet, size });
    } catch (error) {
      pictures.close();
      throw error;
    }
  }

  /** Ends it at once; nothing is told any more. Resolves when the process is gone. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pictures.close();
    this.#times?.destroy();
    await Promise.all([this.#process.kill(), this.#pictures.ended]);
    this.#free();
  }

  #begin(width: number, height: number): void {
    if (this.#closed) return;
    const { opened, memory, unused } = this.#outlet;
    opened(width, height);
    this.#pictures.begin({ memory, unused, filled: (block) => this.#takePicture(block) });
  }

  #takePicture(memory: Memory): void {
    this.#timeless.push({ memory, arrivedUs: monotonicUs() });
    this.#match();
    if (this.#timeless.length > MOST_TIMELESS) this.#refuse('pictures without times');
  }

  #takeTimes(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = (lines.pop() ?? '').slice(-256);
    for (const line of lines) {
      const time = PTS.exec(line)?.[1];
      if (time !== undefined) this.#timesUs.push(time === 'NOPTS' ? undefined : Number(time));
    }
    this.#match();
    if (this.#timesUs.length > MOST_TIMES) this.#refuse('times without pictures');
  }

  /** The first time is the first picture's, and so on. */
  #match(): void {
    while (this.#timesUs.length > 0 && !this.#closed) {
      const picture = this.#timeless.shift();
      if (!picture) return;
      this.#outlet.picture(picture.memory, this.#timesUs.shift(), picture.arrivedUs);
    }
  }

  /** What comes is not what ffmpeg writes. */
  #refuse(garbage: string): void {
    this.#garbage ??= garbage;
    this.#pictures.close();
    void this.#process.kill();
  }

  async #follow(): Promise<void> {
    const looking = this.#lookForGarbage();
    const exit = await this.#process.exited;
    clearInterval(looking);
    const late = setTimeout(() => {
      this.#pictures.close();
      this.#times?.destroy();
    }, PIPE_GRACE_MS);
    // What never began is never read.
    if (!this.#size.found) this.#pictures.close();
    await Promise.all([this.#pictures.ended, whenClosed(this.#times)]);
    clearTimeout(late);
    this.#free();
    if (this.#closed) return;
    this.#closed = true;
    const garbage = this.#garbage;
    this.#outlet.ended(garbage === undefined ? exit : { ...exit, garbage });
  }

  /** ffmpeg tells the size before it writes: who doesn't isn't ffmpeg, and waits for ever to be read. */
  #lookForGarbage(): NodeJS.Timeout {
    let looks = 0;
    // Each in a turn of the event loop of its own, in which stderr was read too.
    const timer = setInterval(() => {
      if (this.#size.found || this.#closed) clearInterval(timer);
      else if (this.#pictures.waiting && (looks += 1) > LOOKS) {
        clearInterval(timer);
        this.#refuse('bytes, but not of what');
      }
    }, LOOK_MS);
    return timer;
  }

  #free(): void {
    for (const { memory } of this.#timeless.splice(0)) this.#outlet.unused(memory);
  }
}

const PTS = /^frame:\d+ +pts:(-?\d+|NOPTS)\b/;

function argumentsFor({ input, filters, pixelFormat }: PictureRequest): string[] {
  const timed = [
    ...filters,
    'settb=1/1000000',
    'metadata=add:key=k:value=1',
    // Written before the picture is, and at once.
    `metadata=print:file='pipe\\:${TIMES}':direct=1`,
  ];
  return [
    // Times as the device gives them; no waiting for more of it than the first picture.
    ...['-copyts', '-probesize', '32', '-analyzeduration', '0'],
    ...input,
    ...['-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1:1000000'],
    ...['-vf', timed.join(','), '-pix_fmt', pixelFormat],
    // With more threads each picture comes a picture later.
    ...['-threads', '1', '-c:v', 'rawvideo', '-f', 'rawvideo', `pipe:${PICTURES}`],
  ];
}

/** Finds the size of the pictures in what ffmpeg says of its output. */
class SizeFinder {
  onFound: ((width: number, height: number) => void) | undefined;
  found = false;
  #output = false;

  look(line: string): void {
    if (this.found) return;
    if (line.includes('Output #0')) this.#output = true;
    if (!this.#output || !line.includes(' Video: ')) return;
    const [, width, height] = /, (\d+)x(\d+)[ ,]/.exec(line) ?? [];
    if (width === undefined) return;
    this.found = true;
    this.onFound?.(Number(width), Number(height));
  }
}
