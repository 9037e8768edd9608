import { open, stat, unlink } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { shown } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { FfmpegProcess, type FfmpegExit } from '../ffmpeg/ffmpeg-process.js';
import type { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { PipeWriter } from './pipe-writer.js';
import {
  AUDIO_FD,
  encodedSize,
  recordingArguments,
  type RecordingJob,
  VIDEO_FD,
} from './recording-arguments.js';

/** What ffmpeg says where there is no room for the file. */
const FULL = /No space left on device|File too large|Disk quota exceeded/;

/** One file of a recording. */
export interface RecordedPart {
  /** Where it is, as an absolute path. */
  readonly path: string;
  /** Where on the recording's timeline it begins, in milliseconds. */
  readonly startMs: number;
  /** How long it is, in milliseconds. */
  readonly durationMs: number;
  /** The width of its pictures; 0 without video. */
  readonly width: number;
  /** The height of its pictures; 0 without video. */
  readonly height: number;
  /** How many pictures are in it. */
  readonly frames: number;
  /** How long the file is. */
  readonly bytes: number;
}

/** How a {@link RecordingPart} is made. */
export interface RecordingPartOptions {
  readonly program: FfmpegProgram;
  readonly job: RecordingJob;
  /** Whether the file is there already, empty or to be overwritten. */
  readonly reserved: boolean;
  /** Where on the timeline it begins. */
  readonly startUs: number;
  /** It is waited for before ffmpeg is started, however it settles. */
  readonly after: Promise<unknown> | undefined;
  /** Called whenever there is room for more. */
  readonly onProgress: () => void;
  /** Called once, if it can't be gone on with. */
  readonly onFailed: (error: unknown) => void;
}

/** ffmpeg takes something within this time, or it's stuck: a disk that sleeps takes some ten seconds. */
const STUCK_US = 30_000_000;
/** The end of a file is written within this time. */
const END_MS = 30_000;

/** A file that an ffmpeg of its own writes, of pictures and samples that wait in a queue each. */
export class RecordingPart {
  readonly path: string;
  readonly video: PipeWriter | undefined;
  readonly audio: PipeWriter | undefined;
  /** Resolves when the file is there, rejects if it isn't as it should be. */
  readonly finished: Promise<RecordedPart>;
  readonly #options: RecordingPartOptions;
  #process: FfmpegProcess | undefined;
  #recorded: RecordedPart | undefined;
  #progressUs: number = monotonicUs();
  #failure: unknown;
  #ending = false;
  #frames = 0;
  #samples = 0;
  #open: number;

  constructor(options: RecordingPartOptions) {
    const { job } = options;
    this.#options = options;
    this.path = job.path;
    const onProgress = (): void => {
      this.#progressUs = monotonicUs();
      options.onProgress();
    };
    this.video = job.video && new PipeWriter({ onProgress });
    this.audio = job.audio && new PipeWriter({ onProgress });
    this.#open = (this.video ? 1 : 0) + (this.audio ? 1 : 0);
    this.finished = this.#run();
    // The recorder awaits it when it stops; until then the failure is told by `onFailed`.
    this.finished.catch(() => undefined);
  }

  /** Pictures that were written, or wait. */
  get frames(): number {
    return this.#frames;
  }

  /** What it has become, once it's finished. */
  get recorded(): RecordedPart | undefined {
    return this.#recorded;
  }

  /** Counts pictures that are given to its video. */
  addFrames(count: number): void {
    this.#frames += count;
  }

  /** Counts samples of each channel that are given to its audio. */
  addSamples(count: number): void {
    this.#samples += count;
  }

  /** No more of a medium comes. With the last of them, the file is finished. */
  end(medium: 'video' | 'audio'): void {
    this.#open -= 1;
    if (this.#open === 0) this.#ending = true;
    this[medium]?.end();
  }

  /** Fails if ffmpeg has taken nothing for too long. */
  check(nowUs: number): void {
    const waits = this.video?.idle === false || this.audio?.idle === false;
    if (!waits || !this.#process) this.#progressUs = nowUs;
    else if (nowUs - this.#progressUs > STUCK_US) {
      this.fail(new FramewireError('timeout', 'ffmpeg takes no more to record: it is stuck.'));
    }
  }

  /** Ends it at once, with an error. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.video?.close();
    this.audio?.close();
    void this.#process?.kill();
    this.#options.onFailed(error);
  }

  async #run(): Promise<RecordedPart> {
    const { job, program, after } = this.#options;
    let { reserved } = this.#options;
    try {
      await after?.catch(() => undefined);
      this.#throwIfFailed();
      if (!reserved) await reserve(job.path);
      reserved = true;
      const stdio = ['ignore', 'ignore', 'ignore', 'ignore', 'ignore'] as ('ignore' | 'pipe')[];
      if (this.video) stdio[VIDEO_FD] = 'pipe';
      if (this.audio) stdio[AUDIO_FD] = 'pipe';
      const running = await FfmpegProcess.spawn(program, recordingArguments(job), {
        stdio,
        // It would wait for what comes over each pipe before it ends, and who writes to one in turn
        // with the other waits for it.
        onLine: (line) => {
          if (FULL.test(line)) void this.#process?.kill();
        },
      });
      this.#process = running;
      this.#progressUs = monotonicUs();
      if (this.#failure !== undefined) void running.kill();
      this.video?.attach(running.pipes[VIDEO_FD] as Writable);
      this.audio?.attach(running.pipes[AUDIO_FD] as Writable);
      const exit = await running.exited;
      if (!this.#ending || exit.code !== 0) this.fail(exitError(exit));
      this.#throwIfFailed();
      this.#recorded = await this.#describe();
      return this.#recorded;
    } catch (error) {
      this.fail(error);
    }
    if (reserved) await removeIfEmpty(job.path);
    throw this.#failure as Error;
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  async #describe(): Promise<RecordedPart> {
    const { job, startUs } = this.#options;
    const { video, audio } = job;
    const size = await sizeOf(job.path);
    const { width, height } = video ? encodedSize(video) : { width: 0, height: 0 };
    const videoMs = video ? (this.#frames * 1000) / video.fps : 0;
    const audioMs = audio ? (this.#samples * 1000) / audio.sampleRate : 0;
    return {
      path: job.path,
      startMs: startUs / 1000,
      durationMs: Math.max(videoMs, audioMs),
      width,
      height,
      frames: this.#frames,
      bytes: size,
    };
  }

  /** Ends it if it doesn't end by itself in time. */
  async untilFinished(): Promise<RecordedPart> {
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      const late = (): void =>
        this.fail(new FramewireError('timeout', "ffmpeg didn't finish the recording in time."));
      const idle =
        this.#process !== undefined && this.video?.idle !== false && this.audio?.idle !== false;
      timer = idle ? setTimeout(late, END_MS) : setTimeout(watch, 100);
    };
    watch();
    try {
      return await this.finished;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Makes an empty file, which is ours from then on.
 *
 * @throws FramewireError `file` if there is one already, or may be none; `not-found` without the folder.
 */
export async function reserve(path: string): Promise<void> {
  try {
    const handle = await open(path, 'wx');
    await handle.close();
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = there ? 'is there already' : 'could not be made';
    throw fileError(error, `${shown(path)} ${why}`);
  }
}

/** @throws FramewireError `not-found` if somebody has removed the file, `file` if it can't be looked at. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw fileError(error, "The recording's file is not there any more");
  }
}

/** Removes a file that was reserved, and that nothing was written to. */
export async function removeIfEmpty(path: string): Promise<void> {
  try {
    const file = await stat(path);
    if (file.isFile() && file.size === 0) await unlink(path);
  } catch {
    // It isn't there, or isn't to be removed: the failure that led here says more.
  }
}

/** Why an ffmpeg ended that should have gone on, or have written its file. */
function exitError({ code, signal, errors, stderr }: FfmpegExit): FramewireError {
  const cause = new Error(stderr.trim() === '' ? 'ffmpeg said nothing.' : stderr.trim());
  const full = FULL.exec(stderr);
  if (full || signal === 'SIGXFSZ') {
    const why = full?.[0] ?? 'File too large';
    return new FramewireError('file', `The recording could not be written: ${why}.`, { cause });
  }
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  const last = errors.at(-1);
  const said = last === undefined ? '' : `: ${last}`;
  return new FramewireError('file', `ffmpeg ended ${how} while it recorded${said}.`, { cause });
}
