import { dirname, resolve } from 'node:path';
import type { AudioFrame } from '../audio/audio-frame.js';
import { listenForAbort, untilAborted } from '../core/abort.js';
import { checkInteger, checkObject, checkOptions, checkSignal, shown } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import { findFfmpeg, type FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import type { VideoFrame } from '../video/video-frame.js';
import { Assembler, type RecordingDrops, type RecordingFormat } from './assembler.js';
import { mediumOf } from './frame-checks.js';
import { FrameIntake, type IntakeOptions } from './frame-intake.js';
import { encoderOf } from './output-format.js';
import { checkNoParts, partPath } from './part-paths.js';
import { PartSequence } from './part-sequence.js';
import { type RecordSources, RecordedSources } from './recorded-sources.js';
import {
  type MediaRecorderOptions,
  type ResolvedRecorder,
  resolveRecorderOptions,
} from './recorder-options.js';
import type { Recording } from './recording.js';
import { type RecordedPart, RecordingPart, removeIfEmpty, reserve } from './recording-part.js';
import { checkSource } from './source-reader.js';
import type { Medium } from './timeline.js';
import { checkFolder, checkReplaceable } from './whole-file.js';

/** What a {@link MediaRecorder} tells. */
export interface MediaRecorderEvents {
  /** A file is finished: with `segmentMs` or `onResize: 'part'` while the recording goes on, else at its end. */
  readonly partFinished: readonly [part: RecordedPart];
  /** It can't go on, since ffmpeg ended or the disk is full: what `write()` and `stop()` reject with, too. */
  readonly failed: readonly [error: unknown];
}

/** What a {@link MediaRecorder} has counted so far. */
export interface MediaRecorderStats {
  /** How long the recording is, in milliseconds. */
  readonly durationMs: number;
  /** How many pictures it has. */
  readonly frames: number;
  /** See `Recording`. */
  readonly filled: number;
  /** See `Recording`. */
  readonly dropped: RecordingDrops;
  /** See `Recording`. */
  readonly silenceMs: number;
  /** See `Recording`. */
  readonly lostSoundMs: number;
  /** See `Recording`. */
  readonly jumps: number;
  /** Pictures that wait to be encoded. */
  readonly waiting: number;
}

/** Where a {@link MediaRecorder} is in its life. */
export type MediaRecorderState = 'recording' | 'paused' | 'stopping' | 'stopped' | 'failed';

/** How often what nobody writes is looked after. */
const CHECK_MS = 100;

/** What `open()` found out. */
interface Prepared {
  readonly options: ResolvedRecorder;
  readonly program: FfmpegProgram;
  readonly videoEncoder: string;
  readonly audioEncoder: string;
  readonly numbered: boolean;
}

/**
 * Records pictures and sound to a file: `.mp4` (H.264, AAC), `.webm` (VP8, Opus), `.mkv` or `.wav`. The
 * program `ffmpeg` encodes and writes it, as a process of its own.
 *
 * The timeline is that of the frames' time stamps: what has the same stamp is seen and heard at the same time,
 * and what begins later does so in the file. Pictures come at any rate and go in at a constant one; where none
 * comes, the last one stays, and where there is no sound, there is silence. The file is written as it comes:
 * whatever ends the program, or ffmpeg, leaves one that plays.
 *
 * An open recorder keeps the process alive.
 *
 * @example
 * ```ts
 * const recorder = await MediaRecorder.open('talk.mp4');
 * void recorder.record({ video: new VideoStream(camera), audio: new AudioStream(voice) });
 * await setTimeout(60_000);
 * const { path, durationMs, dropped } = await recorder.stop();
 * ```
 */
export class MediaRecorder extends TypedEmitter<MediaRecorderEvents> implements AsyncDisposable {
  readonly #prepared: Prepared;
  readonly #assembler: Assembler;
  readonly #intake: FrameIntake;
  readonly #timer: NodeJS.Timeout;
  readonly #forgetSignal: (() => void) | undefined;
  readonly #sources: RecordedSources;
  #written = false;
  #state: MediaRecorderState = 'recording';
  #failure: { readonly reason: unknown } | undefined;
  #stopping: Promise<Recording> | undefined;

  private constructor(prepared: Prepared) {
    super();
    this.#prepared = prepared;
    const { video, audio, capacity, overflow, maxGapMs, signal } = prepared.options;
    this.#assembler = new Assembler({
      fps: video?.fps ?? 1,
      maxGapMs,
      capacity,
      size: video?.size,
      partOnResize: video?.onResize === 'part',
      sampleRate: audio?.sampleRate,
      channels: audio?.channels,
      expects: (medium) => this.#expects(medium),
      begin: (format) => this.#begin(format),
    });
    this.#intake = new FrameIntake(
      this.#assembler,
      (medium) => prepared.options[medium] !== undefined,
    );
    this.#sources = new RecordedSources({
      ...{ capacity, overflow },
      take: (frame, options) => this.#take(frame, options),
      ended: (medium) => this.#look(() => this.#assembler.ended(medium, monotonicUs())),
    });
    this.#timer = this.#watch();
    this.#forgetSignal = signal && listenForAbort(signal, () => void this.close());
  }

  /**
   * Opens a file to record to: makes it, and makes sure that ffmpeg is there and has what is needed.
   *
   * @param path - where the recording goes; its extension says what it's recorded as. It's always a path,
   * whatever it looks like.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `not-found` without ffmpeg, or without the folder; `unsupported` if the extension
   * is none of those, or ffmpeg is too old or lacks the codec; `file` if there is such a file already, or none
   * may be made. The signal's reason, once it aborts.
   */
  static async open(path: string, options: MediaRecorderOptions = {}): Promise<MediaRecorder> {
    const resolved = resolveRecorderOptions(path, options);
    const { video, audio, signal, ffmpegPath } = resolved;
    signal?.throwIfAborted();
    const program = await findFfmpeg({ ffmpegPath }, signal);
    const videoEncoder = video ? await untilAborted(encoderOf(program, video.codec), signal) : '';
    const audioEncoder = audio ? await untilAborted(encoderOf(program, audio.codec), signal) : '';
    signal?.throwIfAborted();
    const numbered = resolved.segmentMs !== Infinity || video?.onResize === 'part';
    const first = partPath(resolved.path, 0, numbered);
    if (resolved.overwrite) {
      await checkFolder(dirname(resolved.path));
      await checkReplaceable(first);
    } else {
      if (numbered) await checkNoParts(resolved.path);
      await reserve(first);
      if (signal?.aborted) await removeIfEmpty(first);
    }
    signal?.throwIfAborted();
    return new MediaRecorder({ options: resolved, program, videoEncoder, audioEncoder, numbered });
  }

  /** The path that was asked for, as an absolute one. */
  get path(): string {
    return resolve(this.#prepared.options.path);
  }

  /** Where it is in its life. */
  get state(): MediaRecorderState {
    return this.#state;
  }

  /** What was counted so far. */
  get stats(): MediaRecorderStats {
    const { pictures, ...counts } = this.#assembler.counts;
    const { durationMs, waiting } = this.#assembler;
    return { durationMs, frames: pictures + counts.filled, ...counts, waiting };
  }

  /**
   * Records a picture or sound. It takes ownership: the frame is closed when this returns, and its pixels are
   * used until they are encoded. One that it refuses with a TypeError or a RangeError stays the caller's. Write
   * a `clone()` to keep one. It never waits itself, nor does any encoding happen in this process.
   *
   * @param options - `timestampUs` is its time, if not the frame's own. Frames without one, whose time stamps
   * are all 0, follow each other.
   * @returns A promise that resolves when there is room for more: with `overflow: 'wait'`, await it; else it
   * has resolved already. Nobody needs to handle it: what it rejects with, `failed` and `stop()` tell, too.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `closed` once it was stopped, or if the frame is closed; `invalid-state` if it has
   * no such medium; `overflow` if, with `overflow: 'wait'`, frames are written without waiting. What it failed
   * with, if it did.
   */
  write(
    frame: VideoFrame | AudioFrame,
    options: { readonly timestampUs?: number } = {},
  ): Promise<void> {
    checkOptions(options, 'options');
    const { timestampUs } = options;
    const medium = mediumOf(frame);
    const stampUs = timestampUs ?? frame.timestampUs;
    const name = timestampUs === undefined ? 'frame.timestampUs' : 'options.timestampUs';
    checkInteger(stampUs, name, { min: 0 });
    this.#written = true;
    const { overflow = 'drop-newest' } = this.#prepared.options;
    const taken = this.#take(frame, { medium, stampUs, overflow });
    // Who doesn't await it hears of a failure by the event, and when it stops: the program goes on.
    taken.catch(() => undefined);
    return taken;
  }

  /**
   * Records what streams give, until they end or the recorder is stopped; it then closes them.
   *
   * What comes of a participant's two tracks is put on one timeline by when the pictures were taken, as a
   * `MediaClock` does.
   *
   * @returns A promise that resolves when both have ended; the recorder stays open.
   * @throws TypeError if an argument is not as it must be.
   * @throws FramewireError `invalid-state` if such a source is read already, or there is no such medium. What
   * a source failed with: the other is then read no more, either. The signal's reason, once it aborts.
   */
  async record(
    sources: RecordSources,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    checkObject(sources, 'sources');
    checkOptions(options, 'options');
    const { video, audio } = sources;
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    if (video === undefined && audio === undefined) {
      throw new TypeError(`sources must have video or audio, got ${shown(sources)}.`);
    }
    if (video !== undefined) checkSource(video, 'sources.video');
    if (audio !== undefined) checkSource(audio, 'sources.audio');
    signal?.throwIfAborted();
    this.#checkOpen();
    if (video) this.#checkHas('video');
    if (audio) this.#checkHas('audio');
    await this.#sources.read(sources, signal);
    this.#checkNotFailed();
  }

  /** Records nothing until `resume()`: frames that come meanwhile are closed, and the time is cut out. */
  pause(): void {
    this.#checkOpen();
    this.#state = 'paused';
  }

  /** Goes on after `pause()`: what comes next follows what was recorded last. */
  resume(): void {
    this.#checkOpen();
    if (this.#state !== 'paused') return;
    this.#state = 'recording';
    this.#assembler.cut();
  }

  /**
   * Ends the recording. Resolves with what was recorded, once the files are finished. Safe to call twice.
   *
   * @param options - With `signal`, the wait can be given up; the file is finished all the same.
   * @throws FramewireError What it failed with: `file` if the disk is full, or ffmpeg ended; `timeout` if it
   * was stuck. The signal's reason, once it aborts.
   */
  async stop(options: { readonly signal?: AbortSignal } = {}): Promise<Recording> {
    checkOptions(options, 'options');
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    signal?.throwIfAborted();
    this.#stopping ??= this.#stop();
    return await untilAborted(this.#stopping, signal);
  }

  /** Ends the recording as {@link MediaRecorder.stop} does, and doesn't reject: `failed` tells why it would. */
  async close(): Promise<void> {
    try {
      await this.stop();
    } catch {
      // Told by `failed`.
    }
  }

  /** Calls {@link MediaRecorder.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #stop(): Promise<Recording> {
    clearInterval(this.#timer);
    this.#forgetSignal?.();
    this.#sources.stop();
    this.#checkNotFailed();
    this.#state = 'stopping';
    this.#intake.end(closedError());
    const watch = this.#watch();
    try {
      const parts = await this.#assembler.finish();
      const { options, numbered } = this.#prepared;
      if (parts.length === 0 && !options.overwrite) {
        await removeIfEmpty(partPath(options.path, 0, numbered));
      }
      this.#state = 'stopped';
      return this.#summary(parts);
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      clearInterval(watch);
    }
  }

  #summary(parts: readonly RecordedPart[]): Recording {
    const { filled, dropped, silenceMs, lostSoundMs, jumps } = this.#assembler.counts;
    const sum = (of: (part: RecordedPart) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    const [first] = parts;
    return {
      path: first?.path ?? this.path,
      parts,
      durationMs: sum(({ durationMs }) => durationMs),
      width: first?.width ?? 0,
      height: first?.height ?? 0,
      bytes: sum(({ bytes }) => bytes),
      frames: sum(({ frames }) => frames),
      ...{ filled, dropped, silenceMs, lostSoundMs, jumps },
    };
  }

  #take(frame: VideoFrame | AudioFrame, options: IntakeOptions): Promise<void> {
    if (this.#state !== 'paused') return this.#intake.take(frame, options);
    frame.close();
    return Promise.resolve();
  }

  #expects(medium: Medium): boolean {
    if (!this.#prepared.options[medium]) return false;
    const { media } = this.#sources;
    return this.#written || media.has(medium) || media.size === 0;
  }

  /** Looks after what nobody writes, a few times a second. */
  #watch(): NodeJS.Timeout {
    return setInterval(() => this.#look(() => this.#assembler.check(monotonicUs())), CHECK_MS);
  }

  /** Does what nobody waits for: what it fails with ends the recording, not the program. */
  #look(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#fail(error);
    }
  }

  #begin(format: RecordingFormat): PartSequence {
    const { options, program, videoEncoder, audioEncoder, numbered } = this.#prepared;
    const { segmentMs, container, overwrite } = options;
    const video = format.video && options.video;
    const audio = format.audio && options.audio && { ...options.audio, ...format.audio };
    return new PartSequence({
      fps: video?.fps,
      audio: format.audio,
      segmentMs,
      size: format.video ?? { width: 2, height: 2 },
      open: ({ index, startUs, width, height, after }) => {
        const part = new RecordingPart({
          program,
          job: {
            path: partPath(options.path, index, numbered),
            container,
            video: video && { ...video, encoder: videoEncoder, width, height },
            audio: audio && { ...audio, encoder: audioEncoder },
            ffmpegVersion: program.version,
          },
          reserved: overwrite || index === 0,
          ...{ startUs, after },
          onProgress: () => this.#intake.wake(),
          onFailed: (error) => this.#fail(error),
        });
        part.finished
          .then((recorded) => this.emit('partFinished', recorded))
          .catch(() => undefined);
        return part;
      },
    });
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason: error };
    this.#state = 'failed';
    clearInterval(this.#timer);
    this.#forgetSignal?.();
    this.#intake.end(error);
    this.#sources.stop();
    this.#assembler.fail(error);
    this.emit('failed', error);
  }

  #checkHas(medium: Medium): void {
    if (this.#prepared.options[medium]) return;
    throw new FramewireError('invalid-state', `The recording has no ${medium}.`);
  }

  #checkNotFailed(): void {
    if (this.#failure) throw this.#failure.reason as Error;
  }

  #checkOpen(): void {
    this.#checkNotFailed();
    if (this.#stopping) throw closedError();
  }
}

function closedError(): FramewireError {
  return new FramewireError('closed', 'The recorder was stopped.');
}
