import { join } from 'node:path';
import type { AudioFrame } from '../audio/audio-frame.js';
import { monotonicUs } from '../core/clock.js';
import type { VideoFrame } from '../video/video-frame.js';
import { MediaRecorder } from './media-recorder.js';
import type { MediaRecorderOptions } from './recorder-options.js';
import type { Recording } from './recording.js';
import {
  type RecordedEnd,
  recordedError,
  type RecordedFile,
  type RecordedParticipant,
  type RecordedSource,
} from './room-manifest.js';

/** What a {@link RoomFile} is. */
export interface RoomFileOptions {
  readonly dir: string;
  /** Its name in the folder. */
  readonly name: string;
  readonly kind: RecordedFile['kind'];
  readonly participant?: RecordedParticipant;
  readonly track?: RecordedSource;
  readonly codecs: readonly string[];
  readonly recorder: MediaRecorderOptions;
  /** The moment of the recording's beginning, and of the file's. */
  readonly originUs: number;
  readonly startUs: number;
  /** How many frames were dropped so far before they came to be written. */
  readonly droppedBefore: () => number;
  /** Called once, when it has begun, and when it's over: then it's finished, or has failed. */
  readonly onChange: (file: RoomFile) => void;
}

/** One file of a room's recording, from its first frame on. */
export class RoomFile {
  readonly #options: RoomFileOptions;
  readonly #recorder: MediaRecorder;
  readonly #droppedFirst: number;
  readonly #openedUs: number = monotonicUs();
  #state: RecordedFile['state'] = 'recording';
  #end: RecordedEnd | undefined;
  #failure: { readonly error: unknown; readonly afterUs: number } | undefined;
  #recording: Recording | undefined;
  /** Once it takes no more frames. */
  #droppedLast: number | undefined;
  #finishing: Promise<void> | undefined;

  private constructor(options: RoomFileOptions, recorder: MediaRecorder) {
    this.#options = options;
    this.#recorder = recorder;
    this.#droppedFirst = options.droppedBefore();
    recorder.on('failed', (error) => {
      this.#fail(error);
      void this.finish('failed');
    });
    options.onChange(this);
  }

  /** @throws As `MediaRecorder.open`. */
  static async open(options: RoomFileOptions): Promise<RoomFile> {
    const { dir, name, recorder } = options;
    return new RoomFile(options, await MediaRecorder.open(join(dir, name), recorder));
  }

  /** Its name in the folder. */
  get name(): string {
    return this.#options.name;
  }

  /** Whether it takes frames. */
  get open(): boolean {
    return this.#finishing === undefined;
  }

  /** Whether it's finished, or has failed. */
  get state(): RecordedFile['state'] {
    return this.#state;
  }

  /** What it failed with, and how long after it was opened, if it has. */
  get failure(): { readonly error: unknown; readonly afterUs: number } | undefined {
    return this.#failure;
  }

  /** Records a frame at a time of this machine's monotonic clock. Takes ownership. */
  write(frame: VideoFrame | AudioFrame, timestampUs: number): void {
    // What it fails with is told by the recorder's event.
    void this.#recorder.write(frame, { timestampUs });
  }

  /** Finishes it. Resolves when it is, or has failed; never rejects. The first reason counts. */
  finish(end: RecordedEnd): Promise<void> {
    this.#finishing ??= this.#finish(end);
    return this.#finishing;
  }

  /** What the manifest says of it. */
  describe(): RecordedFile {
    const { name, kind, participant, track, codecs, originUs, startUs } = this.#options;
    const { durationMs, dropped, silenceMs } = this.#recording ?? this.#recorder.stats;
    const { bytes, width, height } = this.#recording ?? {};
    const before = (this.#droppedLast ?? this.#options.droppedBefore()) - this.#droppedFirst;
    return {
      file: name,
      kind,
      state: this.#state,
      ...(participant && { participant }),
      ...(track && { track }),
      codecs,
      startMs: rounded((startUs - originUs) / 1000),
      durationMs: rounded(durationMs),
      ...(bytes !== undefined && { bytes }),
      ...(width !== undefined && width > 0 && { width }),
      ...(height !== undefined && height > 0 && { height }),
      dropped: before + dropped.full + dropped.late,
      silenceMs: rounded(silenceMs),
      ...(this.#end && { end: this.#end }),
      ...(this.#failure && { error: recordedError(this.#failure.error) }),
    };
  }

  async #finish(end: RecordedEnd): Promise<void> {
    this.#droppedLast = this.#options.droppedBefore();
    try {
      this.#recording = await this.#recorder.stop();
      this.#end = end;
      this.#state = 'finished';
    } catch (error) {
      this.#end = 'failed';
      this.#fail(error);
      this.#state = 'failed';
    }
    this.#options.onChange(this);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error, afterUs: monotonicUs() - this.#openedUs };
  }
}

/** To microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
