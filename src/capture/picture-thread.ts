import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FRAMEWIRE_ERROR_CODES, FramewireError, type FramewireErrorCode } from '../core/errors.js';
import type { PictureEnd, PictureOutlet, PictureRequest } from '../ffmpeg/picture-reader.js';
import type { FrameMemory } from '../video/frame-memory.js';
import { byteLengthOf, type PixelFormat } from '../video/pixel-format.js';
import { PictureSlots } from './picture-slots.js';

/** What the thread is told when it's started. */
export interface PictureThreadOrder extends Omit<PictureRequest, 'program'> {
  /** The program. */
  readonly path: string;
  readonly version: string;
  readonly format: PixelFormat;
}

/** What the thread tells. */
export type PictureThreadNews =
  | { readonly type: 'started' }
  | {
      readonly type: 'opened';
      readonly width: number;
      readonly height: number;
      readonly memory: SharedArrayBuffer;
    }
  /** There is a newer picture than the one that was fetched last. */
  | { readonly type: 'picture' }
  | { readonly type: 'ended'; readonly end: PictureEnd }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };

/** What is done with pictures that another thread reads. */
export interface PictureThreadOutlet extends PictureOutlet<FrameMemory> {
  /** So many pictures came while this thread was busy, and nobody will see them. */
  readonly missed: (count: number) => void;
}

/** Threads need compiled code: in the tests this file isn't. */
const PROGRAM = __filename.endsWith('.ts')
  ? join(__dirname, '..', '..', 'dist', 'capture', 'picture-worker.js')
  : join(__dirname, 'picture-worker.js');

/**
 * A {@link PictureReader} in a thread of its own: however busy this one is, it keeps the newest picture, and counts the
 * others.
 */
export class PictureThread {
  readonly #worker: Worker;
  readonly #outlet: PictureThreadOutlet;
  readonly #exited: Promise<void>;
  #slots: PictureSlots | undefined;
  #closed = false;

  private constructor(worker: Worker, outlet: PictureThreadOutlet) {
    this.#worker = worker;
    this.#outlet = outlet;
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => resolve());
    });
  }

  /** Starts ffmpeg in a thread. Throws as `PictureReader.start` does. */
  static async start(
    { program, ...request }: PictureRequest,
    format: PixelFormat,
    outlet: PictureThreadOutlet,
  ): Promise<PictureThread> {
    const { path, version } = program;
    const order: PictureThreadOrder = { ...request, path, version, format };
    const worker = new Worker(PROGRAM, { workerData: order });
    const thread = new PictureThread(worker, outlet);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (news: PictureThreadNews) => {
        if (news.type === 'started') resolve();
        else if (news.type === 'failed') reject(errorOf(news));
        else thread.#hear(news, format);
      });
      // Too late, if it has started or said what failed.
      worker.once('exit', () => {
        reject(new FramewireError('device', 'The thread that reads pictures ended.'));
      });
      worker.once('error', (cause: Error) => {
        const failure = new FramewireError('device', 'The thread that reads pictures failed.', {
          cause,
        });
        reject(failure);
        thread.#end({ code: null, signal: null, stderr: '', errors: [cause.message] });
      });
    });
    return thread;
  }

  /** Ends it at once; nothing is told any more. Resolves when ffmpeg is gone. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#worker.postMessage('close');
    }
    await this.#exited;
  }

  #hear(news: PictureThreadNews, format: PixelFormat): void {
    if (this.#closed) return;
    if (news.type === 'opened') {
      const { width, height, memory } = news;
      this.#slots = new PictureSlots(byteLengthOf(format, width, height), memory);
      this.#outlet.opened(width, height);
    } else if (news.type === 'picture') {
      this.#fetch();
    } else if (news.type === 'ended') {
      this.#end(news.end);
    }
  }

  #fetch(): void {
    const dropped = this.#slots?.fetchDropped() ?? 0;
    if (dropped > 0) this.#outlet.missed(dropped);
    const newest = this.#slots?.fetch();
    if (!newest) return;
    const memory = this.#outlet.memory();
    memory.bytes().set(newest.bytes);
    newest.giveBack();
    const { timeUs, arrivedUs } = newest;
    this.#outlet.picture(memory, Number.isNaN(timeUs) ? undefined : timeUs, arrivedUs);
  }

  #end(end: PictureEnd): void {
    if (!this.#closed) this.#outlet.ended(end);
  }
}

function errorOf({
  code,
  message,
}: {
  readonly code: string | undefined;
  readonly message: string;
}): Error {
  const known: FramewireErrorCode | undefined = FRAMEWIRE_ERROR_CODES.find((one) => one === code);
  return new FramewireError(known ?? 'device', message);
}
