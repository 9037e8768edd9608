import { join } from 'node:path';
import { listenForAbort } from '../core/abort.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { FpsThinner } from '../video/fps-thinner.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { ImagePattern } from './image-name.js';
import { checkedFrame, describeImage, type WrittenImage } from './snapshot.js';
import { writeWholeFile } from './whole-file.js';

/** What becomes of a picture that is due while others are still being written. */
export const IMAGE_OVERFLOWS = ['drop-oldest', 'wait'] as const;

/** One of {@link IMAGE_OVERFLOWS}. */
export type ImageOverflow = (typeof IMAGE_OVERFLOWS)[number];

/** One image of a sequence. */
export interface NumberedImage extends WrittenImage {
  /** The number in its name. */
  readonly number: number;
}

/** What an {@link ImageRecording} has done so far. */
export interface ImageRecordingStats {
  /** Images that are there. */
  readonly written: number;
  /** Pictures whose time it was, but that were not written, since encoder and disk were too slow. */
  readonly dropped: number;
  /** The sizes of the files together. */
  readonly bytes: number;
  /** Of the images that are there, the one with the highest number. */
  readonly lastPath?: string;
}

/** Why an {@link ImageRecording} is over, if not by an error. */
export type ImageRecordingEnd = 'ended' | 'limit' | 'stopped' | 'aborted';

/** What an {@link ImageRecording} has made. */
export interface ImageRecordingSummary extends ImageRecordingStats {
  /**
   * `ended`: there were no more frames. `limit`: so many were wanted. `stopped`: somebody called `stop()`.
   * `aborted`: the signal was.
   */
  readonly reason: ImageRecordingEnd;
}

/** What an {@link ImageRecording} tells. */
export interface ImageRecordingEvents {
  /** An image is there. They may come in another order than their numbers. */
  readonly imageWritten: readonly [image: NumberedImage];
  /** The recording is over, and all its images are there. */
  readonly finished: readonly [summary: ImageRecordingSummary];
  /** The recording is over by an error, which `finished` and `stop()` reject with. */
  readonly failed: readonly [error: unknown];
}

/** What an {@link ImageRecording} goes by. */
export interface ImageRecordingSettings {
  /** Where pictures come from; closed at the end. */
  readonly frames: AsyncIterable<VideoFrame>;
  /** How many pictures were dropped before they came out of there. */
  readonly droppedBefore: () => number;
  readonly dir: string;
  readonly pattern: ImagePattern;
  readonly firstNumber: number;
  readonly overwrite: boolean;
  /** `undefined`: every picture is due that comes. */
  readonly intervalMs: number | undefined;
  readonly quality: number | undefined;
  readonly limit: number;
  readonly overflow: ImageOverflow;
  readonly signal: AbortSignal | undefined;
}

type End = { readonly reason: ImageRecordingEnd } | { readonly error: Error };

/** Images that are encoded or written at a time. */
const AT_ONCE = 2;

/**
 * Images of a video as they are being written: what `recordImages()` gives.
 *
 * It holds three pictures at most: two are being written, and the newest whose time it is waits.
 */
export class ImageRecording extends TypedEmitter<ImageRecordingEvents> implements AsyncDisposable {
  /**
   * Resolves when the recording is over and every image is there: the frames ended, there are as many images as
   * wanted, `stop()` was called, or the signal aborted. Nobody needs to wait for it.
   *
   * @throws What it failed with: FramewireError `file` or `not-found` of the folder, what the stream threw.
   */
  readonly finished: Promise<ImageRecordingSummary>;
  readonly #settings: ImageRecordingSettings;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #thinner: FpsThinner | undefined;
  readonly #forgetSignal: () => void;
  #nextNumber: number;
  /** Images that were begun, and those of them that are under way. */
  #begun = 0;
  #busy = 0;
  /** The newest picture whose time it is, while there is no room. */
  #waiting: VideoFrame | undefined;
  #written = 0;
  #dropped = 0;
  #bytes = 0;
  #last: { readonly path: string; readonly number: number } | undefined;
  /** Why no more is taken. */
  #end: End | undefined;
  /** Settles `finished`, once. */
  #tell: ((end: End) => void) | undefined;
  #reading = true;
  /** Ends the reader's wait for room. */
  #resume: (() => void) | undefined;

  /** @internal */
  constructor(settings: ImageRecordingSettings) {
    super();
    this.#settings = settings;
    const { frames, intervalMs, firstNumber, signal } = settings;
    this.#nextNumber = firstNumber;
    this.#thinner = intervalMs === undefined ? undefined : new FpsThinner(1000 / intervalMs);
    this.finished = new Promise((resolve, reject) => {
      this.#tell = (end) => {
        if ('error' in end) reject(end.error);
        else resolve({ ...this.stats, reason: end.reason });
      };
    });
    // It's told as an event, too.
    this.finished.catch(() => undefined);
    this.#iterator = frames[Symbol.asyncIterator]();
    this.#forgetSignal = signal
      ? listenForAbort(signal, () => this.#over({ reason: 'aborted' }))
      : () => undefined;
    void this.#read();
  }

  /** What was done so far. */
  get stats(): ImageRecordingStats {
    return {
      written: this.#written,
      dropped: this.#dropped + this.#settings.droppedBefore(),
      bytes: this.#bytes,
      ...(this.#last && { lastPath: this.#last.path }),
    };
  }

  /**
   * Takes no more frames, and closes the stream. Safe to call twice.
   *
   * @returns What {@link ImageRecording.finished} does.
   */
  stop(): Promise<ImageRecordingSummary> {
    this.#over({ reason: 'stopped' });
    return this.finished;
  }

  /** As {@link ImageRecording.stop}, but says nothing of what it failed with. */
  async close(): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  /** Calls {@link ImageRecording.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read(): Promise<void> {
    try {
      while (!this.#end) {
        const result = await this.#iterator.next();
        if (result.done) break;
        await this.#take(checkedFrame(result.value));
      }
      this.#reading = false;
      this.#over({ reason: 'ended' });
    } catch (error) {
      // Also when it was `next()` that failed: then it's as if the frame had been broken.
      this.#over({ error: error as Error });
    }
  }

  /** Takes ownership of the frame. */
  async #take(frame: VideoFrame): Promise<void> {
    let due = false;
    try {
      due = !this.#end && this.#thinner?.accept(frame.timestampUs) !== false;
    } finally {
      if (!due) frame.close();
    }
    if (!due) return;
    if (this.#waiting) {
      this.#waiting.close();
      this.#dropped += 1;
    }
    this.#waiting = frame;
    this.#begin();
    if (this.#settings.overflow === 'drop-oldest') return;
    // `#begin()` takes it away, which the compiler doesn't see.
    while (this.#hasWaiting()) await new Promise<void>((resolve) => (this.#resume = resolve));
  }

  #hasWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Begins with the frame that waits, if there is room. */
  #begin(): void {
    const { limit } = this.#settings;
    while (this.#waiting && this.#busy < AT_ONCE && this.#begun < limit) {
      const frame = this.#waiting;
      this.#waiting = undefined;
      this.#begun += 1;
      this.#busy += 1;
      void this.#write(frame, this.#takeNumber());
    }
    if (this.#begun >= limit) this.#over({ reason: 'limit' });
    this.#resume?.();
  }

  /** Takes ownership of the frame. */
  async #write(frame: VideoFrame, number: number): Promise<void> {
    try {
      const { pattern, quality } = this.#settings;
      const encoding = frame.toImage(pattern.type, quality === undefined ? {} : { quality });
      // It has been read.
      frame.close();
      const bytes = await encoding;
      const saved = await this.#save(bytes, number);
      const image = describeImage(saved.path, frame, bytes.byteLength);
      this.#written += 1;
      this.#bytes += image.bytes;
      if (!this.#last || saved.number > this.#last.number) this.#last = saved;
      this.emit('imageWritten', { ...image, number: saved.number });
    } catch (error) {
      // Also of the last images, when no more frames come: it failed, and didn't just end.
      if (this.#end && !('error' in this.#end)) this.#end = { error: error as Error };
      this.#over({ error: error as Error });
    } finally {
      this.#busy -= 1;
      this.#begin();
      this.#tellIfDone();
    }
  }

  /** Without `overwrite`, under the next number that nobody has taken meanwhile. */
  async #save(
    image: Uint8Array,
    number: number,
  ): Promise<{ readonly path: string; readonly number: number }> {
    const { dir, pattern, overwrite } = this.#settings;
    for (let free = number; ; free = this.#takeNumber()) {
      const path = join(dir, pattern.nameOf(free));
      if (await writeWholeFile(path, image, { overwrite })) return { path, number: free };
    }
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return number;
  }

  /** Takes no more. The first reason counts. */
  #over(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#forgetSignal();
    if ('error' in end || end.reason === 'limit') {
      this.#waiting?.close();
      this.#waiting = undefined;
    }
    this.#resume?.();
    // It may end only after the read that is under way; nobody waits for that, or minds how it fails.
    if (this.#reading) {
      void (async () => {
        await this.#iterator.return?.();
      })().catch(() => undefined);
    }
    this.#tellIfDone();
  }

  /** Those that were begun are whole, or failed, when it's told. */
  #tellIfDone(): void {
    const end = this.#end;
    const tell = this.#tell;
    if (!end || !tell || this.#busy > 0 || this.#waiting) return;
    this.#tell = undefined;
    tell(end);
    if ('error' in end) this.emit('failed', end.error);
    else this.emit('finished', { ...this.stats, reason: end.reason });
  }
}
